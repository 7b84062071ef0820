// SPDX-License-Identifier: BSL-1.0
// What is handed to a link whose peer has not yet shown that it is there, or may have gone.
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/read_only.hpp>

#include <lcm_client/operations/state.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <future>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;
using lcm::LinkState;
using lcm::testing::reply;

namespace {

lcm::SendAgentState state(const std::string& agent) {
    lcm::SendAgentState request;
    request.agent_id = agent;
    request.agent_state = "NOT_READY";
    return request;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("Over a new link one request is under way until the peer gives a sign of life") {
    Bench bench;
    bench.script.hold_signs_of_life();
    std::vector<std::future<lcm::OutcomeResponse>> futures;
    for (int i = 0; i < 5; ++i) futures.push_back(bench.client->call(sample(std::to_string(i))));
    bench.run();
    CHECK(bench.script.sent().size() == 1);
    SECTION("which may be a pong, or an event, or whatever the transport sees") { bench.script.give_sign_of_life(); }
    SECTION("which may be the reply") { bench.script.receive(reply<SetOutcome>("0")); }
    SECTION("or a quarter of a second has passed") {
        bench.advance(249ms);
        CHECK(bench.script.sent().size() == 1);
        bench.advance(1ms);
    }
    bench.run();
    CHECK(bench.script.sent().size() == 5);
}

TEST_CASE("The one request over a new link is a read if one waits, since a read may be sent again") {
    Bench bench;
    bench.script.hold_signs_of_life();
    auto set = bench.client->call(sample("1"));
    auto look = bench.client->call(look_at("2"));
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    CHECK(has(bench.script.sent()[0], "LookAt"));
    bench.script.drop();
    bench.run();
    CHECK(ending_of(set) == "pending");
    bench.script.give_sign_of_life();
    bench.advance(1s);
    bench.receive(reply<LookAt>("2"));
    bench.receive(reply<SetOutcome>("1"));
    CHECK(ending_of(set) == "accepted");
    CHECK(ending_of(look) == "accepted");
}

TEST_CASE("A close frame at the beginning of a link costs one request at the most") {
    Bench bench;
    bench.script.hold_signs_of_life();
    std::vector<std::future<lcm::OutcomeResponse>> futures;
    for (int i = 0; i < 20; ++i) futures.push_back(bench.client->call(sample(std::to_string(i))));
    bench.run();
    bench.script.drop(Errc::connection_lost);
    bench.run();
    std::size_t ended = 0;
    for (const auto& future : futures) ended += is_ready(future) ? 1U : 0U;
    CHECK(ended == 1);
    CHECK(ending_of(futures[0]) == "connection_lost (unknown)");
}

TEST_CASE("After a time-out with nothing heard since, the peer is probed and new requests wait for its sign of life") {
    Bench bench;
    bench.run();
    bench.script.hold_signs_of_life();
    auto first = bench.client->call(sample("1"));
    bench.advance(10s);
    CHECK(ending_of(first) == "timed_out (unknown)");
    CHECK(bench.script.probes() == 1);
    auto second = bench.client->call(sample("2"));
    auto look = bench.client->call(look_at("3"));
    bench.advance(1s);
    CHECK(bench.script.sent().size() == 1);
    SECTION("and leave when it comes") {
        bench.script.give_sign_of_life();
        bench.run();
        CHECK(bench.script.sent().size() == 3);
        bench.receive(reply<SetOutcome>("2"));
        CHECK(ending_of(second) == "accepted");
        CHECK(bench.script.connections() == 1);
    }
    SECTION("and leave over the next link when it does not") {
        bench.script.drop(Errc::idle_timeout);
        bench.script.give_sign_of_life();
        bench.advance(1s);
        bench.receive(reply<LookAt>("3"));
        bench.receive(reply<SetOutcome>("2"));
        CHECK(ending_of(second) == "accepted");
        CHECK(ending_of(look) == "accepted");
        CHECK(bench.script.connections() == 2);
    }
    SECTION("and are not sent, with certainty, when their own time runs out first") {
        bench.advance(10s);
        const auto result = result_of(second);
        CHECK(ending_of(result) == "timed_out (not_sent)");
        CHECK(has(result.error().detail, "no sign of life"));
        CHECK(bench.script.probes() == 1); // one is under way
    }
    SECTION("which a late reply is as well") {
        bench.receive(reply<SetOutcome>("1"));
        CHECK(bench.script.sent().size() == 3);
    }
}

TEST_CASE("A time-out after which something was heard makes nobody wait") {
    Bench bench;
    bench.run();
    bench.script.hold_signs_of_life();
    auto first = bench.client->call(sample("1"));
    bench.run();
    bench.receive(R"({"channel":"LCM","topic":"WebService","subtopic":"OutcomeSetForCall","message":"1|2"})");
    bench.advance(10s);
    CHECK(ending_of(first) == "timed_out (unknown)");
    CHECK(bench.script.probes() == 0);
    auto second = bench.client->call(sample("2"));
    bench.run();
    CHECK(bench.script.sent().size() == 2);
}

TEST_CASE("What was heard before a request left does not speak for the peer") {
    Bench bench;
    bench.run();
    auto first = bench.client->call(sample("1"));
    auto second = bench.client->call(sample("1")); // waits for the first
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    CHECK(ending_of(first) == "accepted");
    bench.script.hold_signs_of_life();
    bench.advance(10s);
    CHECK(ending_of(second) == "timed_out (unknown)");
    CHECK(bench.script.probes() == 1);
}

TEST_CASE("A request that runs out of time before it has left doubts nobody") {
    Bench bench;
    bench.run();
    bench.script.hold_send();
    auto first = bench.client->call(sample("1"), {.deadline = 60s});
    auto second = bench.client->call(sample("1"));
    bench.advance(10s);
    CHECK(ending_of(second) == "timed_out (not_sent)");
    CHECK(bench.script.probes() == 0);
}

TEST_CASE("While a sign of life is overdue, which the transport tells, nothing new is handed over") {
    Bench bench;
    bench.run();
    auto slow = bench.client->call(look_at("1"), {.deadline = 60s});
    bench.advance(16s);
    bench.script.miss_sign_of_life();
    bench.run();
    auto set = bench.client->call(sample("2"));
    bench.run();
    CHECK(bench.script.sent().size() == 1);
    bench.receive(reply<LookAt>("1"));
    CHECK(ending_of(slow) == "accepted");
    CHECK(bench.script.sent().size() == 2);
}

TEST_CASE("The transport is told what is outstanding, and how long it is to have patience") {
    Bench bench;
    bench.run();
    CHECK_FALSE(bench.script.outstanding(15s).is_unanswered);
    auto usual = bench.client->call(sample("1"));
    bench.run();
    CHECK(bench.script.outstanding(15s).is_unanswered);
    CHECK(bench.script.outstanding(15s).patience == 0s);
    auto slow = bench.client->call(look_at("2"), {.deadline = 40s});
    bench.advance(5s);
    CHECK(bench.script.outstanding(15s).patience == 35s);
    const auto answers = bench.script.outstanding(15s).answers;
    bench.receive(reply<SetOutcome>("1"));
    CHECK(bench.script.outstanding(15s).answers == answers + 1);
    CHECK(bench.script.outstanding(15s).is_unanswered);
    bench.advance(35s);
    CHECK(ending_of(slow) == "timed_out (unknown)");
    CHECK(bench.script.outstanding(15s).patience == 0s);
    CHECK(bench.script.outstanding(15s).is_unanswered); // it has ended, and was never answered
    bench.receive(reply<LookAt>("2"));
    CHECK_FALSE(bench.script.outstanding(15s).is_unanswered);
}

TEST_CASE("A link that the client gives up is aborted; one that it closes, or that ends by itself, is not") {
    Bench bench({.limits = {.tombstones = 1}});
    bench.run();
    SECTION("given up: too many requests unanswered") {
        auto first = bench.client->call(sample("1"));
        auto second = bench.client->call(sample("2"));
        bench.advance(10s);
        CHECK(bench.script.aborts() == 1);
    }
    SECTION("given up: a request waited in vain behind one that was given up") {
        auto first = bench.client->call(sample("1"));
        auto second = bench.client->call(sample("1"));
        bench.advance(10s);
        CHECK(bench.script.aborts() == 1);
    }
    SECTION("given up: a message over the limit") {
        bench.receive(std::string(2'000'000, ' '));
        CHECK(bench.script.aborts() == 1);
    }
    SECTION("closed") {
        bench.client->close(0ms);
        bench.run();
        CHECK(bench.script.is_closed_by_client());
        CHECK(bench.script.aborts() == 0);
    }
    SECTION("broken") {
        bench.script.drop();
        bench.run();
        CHECK(bench.script.aborts() == 0);
    }
}

TEST_CASE("What is never answered counts as accepted when it has arrived, and not when the system has taken it") {
    Bench bench;
    bench.run();
    bench.script.hold_confirmations();
    auto first = bench.client->call(state("first"));
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    CHECK(bench.script.outstanding(15s).is_unanswered);
    const auto is_ready = [](const auto& future) { return future.wait_for(0s) == std::future_status::ready; };
    CHECK_FALSE(is_ready(first));
    SECTION("each by its own confirmation") {
        auto second = bench.client->call(state("second"));
        bench.run();
        bench.script.confirm();
        bench.script.hold_confirmations();
        bench.run();
        CHECK(is_ready(first));
        CHECK_FALSE(is_ready(second));
        bench.script.confirm();
        bench.run();
        CHECK(is_ready(second));
        CHECK_FALSE(bench.script.outstanding(15s).is_unanswered);
        CHECK(bench.client->stats().accepted == 2);
    }
    SECTION("so that it is unknown when the link is lost before") {
        bench.script.drop();
        bench.run();
        REQUIRE(is_ready(first));
        CHECK(bench.client->stats().unknown == 1);
    }
    SECTION("so that it is unknown when its time is over before, and leaves nothing behind") {
        bench.advance(10s);
        REQUIRE(is_ready(first));
        CHECK(bench.client->stats().unknown == 1);
        CHECK_FALSE(bench.script.outstanding(15s).is_unanswered);
        bench.script.confirm();
        bench.run();
        CHECK(bench.client->stats().accepted == 0);
    }
}
