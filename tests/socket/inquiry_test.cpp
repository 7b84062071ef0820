// SPDX-License-Identifier: BSL-1.0
// Evidence of unknown requests over real connections, from each kind of server that the simulator can be.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/inquiry.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Doubt;
using lcm::Evidence;
using lcm::Finding;
using lcm::testing::Fault;
using lcm::testing::Simulator;
using lcm::testing::SimulatorOptions;
using lcm::testing::StoredFields;

namespace {

SetOutcome outcome(int telephony) {
    SetOutcome request = sample();
    request.call_outcome = telephony;
    return request;
}

// A call for which Reject was accepted, and Do Not Call is unknown: its link was lost under `fault`.
struct Case {
    Simulator simulator;
    lcm::testing::ManualClock clock;
    SocketClient client;
    lcm::Error error;

    Case(SimulatorOptions options, Fault fault)
        : simulator(std::move(options)),
          client({.source = "test", .inquiry = lcm::InquiryOptions{.store = lcm::SynchronousStore{60s}}},
                 lcm::websocket({.url = simulator.url()}), clock) {
        auto first = client.call(outcome(9));
        if (!is_ready_soon(first) || ending_of(first) != "accepted")
            throw std::logic_error("the first was not accepted");
        simulator.set_fault(fault);
        auto second = client.call(outcome(5));
        if (fault == Fault::late_action) {
            if (!simulator.wait_for_requests(2, patience)) throw std::logic_error("the second did not come");
            simulator.drop_all();
        }
        if (!is_ready_soon(second)) throw std::logic_error("the second did not end");
        error = result_of(second).error();
        simulator.set_fault(Fault::none);
        clock.advance(60s); // and with it the wait for the next link
        if (!simulator.wait_for_connections(2, patience)) throw std::logic_error("there is no other link");
    }

    Evidence ask() {
        auto future = client.inquire(error);
        if (future.wait_for(patience) != std::future_status::ready) throw std::logic_error("there is no answer");
        return future.get();
    }
};

Evidence proved(Finding finding) { return {.finding = finding, .doubt = Doubt::none}; }

} // namespace

TEST_CASE(
    "Of a request that was acted on, a server that shows all of it gives proof, and the page's fields give none") {
    CHECK(Case({.store = {.shows = StoredFields::all}}, Fault::drop_before_answer).ask() == proved(Finding::reached));
    CHECK(Case({}, Fault::drop_before_answer).ask().doubt == Doubt::not_echoed);
    CHECK(Case({.store = {.shows = StoredFields::none}}, Fault::drop_before_answer).ask().doubt ==
          Doubt::nothing_stored);
}

TEST_CASE("A request that was not read has not reached the server, unless the one before it looks the same") {
    CHECK(Case({.store = {.shows = StoredFields::all}}, Fault::drop_while_receiving).ask() ==
          proved(Finding::not_reached));
    CHECK(Case({}, Fault::drop_while_receiving).ask().doubt == Doubt::not_echoed);
}

TEST_CASE("Nodes with a store of their own show what the other one has not seen, and decide nothing") {
    const SimulatorOptions two{.store = {.shows = StoredFields::all, .nodes = 2}};
    CHECK(Case(two, Fault::drop_before_answer).ask().doubt == Doubt::nothing_stored);
}

TEST_CASE("What a buffer on the way delivers after the settle time makes a lie of what was declared") {
    Case one({.late_by = std::chrono::hours(1), .store = {.shows = StoredFields::all}}, Fault::late_action);
    CHECK(one.ask() == proved(Finding::not_reached));
    one.simulator.release_answers();
    REQUIRE(soon([&] { return one.simulator.acted_on().size() == 2; }));
    CHECK(one.ask() == proved(Finding::reached));
}
