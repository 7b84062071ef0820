// SPDX-License-Identifier: BSL-1.0
// Messages that come together, and requests that are submitted together: what is answered with one write, and what a
// burst must not keep back.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;

namespace {

constexpr std::size_t burst_size = 10;

// A client that has sent one request for each call "0", "1" and so on, whose endings `on_end` hears.
void send_burst(Bench& bench, const std::function<void(std::size_t, const Outcome&)>& on_end) {
    for (std::size_t i = 0; i < burst_size; ++i)
        bench.client->async_call(sample(std::to_string(i)), [=](const Outcome& outcome) { on_end(i, outcome); });
    bench.run();
}

void answer_burst(Bench& bench) {
    for (std::size_t i = 0; i < burst_size; ++i) bench.script.receive(reply<SetOutcome>(std::to_string(i)));
    bench.run();
}

} // namespace

TEST_CASE("Requests that are submitted together leave with one write") {
    Bench bench;
    bench.run();
    send_burst(bench, [](std::size_t, const Outcome&) {});
    CHECK(bench.script.sent().size() == burst_size);
    CHECK(bench.script.batches() == 1);
}

TEST_CASE("What handlers of messages that came together submit leaves with one write") {
    Bench bench;
    std::vector<std::future<lcm::OutcomeResponse>> next;
    send_burst(bench, [&](std::size_t i, const Outcome&) {
        next.push_back(bench.client->call(sample("next " + std::to_string(i))));
    });
    const std::size_t before = bench.script.batches();
    answer_burst(bench);
    CHECK(next.size() == burst_size);
    CHECK(bench.script.sent().size() == 2 * burst_size);
    CHECK(bench.script.batches() == before + 1);
}

TEST_CASE("A long burst is answered in parts, so that the server is not kept waiting") {
    constexpr std::size_t many = 100;
    Bench bench;
    std::vector<std::future<lcm::OutcomeResponse>> next;
    for (std::size_t i = 0; i < many; ++i)
        bench.client->async_call(sample(std::to_string(i)), [&, i](const Outcome&) {
            next.push_back(bench.client->call(sample("next " + std::to_string(i))));
        });
    bench.run();
    const std::size_t before = bench.script.batches();
    for (std::size_t i = 0; i < many; ++i) bench.script.receive(reply<SetOutcome>(std::to_string(i)));
    bench.run();
    CHECK(bench.script.sent().size() == 2 * many);
    CHECK(bench.script.batches() >= before + 2);
}

TEST_CASE("A handler that throws in the middle of a burst keeps back neither the others nor what it has submitted") {
    Bench bench;
    std::vector<std::string> endings;
    std::future<lcm::OutcomeResponse> next;
    send_burst(bench, [&](std::size_t i, const Outcome& outcome) {
        endings.push_back(ending_of(outcome));
        if (i != 3) return;
        next = bench.client->call(sample("next"));
        throw std::runtime_error("the application's own");
    });
    CHECK_THROWS_AS(answer_burst(bench), std::runtime_error);
    bench.run();
    CHECK(endings == std::vector<std::string>(burst_size, "accepted"));
    CHECK(bench.script.sent().back().find("\"next\"") != std::string::npos);
    bench.receive(reply<SetOutcome>("next"));
    CHECK(ending_of(next) == "accepted");
}

TEST_CASE("A link that is lost in the middle of a burst is made anew in time") {
    Bench bench;
    bench.run();
    send_burst(bench, [](std::size_t, const Outcome&) {});
    bench.script.receive(reply<SetOutcome>("0"));
    bench.script.receive(std::string(2 * 1024 * 1024, ' ')); // larger than is taken, and others follow it
    bench.script.receive(reply<SetOutcome>("1"));
    bench.run();
    CHECK(bench.client->stats().unknown == burst_size - 1);
    CHECK(bench.script.connections() == 1);
    bench.advance(500ms); // the longest wait before the next attempt
    CHECK(bench.script.connections() == 2);
}

TEST_CASE("Whoever submits what fails at once, again and again, keeps the loop from nothing else") {
    lcm::ClientConfig config;
    config.while_offline = lcm::WhileOffline::fail;
    Bench bench(config);
    bench.script.fail_open(boost::asio::error::connection_refused);
    bench.run();
    std::size_t calls = 0;
    bool has_stopped = false;
    std::function<void()> again = [&] {
        bench.client->async_call(sample(), [&](const Outcome& outcome) {
            REQUIRE(ending_of(outcome) == "connect_failed (not_sent)");
            if (++calls < 100'000 && !has_stopped) again();
        });
    };
    again();
    boost::asio::post(bench.loop, [&] { boost::asio::post(bench.loop, [&] { has_stopped = true; }); });
    bench.run();
    CHECK(has_stopped);
    CHECK(calls < 100);
}

TEST_CASE("A request that is cancelled before the client has come to it is not sent") {
    Bench bench;
    bench.run();
    std::stop_source source;
    auto future = bench.client->call(sample(), {.stop = source.get_token()});
    source.request_stop();
    bench.run();
    CHECK(ending_of(future) == "cancelled (not_sent)");
    CHECK(bench.script.sent().empty());
}

TEST_CASE("A handler that takes its time is no sleep of the computer, and costs others nothing") {
    Bench bench;
    bench.client->async_call(sample("slow"), [&](const Outcome&) { bench.clock.advance(9s); });
    auto other = bench.client->call(sample("other"));
    bench.run();
    bench.receive(reply<SetOutcome>("slow"));
    CHECK(ending_of(other) == "pending");
    bench.receive(reply<SetOutcome>("other"));
    CHECK(ending_of(other) == "accepted");
}

TEST_CASE("What runs out of time while a handler takes its own does not leave any more") {
    Bench bench;
    std::future<lcm::OutcomeResponse> late;
    bench.client->async_call(sample("slow"), [&](const Outcome&) {
        late = bench.client->call(sample("late"), {.deadline = 2s});
        bench.clock.advance(4s);
    });
    bench.run();
    bench.receive(reply<SetOutcome>("slow"));
    CHECK(ending_of(late) == "timed_out (not_sent)");
    CHECK(bench.script.sent().size() == 1);
}

TEST_CASE("A request has its whole time from the call on, also in a handler that has taken its own before") {
    Bench bench;
    std::future<lcm::OutcomeResponse> next;
    bench.client->async_call(sample("slow"), [&](const Outcome&) {
        bench.clock.advance(4s);
        next = bench.client->call(sample("next"), {.deadline = 2s});
    });
    bench.run();
    bench.receive(reply<SetOutcome>("slow"));
    CHECK(bench.script.sent().size() == 2);
    bench.advance(1s);
    CHECK(ending_of(next) == "pending");
    bench.receive(reply<SetOutcome>("next"));
    CHECK(ending_of(next) == "accepted");
}

TEST_CASE("What comes between the messages of a burst is decided by its own time: nothing leaves after its deadline") {
    Bench bench;
    bench.run();
    bench.client->async_call(sample("1"), [&](const Outcome&) {
        bench.script.finish_send(); // which is told between two messages
        bench.clock.advance(2s);
    });
    bench.run();
    bench.script.hold_send();
    auto second = bench.client->call(sample("2"));
    bench.run(); // it is being written
    auto late = bench.client->call(sample("3"), {.deadline = 1s});
    bench.run();
    const std::string event = reply<SetOutcome>("of another client");
    for (const std::string& message : {event, reply<SetOutcome>("1"), event, event}) bench.script.receive(message);
    bench.run();
    CHECK(bench.script.sent().size() == 2);
    CHECK(ending_of(late) == "timed_out (not_sent)");
    CHECK(ending_of(second) == "pending");
}
