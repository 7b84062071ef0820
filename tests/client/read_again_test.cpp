// SPDX-License-Identifier: BSL-1.0
// A read that may be why the link was lost: it is sent again once, alone, and not at all if its own reply was too
// large.
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/read_only.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <future>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;
using lcm::testing::reply;

namespace {

constexpr std::size_t limit = 2000;

lcm::ClientConfig small_messages() {
    lcm::ClientConfig config;
    config.limits.inbound_message = limit;
    return config;
}

// The reply to a read with so much in it that it is over the limit.
std::string oversized(std::string_view call) {
    std::string text = reply<LookAt>(call);
    text.insert(text.size() - 1, R"(,"more":")" + std::string(limit, 'x') + '"');
    return text;
}

struct LimitedBench : Bench {
    explicit LimitedBench(lcm::ClientConfig config = small_messages()) : Bench(std::move(config)) { run(); }

    auto look(std::string call) {
        auto future = client->call(look_at(std::move(call)));
        run();
        return future;
    }
    auto set(std::string call) {
        auto future = client->call(sample(std::move(call)));
        run();
        return future;
    }

    void reconnect() {
        client->reconnect_now();
        run();
    }

    // What has left since the last time, as operation and call.
    std::vector<std::string> left() {
        std::vector<std::string> found;
        for (; seen_ < script.sent().size(); ++seen_) {
            const std::string& text = script.sent()[seen_];
            const std::size_t call = text.find(R"("callid":")") + 10;
            const bool is_look = text.find(R"("LookAt")") != std::string::npos;
            found.push_back((is_look ? "look " : "set ") + text.substr(call, text.find('"', call) - call));
        }
        return found;
    }

private:
    std::size_t seen_ = 0;
};

using Left = std::vector<std::string>;

} // namespace

TEST_CASE("A read whose own reply is over the limit ends as a bad reply that says so, and is not sent again") {
    LimitedBench bench;
    auto look = bench.look("1");
    CHECK(bench.left() == Left{"look 1"});
    bench.receive(oversized("1"));
    const auto result = result_of(look);
    CHECK(ending_of(result) == "bad_reply (unknown)");
    CHECK(result.error().detail == "the reply is larger than the limit of 2000 bytes (limits.inbound_message)");
    bench.reconnect();
    CHECK(bench.script.connections() == 2);
    CHECK(bench.left().empty());
    CHECK(bench.client->stats().pending == 0);
}

TEST_CASE("The transport may tell that a message was too large, with or without its beginning") {
    struct Row {
        std::string head;
        std::string first;
        std::string second;
    };
    const std::vector<Row> rows{
        {R"({"subtopic":"LookAtResult","message":{"callid":"2","resp)", "pending", "bad_reply (unknown)"},
        {R"({"SubTopic":"lookatresult","Message":{"CallId":1,"x":")", "bad_reply (unknown)", "pending"},
        {R"({"subTopic":"","subscriberID":"7","message":{"subtopic":"LookAtResult","message":{"callid":"2","r)",
         "pending", "bad_reply (unknown)"},
        {R"({"subtopic":"LookAtResult","message":{"response":[)", "pending", "pending"},
        {R"({"subtopic":"LookAtResult","message":{"callid":"3","r)", "pending", "pending"},
        {R"({"subtopic":"OutcomeSetForCall","message":")", "pending", "pending"},
        {"", "pending", "pending"},
        {"xxxx", "pending", "pending"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.head);
        LimitedBench bench;
        auto first = bench.look("1");
        auto second = bench.look("2");
        bench.script.drop(boost::asio::error::message_size,
                          {.message_too_large = true, .message_head = std::string(row.head)});
        bench.run();
        CHECK(ending_of(first) == row.first);
        CHECK(ending_of(second) == row.second);
    }
}

TEST_CASE("Of a message that was too large and of which nothing is known, the only read under way is the reason") {
    LimitedBench bench;
    auto look = bench.look("1");
    auto set = bench.set("2");
    bench.script.drop(boost::asio::error::message_size, {.message_too_large = true});
    bench.run();
    CHECK(ending_of(look) == "bad_reply (unknown)");
    CHECK(ending_of(set) == "connection_lost (unknown)");
}

TEST_CASE("A message that was too large and is named like none of ours costs no read its second chance") {
    LimitedBench bench;
    auto look = bench.look("1");
    bench.receive(R"({"subtopic":"OutcomeSetForCall","message":")" + std::string(limit, '1') + R"("})");
    CHECK(ending_of(look) == "pending");
    bench.reconnect();
    CHECK(bench.left() == Left{"look 1", "look 1"});
    bench.receive(reply<LookAt>("1"));
    CHECK(ending_of(look) == "accepted");
}

TEST_CASE("A read that loses two links ends as unknown with the second one's error") {
    LimitedBench bench;
    auto look = bench.look("1");
    bench.script.drop(boost::asio::error::connection_reset);
    bench.run();
    CHECK(ending_of(look) == "pending");
    bench.reconnect();
    CHECK(bench.left() == Left{"look 1", "look 1"});
    bench.script.drop(make_error_code(Errc::idle_timeout));
    bench.run();
    CHECK(ending_of(look) == "idle_timeout (unknown)");
    bench.reconnect();
    CHECK(bench.left().empty());
}

TEST_CASE("While a read is under way that has lost a link, no setting leaves, so that none can be lost with it") {
    LimitedBench bench;
    auto first = bench.look("1");
    auto second = bench.look("2");
    bench.script.drop();
    bench.run();
    auto set = bench.set("3");
    auto another = bench.set("4");
    CHECK(bench.left() == Left{"look 1", "look 2"});
    bench.reconnect();
    CHECK(bench.left() == Left{"look 1"});
    bench.script.drop();
    bench.run();
    CHECK(ending_of(first) == "connection_lost (unknown)");
    CHECK(ending_of(set) == "pending");
    bench.reconnect();
    CHECK(bench.left() == Left{"set 3", "set 4"}); // in turn, so that they do not wait for all such reads
    bench.receive(reply<SetOutcome>("4"));
    bench.receive(reply<SetOutcome>("3"));
    CHECK(bench.left() == Left{"look 2"});
    auto last = bench.set("5");
    CHECK(bench.left().empty());
    bench.receive(reply<LookAt>("2"));
    CHECK(bench.left() == Left{"set 5"});
    bench.receive(reply<SetOutcome>("5"));
    for (auto* future : {&set, &another, &second, &last}) CHECK(ending_of(*future) == "accepted");
}

TEST_CASE("A read that is not answered when it is sent again holds the others up until its time is over, not longer") {
    LimitedBench bench;
    auto look = bench.client->call(look_at("1"), {.deadline = 2s});
    bench.run();
    bench.script.drop();
    bench.run();
    auto set = bench.set("2");
    bench.reconnect();
    CHECK(bench.left() == Left{"look 1", "look 1"});
    bench.advance(2s);
    CHECK(ending_of(look) == "timed_out (unknown)");
    CHECK(bench.left() == Left{"set 2"});
    bench.receive(reply<SetOutcome>("2"));
    CHECK(ending_of(set) == "accepted");
}

TEST_CASE("A read that waits to be alone holds the others up for two seconds, however long what is under way takes") {
    LimitedBench bench;
    auto first = bench.client->call(look_at("1"), {.deadline = 60s});
    auto second = bench.client->call(look_at("2"), {.deadline = 60s});
    bench.run();
    bench.script.drop();
    bench.run();
    auto slow = bench.client->call(sample("3"), {.deadline = 30s}); // is not answered
    bench.reconnect();
    bench.receive(reply<LookAt>("1"));
    CHECK(ending_of(first) == "accepted");
    CHECK(bench.left() == Left{"look 1", "look 2", "look 1", "set 3"});

    auto set = bench.set("4");
    bench.advance(2s - 1ms);
    CHECK(bench.left().empty());
    bench.advance(1ms);
    CHECK(bench.left() == Left{"set 4"});
    bench.receive(reply<SetOutcome>("4"));
    CHECK(ending_of(set) == "accepted");
    for (int call = 5; call < 10; ++call) { // nor are those held up that follow
        auto next = bench.set(std::to_string(call));
        CHECK(bench.left() == Left{"set " + std::to_string(call)});
        bench.receive(reply<SetOutcome>(std::to_string(call)));
        CHECK(ending_of(next) == "accepted");
        bench.advance(1s);
        bench.script.give_sign_of_life();
    }

    auto last = bench.set("10");
    CHECK(bench.left() == Left{"set 10"});
    bench.receive(reply<SetOutcome>("3")); // the read has its turn again
    CHECK(ending_of(slow) == "accepted");
    auto later = bench.set("11");
    CHECK(bench.left().empty());
    bench.receive(reply<SetOutcome>("10"));
    CHECK(ending_of(last) == "accepted");
    CHECK(bench.left() == Left{"look 2"});
    bench.receive(reply<LookAt>("2"));
    CHECK(ending_of(second) == "accepted");
    CHECK(bench.left() == Left{"set 11"});
}

TEST_CASE(
    "A server that sends the same oversized reply whenever it is asked is asked once, and the settings go through") {
    LimitedBench bench;
    bench.script.answer([](std::string_view message) -> std::vector<std::string> {
        const bool is_look = message.find(R"("LookAt")") != std::string_view::npos;
        const std::size_t at = message.find(R"("callid":")") + 10;
        const std::string call(message.substr(at, message.find('"', at) - at));
        return {is_look ? oversized(call) : reply<SetOutcome>(call)};
    });
    auto look = bench.client->call(look_at("1"));
    std::vector<std::future<lcm::OutcomeResponse>> settings;
    for (int i = 2; i < 14; ++i) settings.push_back(bench.client->call(sample(std::to_string(i))));
    bench.run();
    bench.advance(500ms);
    CHECK(ending_of(look) == "bad_reply (unknown)");
    for (auto& setting : settings) CHECK(is_ready(setting));
    CHECK(bench.client->stats().reconnects <= 1);
    const Left left = bench.left();
    CHECK(std::count(left.begin(), left.end(), "look 1") == 1);
    auto later = bench.set("20");
    CHECK(ending_of(later) == "accepted");
}
