// SPDX-License-Identifier: BSL-1.0
// The configuration of an outbox, and what it tells.
#ifndef LCM_CLIENT_OUTBOX_CONFIG_HPP
#define LCM_CLIENT_OUTBOX_CONFIG_HPP

#include <lcm_client/evidence.hpp>
#include <lcm_client/hook.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/errc.hpp>
#include <lcm_client/outbox/seal.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/subjects.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI {

/// The bounds of an outbox. A post beyond one of them ends as `queue_full`, not sent.
struct OutboxLimits {
    std::size_t entries = 10'000;         ///< that have not ended, or of whose ending nobody has been told
    std::size_t bytes = 16 * 1024 * 1024; ///< of their contents, sealed
    std::chrono::hours age{24};           ///< the longest life of an entry that waits; at most a year
    std::size_t under_way = 64;           ///< handed over and not yet ended; more wait in the file
    std::size_t backlog_per_second = 160; ///< what has waited for a link leaves at this pace
};

/// What one post can choose for itself.
struct PostOptions {
    /// How long it may wait to leave; from 1 s to `OutboxLimits::age`, which it is without. What is unknown does not
    /// expire.
    std::optional<std::chrono::seconds> expires_in{};
    std::uint64_t tag = 0; ///< the application's own: it comes back in all that is told of the entry
};

/// An entry as it is told of. A value: copy it, keep it.
struct OutboxEntry {
    EntryId id = 0;                                  ///< its number
    EntryState state{};                              ///< where it stands
    std::string operation{};                         ///< its subtopic; empty if the entry cannot be read
    std::string callid{};                            ///< its call; empty if it names none
    std::uint64_t tag{};                             ///< the application's own
    bool marks_do_not_call{};                        ///< see `lcm::marks_do_not_call`
    bool was_resent{};                               ///< by the application's rule, after it had been unknown
    bool stands_behind{};                            ///< an older one that shares a subject has not ended
    std::chrono::system_clock::time_point posted{};  ///< when, by the clock of the outbox
    std::chrono::system_clock::time_point expires{}; ///< until when it may wait, by the same clock
};

/// An entry of which bytes may have left, and of which nobody knows what has become.
struct OutboxDoubt {
    OutboxEntry entry{}; ///< which one
    /// What the attempt ended with; empty if the process that made it ended before.
    std::optional<Error> error{};
    /// What the server showed of it when it was asked, if the client has `ClientConfig::inquiry`. It is no ending: the
    /// entry stays unknown. A client remembers nothing of an earlier process, so of an entry of one it is always
    /// `Doubt::not_remembered`; without an answer it is `Doubt::unanswered`.
    std::optional<Evidence> evidence{};
};

/// Something that a person should know of, and that is no ending.
struct OutboxProblem {
    OutboxErrc code{};    ///< what
    std::string detail{}; ///< about which file, in which words of the system; without personal data
    EntryId id = 0;       ///< about which entry, if it is about one
};

/// How many there are, and what was counted since the outbox was made.
struct OutboxStats {
    std::size_t waiting = 0;            ///< entries now
    std::size_t handed_over = 0;        ///< entries now
    std::size_t unknown = 0;            ///< entries now
    std::size_t bytes = 0;              ///< of all entries now
    std::uint64_t posted = 0;           ///< posts that were confirmed
    std::uint64_t full = 0;             ///< posts that were refused since a limit was reached
    std::uint64_t not_stored = 0;       ///< posts that could not be written
    std::uint64_t failed_writes = 0;    ///< writes that failed
    std::uint64_t unreadable = 0;       ///< entries that could not be read
    std::uint64_t resent = 0;           ///< entries that the application had sent again
    std::uint64_t accepted = 0;         ///< endings that were told; and so on
    std::uint64_t refused = 0;          ///< the same
    std::uint64_t not_sent = 0;         ///< the same, those that have expired among them
    std::uint64_t ended_as_unknown = 0; ///< the same
    std::uint64_t expired = 0;          ///< of all endings, those by their age
    std::uint64_t files_set_aside = 0;  ///< damaged files; 0 or 1
};

/// Configuration of an outbox: a value, which is copied into it.
///
/// @par Thread safety
/// The hooks are called on `hooks_executor` or the client's own, as that runs them: one at a time, unless several threads
/// run an executor of the application's. They may call every function of the outbox.
struct OutboxConfig {
    std::filesystem::path file{}; ///< on a local disk, in a folder that is there; not empty
    OutboxSeal seal{};            ///< both functions, or `plain_text_on_disk`
    /// Without a seal, comments, names and numbers lie in the file as they are, which somebody has to want.
    bool plain_text_on_disk = false;
    OutboxLimits limits{}; ///< each positive
    /// For how long what was handed to a link may still arrive after the link is gone, from the buffers of a proxy or a
    /// front. Until then nobody is asked about an entry, since the next one about its contact leaves after the decision,
    /// and the old one could take back what that has set. From 0, at which everything arrives at once or never.
    std::chrono::seconds settle_time = std::chrono::minutes(5);
    /// Which requests mark a contact Do Not Call, beyond those that the library knows: for `OutboxEntry`.
    DoNotCallRule marks_do_not_call{};

    /// Where the functions below are called; if empty, on the client's own executor.
    boost::asio::any_io_executor hooks_executor{};
    /// Called with the ending of each entry, also of those of an earlier process. The file forgets an entry when this
    /// has returned; if the process ends before, the same ending is told again after the next start.
    Hook<void(const EntryEnding&)> on_ended{};
    /// The application's rule for an entry that is unknown. Without it, each is kept until `Outbox::resend` or
    /// `Outbox::drop`. It is asked once for each time that an entry becomes unknown, and at each start, when the settle
    /// time has passed. What it says is done when the entry cannot arrive any more, since nothing about the same
    /// contact may come between: the link over which it has left is gone and the settle time after that is over, or the
    /// server has answered an entry that left later over the same link, or shows that it has been reached.
    Hook<DoubtDecision(const OutboxDoubt&)> on_doubt{};
    /// Called with what a person should know of. Of a file that cannot be written, it is called once until it can.
    Hook<void(const OutboxProblem&)> on_problem{};
};

} // namespace lcm

#endif
