// SPDX-License-Identifier: BSL-1.0
// Who is due first: a list for those that come in the order of their deadlines, and a heap for the others.
#ifndef LCM_CLIENT_SESSION_DEADLINE_QUEUE_HPP
#define LCM_CLIENT_SESSION_DEADLINE_QUEUE_HPP

#include <lcm_client/session/deadline_heap.hpp>
#include <lcm_client/session/request_entry.hpp>

#include <boost/intrusive/list.hpp>

#include <cstdint>
#include <limits>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Items of which any can be taken out; they are linked through themselves. What is due at the same time is ordered by
/// `id`. Most requests of a client have the same time, so each is due after those before it: it costs the same, however
/// many there are. A deadline must not change while its item is here. Not thread-safe.
template <class Item> class DeadlineQueue {
public:
    void push(Item& item) {
        if (!list_.empty() && !is_due_before(list_.back(), item)) return heap_.push(item);
        item.place_ = in_order;
        list_.push_back(item);
    }

    void erase(Item& item) noexcept {
        if (item.place_ != in_order) return heap_.erase(item);
        list_.erase(list_.iterator_to(item));
    }

    [[nodiscard]] bool empty() const noexcept { return list_.empty() && heap_.empty(); }

    /// The one that is due first; there must be one.
    [[nodiscard]] Item& front() noexcept {
        if (list_.empty()) return heap_.front();
        return heap_.empty() || is_due_before(list_.front(), heap_.front()) ? list_.front() : heap_.front();
    }
    [[nodiscard]] const Item& front() const noexcept {
        if (list_.empty()) return heap_.front();
        return heap_.empty() || is_due_before(list_.front(), heap_.front()) ? list_.front() : heap_.front();
    }

private:
    static constexpr std::uint32_t in_order = (std::numeric_limits<std::uint32_t>::max)();

    using Hook = boost::intrusive::member_hook<Item, ListHook, &Item::deadline_hook_>;

    boost::intrusive::list<Item, Hook, boost::intrusive::constant_time_size<false>> list_;
    DeadlineHeap<Item> heap_;
};

} // namespace lcm::detail

#endif
