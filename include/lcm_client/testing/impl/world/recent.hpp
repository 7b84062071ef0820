// SPDX-License-Identifier: BSL-1.0
// The last things of a kind. A simulator may run for days, so that the oldest are forgotten.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_RECENT_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_RECENT_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

template <class T, std::size_t max_size = 256> class Recent {
public:
    T& add(T item) {
        if (items_.size() == max_size) items_.pop_front();
        items_.push_back(std::move(item));
        return items_.back();
    }

    /// The first for which `is_meant` is true; none if there is none.
    template <class Condition> [[nodiscard]] T* find(Condition is_meant) {
        const auto at = std::find_if(items_.begin(), items_.end(), is_meant);
        return at != items_.end() ? &*at : nullptr;
    }

    /// Removes all for which `is_meant` is true; false if there was none.
    template <class Condition> bool remove(Condition is_meant) { return std::erase_if(items_, is_meant) != 0; }

    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
    [[nodiscard]] auto begin() noexcept { return items_.begin(); }
    [[nodiscard]] auto end() noexcept { return items_.end(); }

private:
    std::deque<T> items_;
};

} // namespace lcm::testing::detail

#endif
