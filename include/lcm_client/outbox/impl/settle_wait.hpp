// SPDX-License-Identifier: BSL-1.0
// Internal: when the application may be asked about an entry that is unknown.
#ifndef LCM_CLIENT_OUTBOX_IMPL_SETTLE_WAIT_HPP
#define LCM_CLIENT_OUTBOX_IMPL_SETTLE_WAIT_HPP

#include <lcm_client/outbox/entry.hpp>

#include <chrono>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What was handed to a link that is gone may still be on its way, in the buffers of whatever is between. If somebody
/// decided about the entry before it arrives, the next entry of its subject would leave, and the old one could take back
/// what that has set. So nobody is asked until the settle time has passed, since the entry became unknown and since the
/// link was lost that may have carried it. Not thread-safe.
class SettleWait {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit SettleWait(std::chrono::steady_clock::duration settle_time) : settle_time_(settle_time) {}

    /// The entry is unknown from now on. The times of the calls do not go back.
    void add(EntryId id, TimePoint now) { waiting_.emplace_back(now + settle_time_, id); }

    /// A link is gone, which may have carried all that wait here.
    void on_link_lost(TimePoint now) noexcept {
        for (auto& [due, id] : waiting_) due = now + settle_time_;
    }

    /// Those that may be asked about now; they wait no longer.
    [[nodiscard]] std::vector<EntryId> take_due(TimePoint now) {
        std::vector<EntryId> ids;
        for (; !waiting_.empty() && waiting_.front().first <= now; waiting_.pop_front())
            ids.push_back(waiting_.front().second);
        return ids;
    }

    /// When there will be some.
    [[nodiscard]] std::optional<TimePoint> next() const {
        if (waiting_.empty()) return std::nullopt;
        return waiting_.front().first;
    }

private:
    std::chrono::steady_clock::duration settle_time_;
    std::deque<std::pair<TimePoint, EntryId>> waiting_; // in the order of their times
};

} // namespace lcm::detail

#endif
