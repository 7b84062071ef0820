// SPDX-License-Identifier: BSL-1.0
// Messages in the outer packet, out and in.
#include <support/bench.hpp>

#include <lcm_client/events.hpp>
#include <lcm_client/operations/manual_dial.hpp>
#include <lcm_client/protocol/packet.hpp>

#include <support/catch.hpp>

#include <string>
#include <vector>

using namespace lcm::tests;

namespace {

lcm::ClientConfig framed() {
    lcm::ClientConfig config;
    config.packet = lcm::Packet{.response_url = "https://desk.example/lcm", .subscriber_id = "4711"};
    return config;
}

} // namespace

TEST_CASE("With a packet configured, a request leaves inside one, as the page's example writes it") {
    Bench bench(framed());
    const auto future = bench.client->call(sample());
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    CHECK(bench.script.sent()[0] ==
          R"({"channel":"LCM","topic":"","subTopic":"","ResponseUrl":"https://desk.example/lcm","subscriberID":"4711",)"
          R"("message":)" +
              lcm::encode(sample(), "test") + "}");
}

TEST_CASE("A packet has the channel of its message, unless one is configured for all") {
    for (const char* channel : {"", "LCM"}) {
        lcm::ClientConfig config = framed();
        config.packet->channel = channel;
        Bench bench(config);
        const auto future = bench.client->call(lcm::ManualDialCall{.phone_number = "5550100"});
        bench.run();
        const std::string expected = *channel == 0 ? "Amazon" : channel;
        CHECK(bench.script.sent().at(0).starts_with(R"({"channel":")" + expected + R"(","topic":"",)"));
    }
}

TEST_CASE("A reply is read out of its packet in both spellings, and without one") {
    const std::string reply = lcm::testing::reply<SetOutcome>("12345");
    const std::vector<std::string> rows{
        R"({"channel":"LCM","topic":"","subTopic":"","ResponseUrl":"u","subscriberID":"4711","message":)" + reply + "}",
        R"({"channel":"LCM","topic":"","subtopic":"","ResponseUrl":"u","SubscriberID":"4711","okmessage":)" + reply +
            "}",
        R"({"subscriberID":"1","message":)" + reply + "}",
        R"({"okmessage":)" + reply + "}",
        R"({"subscriberID":"1","okmessage":null,"message":)" + reply + "}",
        reply,
    };
    for (const std::string& row : rows) {
        CAPTURE(row);
        Bench bench(framed());
        auto future = bench.client->call(sample());
        bench.run();
        bench.receive(row);
        CHECK(ending_of(future) == "accepted");
    }
}

TEST_CASE("An error and an event are read out of their packets") {
    Bench bench(framed());
    std::vector<std::string> keys;
    const auto subscription = bench.client->on<lcm::OutcomeSetForCall>(
        [&](const lcm::OutcomeSetForCall& event) { keys.push_back(event.account_number.reveal()); });
    auto future = bench.client->call(sample());
    bench.run();
    const std::string head = R"({"ResponseUrl":"u","SubscriberID":"4711","okmessage":)";
    bench.receive(head + R"({"subtopic":"OutcomeSetForCall","message":"1|2"}})");
    bench.receive(head + lcm::testing::ws_error("Invalid Call ID:12345") + "}");
    CHECK(keys == std::vector<std::string>{"1|2"});
    CHECK(ending_of(future) == "invalid_call_id (refused)");
}

TEST_CASE("Without a packet configured, one that comes is no reply") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(R"({"subscriberID":"1","message":)" + lcm::testing::reply<SetOutcome>("12345") + "}");
    CHECK_FALSE(is_ready(future));
}

TEST_CASE("A packet counts towards the limit of a message") {
    lcm::ClientConfig config = framed();
    config.limits.outbound_message = lcm::encode(sample(), "test").size() + 10;
    Bench bench(config);
    auto future = bench.client->call(sample());
    CHECK(ending_of(future) == "message_too_large (not_sent)");
}

TEST_CASE("A packet without its texts is refused by name") {
    struct Row {
        lcm::Packet packet;
        std::string reason;
    };
    const std::vector<Row> rows{
        {{"", "1"}, "packet.response_url: must not be empty"},
        {{"u", ""}, "packet.subscriber_id: must not be empty"},
        {{"u", "1", "\xFF"}, "packet.channel: must be text in UTF-8"},
        {{"\xFF", "1"}, "packet.response_url: must be text in UTF-8"},
    };
    for (const Row& row : rows) {
        lcm::ClientConfig config;
        config.packet = row.packet;
        try {
            const Bench bench(config);
            FAIL("accepted: " << row.reason);
        } catch (const lcm::LcmError& problem) {
            CHECK(problem.error().detail == row.reason);
        }
    }
}
