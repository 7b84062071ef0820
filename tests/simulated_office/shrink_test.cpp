// SPDX-License-Identifier: BSL-1.0
// What is left of a game that fails.
#include <simulated_office/draw.hpp>
#include <simulated_office/game.hpp>
#include <simulated_office/shrink.hpp>
#include <support/catch.hpp>

#include <algorithm>
#include <vector>

using lcm::tests::simulated::Action;
using lcm::tests::simulated::Game;
using lcm::tests::simulated::Verb;

TEST_CASE("A game shrinks to the actions that its failure needs") {
    const Game game = lcm::tests::simulated::draw(7);
    const auto has = [](const Game& some, const Action& action) {
        return std::find(some.actions.begin(), some.actions.end(), action) != some.actions.end();
    };
    const Action first = game.actions.at(3);
    const Action second = game.actions.at(game.actions.size() - 2);
    const Game shortest =
        lcm::tests::simulated::shrink(game, [&](const Game& some) { return has(some, first) && has(some, second); });
    CHECK(shortest.actions == std::vector<Action>{first, second});
}
