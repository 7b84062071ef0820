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
        const bool is_open = link_lives && settle_time_ != std::chrono::steady_clock::duration::zero();
        entries_[id] = {is_open ? (TimePoint::max)() : now + settle_time_, attempt, {}};
    }

    /// The server has answered this attempt, over the link that is there.
    void on_answer(std::uint64_t attempt, TimePoint now) noexcept {
        for (auto& [id, entry] : entries_)
            if (entry.settled == (TimePoint::max)() && attempt > entry.attempt) entry.settled = now;
    }
    /// It has arrived.
    void on_arrival(EntryId id, TimePoint now) noexcept {
        if (const auto at = entries_.find(id); at != entries_.end()) at->second.settled = now;
    }

    /// The link is gone over which those have left that had one.
    void on_link_lost(TimePoint now) noexcept {
        for (auto& [id, entry] : entries_)
            if (entry.settled == (TimePoint::max)()) entry.settled = now + settle_time_;
    }

    /// The rule has spoken.
    void decide(EntryId id, DoubtDecision decision) {
        const auto at = entries_.find(id);
        if (at != entries_.end()) at->second.decision = decision;
    }

    /// It has ended, or somebody else has decided.
    void remove(EntryId id) noexcept { entries_.erase(id); }

    /// What may be done now.
    [[nodiscard]] std::vector<Decision> take_due(TimePoint now) {
        std::vector<Decision> due;
        for (const auto& [id, entry] : entries_)
            if (entry.decision && entry.settled <= now) due.emplace_back(id, *entry.decision);
        for (const auto& [id, decision] : due) entries_.erase(id);
        return due;
    }

    /// When there will be something, if it is time that it waits for.
    [[nodiscard]] std::optional<TimePoint> next() const {
        TimePoint next = (TimePoint::max)();
        for (const auto& [id, entry] : entries_)
            if (entry.decision) next = (std::min)(next, entry.settled);
        return next == (TimePoint::max)() ? std::nullopt : std::optional(next);
    }

private:
    struct Entry {
        TimePoint settled{}; // the greatest time while its link lives
        std::uint64_t attempt = 0;
        std::optional<DoubtDecision> decision{};
    };

    std::chrono::steady_clock::duration settle_time_;
    std::map<EntryId, Entry> entries_; // that are unknown
};

} // namespace lcm::detail

#endif
