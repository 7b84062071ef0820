// SPDX-License-Identifier: BSL-1.0
// How fast the requests leave that have waited for a link: a server that has just come back must not get them all at
// once, from every desktop of the site.
#ifndef LCM_CLIENT_SESSION_PACER_HPP
#define LCM_CLIENT_SESSION_PACER_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Divides time into slices, in each of which a number of requests may leave; a slice is longer if not even one request
/// may leave in it. Not thread-safe.
class Pacer {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::milliseconds shortest_slice{100};
    static constexpr std::size_t unlimited = (std::numeric_limits<std::size_t>::max)();

    explicit Pacer(std::size_t per_second)
        : per_slice_((std::max)(per_second / slices_per_second, std::size_t{1})),
          slice_(per_second < slices_per_second ? one_of(per_second) : shortest_slice) {}

    /// A backlog of so many requests begins to leave.
    void start(TimePoint now, std::size_t backlog) noexcept {
        backlog_ = backlog;
        begin_slice(now);
    }

    /// The backlog is gone, though not all of it may have left.
    void stop() noexcept { backlog_ = 0; }

    /// How many may leave now. What comes after the backlog is not held up.
    [[nodiscard]] std::size_t allowance(TimePoint now) noexcept {
        if (backlog_ == 0) return unlimited;
        if (slice_end_ <= now) begin_slice(now);
        return per_slice_ - left_;
    }

    /// So many have left, within the allowance.
    void leave(std::size_t count) noexcept {
        backlog_ -= (std::min)(count, backlog_);
        left_ += count;
    }

    /// When more may leave, if none may now.
    [[nodiscard]] std::optional<TimePoint> next() const noexcept {
        if (backlog_ == 0 || left_ < per_slice_) return std::nullopt;
        return slice_end_;
    }

private:
    using Duration = TimePoint::duration;

    static constexpr std::size_t slices_per_second = std::chrono::seconds(1) / shortest_slice;

    // The slice of which no more than so many end in a second.
    static constexpr Duration one_of(std::size_t slices) noexcept {
        const auto count = static_cast<Duration::rep>(slices);
        return (Duration(std::chrono::seconds(1)) + Duration(count - 1)) / count;
    }

    void begin_slice(TimePoint now) noexcept {
        slice_end_ = now + slice_;
        left_ = 0;
    }

    std::size_t per_slice_;
    Duration slice_;
    std::size_t backlog_ = 0; // what is still to leave at the pace
    TimePoint slice_end_{};
    std::size_t left_ = 0; // in this slice
};

} // namespace lcm::detail

#endif
