// SPDX-License-Identifier: BSL-1.0
// A look into an outbox's file while no outbox has it: for tools, and for whoever looks after a desktop that is gone.
#ifndef LCM_CLIENT_OUTBOX_FILE_HPP
#define LCM_CLIENT_OUTBOX_FILE_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/seal.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// Reads the entries of an outbox's file, and drops some of them. It sends nothing and has no client. Without the key it
/// shows where each entry stands, and nothing of what it holds.
///
/// @par Thread safety
/// None: one thread at a time.
class OutboxFile {
public:
    /// Opens a file that is there, and locks it as long as this object lives.
    ///
    /// @par Exceptions
    /// `boost::system::system_error` with `no_such_file_or_directory`, or with an `OutboxErrc`: `locked`, while an outbox
    /// has it, `newer_file`, `foreign_file`, `network_file_system`, `read_only`, `disk_full`, `damaged`, `io_error`. The
    /// file stays as it is then, a damaged one too. `std::bad_alloc`.
    LCM_CLIENT_DECL explicit OutboxFile(const std::filesystem::path& file, OutboxSeal seal = {});
    OutboxFile(const OutboxFile&) = delete;
    OutboxFile& operator=(const OutboxFile&) = delete;
    LCM_CLIENT_DECL ~OutboxFile();

    /// Whether the file's key could be opened, so that contents can be read and are what was posted.
    [[nodiscard]] LCM_CLIENT_DECL bool has_key() const noexcept;

    /// All entries that have not ended, the oldest first. What had been handed over when its process ended is `unknown`.
    /// Without the key, and of an entry that cannot be read, `operation` is empty, and so is all else that is sealed.
    [[nodiscard]] LCM_CLIENT_DECL std::vector<OutboxEntry> entries() const;

    /// Those that have ended, without the application having been told: the next outbox tells them.
    [[nodiscard]] LCM_CLIENT_DECL std::vector<EntryEnding> endings() const;

    /// The fields of the request as one JSON object, which holds personal data; empty if it has none. Nothing, if there is
    /// no such entry, or if it cannot be read.
    [[nodiscard]] LCM_CLIENT_DECL std::optional<std::string> data(EntryId id) const;

    /// Ends an entry as `Outbox::drop` does: the next outbox tells it to the application. False if there is none of that
    /// number. Needs no key.
    ///
    /// @par Exceptions
    /// `boost::system::system_error` with an `OutboxErrc` if it could not be written. `std::bad_alloc`.
    LCM_CLIENT_DECL bool drop(EntryId id);

private:
    struct State;

    std::unique_ptr<State> state_;
};

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/outbox/impl/file.ipp>
#endif

#endif
