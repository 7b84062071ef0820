// SPDX-License-Identifier: BSL-1.0
// An application's loop that does not run, or is run by the very thread that waits: nobody waits for ever.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/clock.hpp>
#include <lcm_client/do_not_call.hpp>
#include <lcm_client/json_document.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;
using lcm::testing::ws_error;

namespace {

using RealTimeClient = lcm::LcmClient<lcm::testing::ScriptedTransport>;
using Seconds = std::chrono::duration<double>;

// An executor of an application's own.
class OwnExecutor {
public:
    explicit OwnExecutor(boost::asio::io_context& loop) : inner_(loop.get_executor()) {}

    [[nodiscard]] bool running_in_this_thread() const noexcept { return inner_.running_in_this_thread(); }
    template <class Function> void execute(Function function) const { boost::asio::post(inner_, std::move(function)); }
    [[nodiscard]] boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return inner_.context();
    }
    [[nodiscard]] static constexpr boost::asio::execution::blocking_t
    query(boost::asio::execution::blocking_t) noexcept {
        return boost::asio::execution::blocking.never;
    }
    [[nodiscard]] OwnExecutor require(boost::asio::execution::blocking_t::never_t) const { return *this; }
    friend bool operator==(const OwnExecutor&, const OwnExecutor&) = default;

private:
    boost::asio::io_context::executor_type inner_;
};

// Two requests are under way. What came for the second one is read when the first one's handler has waited for it.
struct HeldUpLoop {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    std::vector<lcm::Settled> settled;
    std::future<lcm::OutcomeResponse> second;
    std::string first_ending;
    std::optional<RealTimeClient> client;
    SetOutcome mark = sample("2");

    explicit HeldUpLoop(const std::string& news_of_second) {
        lcm::ClientConfig config{.source = "test", .do_not_call_guard = lcm::DoNotCallGuard()};
        config.on_settled = [this](const lcm::Settled& truth) { settled.push_back(truth); };
        client.emplace(std::move(config), lcm::testing::scripted(script), loop.get_executor());
        loop.poll();
        client->async_call(sample("1"), [this](const Outcome& first) {
            first_ending = ending_of(first);
            second.wait();
        });
        mark.account_number = "9|9|9|0|0|44|1";
        mark.call_outcome = lcm::TelephonyOutcome::dnc;
        second = client->call(mark, {.deadline = 300ms, .tag = 17});
        while (script.sent().size() < 2) loop.poll();
        script.receive(reply<SetOutcome>("1"));
        script.receive(news_of_second);
        loop.poll();
    }

    // What becomes of another outcome for the contact.
    std::string ending_of_next() {
        SetOutcome next = sample("3");
        next.account_number = mark.account_number;
        auto future = client->call(next);
        loop.poll();
        return ending_of(future);
    }
};

double seconds_of(auto action) {
    const auto begin = std::chrono::steady_clock::now();
    action();
    return Seconds(std::chrono::steady_clock::now() - begin).count();
}

// What a client does that is closed, and asked to wait, by a thread of its executor.
template <class Executor> void check_own_thread(boost::asio::io_context& loop, const Executor& executor) {
    lcm::testing::Script script;
    RealTimeClient client({.source = "test"}, lcm::testing::scripted(script), executor);
    std::string ending;
    double closing = -1;
    boost::asio::post(executor, [&] {
        ending = ending_of(client.call_and_wait(sample()));
        closing = seconds_of([&] { client.close(2s); });
    });
    loop.run();
    CHECK(ending == "would_deadlock (not_sent)");
    CHECK(closing >= 0);
    CHECK(closing < 1);
}

} // namespace

TEST_CASE("A call that waits for a loop that never runs returns at its deadline, not sent") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    RealTimeClient client({.source = "test"}, lcm::testing::scripted(script), loop.get_executor());
    std::optional<Outcome> result;
    const double taken = seconds_of([&] { result = client.call_and_wait(sample(), {.deadline = 50ms}); });
    CHECK(ending_of(*result) == "timed_out (not_sent)");
    CHECK(taken >= 0.05);
    CHECK(taken < 2);
    CHECK(client.stats().pending == 0);
    loop.poll(); // it is forgotten, and does not leave
    CHECK(script.sent().empty());
    CHECK(client.stats().queued == 0);
}

TEST_CASE("A call that is held up before its request has a deadline is ended all the same, waited for or not") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    const auto hold_up = [](std::string_view, lcm::JsonView) { // longer than it takes to look whether it is overdue
        const auto end = std::chrono::steady_clock::now() + 200ms;
        while (std::chrono::steady_clock::now() < end) {}
        return false;
    };
    RealTimeClient client({.source = "test", .do_not_call_guard = lcm::DoNotCallGuard{.also_marks = hold_up}},
                          lcm::testing::scripted(script), loop.get_executor());
    std::future<std::string> ending;
    SECTION("waited for") {
        ending = std::async(std::launch::async,
                            [&] { return ending_of(client.call_and_wait(sample(), {.deadline = 1ms})); });
    }
    SECTION("not waited for") {
        ending = std::async(std::launch::async, [future = client.call(sample(), {.deadline = 1ms})]() mutable {
            future.wait();
            return ending_of(future);
        });
    }
    const bool has_ended = ending.wait_for(5s) == std::future_status::ready;
    loop.poll(); // which would end it
    CHECK(has_ended);
    CHECK(ending.get() == "timed_out (not_sent)");
}

TEST_CASE(
    "One whose loop has stopped after the request had left ends as unknown, and its late reply is no one else's") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    RealTimeClient client({.source = "test"}, lcm::testing::scripted(script), loop.get_executor());
    loop.poll();
    auto future = client.call(sample("1"), {.deadline = 50ms});
    loop.poll();
    REQUIRE(script.sent().size() == 1);
    REQUIRE(future.wait_for(20s) == std::future_status::ready);
    CHECK(ending_of(future) == "timed_out (unknown)");

    auto next = client.call(sample("1"));
    loop.poll();                      // the loop goes on
    CHECK(script.sent().size() == 1); // it waits for the late reply
    script.receive(reply<SetOutcome>("1"));
    loop.poll();
    CHECK(ending_of(next) == "pending");
    CHECK(script.sent().size() == 2);
    CHECK(client.stats().late_replies == 1);
}

TEST_CASE("A Do Not Call that ends without the loop is open if it had left, and not open if it had not") {
    for (const bool has_left : {false, true}) {
        boost::asio::io_context loop;
        lcm::testing::Script script;
        RealTimeClient client({.source = "test", .do_not_call_guard = lcm::DoNotCallGuard()},
                              lcm::testing::scripted(script), loop.get_executor());
        SetOutcome mark = sample("1");
        mark.call_outcome = lcm::TelephonyOutcome::dnc;
        if (has_left) loop.poll();
        auto future = client.call(mark, {.deadline = 50ms});
        if (has_left) loop.poll();
        REQUIRE(future.wait_for(20s) == std::future_status::ready);
        REQUIRE(ending_of(future) == (has_left ? "timed_out (unknown)" : "timed_out (not_sent)"));

        auto later = client.call(sample("2"));
        CHECK(ending_of(later) == (has_left ? "do_not_call_open (not_sent)" : "pending"));
        CHECK(client.resolve_do_not_call(subjects_of(mark)) == (has_left ? 1 : 0));
    }
}

TEST_CASE("Plain futures are ready at their deadlines without the loop, also those that come later and end sooner") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    RealTimeClient client({.source = "test"}, lcm::testing::scripted(script), loop.get_executor());
    auto later = client.call(sample("1"), {.deadline = 400ms});
    auto sooner = client.call(sample("2"), {.deadline = 50ms});
    REQUIRE(sooner.wait_for(20s) == std::future_status::ready);
    CHECK(ending_of(sooner) == "timed_out (not_sent)");
    REQUIRE(later.wait_for(20s) == std::future_status::ready);
    CHECK(ending_of(later) == "timed_out (not_sent)");
}

TEST_CASE("A future that is waited for on the client's own thread is ready at its deadline, and says why") {
    lcm::testing::Script script;
    RealTimeClient client({.source = "test"}, lcm::testing::scripted(script));
    std::promise<std::string> told;
    boost::asio::post(client.get_executor(), [&] {
        auto future = client.call(sample(), {.deadline = 50ms});
        try {
            told.set_value("accepted " + std::to_string(future.get().success));
        } catch (const lcm::LcmError& problem) {
            told.set_value(problem.error().message());
        }
    });
    auto words = told.get_future();
    REQUIRE(words.wait_for(20s) == std::future_status::ready);
    const std::string message = words.get();
    CAPTURE(message);
    CHECK(message.starts_with("timed_out (not_sent)"));
    CHECK(message.find("waiting for a future on its own thread") != std::string::npos);
}

TEST_CASE("A future is ready at its deadline also while a handler holds the client's own thread up") {
    lcm::testing::Script script;
    RealTimeClient client({.source = "test"}, lcm::testing::scripted(script));
    std::promise<void> is_held_up;
    std::promise<void> goes_on;
    boost::asio::post(client.get_executor(), [&, until = goes_on.get_future().share()] {
        is_held_up.set_value();
        until.wait_for(20s);
    });
    is_held_up.get_future().wait();
    auto future = client.call(sample(), {.deadline = 50ms});
    const bool is_ready_in_time = future.wait_for(10s) == std::future_status::ready;
    goes_on.set_value();
    CHECK(is_ready_in_time);
    CHECK(ending_of(future) == "timed_out (not_sent)");
}

TEST_CASE("What has ended while the loop stood still can still be told the truth, when the loop goes on") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    std::vector<lcm::Settled> settled;
    lcm::ClientConfig config{.source = "test"};
    config.on_settled = [&settled](const lcm::Settled& truth) { settled.push_back(truth); };
    RealTimeClient client(std::move(config), lcm::testing::scripted(script), loop.get_executor());
    auto future = client.call(sample(), {.deadline = 200ms});
    while (script.sent().empty()) loop.poll();
    REQUIRE(future.wait_for(20s) == std::future_status::ready);
    CHECK(ending_of(future) == "timed_out (unknown)");
    loop.poll();
    script.receive(reply<SetOutcome>(sample().callid.text()));
    loop.poll();
    REQUIRE(settled.size() == 1);
    CHECK(settled.front().delivery == lcm::Delivery::accepted);
    CHECK(settled.front().reported.operation == "SetBusinessOutcomeWithCallOutcome");
}

TEST_CASE("What comes for a future that has ended while a handler held the loop up tells the truth about it") {
    struct Row {
        std::string news;
        std::string truth;
        std::uint64_t late_replies;
    };
    const std::vector<Row> rows{
        {reply<SetOutcome>("2"), "accepted", 1},
        {reply<SetOutcome>("2", false), "refused", 1},
        {ws_error("Invalid Call ID:2"), "refused", 1},
        {outcome_was_set("9|9|9|0|0|44|1"), "accepted", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.news);
        HeldUpLoop held(row.news);
        CHECK(held.first_ending == "accepted");
        CHECK(ending_of(held.second) == "timed_out (unknown)");
        REQUIRE(held.settled.size() == 1);
        CHECK(to_string(held.settled.front().delivery) == row.truth);
        CHECK(held.settled.front().reported.code == lcm::Errc::timed_out);
        CHECK(held.settled.front().reported.tag == 17);
        const lcm::Stats stats = held.client->stats();
        CHECK(stats.accepted == 1);
        CHECK(stats.refused == 0);
        CHECK(stats.unknown == 1);
        CHECK(stats.late_replies == row.late_replies);
        CHECK(stats.settled == 1);
        CHECK(held.ending_of_next() == "pending");
    }
}

TEST_CASE("What tells nothing about a future that a held up loop has left overdue leaves its Do Not Call open") {
    HeldUpLoop held(R"({"channel":"LCM","topic":"WebService","subtopic":"Other","message":{"callid":"2"}})");
    CHECK(ending_of(held.second) == "timed_out (unknown)");
    CHECK(held.settled.empty());
    CHECK(held.ending_of_next() == "do_not_call_open (not_sent)");
    held.script.receive(reply<SetOutcome>("2"));
    held.loop.poll();
    CHECK(held.settled.size() == 1);
    CHECK(held.client->stats().late_replies == 1);
    CHECK(held.ending_of_next() == "pending");
}

TEST_CASE("What a standing loop has not let go of keeps its place in the queue, so that memory is bounded") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    RealTimeClient client({.source = "test", .limits = {.queued = 2}}, lcm::testing::scripted(script),
                          loop.get_executor());
    for (int i = 0; i < 2; ++i)
        CHECK(ending_of(client.call_and_wait(sample(), {.deadline = 1ms})) == "timed_out (not_sent)");
    CHECK(ending_of(client.call_and_wait(sample(), {.deadline = 1ms})) == "queue_full (not_sent)");
    loop.poll();
    auto future = client.call(sample());
    CHECK(ending_of(future) == "pending");
}

TEST_CASE("The thread of an application's executor neither waits for itself nor is held by close()") {
    boost::asio::io_context loop;
    const auto executor = loop.get_executor();
    const auto strand = boost::asio::make_strand(executor);
    using Any = boost::asio::any_io_executor;
    SECTION("a loop") { check_own_thread(loop, executor); }
    SECTION("a strand over it") { check_own_thread(loop, strand); }
    SECTION("a strand over an erased executor") { check_own_thread(loop, boost::asio::make_strand(Any(executor))); }
    SECTION("an erased loop") { check_own_thread(loop, Any(executor)); }
    SECTION("an erased strand") { check_own_thread(loop, Any(strand)); }
    SECTION("an executor of the application's own") { check_own_thread(loop, OwnExecutor(loop)); }
    SECTION("a strand over that") { check_own_thread(loop, boost::asio::make_strand(OwnExecutor(loop))); }
}

TEST_CASE("The same with a pool of threads, and a strand over it") {
    boost::asio::thread_pool pool(1);
    const auto check = [&](const auto& executor) {
        lcm::testing::Script script;
        std::optional<RealTimeClient> client;
        client.emplace(lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script), executor);
        std::promise<std::pair<std::string, double>> done;
        boost::asio::post(executor, [&] {
            const auto ending = ending_of(client->call_and_wait(sample()));
            done.set_value({ending, seconds_of([&] { client->close(2s); })});
        });
        const auto [ending, closing] = done.get_future().get();
        CHECK(ending == "would_deadlock (not_sent)");
        CHECK(closing < 1);
        std::promise<void> idle; // the client's last step is over
        boost::asio::post(executor, [&] { idle.set_value(); });
        idle.get_future().wait();
    };
    check(pool.get_executor());
    check(boost::asio::make_strand(pool));
    check(boost::asio::any_io_executor(pool.get_executor()));
    check(boost::asio::any_io_executor(boost::asio::make_strand(pool)));
    pool.join();
}
