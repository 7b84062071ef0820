// SPDX-License-Identifier: BSL-1.0
// Internal: when what the application's rule has decided about an unknown entry may be done.
#ifndef LCM_CLIENT_OUTBOX_IMPL_SETTLING_ENTRIES_HPP
#define LCM_CLIENT_OUTBOX_IMPL_SETTLING_ENTRIES_HPP

#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A request that got no answer may be on its way for as long as the link lives that it left over, and then for the settle
/// time; unless the server answers what has left after it over that link, since then it has arrived as well. Would its entry
/// end or leave again before, and that link be lost, the next entry of its subject could leave over another link, and the
/// old bytes take back what it has set. So the application is asked, and what it says is kept until then. Without a settle
/// time, nothing of a link arrives after its end, and nothing is kept. Not thread-safe.
class SettlingEntries {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Decision = std::pair<EntryId, DoubtDecision>;

    explicit SettlingEntries(std::chrono::steady_clock::duration settle_time) : settle_time_(settle_time) {}

    /// The entry is unknown from now on. `link_lives` tells whether the link that it left over may still be there, and
    /// `attempt` is the last one that was made by now, of any entry.
    void add(EntryId id, bool link_lives, std::uint64_t attempt, TimePoint now) {
        remove(id);
        if (link_lives && settle_time_ != std::chrono::steady_clock::duration::zero()) on_link_[id] = attempt;
        else settled_[id] = now + settle_time_;
    }

    /// The server has answered this attempt, over the link that is there.
    void on_answer(std::uint64_t attempt, TimePoint now) {
        std::erase_if(on_link_, [&](const auto& entry) {
            if (attempt <= entry.second) return false;
            settled_[entry.first] = now;
            return true;
        });
    }
    /// It has arrived.
    void on_arrival(EntryId id, TimePoint now) {
        if (!is_known(id)) return;
        on_link_.erase(id);
        settled_[id] = now;
    }

    /// The link is gone over which those have left that had one.
    void on_link_lost(TimePoint now) {
        for (const auto& [id, attempt] : on_link_) settled_[id] = now + settle_time_;
        on_link_.clear();
    }

    /// The rule has spoken.
    void decide(EntryId id, DoubtDecision decision) {
        if (is_known(id)) decided_[id] = decision;
    }

    /// It has ended, or somebody else has decided.
    void remove(EntryId id) noexcept {
        on_link_.erase(id);
        settled_.erase(id);
        decided_.erase(id);
    }

    /// What may be done now.
    [[nodiscard]] std::vector<Decision> take_due(TimePoint now) {
        std::vector<Decision> due;
        for (const auto& [id, decision] : decided_)
            if (const auto at = settled_.find(id); at != settled_.end() && at->second <= now)
                due.emplace_back(id, decision);
        for (const auto& [id, decision] : due) remove(id);
        return due;
    }

    /// When there will be something, if it is time that it waits for.
    [[nodiscard]] std::optional<TimePoint> next() const {
        std::optional<TimePoint> next;
        for (const auto& [id, decision] : decided_)
            if (const auto at = settled_.find(id); at != settled_.end())
                next = (std::min)(next.value_or(at->second), at->second);
        return next;
    }

private:
    [[nodiscard]] bool is_known(EntryId id) const { return on_link_.contains(id) || settled_.contains(id); }

    std::chrono::steady_clock::duration settle_time_;
    std::map<EntryId, std::uint64_t> on_link_; // whose link lives, each with the last attempt when it became unknown
    std::map<EntryId, TimePoint> settled_;     // all others: from when on they cannot arrive
    std::map<EntryId, DoubtDecision> decided_; // what the rule has said of these and those
};

} // namespace lcm::detail

#endif
