// SPDX-License-Identifier: BSL-1.0
// Internal: when an outbox hands entries to its client, and how many: none while there is no link, all at a pace after it.
#ifndef LCM_CLIENT_OUTBOX_IMPL_DEPARTURES_HPP
#define LCM_CLIENT_OUTBOX_IMPL_DEPARTURES_HPP

#include <lcm_client/session/pacer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Without a link nothing is handed over: an entry that only waited in the client would be unknown after a crash.
/// Not thread-safe.
class Departures {
public:
    using TimePoint = Pacer::TimePoint;

    /// After an entry that came back unsent, nothing leaves for so long: what kept it may keep the others.
    static constexpr std::chrono::seconds hold{1};

    Departures(std::size_t most_under_way, std::size_t backlog_per_second)
        : most_under_way_(most_under_way), pacer_(backlog_per_second) {}

    /// There is a link, or there is none any more. `backlog` entries are free to leave.
    void set_ready(bool is_ready, TimePoint now, std::size_t backlog) noexcept {
        if (is_ready && !is_ready_) pacer_.start(now, backlog);
        is_ready_ = is_ready;
    }

    /// How many may leave now.
    [[nodiscard]] std::size_t allowance(TimePoint now) noexcept {
        if (!is_ready_ || now < held_until_ || under_way_ >= most_under_way_) return 0;
        return (std::min)(pacer_.allowance(now), most_under_way_ - under_way_);
    }

    /// So many leave, within the allowance.
    void leave(std::size_t count) noexcept {
        under_way_ += count;
        pacer_.leave(count);
    }
    /// One of them has ended.
    void arrive() noexcept { --under_way_; }
    /// One of them has ended unsent.
    void come_back(TimePoint now) noexcept {
        arrive();
        held_until_ = now + hold;
    }

    /// When more may leave, if it is time that holds them back.
    [[nodiscard]] std::optional<TimePoint> next(TimePoint now) const noexcept {
        if (!is_ready_ || under_way_ >= most_under_way_) return std::nullopt;
        if (now < held_until_) return held_until_;
        return pacer_.next();
    }

    [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }

private:
    std::size_t most_under_way_;
    Pacer pacer_;
    bool is_ready_ = false;
    std::size_t under_way_ = 0;
    TimePoint held_until_{};
};

} // namespace lcm::detail

#endif
