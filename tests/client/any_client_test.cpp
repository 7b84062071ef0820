// SPDX-License-Identifier: BSL-1.0
// One type of client for an application's class, which is no template: over every transport and clock alike.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/operations/callbacks.hpp>
#include <lcm_client/push_transport.hpp>
#include <lcm_client/testing/typed_messages.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;
using Overlap = lcm::ScheduledCallBackOverlap;

namespace {

// As an application writes it.
class Form {
public:
    explicit Form(lcm::AnyClient& client) : client_(client) {}

    void submit() {
        client_.async_call(sample(), [this](const Outcome& result) { ending = ending_of(result); });
    }

    std::string ending = "pending";

private:
    lcm::AnyClient& client_;
};

// A pushed connection in the hands of the test.
struct Pushed {
    std::string sent{};
    std::optional<lcm::PushEvents> events{};

    lcm::PushSocket socket() {
        return {.open = [this](lcm::PushEvents own) { events.emplace(std::move(own)).opened(); },
                .send = [this](std::string_view text) { sent = text; },
                .close = [] {}};
    }
};

} // namespace

TEST_CASE("A class holds one type of client, over a script with a manual clock and over a pushed connection") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    lcm::testing::ManualClock clock;
    lcm::AnyClient scripted({.source = "test"}, lcm::testing::scripted(script), loop.get_executor(), clock);
    Pushed connection;
    lcm::AnyClient pushed({.source = "test"}, lcm::push([&] { return connection.socket(); }), loop.get_executor());

    Form first(scripted);
    Form second(pushed);
    first.submit();
    second.submit();
    loop.poll();
    script.receive(reply<SetOutcome>("12345"));
    connection.events.value().received(reply<SetOutcome>("12345"));
    loop.poll();
    CHECK(first.ending == "accepted");
    CHECK(second.ending == "accepted");
    CHECK(connection.sent == script.sent().at(0));
}

TEST_CASE("A client whose types are known is one whose types are not, and can become one") {
    STATIC_REQUIRE(std::is_base_of_v<lcm::AnyClient, ScriptedClient>);
    STATIC_REQUIRE(sizeof(ScriptedClient) == sizeof(lcm::AnyClient));
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<lcm::AnyClient>);
    Bench bench;
    lcm::AnyClient client(std::move(*bench.client));
    Form form(client);
    form.submit();
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(form.ending == "accepted");
}

TEST_CASE(
    "Where the time need not pass, a blocking call of an erased client waits for the script and not for a clock") {
    lcm::testing::Script script;
    lcm::testing::ManualClock clock;
    script.answer([](std::string_view) { return std::vector{reply<SetOutcome>("12345")}; });
    lcm::AnyClient client({.source = "test"}, lcm::testing::scripted(script), clock);
    CHECK(ending_of(client.call_and_wait(sample())) == "accepted");
}

TEST_CASE("A reply is made from its response, and what was sent is read back as a request") {
    using lcm::testing::read_request;
    using lcm::testing::reply_with;
    Bench bench;
    const lcm::Date day = std::chrono::year(2030) / 6 / 3;
    const Overlap question{"7", "5|3", day, day, 9h, 10h, "9"};
    std::string ending;
    bench.client->async_call(question, [&](const lcm::Result<lcm::CallbackOverlap>& result) {
        ending = !result ? "not told" : result->is_overlap ? "overlaps" : "free";
    });
    bench.run();
    const auto sent = read_request<Overlap>(bench.script.sent().at(0));
    REQUIRE(sent);
    CHECK(sent->callid == "7");
    CHECK(sent->account_number.reveal() == "5|3");
    CHECK(sent->start_to_time == question.start_to_time);
    CHECK_FALSE(read_request<SetOutcome>(bench.script.sent()[0]));
    CHECK_FALSE(read_request<SetOutcome>("no JSON"));
    bench.receive(reply_with<Overlap>("7", {.request_result = true, .is_overlap = true}));
    CHECK(ending == "overlaps");
}

TEST_CASE("A refusal has a text of the test's own") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(lcm::testing::ws_error("Invalid Call ID:12345", "Der Anruf ist \"vorbei\"."));
    CHECK(result_of(future).error().server.message == "Der Anruf ist \"vorbei\".");
}
