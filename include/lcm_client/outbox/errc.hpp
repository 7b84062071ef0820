// SPDX-License-Identifier: BSL-1.0
// What can be wrong with an outbox's file, its entries or the computer's clock: one enum, one category, one sentence each.
#ifndef LCM_CLIENT_OUTBOX_ERRC_HPP
#define LCM_CLIENT_OUTBOX_ERRC_HPP

#include <lcm_client/errc.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/is_error_code_enum.hpp>

#include <string>
#include <type_traits>

namespace lcm::inline LCM_CLIENT_ABI {

/// What an outbox's constructor throws, `OutboxProblem` tells, and `Error::cause` of a post that was not stored holds.
/// `describe` says each in a sentence.
enum class OutboxErrc {
    locked = 1,          ///< the file: another outbox, of this process or of another one, has it
    newer_file,          ///< the file: a later version of this library has written it
    foreign_file,        ///< the file: a database of another program
    network_file_system, ///< the file: where its locks and syncs cannot be relied on
    read_only,           ///< the file: it cannot be written
    disk_full,           ///< the file: there is no room for more
    damaged,             ///< the file: it could not be read, and was set aside under another name
    wrong_key,           ///< the file: its key could not be opened, so this is another user's, or another key
    io_error,            ///< the file: anything else that the system says
    entry_unreadable,    ///< an entry: its contents cannot be opened, or are none that this program knows
    clock_set_back,      ///< the computer's clock shows less than before; entries expire as if it went on
    clock_set_forward,   ///< the computer's clock has gained: entries expire by it, unless nobody has set it but sleep
};

/// The name of a code as it is spelled in this header, for logs.
[[nodiscard]] constexpr const char* to_string(OutboxErrc code) noexcept {
    switch (code) {
    case OutboxErrc::locked: return "locked";
    case OutboxErrc::newer_file: return "newer_file";
    case OutboxErrc::foreign_file: return "foreign_file";
    case OutboxErrc::network_file_system: return "network_file_system";
    case OutboxErrc::read_only: return "read_only";
    case OutboxErrc::disk_full: return "disk_full";
    case OutboxErrc::damaged: return "damaged";
    case OutboxErrc::wrong_key: return "wrong_key";
    case OutboxErrc::io_error: return "io_error";
    case OutboxErrc::entry_unreadable: return "entry_unreadable";
    case OutboxErrc::clock_set_back: return "clock_set_back";
    case OutboxErrc::clock_set_forward: return "clock_set_forward";
    }
    return "unknown_code";
}

/// One sentence per code.
[[nodiscard]] constexpr const char* describe(OutboxErrc code) noexcept {
    switch (code) {
    case OutboxErrc::locked: return "the outbox's file is in use: another session of the desktop has it open";
    case OutboxErrc::newer_file: return "the outbox's file was written by a later version of this program";
    case OutboxErrc::foreign_file: return "the outbox's file is a database of another program";
    case OutboxErrc::network_file_system:
        return "the outbox's file is on a network file system, where it would not be safe; choose a local folder";
    case OutboxErrc::read_only: return "the outbox's file cannot be written";
    case OutboxErrc::disk_full: return "there is no room left for the outbox's file";
    case OutboxErrc::damaged: return "the outbox's file is damaged";
    case OutboxErrc::wrong_key: return "the outbox's file cannot be opened with this user's key";
    case OutboxErrc::io_error: return "the outbox's file could not be read or written";
    case OutboxErrc::entry_unreadable: return "an entry of the outbox cannot be read, and does not leave";
    case OutboxErrc::clock_set_back: return "the computer's clock was set back";
    case OutboxErrc::clock_set_forward: return "the computer's clock was set forward, or the computer has slept";
    }
    return "unknown code";
}

namespace detail {

class OutboxCategory final : public boost::system::error_category {
public:
    // The fixed id keeps codes equal across shared-library borders.
    constexpr OutboxCategory() noexcept : error_category(0x6c636d5f6f626f78ULL) {}
    const char* name() const noexcept override { return "lcm.outbox"; }
    std::string message(int value) const override { return describe(static_cast<OutboxErrc>(value)); }
};

} // namespace detail

/// The category of `OutboxErrc`, named "lcm.outbox".
[[nodiscard]] inline const boost::system::error_category& outbox_category() noexcept {
    static const detail::OutboxCategory instance;
    return instance;
}

/// Makes an error code of `code`; found by argument-dependent lookup.
[[nodiscard]] inline error_code make_error_code(OutboxErrc code) noexcept {
    return error_code(static_cast<int>(code), outbox_category());
}

} // namespace lcm

/// @cond
template <> struct boost::system::is_error_code_enum<lcm::OutboxErrc> : std::true_type {};
/// @endcond

#endif
