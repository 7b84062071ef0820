// SPDX-License-Identifier: BSL-1.0
// What keeps clients from connecting again at the same times, and gives each connection a key of its own.
#include <support/catch.hpp>

#include <lcm_client/impl/seed.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <set>

TEST_CASE("The step of a number is that of the published generator, which begins with these from nought") {
    CHECK(lcm::detail::split_mix(0) == 0xe220a8397b1dcdafU);
    CHECK(lcm::detail::split_mix(0x9e3779b97f4a7c15U) == 0x6e789e6aa1b965f4U);
}

TEST_CASE(
    "Clients of one process have different seeds, also those that are made one after the other in the same place") {
    std::set<std::uint64_t> seeds;
    const std::array<char, 1000> clients{};
    for (const char& client : clients) CHECK(seeds.insert(lcm::detail::seed_of(&client)).second);
    const auto first = lcm::detail::seed_of(&clients);
    const auto then = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() == then) {}
    CHECK(lcm::detail::seed_of(&clients) != first);
}
