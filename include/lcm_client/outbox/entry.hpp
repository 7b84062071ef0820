// SPDX-License-Identifier: BSL-1.0
// One request that an outbox keeps: its number, where it stands in its life, and how that ends.
#ifndef LCM_CLIENT_OUTBOX_ENTRY_HPP
#define LCM_CLIENT_OUTBOX_ENTRY_HPP

#include <lcm_client/evidence.hpp>
#include <lcm_client/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI {

/// The number of an entry. It grows with each entry of a file, and none is given twice; 0 is none.
using EntryId = std::uint64_t;

/// Where an entry stands. lcm_client/outbox/README.md has its life as a diagram.
enum class EntryState {
    waiting,     ///< it is on disk, and leaves when its turn comes
    handed_over, ///< bytes of it may have left, and its ending is awaited
    unknown,     ///< bytes of it may have left, and no ending came; what shares a subject waits behind it
    ended,       ///< it is no more in the file, or will be gone with the next write
};

/// The name of a state as it is spelled in this header, for logs.
[[nodiscard]] constexpr const char* to_string(EntryState state) noexcept {
    switch (state) {
    case EntryState::waiting: return "waiting";
    case EntryState::handed_over: return "handed_over";
    case EntryState::unknown: return "unknown";
    case EntryState::ended: return "ended";
    }
    return "unknown_state";
}

/// What ended an entry.
enum class EntryEndedBy {
    reply,   ///< the server answered
    settled, ///< the truth came to light after it had been unknown
    refusal, ///< it cannot leave as it is, which the error tells
    expiry,  ///< it could not leave in time
    drop,    ///< the application dropped it, itself or by its rule
};

/// The name of what ended an entry as it is spelled in this header, for logs.
[[nodiscard]] constexpr const char* to_string(EntryEndedBy by) noexcept {
    switch (by) {
    case EntryEndedBy::reply: return "reply";
    case EntryEndedBy::settled: return "settled";
    case EntryEndedBy::refusal: return "refusal";
    case EntryEndedBy::expiry: return "expiry";
    case EntryEndedBy::drop: return "drop";
    }
    return "unknown_cause";
}

/// How an entry ended; it does so once. A value: copy it, keep it.
struct EntryEnding {
    EntryId id = 0;      ///< which one
    std::uint64_t tag{}; ///< the application's own, from `PostOptions::tag`
    EntryEndedBy by{};   ///< what ended it
    /// As for a request. What was dropped or has expired is `not_sent` only if no byte of it has ever left, and else
    /// `unknown`.
    Delivery delivery{};
    /// Whether the application's rule had it sent again after it had been unknown. Then `refused` speaks of the last
    /// time alone: the server may have accepted it before.
    bool was_resent{};
    std::optional<Error> error{}; ///< what the last attempt ended with, if it was not accepted
    std::string operation{};      ///< its subtopic; empty if the entry cannot be read
    std::string callid{};         ///< its call; empty if it names none
    /// What the server last showed of it while it was unknown; see `OutboxDoubt::evidence`.
    std::optional<Evidence> evidence{};
};

/// What the application decides about an entry that is unknown.
enum class DoubtDecision {
    ask,    ///< a person is asked, who calls `Outbox::resend` or `Outbox::drop`; the entry stays unknown until then
    resend, ///< it is sent again, once: it may be acted on twice; one that has expired ends as unknown instead
    drop,   ///< it ends as unknown
};

} // namespace lcm

#endif
