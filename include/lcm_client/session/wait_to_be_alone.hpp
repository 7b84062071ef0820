// SPDX-License-Identifier: BSL-1.0
// How long the others stay back for a request that has to be alone on the link.
#ifndef LCM_CLIENT_SESSION_WAIT_TO_BE_ALONE_HPP
#define LCM_CLIENT_SESSION_WAIT_TO_BE_ALONE_HPP

#include <lcm_client/session/request_entry.hpp>

#include <chrono>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A request that has to be alone leaves when nothing else is under way, so the others stay back until then. What is
/// under way may take as long as its deadline allows, and then they would all run out of time on a link that is good. So
/// after `patience` they go on, beside what is in the way, and the request waits alone. When that has ended, they stay back
/// once more. Not thread-safe.
class WaitToBeAlone {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds patience{2};

    /// The request still waits, and of what is under way `oldest` is so for longest. Whether the others may leave.
    [[nodiscard]] bool lets_others_go(RequestId oldest, TimePoint now) noexcept {
        const bool is_out_of_the_way = in_the_way_ && *in_the_way_ != oldest;
        if (!since_ || is_out_of_the_way) {
            since_ = now;
            in_the_way_.reset();
        }
        if (now - *since_ < patience) return false;
        in_the_way_ = oldest;
        return true;
    }

    /// Nothing else is under way any more, or nobody waits.
    void end() noexcept {
        since_.reset();
        in_the_way_.reset();
    }

    /// When the others may leave that stay back now.
    [[nodiscard]] std::optional<TimePoint> next(TimePoint now) const noexcept {
        if (!since_ || now - *since_ >= patience) return std::nullopt;
        return *since_ + patience;
    }

private:
    std::optional<TimePoint> since_;      // the others stay back
    std::optional<RequestId> in_the_way_; // beside which they leave
};

} // namespace lcm::detail

#endif
