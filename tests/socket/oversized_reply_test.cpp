// SPDX-License-Identifier: BSL-1.0
// A reply over the limit on a real connection: how it began is told, and the read that it answers is not sent again.
#include <support/catch.hpp>
#include <support/raw_link.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::Simulator;

namespace {

std::string ending_of_list(std::future<lcm::GetCallOutCome::Response>& future) {
    if (future.wait_for(patience) != std::future_status::ready) return "pending";
    try {
        static_cast<void>(future.get());
        return "accepted";
    } catch (const lcm::LcmError& problem) {
        const lcm::Error& error = problem.error();
        return std::string(to_string(error.code)) + " (" + to_string(error.delivery) + "): " + error.detail;
    }
}

} // namespace

TEST_CASE("Of a message over the limit as much is told as has come with its header, and no more than is of use") {
    const std::string head = R"({"subtopic":"CallOutCome","message":{"callid":"1",)";
    const std::string all = head + std::string(limit, ' ');
    const std::string first = all.substr(0, 10);
    const std::string rest = all.substr(10, 20);
    const std::vector<std::pair<std::string, std::string>> rows{
        {frame(fin | 1, all).substr(0, 10 + head.size()), head},
        {frame(fin | 1, all).substr(0, 10), ""},
        {frame(fin | 1, all), all.substr(0, lcm::max_message_head)},
        {frame(1, first) + frame(0, rest) + frame(fin | 0, all).substr(0, 12), first + rest + all.substr(0, 2)},
        {frame(1, first) + frame(fin | 9, "ping") + frame(fin | 0, all).substr(0, 12), first + all.substr(0, 2)},
        {frame(fin | 9, "ping") + frame(fin | 1, all).substr(0, 12), all.substr(0, 2)},
    };
    for (const auto& [bytes, beginning] : rows) {
        CAPTURE(beginning);
        RawLink link({});
        link.open_and_receive();
        link.server.send(frame(fin | 1, "before") + bytes);
        link.wait_for_loss();
        CHECK(link.received.size() == 1);
        const lcm::TransportFailure failure = link.transport->last_failure();
        CHECK(failure.message_too_large);
        // What comes in a later segment is not waited for.
        CHECK(beginning.starts_with(failure.message_head.reveal()));
        if (bytes.size() < 100) CHECK(failure.message_head.reveal() == beginning);
    }
}

TEST_CASE("A connection that ends for another reason tells of no message that was too large") {
    RawLink link({});
    link.open_and_receive();
    link.server.send(frame(fin | 8, close_payload(1009))); // the client's one was
    link.wait_for_loss();
    CHECK_FALSE(link.transport->last_failure().message_too_large);
}

TEST_CASE("A list over the limit is asked for once, and settings go through beside it") {
    Simulator simulator({.fault = Fault::oversized_answer});
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    auto list = client.call(lcm::GetCallOutCome{.callid = "1"});
    CHECK(ending_of_list(list) ==
          "bad_reply (unknown): the reply is larger than the limit of 1048576 bytes (limits.inbound_message)");
    simulator.set_fault(Fault::none);
    auto set = client.call(sample("2"));
    client.reconnect_now();
    REQUIRE(is_ready_soon(set));
    CHECK(ending_of(set) == "accepted");
    CHECK(simulator.requests().size() == 2); // the list once
}
