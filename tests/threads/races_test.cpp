// SPDX-License-Identifier: BSL-1.0
// Threads that call, cancel, watch, reconnect, close and destroy at once. The thread sanitizer runs these too.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <lcm_client/json.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;

namespace {

using Client = lcm::LcmClient<lcm::testing::ScriptedTransport>; // on the real clock, with a thread of its own
using Answers = std::vector<std::future<lcm::OutcomeResponse>>;

constexpr auto patience = 20s;
constexpr int callers = 3;
constexpr int calls_each = 200;

std::string callid_in(std::string_view message) {
    return lcm::Json::parse(message).at("data").at("callid").get<std::string>();
}

/// A server that answers most requests, forgets some, adds events, and now and then breaks the link. It has to outlive
/// the client.
struct UnsteadyServer {
    lcm::testing::Script script;
    int count = 0; // on the client's strand

    UnsteadyServer() {
        script.answer([this](std::string_view message) -> std::vector<std::string> {
            ++count;
            if (count % 97 == 0) script.drop();
            if (count % 7 == 0) return {};
            return {reply<SetOutcome>(callid_in(message), count % 5 != 0), R"({"subtopic":"Event","message":1})"};
        });
    }
};

struct Told {
    std::atomic<std::size_t> states{0};
    std::atomic<std::size_t> settled{0};
    std::atomic<std::size_t> events{0};

    [[nodiscard]] lcm::ClientConfig config() {
        return {.source = "test",
                .deadline = 200ms,
                .limits = {.backlog_per_second = 100'000},
                .on_state = [this](const lcm::LinkStatus&) { ++states; },
                .on_settled = [this](const lcm::Settled&) { ++settled; },
                .on_event = [this](std::string_view) { ++events; }};
    }
};

/// Calls, and cancels every third request while it may be anywhere.
Answers call_and_cancel(Client& client, int caller) {
    Answers answers;
    for (int i = 0; i < calls_each; ++i) {
        std::stop_source stop;
        const std::string callid = std::to_string(caller) + "-" + std::to_string(i % 20);
        answers.push_back(client.call(sample(callid), {.stop = stop.get_token()}));
        if (i % 3 == 0) stop.request_stop();
    }
    return answers;
}

std::vector<std::future<Answers>> start_callers(Client& client) {
    std::vector<std::future<Answers>> running;
    for (int i = 0; i < callers; ++i)
        running.push_back(std::async(std::launch::async, [&client, i] { return call_and_cancel(client, i); }));
    return running;
}

/// How many of the answers never became ready.
std::size_t count_unready(std::vector<std::future<Answers>>& running) {
    std::size_t unready = 0;
    for (auto& caller : running)
        for (auto& answer : caller.get()) unready += answer.wait_for(patience) == std::future_status::ready ? 0U : 1U;
    return unready;
}

} // namespace

TEST_CASE("Many threads call and cancel, one watches and one asks for reconnects: every request ends") {
    Told told;
    UnsteadyServer server;
    Client client(told.config(), lcm::testing::scripted(server.script));
    std::atomic<bool> is_over{false};
    std::thread watcher([&] {
        while (!is_over) {
            static_cast<void>(client.stats());
            client.reconnect_now();
            std::this_thread::yield();
        }
    });
    auto running = start_callers(client);
    CHECK(count_unready(running) == 0);
    is_over = true;
    watcher.join();
    client.close(0ms);
    const lcm::Stats stats = client.stats();
    CHECK(stats.accepted + stats.refused + stats.not_sent + stats.unknown == callers * calls_each);
    CHECK(stats.pending == 0);
    CHECK(stats.queued == 0);
    CHECK(told.states > 0);
}

TEST_CASE("The client is closed by two threads at once while others call: every request ends") {
    Told told;
    UnsteadyServer server;
    Client client(told.config(), lcm::testing::scripted(server.script));
    auto running = start_callers(client);
    auto other = std::async(std::launch::async, [&] { client.close(1ms); });
    client.close(0ms);
    other.get();
    CHECK(count_unready(running) == 0);
    CHECK(client.stats().pending == 0);
}

TEST_CASE("The client is destroyed as soon as the last call has returned: every request is ready by then") {
    Told told;
    UnsteadyServer server;
    auto client = std::make_optional<Client>(told.config(), lcm::testing::scripted(server.script));
    auto running = start_callers(*client);
    std::vector<Answers> answers;
    for (auto& caller : running) answers.push_back(caller.get());
    client.reset();
    std::size_t unready = 0;
    for (const Answers& of_one : answers)
        for (const auto& answer : of_one) unready += is_ready(answer) ? 0U : 1U;
    CHECK(unready == 0);
}

TEST_CASE("Requests are cancelled by one thread while another one's answers arrive: every request ends") {
    Told told;
    lcm::testing::Script script;
    script.answer(
        [](std::string_view message) { return std::vector<std::string>{reply<SetOutcome>(callid_in(message))}; });
    Client client(told.config(), lcm::testing::scripted(script));
    std::vector<std::stop_source> stops(calls_each);
    Answers answers;
    std::thread canceller;
    for (int i = 0; i < calls_each; ++i) {
        answers.push_back(
            client.call(sample(std::to_string(i)), {.stop = stops[static_cast<std::size_t>(i)].get_token()}));
        if (i == 0)
            canceller = std::thread([&stops] {
                for (auto& stop : stops) stop.request_stop();
            });
    }
    canceller.join();
    std::size_t unready = 0;
    for (auto& answer : answers) unready += answer.wait_for(patience) == std::future_status::ready ? 0U : 1U;
    CHECK(unready == 0);
}

TEST_CASE(
    "Clients with hooks on another thread come and go: neither thread is the last to hold what the other destroys") {
    boost::asio::thread_pool hooks(1);
    lcm::testing::ManualClock clock;
    std::size_t told = 0; // on the pool's thread
    constexpr int clients = 300;
    for (int i = 0; i < clients; ++i) {
        lcm::testing::Script script;
        lcm::ClientConfig config{.source = "test", .hooks_executor = hooks.get_executor()};
        config.on_state = [&told](const lcm::LinkStatus&) { ++told; };
        boost::asio::cancellation_signal signal;
        std::atomic<int> ended{0};
        {
            lcm::LcmClient<lcm::testing::ScriptedTransport> client(std::move(config), lcm::testing::scripted(script));
            client.async_call(
                sample(), boost::asio::bind_cancellation_slot(signal.slot(), [&ended](const Outcome&) { ++ended; }));
            if (i % 3 != 0) std::this_thread::yield();
            if (i % 2 == 0) client.close(0ms);
        }
        signal.emit(boost::asio::cancellation_type::all);
    }
    hooks.join();
    CHECK(told <= clients * 3);
}

TEST_CASE("A client on a loop of several threads, with hooks on a pool, is used and destroyed by others") {
    Told told;
    UnsteadyServer server;
    boost::asio::thread_pool hooks(2);
    boost::asio::io_context loop;
    auto work = boost::asio::make_work_guard(loop);
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) threads.emplace_back([&] { loop.run(); });

    lcm::ClientConfig config = told.config();
    config.hooks_executor = hooks.get_executor();
    auto client =
        std::make_optional<Client>(std::move(config), lcm::testing::scripted(server.script), loop.get_executor());
    std::atomic<int> handled{0};
    for (int i = 0; i < calls_each; ++i)
        client->async_call(sample(std::to_string(i)), [&handled](const Outcome&) { ++handled; });
    auto running = start_callers(*client);
    CHECK(count_unready(running) == 0);
    client.reset();
    work.reset();
    for (auto& thread : threads) thread.join();
    hooks.join(); // a hook that was running may have used `told`
    CHECK(handled == calls_each);
}
