// SPDX-License-Identifier: BSL-1.0
// The book under random steps and crashes: what it promises of every entry holds.
#include <outbox/book_model.hpp>
#include <session/random.hpp>
#include <support/catch.hpp>

#include <cstddef>
#include <cstdint>

using namespace lcm::tests;

TEST_CASE("Whatever happens in whatever order, an entry ends once and truly, and leaves again only by the rule") {
    const std::uint64_t seed = test_seed();
    CAPTURE(seed);
    std::size_t crashes = 0;
    std::size_t resent = 0;
    std::size_t lost = 0;
    for (std::uint64_t round = 0; round < test_steps(3000); ++round) {
        CAPTURE(round);
        BookModel model(seed + round);
        REQUIRE_NOTHROW([&] {
            for (int i = 0; i < 120; ++i) model.step();
            model.finish();
        }());
        crashes += model.crashes();
        resent += model.resent();
        lost += model.lost();
    }
    CHECK(crashes > 1000);
    CHECK(resent > 100);
    CHECK(lost > 100);
}
