// SPDX-License-Identifier: BSL-1.0
// What a client has counted since it was made.
#ifndef LCM_CLIENT_STATS_HPP
#define LCM_CLIENT_STATS_HPP

#include <lcm_client/result.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lcm::inline LCM_CLIENT_ABI {

/// A snapshot of a client's counters; a plain value.
struct Stats {
    std::uint64_t accepted = 0;           ///< requests that ended as accepted
    std::uint64_t refused = 0;            ///< requests that ended as refused
    std::uint64_t not_sent = 0;           ///< requests that ended as not sent
    std::uint64_t unknown = 0;            ///< requests that ended as unknown
    std::uint64_t reconnects = 0;         ///< links after the first one
    std::uint64_t late_replies = 0;       ///< replies to requests that had ended as unknown, while the link stayed
    std::uint64_t settled = 0;            ///< unknown endings of which the truth came to light
    std::uint64_t replies_to_others = 0;  ///< in packets of another subscriber: see `Packet::refuse_other_subscribers`
    std::uint64_t unmatched_messages = 0; ///< messages that no request waited for: events, other subscribers' replies
    std::uint64_t bad_messages = 0;       ///< messages that are no JSON object, over a limit, or in doubt
    std::uint64_t tolerated_deviations = 0; ///< spellings and forms that differ from the samples and were understood
    std::uint64_t events_dropped = 0;       ///< events that their handlers were too slow for
    std::uint64_t executors_failed = 0;     ///< handlers that ran elsewhere since their executor threw an exception
    std::size_t pending = 0;                ///< requests that have not ended yet
    std::size_t queued = 0;                 ///< those of them that have not been sent
};

namespace detail {

/// The counters themselves: counted on the strand, read from anywhere.
class Counters {
public:
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> late_replies{0};
    std::atomic<std::uint64_t> settled{0};
    std::atomic<std::uint64_t> replies_to_others{0};
    std::atomic<std::uint64_t> unmatched_messages{0};
    std::atomic<std::uint64_t> bad_messages{0};
    std::atomic<std::uint64_t> tolerated_deviations{0};
    std::atomic<std::uint64_t> executors_failed{0};

    void count(Delivery ending) noexcept { ++endings_.at(static_cast<std::size_t>(ending)); }

    /// All but the figures that are not counted here.
    [[nodiscard]] Stats snapshot() const noexcept {
        const auto ended = [this](Delivery ending) { return endings_.at(static_cast<std::size_t>(ending)).load(); };
        return {.accepted = ended(Delivery::accepted),
                .refused = ended(Delivery::refused),
                .not_sent = ended(Delivery::not_sent),
                .unknown = ended(Delivery::unknown),
                .reconnects = reconnects(),
                .late_replies = late_replies,
                .settled = settled,
                .replies_to_others = replies_to_others,
                .unmatched_messages = unmatched_messages,
                .bad_messages = bad_messages,
                .tolerated_deviations = tolerated_deviations,
                .executors_failed = executors_failed};
    }

private:
    [[nodiscard]] std::uint64_t reconnects() const noexcept {
        const std::uint64_t links = connections;
        return links == 0 ? 0 : links - 1;
    }

    std::array<std::atomic<std::uint64_t>, 4> endings_{};
};

} // namespace detail

} // namespace lcm

#endif
