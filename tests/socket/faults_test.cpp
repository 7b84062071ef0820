// SPDX-License-Identifier: BSL-1.0
// Every fault of the simulator over a real socket, ws and wss, each with the ending that the promises demand.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/json.hpp>

#include <chrono>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::testing::Fault;
using lcm::testing::Simulator;

namespace {

// What has to happen before the request's fate is known.
enum class Until {
    ended,    // it ends by itself
    received, // the simulator has the request and will not answer: time passes
    misread,  // a message came that could not be understood: time passes
};

struct Expectation {
    Fault fault;
    Until until;
    std::string ending;
    std::string detail; // a part of it
    bool acted_on;
};

const std::vector<Expectation>& expectations() {
    static const std::vector<Expectation> rows{
        {Fault::none, Until::ended, "accepted", "", true},
        {Fault::no_answer, Until::received, "timed_out (unknown)", "", true},
        {Fault::late_answer, Until::received, "timed_out (unknown)", "", true},
        {Fault::answer_twice, Until::ended, "accepted", "", true},
        {Fault::success_false, Until::ended, "server_error (refused)", "", false},
        {Fault::missing_success, Until::ended, "bad_reply (unknown)", "response.success: missing", true},
        {Fault::success_string, Until::ended, "bad_reply (unknown)", "response.success: not of", true},
        {Fault::wrong_case, Until::ended, "accepted", "", true},
        {Fault::other_subscriber, Until::ended, "accepted", "", true},
        {Fault::garbage, Until::misread, "timed_out (unknown)", "as a reply: no JSON, byte", true},
        {Fault::truncated_json, Until::misread, "timed_out (unknown)", "as a reply: the JSON ends too early", true},
        {Fault::huge_message, Until::ended, "connection_lost (unknown)", "larger than the limit of 1048576 bytes",
         true},
        {Fault::oversized_answer, Until::ended, "connection_lost (unknown)", "larger than the limit of 1048576 bytes",
         true},
        {Fault::binary_frame, Until::ended, "accepted", "", true},
        {Fault::fragments, Until::ended, "accepted", "", true},
        {Fault::drop_before_answer, Until::ended, "connection_lost (unknown)", "", true},
        {Fault::drop_while_receiving, Until::ended, "connection_lost (unknown)", "", false},
        {Fault::stop_reading, Until::ended, "idle_timeout (unknown)", "", false},
        {Fault::close_going_away, Until::ended, "connection_lost (unknown)", "1001", true},
        {Fault::close_policy, Until::ended, "connection_lost (unknown)", "1008", true},
        {Fault::close_internal_error, Until::ended, "connection_lost (unknown)", "1011", true},
        {Fault::unauthorized, Until::ended, "unauthorized (not_sent)", "401", false},
        {Fault::forbidden, Until::ended, "unauthorized (not_sent)", "403", false},
        {Fault::service_unavailable, Until::ended, "upgrade_rejected (not_sent)", "503", false},
        {Fault::wrong_host, Until::ended, "tls_failed (not_sent)", "mismatch", false},
        {Fault::expired, Until::ended, "tls_failed (not_sent)", "expired", false},
        {Fault::not_yet_valid, Until::ended, "tls_failed (not_sent)", "not yet valid", false},
        {Fault::unknown_authority, Until::ended, "tls_failed (not_sent)", "certificate", false},
        {Fault::self_signed, Until::ended, "tls_failed (not_sent)", "self-signed", false},
        {Fault::no_address, Until::ended, "tls_failed (not_sent)", "mismatch", false},
        {Fault::old_tls, Until::ended, "tls_failed (not_sent)", "1.2 or newer", false},
        {Fault::client_certificate, Until::ended, "tls_failed (not_sent)", "client certificate", false},
        {Fault::late_action, Until::received, "timed_out (unknown)", "", false},
    };
    return rows;
}

void check(const Expectation& expected, bool tls) {
    CAPTURE(lcm::testing::info(expected.fault).name, tls);
    Simulator simulator({.tls = tls, .fault = expected.fault});
    const TemporaryFile authority;
    simulator.write_authority(authority.path());
    lcm::WebSocketOptions options{.url = simulator.url()};
    if (tls) options.tls.ca_file = authority.path();
    if (expected.fault == Fault::stop_reading) options.idle_timeout = 100ms;

    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test", .while_offline = lcm::WhileOffline::fail}, lcm::websocket(options), clock);
    // A request that is given more time than the idle time-out is waited for.
    lcm::CallOptions usual;
    if (expected.fault == Fault::stop_reading) usual.deadline = options.idle_timeout;
    auto future = client.call(sample(), usual);
    if (expected.until == Until::received) REQUIRE(simulator.wait_for_requests(1, patience));
    if (expected.until == Until::misread) REQUIRE(soon([&] { return client.stats().bad_messages == 1; }));
    if (expected.until != Until::ended) {
        CHECK(ending_of(future) == "pending");
        clock.advance(10s);
    }
    REQUIRE(is_ready_soon(future));
    const auto result = result_of(future);
    CHECK(ending_of(result) == expected.ending);
    if (result.has_error()) {
        CHECK(result.error().detail.find(expected.detail) != std::string::npos);
        CAPTURE(result.error().message());
        CHECK(result.error().message().find("5|3|1") == std::string::npos);
        CHECK(result.error().message().find("Test comment") == std::string::npos);
    }

    // The ledger agrees: accepted was done, refused and not sent was not.
    const bool was_done = !simulator.acted_on().empty();
    CHECK(was_done == expected.acted_on);
    if (result.has_value()) CHECK(was_done);
    else if (result.error().delivery != Delivery::unknown) CHECK_FALSE(was_done);
    CHECK(simulator.acted_on().size() <= 1); // never a silent resend
}

} // namespace

TEST_CASE("Every fault ends as the promises say, over ws") {
    for (const Expectation& expected : expectations())
        if (!lcm::testing::info(expected.fault).needs_tls) check(expected, false);
}

TEST_CASE("Every fault ends as the promises say, over wss") {
    for (const Expectation& expected : expectations()) check(expected, true);
}

TEST_CASE("No fault of the simulator is left out of these tests") {
    std::set<Fault> tested;
    for (const Expectation& expected : expectations()) tested.insert(expected.fault);
    for (const auto& row : lcm::testing::fault_table) CHECK(tested.count(row.fault) == 1);
}

TEST_CASE("The errors of the interface refuse the request that they are about") {
    Simulator simulator;
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    auto unknown_call = client.call(sample("unknown-7"));
    REQUIRE(is_ready_soon(unknown_call));
    const auto result = result_of(unknown_call);
    REQUIRE(ending_of(result) == "invalid_call_id (refused)");
    CHECK(result.error().server == lcm::ServerTexts{"WS_Error", "Invalid Call ID:unknown-7", "Invalid Call ID."});
    CHECK(simulator.acted_on().empty());
}

TEST_CASE("The answer that comes after the time-out is told as late, and completes nothing else") {
    Simulator simulator({.fault = Fault::late_answer});
    lcm::testing::ManualClock clock;
    std::promise<lcm::Settled> told;
    SocketClient client({.source = "test", .on_settled = [&](const lcm::Settled& truth) { told.set_value(truth); }},
                        lcm::websocket({.url = simulator.url()}), clock);
    auto first = client.call(sample());
    REQUIRE(simulator.wait_for_requests(1, patience));
    clock.advance(10s);
    REQUIRE(is_ready_soon(first));
    CHECK(ending_of(first) == "timed_out (unknown)");

    auto second = client.call(sample());
    simulator.set_fault(Fault::none);
    simulator.release_answers();
    auto late = told.get_future();
    REQUIRE(late.wait_for(patience) == std::future_status::ready);
    CHECK(late.get().delivery == Delivery::accepted);
    REQUIRE(is_ready_soon(second)); // it left when the late answer had come, and has its own
    CHECK(ending_of(second) == "accepted");
    CHECK(simulator.acted_on().size() == 2);
}

TEST_CASE("Any text goes through unharmed, NUL and all planes of Unicode included") {
    Simulator simulator;
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    std::string text = "\"quotes\" \\ / \r\n\t";
    for (char c = 0; c < 32; ++c) text += c;
    text += "\x7f \u00e9 \u4e2d \U0001F600 \U0010FFFF end";
    SetOutcome request = sample();
    request.agent_comments = text;
    auto future = client.call(request);
    REQUIRE(is_ready_soon(future));
    CHECK(ending_of(future) == "accepted");
    REQUIRE(simulator.requests().size() == 1);
    CHECK(lcm::Json::parse(simulator.requests()[0]).at("data").at("AgentComments").get<std::string>() == text);
}

TEST_CASE("Many requests at once are all accepted, each done once") {
    Simulator simulator({.tls = true});
    const TemporaryFile authority;
    simulator.write_authority(authority.path());
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"},
                        lcm::websocket({.url = simulator.url(), .tls = {.ca_file = authority.path()}}), clock);
    std::vector<std::future<lcm::OutcomeResponse>> futures;
    for (int i = 0; i < 1000; ++i) futures.push_back(client.call(sample(std::to_string(i))));
    for (auto& future : futures) {
        REQUIRE(is_ready_soon(future));
        CHECK(ending_of(future) == "accepted");
    }
    CHECK(simulator.acted_on().size() == 1000);
}

TEST_CASE("A server that drops the link and stays there is connected to again") {
    Simulator simulator;
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    auto first = client.call(sample("1"));
    REQUIRE(is_ready_soon(first));
    CHECK(ending_of(first) == "accepted");
    simulator.set_fault(Fault::no_answer);
    auto second = client.call(sample("2"));
    REQUIRE(simulator.wait_for_requests(2, patience));
    simulator.drop_all();
    REQUIRE(is_ready_soon(second));
    CHECK(ending_of(second) == "connection_lost (unknown)");
    simulator.set_fault(Fault::none);
    auto third = client.call(sample("3"));
    clock.advance(500ms);
    REQUIRE(is_ready_soon(third));
    CHECK(ending_of(third) == "accepted");
    CHECK(simulator.connections() == 2);
    CHECK(simulator.acted_on() == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("Events reach the application while requests are under way") {
    Simulator simulator;
    std::promise<std::string> told;
    lcm::testing::ManualClock clock;
    SocketClient client(
        {.source = "test", .on_event = [&](std::string_view text) { told.set_value(std::string(text)); }},
        lcm::websocket({.url = simulator.url()}), clock);
    REQUIRE(simulator.wait_for_connections(1, patience));
    const std::string event =
        R"({"channel":"LCM","topic":"WebService","subtopic":"OutcomeSetForCall","message":"1|2|3"})";
    simulator.send_to_all(event);
    auto seen = told.get_future();
    REQUIRE(seen.wait_for(patience) == std::future_status::ready);
    CHECK(seen.get() == event);
}
