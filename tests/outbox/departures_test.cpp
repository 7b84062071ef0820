// SPDX-License-Identifier: BSL-1.0
// When an outbox hands entries to its client.
#include <support/catch.hpp>

#include <lcm_client/outbox/impl/departures.hpp>

#include <chrono>

using namespace std::chrono_literals;
using lcm::detail::Departures;

namespace {

constexpr Departures::TimePoint start{1h};

} // namespace

TEST_CASE("Nothing leaves without a link") {
    Departures departures(64, 160);
    CHECK(departures.allowance(start) == 0);
    departures.set_ready(true, start, 0);
    CHECK(departures.allowance(start) == 64);
    departures.set_ready(false, start, 0);
    CHECK(departures.allowance(start) == 0);
    CHECK_FALSE(departures.next(start).has_value());
}

TEST_CASE("What has waited for the link leaves at the pace of a backlog") {
    Departures departures(64, 160);
    departures.set_ready(true, start, 1000);
    CHECK(departures.allowance(start) == 16);
    departures.leave(16);
    CHECK(departures.allowance(start) == 0);
    CHECK(departures.next(start) == start + 100ms);
    CHECK(departures.allowance(start + 100ms) == 16);
}

TEST_CASE("A link that stays ready begins no new backlog") {
    Departures departures(64, 160);
    departures.set_ready(true, start, 0);
    departures.set_ready(true, start, 1000);
    CHECK(departures.allowance(start) == 64);
}

TEST_CASE("No more are under way than may be") {
    Departures departures(3, 160);
    departures.set_ready(true, start, 0);
    departures.leave(3);
    CHECK(departures.allowance(start) == 0);
    CHECK_FALSE(departures.next(start).has_value());
    departures.arrive();
    CHECK(departures.allowance(start) == 1);
}

TEST_CASE("After one that came back unsent the others wait a moment") {
    Departures departures(3, 160);
    departures.set_ready(true, start, 0);
    departures.leave(1);
    departures.come_back(start);
    CHECK(departures.allowance(start) == 0);
    CHECK(departures.next(start) == start + Departures::hold);
    CHECK(departures.allowance(start + Departures::hold) == 3);
}

TEST_CASE("No time is named at which more may leave where it is no time that holds them back") {
    SECTION("as many are under way as may be") {
        Departures departures(16, 160);
        departures.set_ready(true, start, 1000);
        departures.leave(16); // of this slice, too, no more may leave
        CHECK_FALSE(departures.next(start).has_value());
        departures.arrive();
        CHECK(departures.next(start) == start + 100ms);
    }
    SECTION("the link is gone") {
        Departures departures(3, 160);
        departures.set_ready(true, start, 0);
        departures.leave(1);
        departures.come_back(start);
        departures.set_ready(false, start, 0);
        CHECK_FALSE(departures.next(start).has_value());
    }
}
