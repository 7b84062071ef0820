// SPDX-License-Identifier: BSL-1.0
// What keeps clients from connecting again at the same times.
#include <support/catch.hpp>

#include <lcm_client/client/client_seed.hpp>

#include <cstdint>
#include <set>

using lcm::detail::next_client_seed;

TEST_CASE("Each client of a process has another seed") {
    std::set<std::uint64_t> seeds;
    for (int i = 0; i < 1000; ++i) CHECK(seeds.insert(next_client_seed()).second);
}
