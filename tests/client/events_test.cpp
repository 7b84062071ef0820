// SPDX-License-Identifier: BSL-1.0
// Subscriptions to events: what is told to whom, from when to when.
#include <support/bench.hpp>

#include <lcm_client/events.hpp>
#include <lcm_client/json.hpp>

#include <support/catch.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace lcm::tests;
using lcm::ErrorEvent;
using lcm::Json;
using lcm::OutBoundCallStateChange;
using lcm::OutcomeSetForCall;

namespace {

const std::string outcome_set = outcome_was_set("90|1|2|0|0|44|1");

std::string state_change(const std::string& subtopic, const std::string& place) {
    return R"({"channel":"LCM","topic":"Outbound","subtopic":")" + subtopic + R"(",")" + place +
           R"(":{"call":{"id":"77","event":"Ringing","CallType":"Regular-Call","ButtonStates":{"items":[],"count":"3"},)"
           R"("CallVariables":{"City":"Paris"},"ResponseFields":{"toAddress":"5550100","CallDurationInSec":"12"},)"
           R"("New":1},"source":"cti"}})";
}

} // namespace

TEST_CASE("An outcome that somebody has set is told with its LCM key") {
    Bench bench;
    std::vector<std::string> keys;
    const auto subscription = bench.client->on<OutcomeSetForCall>(
        [&](const OutcomeSetForCall& event) { keys.push_back(event.account_number.reveal()); });
    bench.run();
    bench.receive(outcome_set);
    bench.receive(R"({"subtopic":" OUTCOMESETFORCALL ","message":" 1|2 "})");
    // None of these is one:
    bench.receive(R"({"subtopic":"OutcomeSetForCall","message":{"callid":"1"}})");
    bench.receive(R"({"subtopic":"OutcomeSetForCall","data":"90|1|2|0|0|44|1"})");
    bench.receive(R"({"subtopic":"OutcomeSetForCalls","message":"90|1|2|0|0|44|1"})");
    CHECK(keys == std::vector<std::string>{"90|1|2|0|0|44|1", "1|2"});
}

TEST_CASE("A change of a call's state is read in all spellings and from both places") {
    for (const char* subtopic : {"OutBoundCallStateChange", "OutboundCallStateChange", "OutboundCallStateCHange"}) {
        for (const char* place : {"data", "message"}) {
            CAPTURE(subtopic, place);
            Bench bench;
            std::optional<OutBoundCallStateChange> seen;
            const auto subscription =
                bench.client->on<OutBoundCallStateChange>([&](const OutBoundCallStateChange& event) { seen = event; });
            bench.run();
            bench.receive(state_change(subtopic, place));
            REQUIRE(seen.has_value());
            CHECK(seen->call.id == "77");
            CHECK(seen->call.event == "Ringing");
            CHECK(seen->call.call_type == "Regular-Call");
            CHECK(seen->call.button_states.count == 3);
            CHECK(seen->call.call_variables.reveal() == Json{{"City", "Paris"}});
            CHECK(seen->call.response_fields.to_address.reveal() == "5550100");
            CHECK(seen->call.response_fields.call_duration_in_seconds == 12);
            CHECK(seen->call.others.reveal() == Json{{"New", 1}});
            CHECK(seen->source.reveal() == "cti");
        }
    }
}

TEST_CASE("A change of a call's state is told even if the server sends other types than its pages say") {
    Bench bench;
    std::optional<OutBoundCallStateChange> seen;
    const auto subscription =
        bench.client->on<OutBoundCallStateChange>([&](const OutBoundCallStateChange& event) { seen = event; });
    bench.run();
    bench.receive(R"({"subtopic":"OutBoundCallStateChange","data":{"call":{"id":77,"ButtonStates":"none"}}})");
    REQUIRE(seen.has_value());
    CHECK(seen->call.id == "77");
    CHECK(seen->call.others.reveal() == Json{{"ButtonStates", "none"}});
}

TEST_CASE("An error that refuses no request is told as an event") {
    Bench bench;
    std::vector<ErrorEvent> errors;
    const auto subscription = bench.client->on<ErrorEvent>([&](const ErrorEvent& event) { errors.push_back(event); });
    auto first = bench.client->call(sample("1"));
    auto second = bench.client->call(sample("2"));
    bench.run();
    bench.receive(R"({"channel":"Amazon","topic":"Error","subtopic":"ApiError","data":)"
                  R"({"errorType":"WEBSOCKET_ERROR","errorMessage":"internal","msg":"reconnecting"}})");
    bench.receive(R"({"channel":"LCM","topic":"error","message":{"errorType":"WS_Error","errorMessage":"busy"}})");
    bench.receive(lcm::testing::ws_error("Invalid Call ID:1")); // this one refuses a request
    bench.receive(lcm::testing::ws_error("Invalid Call ID:9"));

    REQUIRE(errors.size() == 3);
    CHECK(errors[0].channel == "Amazon");
    CHECK(errors[0].subtopic == "ApiError");
    CHECK(errors[0].texts == lcm::ServerTexts{"WEBSOCKET_ERROR", "internal", "reconnecting"});
    CHECK(errors[1].texts.actual == "busy");
    CHECK(errors[2].callid == "9");
    CHECK(ending_of(first) == "invalid_call_id (refused)");
    CHECK_FALSE(is_ready(second));
}

TEST_CASE("What no type takes goes to those that want everything else") {
    Bench bench;
    std::vector<std::string> others;
    const auto typed = bench.client->on<OutcomeSetForCall>([](const OutcomeSetForCall&) {});
    const auto any =
        bench.client->on_any([&](const Json& message) { others.push_back(message.value("subtopic", "none")); });
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(outcome_set);                                                   // taken by its type
    bench.receive(R"({"subtopic":"OutcomeSetForCall","message":{"strange":1}})"); // no type can read it
    bench.receive(R"({"subtopic":"Announcement","message":[1,2]})");
    bench.receive(lcm::testing::reply<lcm::SetBusinessOutcomeWithCallOutcome>("another"));
    bench.receive(lcm::testing::reply<lcm::SetBusinessOutcomeWithCallOutcome>("12345")); // taken by its request
    bench.receive("no JSON");
    CHECK(others ==
          std::vector<std::string>{"OutcomeSetForCall", "Announcement", "SetBusinessOutcomeWithCallOutcomeResult"});
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE("Without a subscription to its type, an event goes to those that want everything else") {
    Bench bench;
    int count = 0;
    auto typed = bench.client->on<OutcomeSetForCall>([](const OutcomeSetForCall&) {});
    const auto any = bench.client->on_any([&](const Json&) { ++count; });
    bench.run();
    bench.receive(outcome_set);
    CHECK(count == 0);
    typed.reset();
    CHECK_FALSE(typed);
    bench.receive(outcome_set);
    CHECK(count == 1);
}

TEST_CASE("A subscription ends with its scope, and lets go of what its handler holds") {
    Bench bench;
    int count = 0;
    const auto held = std::make_shared<int>(0);
    {
        const auto subscription =
            bench.client->on<OutcomeSetForCall>([&count, held](const OutcomeSetForCall&) { ++count; });
        bench.run();
        bench.receive(outcome_set);
        CHECK(held.use_count() > 1);
    }
    CHECK(held.use_count() == 1);
    bench.receive(outcome_set);
    CHECK(count == 1);
}

TEST_CASE("An event that waits for its handler is not told after the subscription has ended") {
    boost::asio::io_context ui;
    lcm::ClientConfig config;
    config.hooks_executor = ui.get_executor();
    Bench bench(config);
    int count = 0;
    auto subscription = bench.client->on<OutcomeSetForCall>([&](const OutcomeSetForCall&) { ++count; });
    bench.run();
    bench.receive(outcome_set);
    bench.receive(outcome_set);
    subscription.reset();
    ui.poll();
    CHECK(count == 0);
}

TEST_CASE("A handler may end its own subscription, and others' subscriptions") {
    Bench bench;
    int first_count = 0;
    int second_count = 0;
    std::optional<lcm::EventSubscription> first;
    std::optional<lcm::EventSubscription> second;
    first = bench.client->on<OutcomeSetForCall>([&](const OutcomeSetForCall&) {
        ++first_count;
        second.reset();
        first.reset();
    });
    second = bench.client->on<OutcomeSetForCall>([&](const OutcomeSetForCall&) { ++second_count; });
    bench.run();
    bench.receive(outcome_set);
    bench.receive(outcome_set);
    CHECK(first_count == 1);
    CHECK(second_count == 0);
}

TEST_CASE("A handler may subscribe, for the events after this one") {
    Bench bench;
    int count = 0;
    std::vector<lcm::EventSubscription> subscriptions;
    subscriptions.push_back(bench.client->on<OutcomeSetForCall>([&](const OutcomeSetForCall&) {
        if (subscriptions.size() == 1)
            subscriptions.push_back(bench.client->on<OutcomeSetForCall>([&](const OutcomeSetForCall&) { ++count; }));
    }));
    bench.run();
    bench.receive(outcome_set);
    CHECK(count == 0);
    bench.receive(outcome_set);
    CHECK(count == 1);
}

TEST_CASE("A handler that throws keeps its subscription and disturbs no other") {
    Bench bench;
    int count = 0;
    const auto thrower =
        bench.client->on<OutcomeSetForCall>([](const OutcomeSetForCall&) { throw std::runtime_error("handler"); });
    const auto counter = bench.client->on<ErrorEvent>([&](const ErrorEvent&) { ++count; });
    bench.run();
    for (int i = 0; i < 2; ++i) {
        bench.script.receive(outcome_set);
        CHECK_THROWS_WITH(bench.run(), "handler");
    }
    bench.receive(lcm::testing::ws_error("Invalid Call ID:9"));
    CHECK(count == 1);
}

TEST_CASE("A handler may destroy the client; nobody is called after it") {
    Bench bench;
    int count = 0;
    const auto first = bench.client->on<OutcomeSetForCall>([&](const OutcomeSetForCall&) {
        ++count;
        bench.client.reset();
    });
    bench.run();
    bench.script.receive(outcome_set);
    bench.script.receive(outcome_set);
    bench.run();
    CHECK(count == 1);
}

TEST_CASE("A handler may close the client and then end its own subscription") {
    Bench bench;
    int count = 0;
    std::optional<lcm::EventSubscription> subscription;
    auto held = std::make_shared<int>(7);
    subscription = bench.client->on<OutcomeSetForCall>([&, copy = held](const OutcomeSetForCall&) {
        ++count;
        bench.client->close(); // what waits is told to nobody from in here
        subscription.reset();
        CHECK(*copy == 7); // the handler is still there
    });
    bench.run();
    bench.script.receive(outcome_set);
    bench.script.receive(outcome_set);
    bench.run();
    CHECK(count == 1);
    CHECK(held.use_count() == 1);
}

TEST_CASE("When a handler destroys the client, the handlers after it are not called") {
    Bench bench;
    int count = 0;
    const auto first = bench.client->on<OutcomeSetForCall>([&](const OutcomeSetForCall&) { bench.client.reset(); });
    const auto second = bench.client->on<OutcomeSetForCall>([&](const OutcomeSetForCall&) { ++count; });
    bench.run();
    bench.receive(outcome_set);
    CHECK(count == 0);
}

TEST_CASE("What a handler holds may use the client when it goes") {
    struct Farewell {
        explicit Farewell(ScriptedClient* one) : client(one) {}
        Farewell(const Farewell&) = delete;
        Farewell& operator=(const Farewell&) = delete;
        ~Farewell() {
            const auto last = client->on_any([](const Json&) {});
        }
        ScriptedClient* client;
    };
    Bench bench;
    std::optional<lcm::EventSubscription> subscription;
    subscription = bench.client->on<OutcomeSetForCall>(
        [&subscription, owned = std::make_shared<Farewell>(&*bench.client)](const OutcomeSetForCall&) {
            subscription.reset(); // the handler goes when this returns
        });
    bench.run();
    bench.receive(outcome_set);
    CHECK_FALSE(*subscription);
}

TEST_CASE("A subscription may outlive its client") {
    Bench bench;
    auto subscription = bench.client->on<OutcomeSetForCall>([](const OutcomeSetForCall&) {});
    bench.client.reset();
    CHECK(subscription);
    subscription.reset();
    CHECK_FALSE(subscription);
}

TEST_CASE("Events beyond the bound are dropped, the oldest first, and counted") {
    boost::asio::io_context ui;
    lcm::ClientConfig config;
    config.hooks_executor = ui.get_executor();
    config.limits.events = 3;
    Bench bench(config);
    std::vector<std::string> keys;
    const auto subscription = bench.client->on<OutcomeSetForCall>(
        [&](const OutcomeSetForCall& event) { keys.push_back(event.account_number.reveal()); });
    bench.run();
    for (const char* key : {"1", "2", "3", "4", "5"})
        bench.receive(R"({"subtopic":"OutcomeSetForCall","message":")" + std::string(key) + R"("})");
    ui.poll();
    CHECK(keys == std::vector<std::string>{"3", "4", "5"});
    CHECK(bench.client->stats().events_dropped == 2);
}
