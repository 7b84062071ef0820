// SPDX-License-Identifier: BSL-1.0
// The escape hatch: requests described at run time.
#include <support/bench.hpp>

#include <lcm_client/raw_request.hpp>

#include <support/catch.hpp>

#include <chrono>
#include <cmath>
#include <future>
#include <optional>
#include <string>
#include <vector>

using namespace lcm::tests;
using namespace std::chrono_literals;
using lcm::Json;
using lcm::RawRequest;
using lcm::ReplyCallid;

namespace {

bool is_done(const std::future<Json>& future) { return future.wait_for(0s) == std::future_status::ready; }

lcm::Result<Json> end_of(std::future<Json>& future) {
    REQUIRE(is_done(future));
    try {
        return lcm::Result<Json>(boost::system::in_place_value, future.get());
    } catch (const lcm::LcmError& problem) {
        return {boost::system::in_place_error, problem.error()};
    }
}

const RawRequest look{.subtopic = "GetWeather", .data = {{"callid", "7"}, {"days", 2}}, .reply = {"Weather"}};

} // namespace

TEST_CASE("A raw request leaves as it is described, and its reply comes back as JSON") {
    Bench bench;
    auto future = bench.client->call_raw(look);
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    CHECK(bench.script.sent()[0] == R"({"channel":"LCM","topic":"WebService","subtopic":"GetWeather","source":"test",)"
                                    R"("data":{"callid":"7","days":2}})");
    bench.receive(R"({"subtopic":"weather","message":{"callid":"8","sky":"grey"}})"); // about another call
    CHECK_FALSE(is_done(future));
    bench.receive(R"({"subtopic":"weather","message":{"callid":"7","sky":"blue"}})");
    const auto result = end_of(future);
    REQUIRE(result.has_value());
    CHECK(*result == Json{{"callid", "7"}, {"sky", "blue"}});
}

TEST_CASE("A raw request can name its channel and topic, have no data, and a reply without call") {
    Bench bench;
    auto future = bench.client->call_raw(
        {.subtopic = "Ping", .reply = {"Pong", ReplyCallid::absent}, .channel = "UI", .topic = "Health"});
    bench.run();
    CHECK(bench.script.sent()[0] == R"({"channel":"UI","topic":"Health","subtopic":"Ping","source":"test"})");
    bench.receive(R"({"subtopic":"Pong","message":"here"})");
    const auto result = end_of(future);
    REQUIRE(result.has_value());
    CHECK(*result == "here");
}

TEST_CASE("A raw request without an expected reply ends when it has been handed to the network") {
    Bench bench;
    auto future = bench.client->call_raw({.subtopic = "Note", .data = {{"text", "x"}}});
    bench.run();
    const auto result = end_of(future);
    REQUIRE(result.has_value());
    CHECK(result->is_null());
    CHECK(bench.client->stats().pending == 0);
}

TEST_CASE("A raw request whose reply says no, or that the server refuses, is refused") {
    for (const char* message :
         {R"({"subtopic":"Weather","message":{"callid":"7","response":{"success":false}}})",
          R"({"subtopic":"Weather","message":{"callid":"7","success":false}})",
          R"({"subtopic":"Weather","message":{"callid":"7","response":false}})",
          R"({"topic":"Error","data":{"errorType":"WS_Error","errorMessage":"Invalid Call ID:7"}})"}) {
        CAPTURE(message);
        Bench bench;
        auto future = bench.client->call_raw(look);
        bench.run();
        bench.receive(message);
        const auto result = end_of(future);
        REQUIRE(result.has_error());
        CHECK(result.error().delivery == lcm::Delivery::refused);
        CHECK(result.error().operation == "GetWeather");
        CHECK(result.error().callid == "7");
    }
}

TEST_CASE("A raw request whose data name no call is answered with or without one") {
    for (const char* message :
         {R"({"subtopic":"Weather","message":{"callid":"9"}})", R"({"subtopic":"Weather","message":{}})"}) {
        Bench bench;
        auto future = bench.client->call_raw({.subtopic = "GetWeather", .data = {{"days", 1}}, .reply = {"Weather"}});
        bench.run();
        bench.receive(message);
        CHECK(end_of(future).has_value());
    }
}

TEST_CASE("The subtopic of a raw request cannot forge a line of a log") {
    Bench bench;
    auto future = bench.client->call_raw({.subtopic = "X\n[INFO] all is well", .data = 7});
    CHECK(end_of(future).error().message().find('\n') == std::string::npos);
}

TEST_CASE("A raw request that cannot be sent is refused by name") {
    struct Row {
        RawRequest request;
        std::string detail;
    };
    const std::vector<Row> rows{
        {{.subtopic = ""}, "subtopic: must not be empty"},
        {{.subtopic = "A", .data = 7}, "data: must be a JSON object, or null"},
        {{.subtopic = " "}, "subtopic: must not be empty"},
        {{.subtopic = "A", .reply = {" "}}, "reply.subtopic: must be a name, or empty if there is no reply"},
        {{.subtopic = "A", .data = {{"t", "\xFF"}}}, "data: must be text in UTF-8, and finite numbers"},
        {{.subtopic = "A", .data = {{"t", {1.0, std::nan("")}}}}, "data: must be text in UTF-8, and finite numbers"},
        {{.subtopic = "\xFF"}, "subtopic, channel, topic and reply.subtopic: must be text in UTF-8"},
    };
    for (const Row& row : rows) {
        Bench bench;
        auto future = bench.client->call_raw(row.request);
        const auto result = end_of(future);
        REQUIRE(result.has_error());
        CHECK(result.error().code == lcm::Errc::invalid_argument);
        CHECK(result.error().delivery == lcm::Delivery::not_sent);
        CHECK(result.error().detail == row.detail);
    }
}

TEST_CASE("A raw request times out as unknown, and one that changes nothing goes again after a break") {
    Bench bench;
    auto lost = bench.client->call_raw(look, {.deadline = 1s});
    bench.advance(1s);
    CHECK(end_of(lost).error().delivery == lcm::Delivery::unknown);

    RawRequest reading = look;
    reading.is_read_only = true;
    reading.data["callid"] = "8";
    auto future = bench.client->call_raw(reading, {.deadline = 60s});
    bench.run();
    bench.script.drop();
    bench.run();
    bench.advance(1s);
    bench.receive(R"({"subtopic":"Weather","message":{"callid":"8"}})");
    CHECK(end_of(future).has_value());
}

TEST_CASE("A raw request completes a handler as well") {
    Bench bench;
    std::optional<lcm::Result<Json>> result;
    bench.client->async_call_raw(look, [&](lcm::Result<Json> ending) { result.emplace(std::move(ending)); });
    bench.run();
    CHECK_FALSE(result.has_value());
    bench.receive(R"({"subtopic":"Weather","message":{"callid":"7"}})");
    REQUIRE(result.has_value());
    CHECK(result->has_value());
}
