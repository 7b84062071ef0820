// SPDX-License-Identifier: BSL-1.0
// Which reply belongs to which request, seen through the client: hold-back, late replies, messages to others.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::testing::reply;
using lcm::testing::ws_error;

TEST_CASE("Two outcomes for one call go out one after the other, each with its own reply") {
    Bench bench;
    auto first = bench.client->call(sample());
    auto second = bench.client->call(sample());
    bench.run();
    CHECK(bench.script.sent().size() == 1);
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(ending_of(first) == "accepted");
    CHECK(bench.script.sent().size() == 2);
    bench.receive(reply<SetOutcome>("12345", false));
    CHECK(ending_of(second) == "server_error (refused)");
}

TEST_CASE("A second outcome for one call is refused by option, and nothing of it is sent") {
    Bench bench({.duplicates = lcm::Duplicates::refuse});
    auto first = bench.client->call(sample());
    auto second = bench.client->call(sample());
    bench.run();
    CHECK(ending_of(second) == "duplicate_in_flight (not_sent)");
    CHECK(bench.script.sent().size() == 1);
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(ending_of(first) == "accepted");
}

TEST_CASE("Replies in another order than the requests reach their own") {
    Bench bench;
    auto first = bench.client->call(sample("1"));
    auto second = bench.client->call(sample("2"));
    bench.run();
    bench.receive(reply<SetOutcome>("2", false));
    bench.receive(reply<SetOutcome>("1"));
    CHECK(ending_of(first) == "accepted");
    CHECK(ending_of(second) == "server_error (refused)");
}

TEST_CASE("A late reply completes no other request and is told to the application") {
    struct Row {
        std::string message;
        Delivery truth;
    };
    for (const Row& row : {Row{reply<SetOutcome>("12345"), Delivery::accepted},
                           Row{reply<SetOutcome>("12345", false), Delivery::refused},
                           Row{ws_error("Invalid Call ID:12345"), Delivery::refused},
                           Row{R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult","message":{"callid":"12345"}})",
                               Delivery::unknown}}) {
        CAPTURE(row.message);
        Bench bench;
        auto first = bench.client->call(sample());
        bench.advance(10s);
        REQUIRE(ending_of(first) == "timed_out (unknown)");
        auto second = bench.client->call(sample());
        bench.run();
        REQUIRE(bench.script.sent().size() == 1); // waits until the late reply has come

        bench.receive(row.message);
        CHECK(ending_of(second) == "pending");
        CHECK(bench.script.sent().size() == 2);
        const bool is_known = row.truth != Delivery::unknown; // else there is nothing to tell
        REQUIRE(bench.settled.size() == (is_known ? 1 : 0));
        if (is_known) {
            CHECK(bench.settled[0].reported.operation == "SetBusinessOutcomeWithCallOutcome");
            CHECK(bench.settled[0].reported.callid == "12345");
            CHECK(bench.settled[0].reported.code == lcm::Errc::timed_out);
            CHECK(bench.settled[0].delivery == row.truth);
            CHECK(bench.settled[0].by == lcm::SettledBy::late_reply);
        }

        bench.receive(reply<SetOutcome>("12345"));
        CHECK(ending_of(second) == "accepted");
        CHECK(bench.client->stats().late_replies == 1);
    }
}

TEST_CASE("A duplicate reply completes nothing and goes to the events") {
    Bench bench;
    auto first = bench.client->call(sample());
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    bench.receive(reply<SetOutcome>("12345", false));
    CHECK(ending_of(first) == "accepted");
    CHECK(bench.events.size() == 1);
    auto second = bench.client->call(sample());
    bench.run();
    CHECK(ending_of(second) == "pending");
}

TEST_CASE("A reply to another subscriber goes to the events, word for word, and is counted") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    const std::string foreign = reply<SetOutcome>("other", false);
    bench.receive(foreign);
    CHECK(bench.events == std::vector<std::string>{foreign});
    CHECK(bench.client->stats().unmatched_messages == 1);
    CHECK(ending_of(future) == "pending");
}

TEST_CASE("An error without a call refuses the only request in flight, and with two in flight none") {
    Bench bench;
    auto first = bench.client->call(sample("1"));
    auto second = bench.client->call(sample("2"));
    bench.run();
    bench.receive(ws_error("Callid is empty"));
    CHECK(ending_of(first) == "pending");
    CHECK(ending_of(second) == "pending");
    CHECK(bench.events.size() == 1);
    bench.receive(reply<SetOutcome>("1"));
    bench.receive(ws_error("Callid is empty"));
    CHECK(ending_of(second) == "invalid_call_id (refused)");
}

TEST_CASE("Call ids that look like numbers match as text, exactly") {
    Bench bench;
    auto plain = bench.client->call(sample("12345"));
    auto padded = bench.client->call(sample("012345"));
    bench.run();
    bench.receive(
        R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult","message":{"callid":12345,"response":{"success":true}}})");
    CHECK(ending_of(plain) == "accepted");
    CHECK(ending_of(padded) == "pending");
}

TEST_CASE("A message that is nested too deeply is counted as bad, and the request goes on waiting") {
    lcm::ClientConfig config;
    config.limits.json_depth = 8;
    Bench bench(config);
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(R"({"a":)" + std::string(8, '[') + std::string(8, ']') + "}");
    CHECK(bench.client->stats().bad_messages == 1);
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE("A message larger than the limit ends the link, one of just the limit does not") {
    const std::string answer = reply<SetOutcome>("12345");
    for (const std::size_t limit : {answer.size(), answer.size() - 1}) {
        lcm::ClientConfig config;
        config.limits.inbound_message = limit;
        Bench bench(config);
        auto future = bench.client->call(sample());
        bench.run();
        bench.receive(answer);
        CHECK(ending_of(future) == (limit == answer.size() ? "accepted" : "connection_lost (unknown)"));
    }
}

TEST_CASE("A duplicate answer cannot be told from the answer to the next request for the same call") {
    Bench bench; // what the contract says that the library cannot know
    auto first = bench.client->call(sample());
    auto second = bench.client->call(sample());
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(ending_of(first) == "accepted");
    CHECK(ending_of(second) == "accepted");
}

TEST_CASE("A call id of more than 64 bits matches as a number too") {
    Bench bench;
    auto future = bench.client->call(sample("98765432109876543210"));
    bench.run();
    bench.receive(R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
                  R"("message":{"callid":98765432109876543210,"response":{"success":true}}})");
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE("Deviations from the samples are understood and counted") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(R"({"topic":"WebService","SubTopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
                  R"("message":{"callid":12345,"response":{"success":true}}})");
    CHECK(ending_of(future) == "accepted");
    CHECK(bench.client->stats().tolerated_deviations == 2);
    auto second = bench.client->call(sample());
    bench.run();
    bench.receive(R"({"topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
                  R"("data":{"callid":"12345","response":{"success":true}}})");
    CHECK(ending_of(second) == "accepted");
    CHECK(bench.client->stats().tolerated_deviations == 3);
}

TEST_CASE("The counters tell every ending") {
    Bench bench;
    auto a = bench.client->call(sample("1"));
    auto b = bench.client->call(sample("2"));
    auto c = bench.client->call(sample("3"));
    auto d = bench.client->call(sample(""));
    bench.run();
    CHECK(bench.client->stats().pending == 3);
    bench.receive(reply<SetOutcome>("1"));
    bench.receive(reply<SetOutcome>("2", false));
    bench.advance(10s);
    const lcm::Stats stats = bench.client->stats();
    CHECK(stats.accepted == 1);
    CHECK(stats.refused == 1);
    CHECK(stats.unknown == 1);
    CHECK(stats.not_sent == 1);
    CHECK(stats.pending == 0);
}
