// SPDX-License-Identifier: BSL-1.0
// Which request a fault is for: by operation, by call, by number.
#include <support/catch.hpp>
#include <support/sample.hpp>

#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/testing/fault_plan.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::FaultPlan;
using lcm::testing::FaultScope;
using lcm::testing::SimulatedServer;

TEST_CASE("A fault is for the requests of its scope, and for no other") {
    using Requests = std::vector<std::pair<std::string, std::string>>;
    static const Requests requests{{"SetDNC", "1"}, {"setdnc", "2"}, {"GetCallOutCome", "1"},
                                   {"SetDNC", "1"}, {"", ""},        {"SetDNC", "2"}};
    struct Row {
        FaultScope scope;
        std::string faults; // one letter for each request: x has the fault
    };
    const std::vector<Row> rows{
        {{}, "xxxxxx"},
        {{.operation = "SetDNC"}, "xx.x.x"},
        {{.operation = "SETDNC"}, "xx.x.x"},
        {{.operation = "GetStoredData"}, "......"},
        {{.callid = "1"}, "x.xx.."},
        {{.nth = 1}, "x....."},
        {{.nth = 6}, ".....x"},
        {{.nth = 7}, "......"},
        {{.operation = "SetDNC", .nth = 3}, "...x.."},
        {{.operation = "SetDNC", .callid = "2"}, ".x...x"},
        {{.operation = "SetDNC", .callid = "2", .nth = 2}, ".....x"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.scope.operation, row.scope.callid, row.scope.nth);
        FaultPlan plan(Fault::garbage, row.scope);
        std::string faults;
        for (const auto& [operation, callid] : requests)
            faults += plan.next(operation, callid) == Fault::garbage ? 'x' : '.';
        CHECK(faults == row.faults);
    }
}

TEST_CASE("A fault of a whole connection cannot be confined to a request") {
    for (const auto& row : lcm::testing::fault_table) {
        CAPTURE(row.name);
        CHECK_NOTHROW(FaultPlan(row.fault));
        if (is_of_connection(row.fault)) CHECK_THROWS_AS(FaultPlan(row.fault, {.nth = 1}), std::invalid_argument);
        else CHECK_NOTHROW(FaultPlan(row.fault, {.operation = "SetDNC", .callid = "1", .nth = 1}));
    }
    CHECK(lcm::testing::is_of_connection(Fault::stop_reading));
    CHECK(lcm::testing::is_of_connection(Fault::expired));
    CHECK_FALSE(lcm::testing::is_of_connection(Fault::none));
}

TEST_CASE("The simulated server misbehaves at the request that the plan names, and tells which it was") {
    SimulatedServer server;
    FaultPlan plan(Fault::success_false, {.operation = "SetBusinessOutcomeWithCallOutcome", .nth = 2});
    const std::string request = lcm::encode(sample("1"), "test");
    const std::string another = lcm::encode(lcm::GetContactModes{.callid = "1"}, "test");

    CHECK(server.handle(request, plan).fault == Fault::none);
    CHECK(server.handle(another, plan).fault == Fault::none);
    CHECK(server.handle("no JSON", plan).fault == Fault::none);
    const auto refused = server.handle(request, plan);
    CHECK(refused.fault == Fault::success_false);
    CHECK(refused.verdict == "refused");
    CHECK_FALSE(refused.acted_on);
    CHECK(server.handle(request, plan).acted_on);
}

TEST_CASE("The simulated server does not act on a request that the connection was lost in") {
    SimulatedServer server;
    const auto handled = server.handle(lcm::encode(sample("1"), "test"), Fault::drop_while_receiving);
    CHECK(handled.fault == Fault::drop_while_receiving);
    CHECK_FALSE(handled.acted_on);
    CHECK(handled.replies.empty());
    CHECK(handled.events.empty());
}
