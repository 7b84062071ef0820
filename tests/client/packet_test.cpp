// SPDX-License-Identifier: BSL-1.0
// Messages in the outer packet, out and in.
#include <support/bench.hpp>

#include <lcm_client/events.hpp>
#include <lcm_client/operations/manual_dial.hpp>
#include <lcm_client/protocol/packet.hpp>

#include <support/catch.hpp>

#include <chrono>
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

namespace {

std::string in_packet(const std::string& head, const std::string& message) {
    return R"({"channel":"LCM","topic":"","subTopic":"","ResponseUrl":"u",)" + head + R"("message":)" + message + "}";
}

lcm::ClientConfig framed_strictly() {
    lcm::ClientConfig config = framed();
    config.packet->refuse_other_subscribers = true;
    return config;
}

} // namespace

TEST_CASE("A reply in a packet of another subscriber is counted, and taken unless it is to be refused") {
    struct Row {
        std::string head;
        bool is_other;
    };
    const std::vector<Row> rows{
        {R"("subscriberID":"4711",)", false},
        {R"("subscriberID":4711,)", false},
        {R"("SUBSCRIBERid":" 4711 ",)", false},
        {R"("subscriberID":"",)", false},
        {R"("subscriberID":null,)", false},
        {R"("subscriberID":{"id":"4712"},)", false},
        {R"("subscriberID":"4712",)", true},
        {R"("subscriberID":4712,)", true},
        {R"("subscriberID":"47110",)", true},
        {R"("SubscriberID":"4",)", true},
        {"", false},
    };
    for (const Row& row : rows) {
        for (const bool is_strict : {false, true}) {
            CAPTURE(row.head, is_strict);
            Bench bench(is_strict ? framed_strictly() : framed());
            auto future = bench.client->call(sample());
            bench.run();
            const std::string text = in_packet(row.head, lcm::testing::reply<SetOutcome>("12345"));
            bench.receive(text);
            CHECK(bench.client->stats().replies_to_others == (row.is_other ? 1 : 0));
            if (row.is_other && is_strict) {
                CHECK(ending_of(future) == "pending");
                CHECK(bench.events == std::vector<std::string>{text});
                bench.receive(in_packet(R"("subscriberID":"4711",)", lcm::testing::reply<SetOutcome>("12345")));
            }
            CHECK(ending_of(future) == "accepted");
        }
    }
}

TEST_CASE("The letter case of a subscriber id makes it no other one") {
    lcm::ClientConfig config = framed_strictly();
    config.packet->subscriber_id = "Desk-7a";
    Bench bench(config);
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(in_packet(R"("subscriberID":"DESK-7A",)", lcm::testing::reply<SetOutcome>("12345")));
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE("An error in a packet of another subscriber refuses none of our requests, if such are to be refused") {
    for (const std::string text : {"Invalid Call ID:12345", "Callid is empty"}) {
        for (const bool is_strict : {false, true}) {
            CAPTURE(text, is_strict);
            Bench bench(is_strict ? framed_strictly() : framed());
            auto future = bench.client->call(sample());
            bench.run();
            bench.receive(in_packet(R"("subscriberID":"1",)", lcm::testing::ws_error(text)));
            CHECK(bench.client->stats().replies_to_others == 1);
            CHECK(ending_of(future) == (is_strict ? "pending" : "invalid_call_id (refused)"));
            CHECK(bench.events.size() == (is_strict ? 1 : 0));
        }
    }
}

TEST_CASE("An error in a packet of another subscriber that names our call is no other one for its type") {
    Bench bench(framed_strictly());
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(
        in_packet(R"("subscriberID":"1",)",
                  R"({"topic":"Error","data":{"errorType":"other","errorMessage":"Invalid Call ID:12345"}})"));
    CHECK(bench.client->stats().replies_to_others == 1);
    bench.receive(in_packet(R"("subscriberID":"1",)",
                            R"({"topic":"Error","data":{"errorType":"other","errorMessage":"reconnecting"}})"));
    CHECK(bench.client->stats().replies_to_others == 1); // that one is an event
    CHECK(ending_of(future) == "pending");
}

TEST_CASE("A reply in a packet of another subscriber that is in doubt ends no request, if such are to be refused") {
    for (const bool is_strict : {false, true}) {
        CAPTURE(is_strict);
        Bench bench(is_strict ? framed_strictly() : framed());
        auto future = bench.client->call(sample());
        bench.run();
        const std::string text = lcm::testing::reply<SetOutcome>("12345");
        bench.receive(in_packet(R"("subscriberID":"1",)", text.substr(0, text.size() - 1) + R"(,"topic":"again"})"));
        CHECK(bench.client->stats().replies_to_others == 1);
        CHECK(ending_of(future) == (is_strict ? "pending" : "bad_reply (unknown)"));
        CHECK(bench.events.size() == (is_strict ? 1 : 0));
        CHECK(bench.client->stats().bad_messages == 0);
    }
}

TEST_CASE("What is no reply in a packet of another subscriber is not counted as one to others") {
    Bench bench(framed_strictly());
    auto lost = bench.client->call(sample());
    bench.run();
    bench.script.drop();
    bench.advance(std::chrono::seconds(1));
    auto without_call = bench.client->call(lcm::GetCampaignGroups{.user_id = "1"});
    bench.run();
    REQUIRE(bench.script.sent().size() == 2);
    const std::string head = R"("subscriberID":"1",)";
    for (const std::string& message : std::vector<std::string>{
             R"({"topic":"Error","data":{"errorType":"WEBSOCKET_ERROR","errorMessage":"reconnecting"}})",
             R"({"subtopic":"SetCampaignGroup"})",                                                  // no message in it
             R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult","data":{"callid":"12345"}})", // as an echo has it
         }) {
        CAPTURE(message);
        bench.receive(in_packet(head, message));
        CHECK(bench.client->stats().replies_to_others == 0);
    }
    CHECK(bench.events.size() == 3);
    CHECK(bench.settled.empty());
}

TEST_CASE("Events in packets of other subscribers are told, and count as no reply") {
    Bench bench(framed_strictly());
    std::vector<std::string> keys;
    const auto subscription = bench.client->on<lcm::OutcomeSetForCall>(
        [&](const lcm::OutcomeSetForCall& event) { keys.push_back(event.account_number.reveal()); });
    auto future = bench.client->call(sample());
    bench.run();
    const std::string head = R"("subscriberID":"1",)";
    bench.receive(in_packet(head, R"({"subtopic":"OutcomeSetForCall","message":"1|2"})"));
    bench.receive(in_packet(head, lcm::testing::reply<SetOutcome>("another")));
    bench.receive(in_packet(head, lcm::testing::ws_error("Invalid Call ID:another")));
    CHECK(keys == std::vector<std::string>{"1|2"});
    CHECK(bench.client->stats().replies_to_others == 0);
    CHECK(bench.events.size() == 3);
}

TEST_CASE("The late reply of another subscriber tells no truth about a request of ours, if such are to be refused") {
    for (const bool is_strict : {false, true}) {
        for (const bool has_new_link : {false, true}) {
            CAPTURE(is_strict, has_new_link);
            Bench bench(is_strict ? framed_strictly() : framed());
            auto future = bench.client->call(sample(), {.deadline = std::chrono::seconds(1)});
            bench.run();
            if (has_new_link) bench.script.drop();
            bench.advance(std::chrono::seconds(1));
            bench.receive(in_packet(R"("subscriberID":"1",)", lcm::testing::reply<SetOutcome>("12345")));
            CHECK(bench.client->stats().replies_to_others == 1);
            CHECK(bench.settled.size() == (is_strict ? 0 : 1));
        }
    }
}

TEST_CASE("Without a packet configured no message is that of another subscriber") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    std::string text = lcm::testing::reply<SetOutcome>("12345");
    bench.receive(text.insert(1, R"("subscriberID":"1",)"));
    CHECK(ending_of(future) == "accepted");
    CHECK(bench.client->stats().replies_to_others == 0);
}
