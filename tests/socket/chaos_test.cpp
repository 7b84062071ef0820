// SPDX-License-Identifier: BSL-1.0
// The simulator's faults at random, and the hook that keeps account of what it did.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <algorithm>
#include <cstdint>
#include <future>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace lcm::tests;
using lcm::testing::Chaos;
using lcm::testing::Fault;
using lcm::testing::Handled;
using lcm::testing::request_faults;
using lcm::testing::Simulator;

namespace {

std::vector<std::string> endings_under(const Chaos& chaos, int count, Fault usual = Fault::none) {
    Simulator simulator({.fault = usual, .chaos = chaos});
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), lcm::testing::ManualClock());
    std::vector<std::string> endings;
    for (int i = 0; i < count; ++i) {
        auto future = client.call(sample(std::to_string(i)));
        REQUIRE(is_ready_soon(future));
        endings.push_back(ending_of(future));
    }
    return endings;
}

void check_refused(const Chaos& chaos) { CHECK_THROWS_AS(Simulator({.chaos = chaos}), std::invalid_argument); }

} // namespace

TEST_CASE("Faults at random are the same for the same seed, and other ones for another") {
    const auto endings = [](std::uint64_t seed) {
        return endings_under({.rate = 0.5, .seed = seed, .faults = {Fault::success_false, Fault::missing_success}}, 64);
    };
    const auto first = endings(1);
    CHECK(endings(1) == first);
    CHECK(endings(2) != first);
    const std::set<std::string> all(first.begin(), first.end());
    CHECK(all == std::set<std::string>{"accepted", "server_error (refused)", "bad_reply (unknown)"});
}

TEST_CASE("A rate of faults is a share of the requests") {
    const auto refused = [](double rate) {
        const auto endings = endings_under({.rate = rate, .faults = {Fault::success_false}}, 64);
        return std::count(endings.begin(), endings.end(), "server_error (refused)");
    };
    CHECK(refused(0) == 0);
    CHECK(refused(1) == 64);
    const auto some = refused(0.25);
    CHECK(some > 4);
    CHECK(some < 32);
}

TEST_CASE("A fault at random can come before the request is known") {
    Simulator simulator({.chaos = {.rate = 1, .faults = {Fault::drop_while_receiving}}});
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), lcm::testing::ManualClock());
    auto future = client.call(sample());
    REQUIRE(is_ready_soon(future));
    CHECK(ending_of(future) == "connection_lost (unknown)");
    CHECK(simulator.requests().empty());
    CHECK(simulator.acted_on().empty());
}

TEST_CASE("Requests without a fault at random get the usual one") {
    const auto endings = endings_under({.rate = 0.5, .faults = {Fault::missing_success}}, 64, Fault::success_false);
    const std::set<std::string> all(endings.begin(), endings.end());
    CHECK(all == std::set<std::string>{"bad_reply (unknown)", "server_error (refused)"});
}

TEST_CASE("Chaos that makes no sense is refused by the simulator's constructor") {
    check_refused({.rate = -0.1});
    check_refused({.rate = 1.1});
    check_refused({.rate = std::numeric_limits<double>::quiet_NaN()});
    check_refused({.faults = {}});
    for (const auto& row : lcm::testing::fault_table) {
        CAPTURE(row.name);
        if (std::find(request_faults.begin(), request_faults.end(), row.fault) != request_faults.end()) continue;
        check_refused({.rate = 0.1, .faults = {Fault::garbage, row.fault}});
    }
}

TEST_CASE("The simulator tells of a request that it acts on before it answers") {
    std::promise<Handled> told;
    std::promise<void> may_go_on;
    Simulator simulator({.on_acted = [&](const Handled& handled) {
        told.set_value(handled);
        may_go_on.get_future().wait();
    }});
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), lcm::testing::ManualClock());
    auto future = client.call(sample("12345"));
    auto handled = told.get_future();
    REQUIRE(handled.wait_for(patience) == std::future_status::ready);
    CHECK(simulator.acted_on().empty()); // the request is still being handled, and nobody else knows of it
    CHECK(ending_of(future) == "pending");
    may_go_on.set_value();
    REQUIRE(is_ready_soon(future));
    CHECK(ending_of(future) == "accepted");
    CHECK(handled.get().callid == "12345");
}

TEST_CASE("The simulator tells of what it acted on whatever it answers, and of nothing else") {
    for (const Fault fault : request_faults) {
        CAPTURE(lcm::testing::info(fault).name);
        std::vector<std::string> told;
        std::vector<std::string> acted_on;
        {
            Simulator simulator(
                {.fault = fault, .on_acted = [&](const Handled& handled) { told.push_back(handled.callid); }});
            SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}),
                                lcm::testing::ManualClock());
            const auto future = client.call(sample("12345"));
            if (fault == Fault::drop_while_receiving) REQUIRE(is_ready_soon(future));
            else REQUIRE(simulator.wait_for_requests(1, patience));
            acted_on = simulator.acted_on();
        } // the simulator's thread has ended
        CHECK(told == acted_on);
        const bool is_refused = fault == Fault::success_false || fault == Fault::drop_while_receiving;
        CHECK(told == (is_refused ? std::vector<std::string>{} : std::vector<std::string>{"12345"}));
    }
}
