// SPDX-License-Identifier: BSL-1.0
// Whether a link is tested, and given up, because a request waits behind one that was given up.
#ifndef LCM_CLIENT_SESSION_TOMBSTONE_PROBE_HPP
#define LCM_CLIENT_SESSION_TOMBSTONE_PROBE_HPP

#include <lcm_client/impl/abi.hpp>

#include <chrono>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A request that was given up keeps its place until its late reply comes or the link ends. Somebody who submits the
/// same once more, while nothing else is under way, would wait for a reply that a dead peer never sends. So the peer is
/// asked for a sign of life then, and a link that shows none for `patience` is given up, sooner than otherwise. It
/// happens once in `interval`: a server that is slow, and not dead, is not left again and again. Not thread-safe.
class TombstoneProbe {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds patience{2};
    static constexpr std::chrono::seconds interval{30};

    /// Whether the peer is to be asked now. `is_waiting` says that a request waits so, and nothing else is under way.
    [[nodiscard]] bool asks(bool is_waiting, TimePoint now) noexcept {
        if (!is_waiting) overdue_.reset();
        if (!is_waiting || (asked_ && now - *asked_ < interval)) return false;
        asked_ = now;
        overdue_ = now + patience;
        return true;
    }

    /// The peer has given a sign of life, or the link has gone.
    void stop() noexcept { overdue_.reset(); }

    /// Whether the peer was asked, and has shown no sign of life in time.
    [[nodiscard]] bool is_overdue(TimePoint now) const noexcept { return overdue_ && *overdue_ <= now; }

    /// When that will be.
    [[nodiscard]] std::optional<TimePoint> next() const noexcept { return overdue_; }

private:
    std::optional<TimePoint> asked_;   // the last time
    std::optional<TimePoint> overdue_; // when the sign of life that was asked for is
};

} // namespace lcm::detail

#endif
