// SPDX-License-Identifier: BSL-1.0
// The three styles of a call: future, callback, coroutine; where handlers run, and when they do not.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/advice.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;

namespace {

boost::asio::awaitable<void> call_twice(ScriptedClient& client, std::vector<std::string>& endings) {
    const Outcome first = co_await client.async_call(sample("1"), boost::asio::use_awaitable);
    endings.push_back(ending_of(first));
    const Outcome second = co_await client.async_call(sample("2"), {.deadline = 1s}, boost::asio::use_awaitable);
    endings.push_back(ending_of(second));
}

} // namespace

TEST_CASE(
    "The sample of the specification leaves as it is written there, with the source, and its sample reply accepts") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    CHECK(bench.script.sent()[0] ==
          R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcome","source":"test",)"
          R"("data":{"callid":"12345","AccountNumber":"5|3|1|0|0|44|1","BusinessOutcome":101,"CallOutcome":0,)"
          R"("LeadScore":0,"UserID":"1234","AgentComments":"Test comment","TargetAmount":0}})");
    bench.receive(R"({
"channel": "LCM",
"topic": "WebService",
"subtopic": "SetBusinessOutcomeWithCallOutcomeResult",
"message":
{
"callid": "12345",
"response":
{
"success": true
}
}
})");
    CHECK(future.get().success);
}

TEST_CASE("A future of a request that was not accepted throws LcmError with the whole error") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(reply<SetOutcome>("12345", false));
    try {
        static_cast<void>(future.get());
        FAIL("no exception");
    } catch (const boost::system::system_error& problem) {
        CHECK(problem.code() == lcm::Errc::server_error);
        const auto* ours = dynamic_cast<const lcm::LcmError*>(&problem);
        REQUIRE(ours != nullptr);
        CHECK(ours->error().delivery == lcm::Delivery::refused);
        CHECK(std::string(problem.what()) == ours->error().message());
    }
}

TEST_CASE("A dropped future does not cancel its request") {
    Bench bench;
    static_cast<void>(bench.client->call(sample()));
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(bench.client->stats().accepted == 1);
}

TEST_CASE("A person is told to look up what may have been done, and to repeat what has only been asked for") {
    Bench bench;
    auto set = bench.client->call(sample("1"));
    auto asked = bench.client->call(lcm::GetCallOutCome{.callid = "2"});
    bench.run();
    REQUIRE(bench.script.sent().size() == 2);
    bench.advance(10s);
    const lcm::Error lost = result_of(set).error();
    const lcm::Error unanswered = result_of(asked).error();
    CHECK(lost.delivery == lcm::Delivery::unknown);
    CHECK(advice(lost) == lcm::Advice::look_up_first);
    CHECK(unanswered.delivery == lcm::Delivery::unknown);
    CHECK(advice(unanswered) == lcm::Advice::try_again);
}

TEST_CASE("A call's own tag comes back in its error, whichever way it ends, and costs nothing without one") {
    Bench bench;
    auto refused = bench.client->call(sample("1"), {.tag = 17});
    auto invalid = bench.client->call(SetOutcome{}, {.tag = 18});
    auto without = bench.client->call(sample("2"));
    std::optional<lcm::Error> late;
    bench.client->async_call(sample("3"), {.deadline = 1s, .tag = UINT64_MAX},
                             [&](const Outcome& result) { late = result.error(); });
    bench.run();
    bench.receive(reply<SetOutcome>("1", false));
    bench.receive(reply<SetOutcome>("2", false));
    bench.advance(1s);
    CHECK(result_of(refused).error().tag == 17);
    CHECK(result_of(invalid).error().tag == 18);
    CHECK(result_of(without).error().tag == 0);
    REQUIRE(late);
    CHECK(late->code == lcm::Errc::timed_out);
    CHECK(late->tag == UINT64_MAX);
}

TEST_CASE("The tag of a request that ended as unknown comes back with its truth") {
    Bench bench;
    auto future = bench.client->call(sample(), {.tag = 4711});
    bench.run();
    bench.advance(10s);
    CHECK(result_of(future).error().tag == 4711);
    bench.receive(reply<SetOutcome>("12345"));
    REQUIRE(bench.settled.size() == 1);
    CHECK(bench.settled[0].delivery == lcm::Delivery::accepted);
    CHECK(bench.settled[0].reported.tag == 4711);
}

TEST_CASE("A callback runs once, on the loop, with the result") {
    Bench bench;
    std::vector<std::string> endings;
    bench.client->async_call(sample(), [&](const Outcome& result) { endings.push_back(ending_of(result)); });
    bench.run();
    CHECK(endings.empty());
    bench.receive(reply<SetOutcome>("12345"));
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(endings == std::vector<std::string>{"accepted"});
}

TEST_CASE("A callback may be move-only") {
    Bench bench;
    auto result = std::make_unique<std::string>();
    std::string* seen = result.get();
    std::unique_ptr<std::string> kept;
    bench.client->async_call(sample(), [owned = std::move(result), &kept](const Outcome& r) mutable {
        *owned = ending_of(r);
        kept = std::move(owned);
    });
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    REQUIRE(kept);
    CHECK(*seen == "accepted");
}

TEST_CASE("A coroutine awaits one result after the other") {
    Bench bench;
    std::vector<std::string> endings;
    boost::asio::co_spawn(bench.loop, call_twice(*bench.client, endings), boost::asio::detached);
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    CHECK(endings == std::vector<std::string>{"accepted"});
    bench.advance(1s);
    CHECK(endings == std::vector<std::string>{"accepted", "timed_out (unknown)"});
}

TEST_CASE("Other completion tokens work, Asio's own future among them") {
    Bench bench;
    std::future<Outcome> future = bench.client->async_call(sample(), boost::asio::use_future);
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    REQUIRE(future.wait_for(0s) == std::future_status::ready);
    CHECK(ending_of(future.get()) == "accepted");
}

TEST_CASE("A deferred call has its whole deadline from the moment when it is started") {
    Bench bench;
    auto deferred = bench.client->async_call(sample(), boost::asio::deferred);
    bench.advance(1h);
    std::string ending;
    std::move(deferred)([&](const Outcome& result) { ending = ending_of(result); });
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(ending == "accepted");
}

TEST_CASE("No handler runs inside the call that started it, not even when the request fails at once") {
    struct Row {
        SetOutcome request;
        std::string ending;
    };
    for (const Row& row : {Row{sample(""), "invalid_argument (not_sent)"}, Row{sample(), "client_closed (not_sent)"}}) {
        Bench bench;
        if (row.ending.starts_with("client_closed")) bench.client->close(0ms);
        std::string ending;
        bench.client->async_call(row.request, [&](const Outcome& result) { ending = ending_of(result); });
        CHECK(ending.empty());
        bench.run();
        CHECK(ending == row.ending);
    }
}

TEST_CASE("A handler runs on its own executor, and the loop of that executor has work until then") {
    boost::asio::io_context ui; // destroyed after the client
    Bench bench;
    std::string ending;
    bench.client->async_call(sample(), boost::asio::bind_executor(ui, [&](const Outcome& result) {
                                 ending = ending_of(result);
                                 CHECK(ui.get_executor().running_in_this_thread());
                             }));
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(ending.empty());
    ui.run();
    CHECK(ending == "accepted");
}

TEST_CASE("A handler of a request that fails at once runs on its own executor as well") {
    boost::asio::io_context ui;
    Bench bench;
    std::string ending;
    bench.client->async_call(
        sample(""), boost::asio::bind_executor(ui, [&](const Outcome& result) { ending = ending_of(result); }));
    bench.run();
    CHECK(ending.empty());
    ui.run();
    CHECK(ending == "invalid_argument (not_sent)");
}

TEST_CASE("A cancellation slot cancels the request before it is sent and after") {
    for (const bool sent : {false, true}) {
        Bench bench;
        if (!sent) bench.script.hold_open();
        boost::asio::cancellation_signal signal;
        std::string ending;
        bench.client->async_call(sample(), boost::asio::bind_cancellation_slot(
                                               signal.slot(), [&](const Outcome& r) { ending = ending_of(r); }));
        bench.run();
        signal.emit(boost::asio::cancellation_type::total);
        CHECK(ending.empty());
        bench.run();
        CHECK(ending == (sent ? "cancelled (unknown)" : "cancelled (not_sent)"));
        signal.emit(boost::asio::cancellation_type::terminal); // too late, harmless
        bench.run();
    }
}

TEST_CASE("An exception leaves a callback through the application's loop, and the others still get their results") {
    Bench bench;
    std::vector<std::string> endings;
    bench.client->async_call(sample("1"), [](const Outcome&) { throw std::runtime_error("a bug in the application"); });
    bench.client->async_call(sample("2"), [&](const Outcome& result) { endings.push_back(ending_of(result)); });
    bench.run();
    bench.script.drop();
    CHECK_THROWS_WITH(bench.loop.poll(), "a bug in the application");
    bench.run();
    CHECK(endings == std::vector<std::string>{"connection_lost (unknown)"});
}

TEST_CASE("A handler may call the client again") {
    Bench bench;
    std::vector<std::string> endings;
    bench.client->async_call(sample("1"), [&](const Outcome& first) {
        endings.push_back(ending_of(first));
        bench.client->async_call(sample("2"), [&](const Outcome& second) { endings.push_back(ending_of(second)); });
    });
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    bench.receive(reply<SetOutcome>("2"));
    CHECK(endings == std::vector<std::string>{"accepted", "accepted"});
}

TEST_CASE("A client with its own thread answers a blocking call, and refuses to block that thread") {
    lcm::testing::Script script;
    script.answer([](std::string_view) { return std::vector<std::string>{reply<SetOutcome>("12345")}; });
    lcm::LcmClient<lcm::testing::ScriptedTransport> client({.source = "test"}, lcm::testing::scripted(script));
    CHECK(ending_of(client.call_and_wait(sample())) == "accepted");

    std::promise<std::string> inside;
    client.async_call(sample(), [&](const Outcome&) { inside.set_value(ending_of(client.call_and_wait(sample()))); });
    CHECK(inside.get_future().get() == "would_deadlock (not_sent)");
}

TEST_CASE("A blocking call on the application's loop is refused instead of hanging, on the client's strand or not") {
    Bench bench;
    std::vector<std::string> endings;
    boost::asio::post(bench.loop, [&] { endings.push_back(ending_of(bench.client->call_and_wait(sample()))); });
    boost::asio::post(bench.client->get_executor(),
                      [&] { endings.push_back(ending_of(bench.client->call_and_wait(sample()))); });
    bench.run();
    CHECK(endings == std::vector<std::string>{"would_deadlock (not_sent)", "would_deadlock (not_sent)"});
    CHECK(bench.client->stats().not_sent == 2);
    CHECK(bench.script.sent().empty());
}

TEST_CASE("A configuration that is not acceptable is refused by the constructor, which names the member") {
    lcm::testing::Script script;
    boost::asio::io_context loop;
    const auto make = [&](lcm::ClientConfig config) {
        try {
            ScriptedClient client(std::move(config), lcm::testing::scripted(script), loop.get_executor());
        } catch (const lcm::LcmError& problem) {
            return problem.error().detail.substr(0, problem.error().detail.find(':'));
        }
        return std::string("accepted");
    };
    CHECK(make({}) == "source");
    CHECK(make({.source = "\xFF"}) == "source");
    CHECK(make({.source = "x", .deadline = 0ms}) == "deadline");
    CHECK(make({.source = "x", .limits = {.in_flight = 0}}) == "limits.in_flight");
    CHECK(make({.source = "x", .limits = {.json_depth = 0}}) == "limits.json_depth");
    CHECK(make({.source = "x"}) == "accepted");
    CHECK_THROWS_AS(ScriptedClient({.source = "x"}, {}, loop.get_executor()), lcm::LcmError);
}
