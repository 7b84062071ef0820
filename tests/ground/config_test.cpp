// SPDX-License-Identifier: BSL-1.0
// A configuration that is not acceptable is refused by the client's constructor, which names the member.
#include <support/catch.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::ClientConfig;

namespace {

/// What the constructor says against the configuration; empty if it takes it.
std::string problem_of(const ClientConfig& config) {
    using Client = lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock>;
    boost::asio::io_context loop;
    lcm::testing::Script script;
    try {
        const Client client(config, lcm::testing::scripted(script), loop.get_executor(), lcm::testing::ManualClock());
        return {};
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.error().code == lcm::Errc::invalid_argument);
        CHECK(problem.error().delivery == lcm::Delivery::not_sent);
        CHECK(script.connections() == 0);
        return problem.error().detail;
    }
}

} // namespace

TEST_CASE("A configuration with nothing but a source is complete") {
    CHECK(problem_of({.source = "desktop"}).empty());
    CHECK(problem_of({.source = "Bürosoftware"}).empty());
}

TEST_CASE("A member that is not acceptable is named") {
    struct Row {
        std::string member;
        std::function<void(ClientConfig&)> spoil;
    };
    const std::vector<Row> rows{
        {"source", [](ClientConfig& c) { c.source.clear(); }},
        {"source", [](ClientConfig& c) { c.source = "caf\xE9"; }},
        {"deadline", [](ClientConfig& c) { c.deadline = 0ms; }},
        {"deadline", [](ClientConfig& c) { c.deadline = -1ms; }},
        {"limits.in_flight", [](ClientConfig& c) { c.limits.in_flight = 0; }},
        {"limits.queued", [](ClientConfig& c) { c.limits.queued = 0; }},
        {"limits.queued_bytes", [](ClientConfig& c) { c.limits.queued_bytes = 0; }},
        {"limits.outbound_message", [](ClientConfig& c) { c.limits.outbound_message = 0; }},
        {"limits.inbound_message", [](ClientConfig& c) { c.limits.inbound_message = 0; }},
        {"limits.json_depth", [](ClientConfig& c) { c.limits.json_depth = 0; }},
        {"limits.tombstones", [](ClientConfig& c) { c.limits.tombstones = 0; }},
        {"limits.remembered", [](ClientConfig& c) { c.limits.remembered = 0; }},
        {"inquiry.store.settle_time", [](ClientConfig& c) { c.inquiry = {.store = lcm::SynchronousStore{0ms}}; }},
        {"inquiry.store.settle_time", [](ClientConfig& c) { c.inquiry = {.store = lcm::SynchronousStore{25h}}; }},
        {"inquiry.store.settle_time",
         [](ClientConfig& c) { c.inquiry = {.store = lcm::SynchronousStore{10min}, .after_reconnect = true}; }},
    };
    for (const Row& row : rows) {
        ClientConfig config{.source = "desktop"};
        row.spoil(config);
        const std::string problem = problem_of(config);
        CAPTURE(row.member, problem);
        CHECK(problem.starts_with(row.member + ": must "));
    }
}
