// SPDX-License-Identifier: BSL-1.0
// A game that fails is made shorter for as long as it fails: in halves, then in quarters, then action by action. Pure.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_SHRINK_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_SHRINK_HPP

#include <simulated_office/game.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>

namespace lcm::tests::simulated {

/// The game without `count` actions from `first` on.
[[nodiscard]] inline Game without(const Game& game, std::size_t first, std::size_t count) {
    Game rest = game;
    const auto begin = rest.actions.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t end = (std::min)(count, game.actions.size() - first);
    rest.actions.erase(begin, begin + static_cast<std::ptrdiff_t>(end));
    return rest;
}

/// The shortest game that was found for which `fails` is true, as it is for `game`; `fails` is asked `most` times.
[[nodiscard]] inline Game shrink(Game game, const std::function<bool(const Game&)>& fails, std::size_t most = 3000) {
    for (std::size_t size = (game.actions.size() + 1) / 2; size != 0;) {
        bool has_shrunk = false;
        for (std::size_t first = 0; first < game.actions.size() && most != 0; --most) {
            Game shorter = without(game, first, size);
            if (fails(shorter)) {
                game = std::move(shorter);
                has_shrunk = true;
            } else first += size;
        }
        if (most == 0) break;
        if (size == 1 && !has_shrunk) break;
        size = (std::max)(size / 2, std::size_t{1});
    }
    return game;
}

} // namespace lcm::tests::simulated

#endif
