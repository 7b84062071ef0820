// SPDX-License-Identifier: BSL-1.0
// Who is due first: a list for those that come in the order of their deadlines, and a heap for the others.
#ifndef LCM_CLIENT_SESSION_DEADLINE_QUEUE_HPP
#define LCM_CLIENT_SESSION_DEADLINE_QUEUE_HPP

#include <lcm_client/session/deadline_heap.hpp>

#include <cstdint>
#include <limits>

namespace lcm::detail {

/// Items of which any can be taken out; they are linked through themselves. What is due at the same time is ordered by
/// `id`. Most requests of a client have the same time, so each is due after those before it: it costs the same, however
/// many there are. A deadline must not change while its item is here. Not thread-safe.
template <class Item> class DeadlineQueue {
public:
    void push(Item& item) {
        if (back_ == nullptr || is_due_before(*back_, item)) return append(item);
        heap_.push(item);
    }

    void erase(Item& item) noexcept {
        if (item.place_ != in_order) return heap_.erase(item);
        (item.sooner_ == nullptr ? front_ : item.sooner_->later_) = item.later_;
        (item.later_ == nullptr ? back_ : item.later_->sooner_) = item.sooner_;
    }

    [[nodiscard]] bool empty() const noexcept { return front_ == nullptr && heap_.empty(); }

    /// The one that is due first; there must be one.
    [[nodiscard]] Item& front() const noexcept {
        if (front_ == nullptr) return heap_.front();
        return heap_.empty() || is_due_before(*front_, heap_.front()) ? *front_ : heap_.front();
    }

private:
    static constexpr std::uint32_t in_order = (std::numeric_limits<std::uint32_t>::max)();

    void append(Item& item) noexcept {
        item.place_ = in_order;
        item.sooner_ = back_;
        item.later_ = nullptr;
        (back_ == nullptr ? front_ : back_->later_) = &item;
        back_ = &item;
    }

    Item* front_ = nullptr;
    Item* back_ = nullptr;
    DeadlineHeap<Item> heap_;
};

} // namespace lcm::detail

#endif
