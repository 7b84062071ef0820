// SPDX-License-Identifier: BSL-1.0
// What the hooks are told besides the results: the truth about unknown endings, events, in bounded memory.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::SettledBy;
using lcm::testing::reply;
using lcm::testing::ws_error;

namespace {

std::string outcome_set(const std::string& lcm_key) {
    return R"({"channel":"LCM","topic":"WebService","subtopic":"OutcomeSetForCall","message":")" + lcm_key + "\"}";
}

SetOutcome about(const std::string& callid, const std::string& lcm_key) {
    SetOutcome request = sample(callid);
    request.account_number = lcm_key;
    return request;
}

// One whose first request has ended as unknown.
struct DoubtfulBench : Bench {
    std::future<lcm::OutcomeResponse> first;

    explicit DoubtfulBench(bool link_stays, lcm::ClientConfig config = {}) : Bench(std::move(config)) {
        first = client->call(about("1", "5|3"), {.deadline = 1s});
        run();
        if (link_stays) {
            advance(1s);
        } else {
            script.drop();
            advance(500ms);
        }
        if (ending_of(result_of(first)).find("(unknown)") == std::string::npos) throw std::logic_error("not unknown");
    }
};

} // namespace

TEST_CASE("The event with its LCM key settles a request that ended as unknown, whether the link stayed or not") {
    for (const bool link_stays : {true, false}) {
        CAPTURE(link_stays);
        DoubtfulBench bench(link_stays);
        bench.receive(outcome_set("9|9"));
        CHECK(bench.settled.empty());
        bench.receive(outcome_set("5|3"));
        REQUIRE(bench.settled.size() == 1);
        CHECK(bench.settled[0].delivery == Delivery::accepted);
        CHECK(bench.settled[0].by == SettledBy::event);
        CHECK(bench.settled[0].reported.callid == "1");
        CHECK(bench.settled[0].reported.delivery == Delivery::unknown);
        bench.receive(outcome_set("5|3")); // it is known already
        CHECK(bench.settled.size() == 1);
        CHECK(bench.events.size() == 3); // it is an event all the same
        CHECK(bench.client->stats().settled == 1);
    }
}

TEST_CASE("A reply that comes over the next link settles the request of the one before") {
    for (const bool success : {true, false}) {
        DoubtfulBench bench(false);
        bench.receive(reply<SetOutcome>("1", success));
        REQUIRE(bench.settled.size() == 1);
        CHECK(bench.settled[0].delivery == (success ? Delivery::accepted : Delivery::refused));
        CHECK(bench.settled[0].by == SettledBy::late_reply);
        CHECK(bench.settled[0].reported.code == lcm::Errc::connection_lost);
    }
}

TEST_CASE("A reply that could not be understood is settled by the event") {
    Bench bench;
    auto future = bench.client->call(about("1", "5|3"));
    bench.run();
    bench.receive(R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult","message":{"callid":"1"}})");
    CHECK(ending_of(future) == "bad_reply (unknown)");
    bench.receive(outcome_set("5|3"));
    CHECK(bench.settled.size() == 1);
}

TEST_CASE("What may be meant for another request settles nothing") {
    SECTION("another request with the same LCM key is under way") {
        DoubtfulBench bench(true);
        static_cast<void>(bench.client->call(about("2", "5|3")));
        bench.run();
        bench.receive(outcome_set("5|3"));
        CHECK(bench.settled.empty());
    }
    SECTION("another one with the same LCM key was accepted since") {
        DoubtfulBench bench(true);
        auto second = bench.client->call(about("2", "5|3"));
        bench.run();
        bench.receive(reply<SetOutcome>("2"));
        CHECK(ending_of(second) == "accepted");
        bench.receive(outcome_set("5|3"));
        CHECK(bench.settled.empty());
        bench.receive(reply<SetOutcome>("1")); // its own late reply does
        CHECK(bench.settled.size() == 1);
    }
    SECTION("two with the same LCM key are unknown") {
        DoubtfulBench bench(true);
        static_cast<void>(bench.client->call(about("2", "5|3"), {.deadline = 1s}));
        bench.advance(1s);
        bench.receive(outcome_set("5|3"));
        CHECK(bench.settled.empty());
    }
    SECTION("the next one for the same call was answered over the next link") {
        DoubtfulBench bench(false);
        auto second = bench.client->call(about("1", "7|7"));
        bench.run();
        bench.receive(reply<SetOutcome>("1"));
        CHECK(ending_of(second) == "accepted");
        bench.receive(reply<SetOutcome>("1")); // a duplicate
        CHECK(bench.settled.empty());
    }
}

TEST_CASE("An event without a text, or with another subtopic, settles nothing") {
    for (const std::string& message :
         {std::string(R"({"subtopic":"OutcomeSetForCall","message":{"AccountNumber":"5|3"}})"),
          std::string(R"({"subtopic":"OutcomeSetForCall","message":""})"),
          std::string(R"({"subtopic":"SomethingElse","message":"5|3"})")}) {
        DoubtfulBench bench(true);
        bench.receive(message);
        CHECK(bench.settled.empty());
    }
}

TEST_CASE("What was accepted, refused or not sent is not settled") {
    Bench bench;
    auto accepted = bench.client->call(about("1", "5|1"));
    auto refused = bench.client->call(about("2", "5|2"));
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    bench.receive(ws_error("Invalid Call ID:2"));
    bench.script.fail_open(lcm::Errc::connect_failed);
    bench.script.drop();
    bench.run();
    auto not_sent = bench.client->call(about("3", "5|3"), {.deadline = 1s});
    bench.advance(1s);
    CHECK(ending_of(not_sent) == "timed_out (not_sent)");
    bench.script.fail_open({});
    bench.client->reconnect_now();
    bench.run();
    for (const char* key : {"5|1", "5|2", "5|3"}) bench.receive(outcome_set(key));
    for (const char* call : {"1", "2", "3"}) bench.receive(reply<SetOutcome>(call));
    CHECK(bench.settled.empty());
}

TEST_CASE("The unknown ones are remembered for a bounded time, and a bounded number of them") {
    SECTION("time") {
        DoubtfulBench bench(false, {.settle_within = 60s});
        bench.advance(62s);
        bench.receive(outcome_set("5|3"));
        CHECK(bench.settled.empty());
    }
    SECTION("number") {
        Bench bench({.limits = {.unsettled = 2}});
        for (const char* call : {"1", "2", "3"})
            static_cast<void>(bench.client->call(about(call, std::string("5|") + call)));
        bench.run();
        bench.script.drop();
        bench.advance(500ms);
        bench.receive(outcome_set("5|3"));
        CHECK(bench.settled.empty()); // one more than two were to be remembered
        bench.receive(outcome_set("5|1"));
        bench.receive(outcome_set("5|2"));
        CHECK(bench.settled.size() == 2);
    }
}

TEST_CASE("A slow consumer loses the oldest events, counted, and no state and no truth") {
    boost::asio::io_context user_interface;
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    lcm::testing::Script script;
    std::vector<std::string> told;
    lcm::ClientConfig config{
        .source = "test", .limits = {.events = 3}, .hooks_executor = user_interface.get_executor()};
    config.on_state = [&](const lcm::LinkStatus& status) { told.emplace_back(to_string(status.state)); };
    config.on_settled = [&](const lcm::Settled& truth) { told.push_back("settled " + truth.reported.callid); };
    config.on_event = [&](std::string_view text) { told.emplace_back(text); };
    ScriptedClient client(std::move(config), lcm::testing::scripted(script), loop.get_executor(), clock);
    auto future = client.call(sample("1"), {.deadline = 1s});
    loop.poll();
    clock.advance(1s);
    loop.poll();
    script.receive(reply<SetOutcome>("1"));
    for (const char* event : {"0", "1", "2", "3", "4"})
        script.receive(std::string(R"({"subtopic":"E","message":)") + event + "}");
    loop.poll();
    CHECK(told.empty());
    CHECK(client.stats().events_dropped == 2);

    user_interface.poll();
    CHECK(told == std::vector<std::string>{"connecting", "ready", "settled 1", R"({"subtopic":"E","message":2})",
                                           R"({"subtopic":"E","message":3})", R"({"subtopic":"E","message":4})"});
    script.receive(R"({"subtopic":"E","message":5})");
    loop.poll();
    user_interface.restart();
    user_interface.poll();
    CHECK(told.back() == R"({"subtopic":"E","message":5})");
    CHECK(client.stats().events_dropped == 2);
}

TEST_CASE("Events that wait are bounded in bytes, too") {
    boost::asio::io_context user_interface;
    Bench bench;
    std::vector<std::string> told;
    lcm::ClientConfig config{
        .source = "test", .limits = {.events_bytes = 100}, .hooks_executor = user_interface.get_executor()};
    config.on_event = [&](std::string_view text) { told.emplace_back(text); };
    bench.client.emplace(std::move(config), lcm::testing::scripted(bench.script), bench.loop.get_executor(),
                         bench.clock);
    const std::string large = R"({"subtopic":"E","message":")" + std::string(200, 'x') + "\"}";
    for (const std::string& event : {std::string(R"({"subtopic":"E","message":"1234567890"})"),
                                     std::string(R"({"subtopic":"E","message":"2234567890"})"),
                                     std::string(R"({"subtopic":"E","message":"3234567890"})"), large})
        bench.receive(event);
    CHECK(bench.client->stats().events_dropped == 3);
    user_interface.poll();
    CHECK(told == std::vector<std::string>{large}); // the newest, however large: the bound on messages holds for it
}

TEST_CASE("A client that has gone posts nothing to the executor of its hooks") {
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    lcm::testing::Script script;
    auto user_interface = std::make_unique<boost::asio::io_context>();
    lcm::ClientConfig config{.source = "test", .hooks_executor = user_interface->get_executor()};
    config.on_state = [](const lcm::LinkStatus&) {};
    std::optional<ScriptedClient> client;
    client.emplace(std::move(config), lcm::testing::scripted(script), loop.get_executor(), clock);
    loop.poll();
    user_interface->poll();
    client.reset();
    user_interface.reset();
    loop.restart();
    loop.poll(); // the address sanitizer would tell
    CHECK(script.is_closed_by_client());
}

TEST_CASE("A hook that throws leaves the application's loop, and the next one is called all the same") {
    Bench bench;
    lcm::ClientConfig config{.source = "test"};
    std::vector<std::string> told;
    config.on_event = [&](std::string_view text) {
        told.emplace_back(text);
        throw std::runtime_error("a hook's");
    };
    bench.client.emplace(std::move(config), lcm::testing::scripted(bench.script), bench.loop.get_executor(),
                         bench.clock);
    bench.script.receive(R"({"subtopic":"E","message":1})");
    bench.script.receive(R"({"subtopic":"E","message":2})");
    CHECK_THROWS_WITH(bench.run(), "a hook's");
    CHECK_THROWS_WITH(bench.run(), "a hook's");
    bench.run();
    CHECK(told.size() == 2);
}

TEST_CASE("The counters tell what is pending, queued, reconnected, settled and tolerated") {
    DoubtfulBench bench(false);
    bench.receive(outcome_set("5|3"));
    bench.script.hold_send();
    auto writing = bench.client->call(sample("7"));
    bench.run();
    auto queued = bench.client->call(sample("8"));
    bench.run();
    const lcm::Stats stats = bench.client->stats();
    CHECK(stats.unknown == 1);
    CHECK(stats.settled == 1);
    CHECK(stats.reconnects == 1);
    CHECK(stats.unmatched_messages == 1);
    CHECK(stats.pending == 2);
    CHECK(stats.queued == 1);
}
