// SPDX-License-Identifier: BSL-1.0
// Internal: when an entry may leave again that came back unsent.
#ifndef LCM_CLIENT_OUTBOX_IMPL_RETURNED_ENTRIES_HPP
#define LCM_CLIENT_OUTBOX_IMPL_RETURNED_ENTRIES_HPP

#include <lcm_client/impl/abi.hpp>
#include <lcm_client/outbox/entry.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Something may keep an entry for long, as an open Do Not Call of its contact does. Would it leave again at once, enough
/// of them would take the places of all others. So each waits, longer with each time, until the link is a new one.
/// Not thread-safe.
class ReturnedEntries {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds shortest_wait{1};
    static constexpr std::chrono::seconds longest_wait{30};

    /// It came back.
    void add(EntryId id, TimePoint now) {
        Return& entry = all_[id];
        entry.wait = std::clamp(2 * entry.wait, shortest_wait, longest_wait);
        entry.due = now + entry.wait;
    }

    /// It came further, or has ended.
    void remove(EntryId id) noexcept { all_.erase(id); }
    /// There is another link, over which all may leave.
    void clear() noexcept { all_.clear(); }

    [[nodiscard]] bool may_leave(EntryId id, TimePoint now) const {
        const auto at = all_.find(id);
        return at == all_.end() || at->second.due <= now;
    }

    /// When the next of them may leave.
    [[nodiscard]] std::optional<TimePoint> next(TimePoint now) const {
        std::optional<TimePoint> next;
        for (const auto& [id, entry] : all_)
            if (entry.due > now) next = (std::min)(next.value_or(entry.due), entry.due);
        return next;
    }

private:
    struct Return {
        std::chrono::seconds wait{};
        TimePoint due{};
    };

    std::map<EntryId, Return> all_;
};

} // namespace lcm::detail

#endif
