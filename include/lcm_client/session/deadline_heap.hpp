// SPDX-License-Identifier: BSL-1.0
// Who is due first: a heap from which any item can be taken.
#ifndef LCM_CLIENT_SESSION_DEADLINE_HEAP_HPP
#define LCM_CLIENT_SESSION_DEADLINE_HEAP_HPP

#include <lcm_client/impl/abi.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Whether `a` is due before `b`; what is due at the same time is ordered by `id`.
template <class Item> [[nodiscard]] bool is_due_before(const Item& a, const Item& b) noexcept {
    return a.deadline < b.deadline || (a.deadline == b.deadline && a.id < b.id);
}

/// Pointers to items that have an `id`, a `deadline`, which does not change while they are here, and a `place_` for the
/// heap's own use. Four children to a node, side by side with their deadlines: a step down looks into one line of the
/// cache. Not thread-safe.
template <class Item> class DeadlineHeap {
public:
    void push(Item& item) {
        nodes_.push_back({item.deadline, &item});
        rise(nodes_.size() - 1, nodes_.back());
    }

    void erase(const Item& item) noexcept {
        const std::size_t place = item.place_;
        const Node last = nodes_.back();
        nodes_.pop_back();
        if (place == nodes_.size()) return;
        if (place > 0 && is_before(last, nodes_[parent(place)])) rise(place, last);
        else sink(place, last);
    }

    [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }
    [[nodiscard]] Item& front() const noexcept { return *nodes_.front().item; }

private:
    struct Node {
        std::chrono::steady_clock::time_point deadline;
        Item* item;
    };

    static constexpr std::size_t width = 4;

    static constexpr std::size_t parent(std::size_t place) noexcept { return (place - 1) / width; }

    static bool is_before(const Node& a, const Node& b) noexcept {
        return a.deadline < b.deadline || (a.deadline == b.deadline && a.item->id < b.item->id);
    }

    void put(std::size_t place, const Node& node) noexcept {
        nodes_[place] = node;
        node.item->place_ = static_cast<std::uint32_t>(place);
    }

    void rise(std::size_t place, const Node node) noexcept {
        for (; place > 0 && is_before(node, nodes_[parent(place)]); place = parent(place))
            put(place, nodes_[parent(place)]);
        put(place, node);
    }

    void sink(std::size_t place, const Node node) noexcept {
        while (true) {
            const std::size_t first = place * width + 1;
            if (first >= nodes_.size()) break;
            std::size_t next = first;
            for (std::size_t child = first + 1; child < first + width && child < nodes_.size(); ++child)
                if (is_before(nodes_[child], nodes_[next])) next = child;
            if (!is_before(nodes_[next], node)) break;
            put(place, nodes_[next]);
            place = next;
        }
        put(place, node);
    }

    std::vector<Node> nodes_;
};

} // namespace lcm::detail

#endif
