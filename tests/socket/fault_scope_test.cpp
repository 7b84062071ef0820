// SPDX-License-Identifier: BSL-1.0
// Faults of the simulator that only some requests have, and what can be switched while it runs.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::Simulator;

namespace {

const std::string sample_operation = "SetBusinessOutcomeWithCallOutcome";

std::string call(SocketClient& client, const std::string& callid) {
    auto future = client.call(sample(callid));
    REQUIRE(is_ready_soon(future));
    return ending_of(future);
}

} // namespace

TEST_CASE("A fault is confined to an operation, to a call, or to the n-th request") {
    Simulator simulator({.fault = Fault::success_false, .fault_scope = {.callid = "2"}});
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    CHECK(call(client, "1") == "accepted");
    CHECK(call(client, "2") == "server_error (refused)");

    simulator.set_fault(Fault::success_false, {.nth = 2});
    CHECK(call(client, "2") == "accepted");
    CHECK(call(client, "3") == "server_error (refused)");
    CHECK(call(client, "3") == "accepted");

    simulator.set_fault(Fault::success_false, {.operation = "SetDNC"});
    CHECK(call(client, "4") == "accepted");
    simulator.set_fault(Fault::success_false, {.operation = "setbusinessoutcomewithcalloutcome"});
    CHECK(call(client, "5") == "server_error (refused)");

    simulator.set_fault(Fault::none);
    CHECK(call(client, "5") == "accepted");
    CHECK(simulator.acted_on() == std::vector<std::string>{"1", "2", "3", "4", "5"});
}

TEST_CASE("A request that the connection is lost in is the one that was named, and is not acted on") {
    Simulator simulator(
        {.fault = Fault::drop_while_receiving, .fault_scope = {.operation = sample_operation, .nth = 2}});
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    CHECK(call(client, "1") == "accepted");
    CHECK(call(client, "2") == "connection_lost (unknown)");
    CHECK(simulator.acted_on() == std::vector<std::string>{"1"});
    CHECK(simulator.requests().size() == 1);
}

TEST_CASE("A scope that can never come is refused, and changes nothing") {
    Simulator simulator({.fault = Fault::success_false});
    CHECK_THROWS_AS(simulator.set_fault(Fault::garbage, {.operation = "SetNothing"}), std::invalid_argument);
    CHECK_THROWS_AS(simulator.set_fault(Fault::unauthorized, {.nth = 1}), std::invalid_argument);
    CHECK_THROWS_AS(Simulator({.fault_scope = {.operation = "SetNothing"}}), std::invalid_argument);
    CHECK_THROWS_AS(Simulator({.fault = Fault::stop_reading, .fault_scope = {.callid = "1"}}), std::invalid_argument);
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    CHECK(call(client, "1") == "server_error (refused)");
}

TEST_CASE("An answer that is held back for less time overtakes one that is held back for more") {
    Simulator simulator({.fault = Fault::late_answer, .late_by = 1h});
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    auto slow = client.call(sample("slow"));
    REQUIRE(simulator.wait_for_requests(1, patience));
    simulator.set_late_by(1ms);
    auto fast = client.call(sample("fast"));
    REQUIRE(is_ready_soon(fast));
    CHECK(ending_of(fast) == "accepted");
    CHECK(ending_of(slow) == "pending");
    simulator.release_answers();
    REQUIRE(is_ready_soon(slow));
    CHECK(ending_of(slow) == "accepted");
}

TEST_CASE("Broadcasts can be left out") {
    for (const bool broadcasts : {true, false}) {
        CAPTURE(broadcasts);
        Simulator simulator({.broadcasts = broadcasts});
        std::promise<std::string> told;
        std::atomic<bool> is_first{true};
        const auto tell = [&](std::string_view text) {
            if (is_first.exchange(false)) told.set_value(std::string(text));
        };
        lcm::testing::ManualClock clock;
        SocketClient other({.source = "other", .on_event = tell}, lcm::websocket({.url = simulator.url()}), clock);
        REQUIRE(simulator.wait_for_connections(1, patience));
        SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
        CHECK(call(client, "1") == "accepted");
        simulator.send_to_all(R"({"channel":"LCM","topic":"WebService","subtopic":"TheEnd"})");
        auto first = told.get_future();
        REQUIRE(first.wait_for(patience) == std::future_status::ready);
        const bool was_told = first.get().find("OutcomeSetForCall") != std::string::npos;
        CHECK(was_told == broadcasts);
    }
}
