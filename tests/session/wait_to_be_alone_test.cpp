// SPDX-License-Identifier: BSL-1.0
// How long the others stay back for a request that has to be alone, on simulated time.
#include <support/catch.hpp>

#include <lcm_client/session/wait_to_be_alone.hpp>

#include <chrono>
#include <optional>

using namespace std::chrono_literals;
using lcm::detail::WaitToBeAlone;

namespace {

constexpr WaitToBeAlone::TimePoint start{1h};

} // namespace

TEST_CASE("The others stay back for two seconds, and then no longer as long as the same one is in the way") {
    WaitToBeAlone wait;
    CHECK_FALSE(wait.next(start));
    CHECK_FALSE(wait.lets_others_go(1, start));
    CHECK(wait.next(start) == start + 2s);
    CHECK_FALSE(wait.lets_others_go(1, start + 2s - 1ns));
    CHECK_FALSE(wait.next(start + 2s)); // it is time
    CHECK(wait.lets_others_go(1, start + 2s));
    CHECK(wait.lets_others_go(1, start + 1min));
    CHECK_FALSE(wait.next(start + 1min));
}

TEST_CASE("Who is in the way may change, and the two seconds are over all the same") {
    WaitToBeAlone wait;
    CHECK_FALSE(wait.lets_others_go(1, start));
    CHECK_FALSE(wait.lets_others_go(2, start + 1s));
    CHECK(wait.lets_others_go(3, start + 2s));
    CHECK(wait.lets_others_go(3, start + 3s));
}

TEST_CASE("When the one has ended that was in the way for long, the others stay back for two seconds more") {
    WaitToBeAlone wait;
    CHECK_FALSE(wait.lets_others_go(1, start));
    CHECK(wait.lets_others_go(1, start + 9s));
    CHECK_FALSE(wait.lets_others_go(2, start + 10s));
    CHECK(wait.next(start + 10s) == start + 12s);
    CHECK(wait.lets_others_go(2, start + 12s));
}

TEST_CASE("A wait that is over has left nothing behind") {
    WaitToBeAlone wait;
    CHECK_FALSE(wait.lets_others_go(1, start));
    CHECK(wait.lets_others_go(1, start + 9s));
    wait.end();
    CHECK_FALSE(wait.next(start));
    CHECK_FALSE(wait.lets_others_go(1, start + 10s));
    CHECK(wait.next(start + 10s) == start + 12s);
}
