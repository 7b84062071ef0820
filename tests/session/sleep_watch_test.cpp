// SPDX-License-Identifier: BSL-1.0
// What two clocks tell of a computer that has slept.
#include <support/catch.hpp>

#include <lcm_client/session/sleep_watch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::detail::SleepWatch;

TEST_CASE(
    "A computer has slept when its system clock has gone on by 5 s more than the one that stands still meanwhile") {
    struct Row {
        std::string what;
        std::chrono::nanoseconds awake;
        std::chrono::nanoseconds system;
        bool has_slept;
    };
    const std::vector<Row> rows{
        {"no time passes", 0s, 0s, false},
        {"time passes", 5s, 5s, false},
        {"much time passes", 24h, 24h, false},
        {"a short sleep", 1s, 6s - 1us, false},
        {"the shortest sleep that is noticed", 1s, 6s, true},
        {"a sleep without time awake", 0s, 5s, true},
        {"a night", 3s, 8h, true},
        {"the clock is set back", 1s, -1h, false},
        {"the clock is set back a little", 5s, 1s, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const SleepWatch::Awake awake{1h};
        const SleepWatch::System system{std::chrono::hours(24 * 365 * 50)};
        SleepWatch watch;
        CHECK_FALSE(watch.look(awake, system)); // there is nothing to compare with yet
        const auto system_later = system + std::chrono::duration_cast<SleepWatch::System::duration>(row.system);
        CHECK(watch.look(awake + row.awake, system_later) == row.has_slept);
        CHECK_FALSE(watch.look(awake + row.awake, system_later)); // told once
    }
}

TEST_CASE("A clock that drifts, or is corrected in small steps, is no sleep, however far it gets") {
    SleepWatch watch;
    for (int i = 0; i < 1000; ++i) {
        const auto passed = i * SleepWatch::interval;
        CHECK_FALSE(watch.look(SleepWatch::Awake(passed), SleepWatch::System(passed + i * 4s)));
    }
}

TEST_CASE("A sleep after the clock was set back is noticed") {
    SleepWatch watch;
    const SleepWatch::System noon{12h};
    CHECK_FALSE(watch.look(SleepWatch::Awake(1s), noon));
    CHECK_FALSE(watch.look(SleepWatch::Awake(2s), noon - 1h));
    CHECK(watch.look(SleepWatch::Awake(3s), noon - 1h + 6s));
}

TEST_CASE("Two sleeps are told as two") {
    SleepWatch watch;
    CHECK_FALSE(watch.look(SleepWatch::Awake(0s), SleepWatch::System(0s)));
    CHECK(watch.look(SleepWatch::Awake(1s), SleepWatch::System(1h)));
    CHECK(watch.look(SleepWatch::Awake(2s), SleepWatch::System(2h)));
}
