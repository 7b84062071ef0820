// SPDX-License-Identifier: BSL-1.0
// The time by which entries expire, beside clocks that are set.
#include <support/catch.hpp>

#include <lcm_client/outbox/impl/wall_clock.hpp>

#include <chrono>

using namespace std::chrono_literals;
using lcm::detail::ClockJump;
using lcm::detail::WallClock;
using lcm::detail::WallTime;

namespace {

constexpr WallClock::Steady start{5s};

// Seconds since the epoch for the system's clock, and since the start for the steady one.
ClockJump look(WallClock& clock, std::chrono::seconds system, std::chrono::milliseconds steady) {
    return clock.look(WallClock::System(system), start + steady);
}

} // namespace

TEST_CASE("Time passes as the system's clock shows it") {
    WallClock clock(WallTime{}, start);
    CHECK(look(clock, 1000s, 0s) == ClockJump::none);
    CHECK(clock.now() == WallTime{1000s});
    CHECK(look(clock, 1010s, 10s) == ClockJump::none);
    CHECK(clock.now() == WallTime{1010s});
}

TEST_CASE("While the program did not run, time has passed unseen") {
    WallClock clock(WallTime{1000s}, start);
    CHECK(look(clock, 9000s, 0s) == ClockJump::none);
    CHECK(clock.now() == WallTime{9000s});
}

TEST_CASE("A clock that was set back is told once, and time goes on meanwhile") {
    WallClock clock(WallTime{}, start);
    static_cast<void>(look(clock, 10'000s, 0s));
    CHECK(look(clock, 5000s, 10s) == ClockJump::back);
    CHECK(clock.now() == WallTime{10'010s});
    CHECK(look(clock, 5010s, 20s) == ClockJump::none);
    CHECK(clock.now() == WallTime{10'020s});
    CHECK(look(clock, 11'000s, 30s) == ClockJump::forward);
    CHECK(clock.now() == WallTime{11'000s});
    CHECK(look(clock, 5000s, 40s) == ClockJump::back);
}

TEST_CASE("A clock is behind by more than a minute, and is told again when it was right in between") {
    WallClock clock(WallTime{}, start);
    static_cast<void>(look(clock, 10'000s, 0s));
    CHECK(look(clock, 9940s, 0s) == ClockJump::none);
    CHECK(look(clock, 9939s, 0s) == ClockJump::back);
    CHECK(look(clock, 9990s, 0s) == ClockJump::none); // nearly right
    CHECK(look(clock, 5000s, 0s) == ClockJump::back);
    CHECK(clock.now() == WallTime{10'000s});
}

TEST_CASE("A clock that was set back while the program did not run is seen at the start") {
    WallClock clock(WallTime{10'000s}, start);
    CHECK(look(clock, 5000s, 0s) == ClockJump::back);
    CHECK(clock.now() == WallTime{10'000s});
}

TEST_CASE("A clock that gains more than a minute is told, and believed: the computer may have slept") {
    WallClock clock(WallTime{}, start);
    static_cast<void>(look(clock, 1000s, 0s));
    CHECK(look(clock, 1070s, 10s) == ClockJump::none);
    CHECK(look(clock, 1141s, 20s) == ClockJump::forward);
    CHECK(clock.now() == WallTime{1141s});
}

TEST_CASE("A small correction is told to nobody, and time does not go back for it") {
    WallClock clock(WallTime{}, start);
    static_cast<void>(look(clock, 1000s, 0s));
    CHECK(look(clock, 999s, 0s) == ClockJump::none);
    CHECK(clock.now() == WallTime{1000s});
}

TEST_CASE("Looks that are closer than a millisecond lose no time") {
    WallClock clock(WallTime{10'000s}, start);
    for (int i = 1; i <= 4000; ++i)
        static_cast<void>(clock.look(WallClock::System(0s), start + i * std::chrono::microseconds(500)));
    CHECK(clock.now() == WallTime{10'002s});
}
