// SPDX-License-Identifier: BSL-1.0
// The ends of a client: closing, destruction from anywhere, loops that stop or die first. Also run under ASAN and TSAN.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
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

using ThreadedClient = lcm::LcmClient<lcm::testing::ScriptedTransport>;

// Only the call "busy" gets its reply.
void answer_busy_only(lcm::testing::Script& script) {
    script.answer([](std::string_view message) {
        if (message.find("\"busy\"") == std::string_view::npos) return std::vector<std::string>{};
        return std::vector<std::string>{reply<SetOutcome>("busy")};
    });
}

} // namespace

TEST_CASE("Every future is ready when the client has gone, and says what became of its request") {
    SECTION("the loop never ran") {
        Bench bench;
        auto future = bench.client->call(sample());
        bench.client.reset();
        CHECK(ending_of(future) == "client_closed (not_sent)");
        bench.run();
        CHECK(bench.script.sent().empty());
    }
    SECTION("the connection was not open yet") {
        Bench bench;
        bench.script.hold_open();
        auto future = bench.client->call(sample());
        bench.run();
        bench.client.reset();
        CHECK(ending_of(future) == "client_closed (not_sent)");
        bench.run();
        CHECK(bench.script.is_closed_by_client());
    }
    SECTION("the request was written, the loop stopped") {
        Bench bench;
        auto future = bench.client->call(sample());
        bench.run();
        bench.loop.stop();
        bench.client.reset();
        CHECK(ending_of(future) == "client_closed (unknown)");
    }
    SECTION("one was held back behind another") {
        Bench bench;
        auto first = bench.client->call(sample());
        auto second = bench.client->call(sample());
        bench.run();
        bench.client.reset();
        CHECK(ending_of(first) == "client_closed (unknown)");
        CHECK(ending_of(second) == "client_closed (not_sent)");
    }
}

TEST_CASE("The destructor hands every handler to its executor, once") {
    Bench bench;
    std::vector<std::string> endings;
    bench.client->async_call(sample("1"), [&](const Outcome& r) { endings.push_back(ending_of(r)); });
    bench.run();
    bench.client->async_call(sample("2"), [&](const Outcome& r) { endings.push_back(ending_of(r)); });
    bench.client.reset();
    CHECK(endings.empty());
    bench.run();
    REQUIRE(endings.size() == 2);
    CHECK((endings == std::vector<std::string>{"client_closed (unknown)", "client_closed (not_sent)"} ||
           endings == std::vector<std::string>{"client_closed (not_sent)", "client_closed (unknown)"}));
    CHECK(bench.script.is_closed_by_client());
    CHECK(bench.loop.run() == 0); // nothing of the client keeps the loop at work
}

TEST_CASE("A client may be destroyed inside its own callback, with others pending") {
    Bench bench;
    std::vector<std::string> endings;
    bench.client->async_call(sample("1"), [&](const Outcome& result) {
        endings.push_back(ending_of(result));
        bench.client.reset();
    });
    bench.client->async_call(sample("2"), [&](const Outcome& result) { endings.push_back(ending_of(result)); });
    auto future = bench.client->call(sample("3"));
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    CHECK(endings == std::vector<std::string>{"accepted", "client_closed (unknown)"});
    CHECK(ending_of(future) == "client_closed (unknown)");
}

TEST_CASE("After a handler has thrown, what was due behind it still reaches its waiter, even if nothing runs again") {
    for (const bool outlives_loop : {false, true}) {
        CAPTURE(outlives_loop);
        lcm::testing::ManualClock clock;
        lcm::testing::Script script;
        std::optional<ScriptedClient> client;
        std::future<lcm::OutcomeResponse> future;
        std::string ending;
        {
            boost::asio::io_context loop;
            client.emplace(lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script), loop.get_executor(),
                           clock);
            client->async_call(sample("1"), [](const Outcome&) { throw std::runtime_error("a bug"); });
            future = client->call(sample("2"));
            client->async_call(sample("3"), [&](const Outcome& result) { ending = ending_of(result); });
            loop.poll();
            script.drop();
            CHECK_THROWS_WITH(loop.poll(), "a bug");
            CHECK(ending_of(future) == "connection_lost (unknown)");
            if (!outlives_loop) {
                client.reset();
                loop.poll();
                CHECK(ending == "connection_lost (unknown)");
            }
        }
        client.reset();
    }
}

TEST_CASE("A future is ready after the destructor also while a handler of the same step is still running") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    auto client = std::make_unique<ThreadedClient>(lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script),
                                                   loop.get_executor());
    std::promise<void> running;
    std::promise<void> go_on;
    client->async_call(sample("1"), [&](const Outcome&) {
        running.set_value();
        go_on.get_future().wait();
    });
    auto future = client->call(sample("2"));
    loop.poll();
    script.drop();
    std::thread runner([&] { loop.run(); });
    running.get_future().wait();
    client.reset();
    CHECK(ending_of(future) == "connection_lost (unknown)");
    go_on.set_value();
    runner.join();
}

TEST_CASE("After the destructor no hook is called, and no connection is made") {
    Bench bench;
    bench.run();
    bench.script.receive(reply<SetOutcome>("somebody else"));
    bench.client.reset();
    bench.run();
    CHECK(bench.events.empty());

    Bench unopened;
    unopened.client.reset();
    unopened.run();
    CHECK(unopened.script.connections() == 0);
}

TEST_CASE("Calling and closing within one function of the loop sends nothing and waits for nothing") {
    Bench bench;
    bench.run();
    std::string ending;
    boost::asio::post(bench.loop, [&] {
        bench.client->async_call(sample("1"), [&](const Outcome& result) { ending = ending_of(result); });
        auto future = bench.client->call(sample("2"));
        const auto start = std::chrono::steady_clock::now();
        bench.client->close(60s);
        CHECK(std::chrono::steady_clock::now() - start < 30s);
        CHECK(ending_of(future) == "client_closed (not_sent)");
    });
    bench.run();
    CHECK(ending == "client_closed (not_sent)");
    CHECK(bench.script.sent().empty());
}

TEST_CASE("Another handler's exception leaves the loop, and not the close() that ran the handler") {
    Bench bench;
    bool closed = false;
    bench.client->async_call(sample("1"), [&](const Outcome&) {
        bench.client->close();
        closed = true;
    });
    bench.client->async_call(sample("2"), [](const Outcome&) { throw std::runtime_error("a bug"); });
    bench.run();
    bench.script.receive(reply<SetOutcome>("1"));
    CHECK_THROWS_WITH(bench.loop.poll(), "a bug");
    CHECK(closed);
}

TEST_CASE("Closing drains without a bound if it is told so") {
    lcm::testing::Script script;
    script.answer([](std::string_view) { return std::vector<std::string>{reply<SetOutcome>("1")}; });
    ThreadedClient client({.source = "test"}, lcm::testing::scripted(script));
    auto future = client.call(sample("1"));
    client.close(std::chrono::milliseconds::max());
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE("A client may be destroyed inside the hooks for late truths and for events") {
    for (const bool late : {true, false}) {
        boost::asio::io_context loop;
        lcm::testing::ManualClock clock;
        lcm::testing::Script script;
        std::optional<ScriptedClient> client;
        client.emplace(lcm::ClientConfig{.source = "test",
                                         .on_settled = [&](const lcm::Settled&) { client.reset(); },
                                         .on_event = [&](std::string_view) { client.reset(); }},
                       lcm::testing::scripted(script), loop.get_executor(), clock);
        auto future = client->call(sample());
        loop.poll();
        clock.advance(10s);
        loop.poll();
        script.receive(reply<SetOutcome>(late ? "12345" : "other"));
        loop.poll();
        CHECK_FALSE(client);
        loop.poll();
    }
}

TEST_CASE("A client may outlive its loop: its requests end, and later ones fail") {
    lcm::testing::ManualClock clock;
    lcm::testing::Script script;
    std::optional<ScriptedClient> client;
    std::future<lcm::OutcomeResponse> written;
    std::future<lcm::OutcomeResponse> unsubmitted;
    {
        boost::asio::io_context loop;
        client.emplace(lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script), loop.get_executor(), clock);
        written = client->call(sample("1"));
        loop.poll();
        unsubmitted = client->call(sample("2"));
        client->async_call(sample("3"), [](const Outcome&) {});
    }
    CHECK(ending_of(written) == "client_closed (unknown)");
    CHECK(ending_of(unsubmitted) == "client_closed (not_sent)");
    auto later = client->call(sample("4"));
    CHECK(ending_of(later) == "client_closed (not_sent)");
    clock.advance(1h);
    client.reset();
}

TEST_CASE("What waits in the executor of the hooks needs neither the client nor its loop, and both may have gone") {
    lcm::testing::Script script;
    boost::asio::io_context hooks;
    std::vector<lcm::LinkState> told;
    {
        boost::asio::io_context loop;
        lcm::ClientConfig config{.source = "test", .hooks_executor = hooks.get_executor()};
        config.on_state = [&told](const lcm::LinkStatus& status) { told.push_back(status.state); };
        ThreadedClient client(std::move(config), lcm::testing::scripted(script), loop.get_executor());
        loop.poll();
        client.close(0ms);
    }
    // Who was to tell of each state is there, and has nothing to tell since the client has gone.
    CHECK(hooks.run() == 2);
    CHECK(told.empty());
}

TEST_CASE("Closing a client whose loop was destroyed does not wait for it") {
    lcm::testing::Script script;
    std::optional<ThreadedClient> client;
    {
        boost::asio::io_context loop;
        client.emplace(lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script), loop.get_executor());
        loop.poll();
    }
    const auto begin = std::chrono::steady_clock::now();
    client->close(20s);
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("A client whose loop died while its destruction waited there leaves nothing behind") {
    lcm::testing::ManualClock clock;
    lcm::testing::Script script;
    boost::asio::io_context* loop = new boost::asio::io_context;
    {
        ScriptedClient client({.source = "test"}, lcm::testing::scripted(script), loop->get_executor(), clock);
        static_cast<void>(client.call(sample()));
        loop->poll();
    }
    delete loop; // with the client's last steps in its queue; the leak checker watches
    CHECK(script.sent().size() == 1);
}

TEST_CASE(
    "Closing ends what is pending, refuses what comes, runs the handlers before it returns, and may be repeated") {
    Bench bench;
    std::vector<std::string> endings;
    bench.client->async_call(sample("1"), [&](const Outcome& result) {
        endings.push_back(ending_of(result));
        bench.client->close(); // on the strand: cannot wait
        CHECK(endings == std::vector<std::string>{"accepted", "client_closed (unknown)"});
        bench.client->close();
    });
    bench.client->async_call(sample("2"), [&](const Outcome& result) { endings.push_back(ending_of(result)); });
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    CHECK(endings.size() == 2);
    auto later = bench.client->call(sample("3"));
    CHECK(ending_of(later) == "client_closed (not_sent)");
    CHECK(bench.script.is_closed_by_client());
    CHECK(bench.loop.run() == 0);
}

TEST_CASE("Closing on the application's only thread, outside the client's strand, does not wait for that thread") {
    Bench bench;
    std::string ending;
    bench.client->async_call(sample(), [&](const Outcome& result) { ending = ending_of(result); });
    bench.run();
    bool closed = false;
    boost::asio::post(bench.loop, [&] {
        const auto start = std::chrono::steady_clock::now();
        bench.client->close(60s);
        CHECK(std::chrono::steady_clock::now() - start < 30s);
        CHECK(ending == "client_closed (unknown)");
        closed = true;
    });
    bench.run();
    CHECK(closed);
}

TEST_CASE("Closing from another thread drains: what is answered in time is accepted, and no handler runs afterwards") {
    boost::asio::io_context loop;
    lcm::testing::Script script;
    std::atomic<bool> closed{false};
    std::vector<std::string> endings;
    ThreadedClient client({.source = "test"}, lcm::testing::scripted(script), loop.get_executor());
    client.async_call(sample("1"), [&](const Outcome& result) {
        endings.push_back(ending_of(result));
        if (closed) endings.emplace_back("after close");
    });
    std::thread runner([&] { loop.run(); });
    // The answer comes when the closing has begun, which a call that is refused shows.
    std::function<void()> answer_when_closing = [&] {
        auto probe = client.call(sample("probe"));
        const bool is_closing = is_ready(probe);
        if (!is_closing) script.receive(reply<SetOutcome>("probe"));
        else return script.receive(reply<SetOutcome>("1"));
        boost::asio::post(loop, answer_when_closing);
    };
    boost::asio::post(loop, answer_when_closing);
    client.close(60s);
    closed = true;
    runner.join();
    CHECK(endings == std::vector<std::string>{"accepted"});
}

TEST_CASE("Closing with a thread of its own ends what is unanswered when the time to drain is over") {
    lcm::testing::Script script;
    ThreadedClient client({.source = "test"}, lcm::testing::scripted(script));
    std::atomic<int> handlers{0};
    client.async_call(sample("1"), [&](const Outcome&) { ++handlers; });
    auto future = client.call(sample("2"));
    client.close(1ms);
    CHECK(handlers == 1);
    CHECK(ending_of(future).starts_with("client_closed"));
    CHECK(client.stats().pending == 0);
}

TEST_CASE("A client on the application's loop may be destroyed from another thread while that loop runs") {
    for (int repetition = 0; repetition < 20; ++repetition) {
        boost::asio::io_context loop;
        lcm::testing::Script script;
        script.answer([](std::string_view) { return std::vector<std::string>{reply<SetOutcome>("1")}; });
        std::atomic<int> ended{0};
        std::optional<ThreadedClient> client;
        client.emplace(lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script), loop.get_executor());
        std::thread runner([&] { loop.run(); });
        client->async_call(sample("1"), [&](const Outcome&) { ++ended; });
        client->async_call(sample("2"), [&](const Outcome&) { ++ended; });
        auto future = client->call(sample("3"));
        if (repetition % 2 == 0)
            while (ended == 0) std::this_thread::yield();
        client.reset();
        CHECK(ending_of(future).starts_with("client_closed"));
        runner.join(); // the loop has no more work
        CHECK(ended == 2);
    }
}

TEST_CASE("A client with its own thread may be destroyed inside its own callback") {
    lcm::testing::Script script;
    script.answer([](std::string_view) { return std::vector<std::string>{reply<SetOutcome>("1")}; });
    auto client = std::make_unique<ThreadedClient>(lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script));
    std::promise<void> destroyed;
    auto unanswered = client->call(sample("2"));
    std::future<void> done = destroyed.get_future();
    client->async_call(sample("1"), [&, promise = std::move(destroyed)](const Outcome&) mutable {
        client.reset();
        promise.set_value();
    });
    done.get();
    const std::string ending = ending_of(unanswered);
    CHECK(ending == "client_closed (unknown)");
}

TEST_CASE("A client with its own thread, destroyed while a handler runs there, still gives every callback its result") {
    for (int repetition = 0; repetition < 50; ++repetition) {
        lcm::testing::Script script;
        answer_busy_only(script);
        std::atomic<int> ended{0};
        std::promise<void> running;
        std::promise<void> go_on;
        std::thread releaser;
        {
            ThreadedClient client({.source = "test"}, lcm::testing::scripted(script));
            client.async_call(sample("busy"), [&](const Outcome&) {
                running.set_value();
                go_on.get_future().wait();
                ++ended;
            });
            running.get_future().wait();
            client.async_call(sample("pending"), [&](const Outcome&) { ++ended; });
            releaser = std::thread([&] { go_on.set_value(); });
        }
        releaser.join();
        REQUIRE(ended == 2);
    }
}

TEST_CASE("What a running handler has caused on the client's own thread still runs there, though it is being closed") {
    for (int repetition = 0; repetition < 50; ++repetition) {
        lcm::testing::Script script;
        answer_busy_only(script);
        std::atomic<int> ended{0};
        std::promise<void> running;
        auto client =
            std::make_unique<ThreadedClient>(lcm::ClientConfig{.source = "test"}, lcm::testing::scripted(script));
        client->async_call(sample("busy"), [&, client = client.get()](const Outcome&) {
            const auto pending = client->call(sample("pending"));
            client->async_call(sample("refused"), {.deadline = 0ms}, [&](const Outcome&) { ++ended; });
            running.set_value();
            pending.wait(); // what closes the client has ended it, and now posts the end of the link
            for (int i = 0; i < 100; ++i) std::this_thread::yield();
            ++ended;
        });
        running.get_future().wait();
        if (repetition % 2 == 0) client->close(0ms);
        else client.reset();
        REQUIRE(ended == 2);
    }
}

TEST_CASE("Threads may call, cancel, read the counters and close one client at once; each request ends once") {
    lcm::testing::Script script;
    script.answer([](std::string_view message) {
        const auto from = message.find("\"callid\":\"") + 10;
        return std::vector<std::string>{reply<SetOutcome>(message.substr(from, message.find('"', from) - from))};
    });
    constexpr int per_thread = 200;
    std::atomic<int> ended{0};
    std::vector<std::future<lcm::OutcomeResponse>> futures(per_thread);
    {
        ThreadedClient client({.source = "test"}, lcm::testing::scripted(script));
        std::thread callbacks([&] {
            for (int i = 0; i < per_thread; ++i)
                client.async_call(sample("a" + std::to_string(i)), [&](const Outcome&) { ++ended; });
        });
        std::thread with_futures([&] {
            for (int i = 0; i < per_thread; ++i) {
                std::stop_source stop;
                futures[static_cast<std::size_t>(i)] =
                    client.call(sample("b" + std::to_string(i)), {.stop = stop.get_token()});
                if (i % 3 == 0) stop.request_stop();
                static_cast<void>(client.stats());
            }
        });
        callbacks.join();
        std::thread closer([&] { client.close(1ms); });
        with_futures.join();
        closer.join();
    }
    CHECK(ended == per_thread);
    for (auto& future : futures) CHECK(is_ready(future));
}

TEST_CASE("A client can be moved, and the one that is assigned to ends its requests") {
    Bench bench;
    auto first = bench.client->call(sample("1"));
    bench.run();
    ScriptedClient moved = std::move(*bench.client);
    bench.receive(reply<SetOutcome>("1"));
    CHECK(ending_of(first) == "accepted");

    auto second = moved.call(sample("2"));
    lcm::testing::Script other;
    moved = ScriptedClient({.source = "test"}, lcm::testing::scripted(other), bench.loop.get_executor(), bench.clock);
    CHECK(ending_of(second) == "client_closed (not_sent)");
    auto third = moved.call(sample("3"));
    bench.run();
    CHECK(other.sent().size() == 1);
    other.receive(reply<SetOutcome>("3"));
    bench.run();
    CHECK(ending_of(third) == "accepted");
}
