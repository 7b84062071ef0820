// SPDX-License-Identifier: BSL-1.0
// The manual clock: time passes only when the test says so.
#include <support/catch.hpp>

#include <lcm_client/clock.hpp>
#include <lcm_client/testing/manual_clock.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <string>

using namespace std::chrono_literals;
using lcm::testing::ManualClock;

static_assert(lcm::Clock<ManualClock>);
static_assert(lcm::Clock<lcm::SteadyClock>);

TEST_CASE("A manual timer goes off when its time has come, on its executor, once, in the order of time") {
    boost::asio::io_context loop;
    ManualClock clock;
    ManualClock::Timer late(clock, loop.get_executor());
    ManualClock::Timer early(clock, loop.get_executor());
    std::string order;
    late.call_at(clock.now() + 2s, [&] { order += "late "; });
    early.call_at(clock.now() + 1s, [&] { order += "early "; });
    clock.advance(1s - 1ns);
    loop.poll();
    CHECK(order.empty());
    clock.advance(5s);
    CHECK(order.empty()); // not inside `advance`
    loop.restart();
    loop.poll();
    CHECK(order == "early late ");
    clock.advance(1h);
    loop.restart();
    loop.poll();
    CHECK(order == "early late ");
}

TEST_CASE("A manual timer that is set again, cancelled or destroyed does not go off at the old time") {
    boost::asio::io_context loop;
    ManualClock clock;
    int calls = 0;
    auto count = [&] { ++calls; };
    ManualClock::Timer again(clock, loop.get_executor());
    again.call_at(clock.now() + 1s, count);
    again.call_at(clock.now() + 3s, count);
    ManualClock::Timer cancelled(clock, loop.get_executor());
    cancelled.call_at(clock.now() + 1s, count);
    cancelled.cancel();
    auto destroyed = std::make_unique<ManualClock::Timer>(clock, loop.get_executor());
    destroyed->call_at(clock.now() + 1s, count);
    destroyed.reset();
    clock.advance(2s);
    loop.poll();
    CHECK(calls == 0);
    clock.advance(1s);
    loop.restart();
    loop.poll();
    CHECK(calls == 1);
}

TEST_CASE("A manual timer for a time that has passed goes off at once, and copies of a clock show one time") {
    boost::asio::io_context loop;
    const ManualClock clock;
    ManualClock copy = clock;
    copy.advance(1min);
    CHECK(clock.now() == copy.now());
    bool called = false;
    ManualClock::Timer timer(clock, loop.get_executor());
    timer.call_at(clock.now(), [&] { called = true; });
    CHECK_FALSE(called);
    loop.poll();
    CHECK(called);
}
