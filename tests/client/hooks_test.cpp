// SPDX-License-Identifier: BSL-1.0
// What the hooks are told besides the results: the truth about unknown endings, events, in bounded memory.
#include <session/random.hpp>
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::SettledBy;
using lcm::testing::reply;
using lcm::testing::ws_error;

namespace {

SetOutcome about(const std::string& callid, const std::string& lcm_key) {
    SetOutcome request = sample(callid);
    request.account_number = lcm_key;
    return request;
}

// One whose first request has ended as unknown.
struct DoubtfulBench : Bench {
    std::future<lcm::OutcomeResponse> first;

    explicit DoubtfulBench(bool link_stays, lcm::ClientConfig config = {}) : Bench(std::move(config)) {
        first = client->call(about("1", "5|3"), {.deadline = 1s});
        run();
        if (link_stays) {
            advance(1s);
        } else {
            script.drop();
            advance(500ms);
        }
        if (ending_of(result_of(first)).find("(unknown)") == std::string::npos) throw std::logic_error("not unknown");
    }
};

} // namespace

TEST_CASE("The event with its LCM key settles a request that ended as unknown, whether the link stayed or not") {
    for (const bool link_stays : {true, false}) {
        CAPTURE(link_stays);
        DoubtfulBench bench(link_stays);
        bench.receive(outcome_was_set("9|9"));
        CHECK(bench.settled.empty());
        bench.receive(outcome_was_set("5|3"));
        REQUIRE(bench.settled.size() == 1);
        CHECK(bench.settled[0].delivery == Delivery::accepted);
        CHECK(bench.settled[0].by == SettledBy::event);
        CHECK(bench.settled[0].reported.callid == "1");
        CHECK(bench.settled[0].reported.delivery == Delivery::unknown);
        bench.receive(outcome_was_set("5|3")); // it is known already
        CHECK(bench.settled.size() == 1);
        CHECK(bench.events.size() == 3); // it is an event all the same
        CHECK(bench.client->stats().settled == 1);
    }
}

TEST_CASE("A reply that comes over the next link settles the request of the one before") {
    for (const bool success : {true, false}) {
        DoubtfulBench bench(false);
        bench.receive(reply<SetOutcome>("1", success));
        REQUIRE(bench.settled.size() == 1);
        CHECK(bench.settled[0].delivery == (success ? Delivery::accepted : Delivery::refused));
        CHECK(bench.settled[0].by == SettledBy::late_reply);
        CHECK(bench.settled[0].reported.code == lcm::Errc::connection_lost);
    }
}

TEST_CASE("What may be an echo over the next link settles nothing") {
    DoubtfulBench bench(false);
    bench.receive(R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
                  R"("data":{"callid":"1","response":{"success":true}}})");
    bench.receive(R"({"subtopic":"OutcomeSetForCall","data":"5|3"})");
    CHECK(bench.settled.empty());
    CHECK(bench.events.size() == 2);
}

TEST_CASE("A reply that could not be understood is settled by the event") {
    Bench bench;
    auto future = bench.client->call(about("1", "5|3"));
    bench.run();
    bench.receive(R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult","message":{"callid":"1"}})");
    CHECK(ending_of(future) == "bad_reply (unknown)");
    bench.receive(outcome_was_set("5|3"));
    REQUIRE(bench.settled.size() == 1);
    CHECK(bench.settled[0].reported.reply.reveal().empty()); // it was told, and can be large
}

TEST_CASE("What may be meant for another request settles nothing") {
    SECTION("another request with the same LCM key is under way") {
        DoubtfulBench bench(true);
        static_cast<void>(bench.client->call(about("2", "5|3")));
        bench.run();
        bench.receive(outcome_was_set("5|3"));
        CHECK(bench.settled.empty());
    }
    SECTION("another one with the same LCM key has been under way since before that") {
        Bench bench;
        static_cast<void>(bench.client->call(about("1", "5|3"), {.deadline = 1s}));
        auto second = bench.client->call(about("2", "5|3"), {.deadline = 60s});
        bench.advance(1s);
        bench.receive(outcome_was_set("5|3"));
        CHECK(bench.settled.empty());
        bench.receive(reply<SetOutcome>("2"));
        CHECK(ending_of(second) == "accepted");
        bench.receive(outcome_was_set("5|3"));
        CHECK(bench.settled.empty());
    }
    SECTION("another one with the same LCM key was accepted since") {
        DoubtfulBench bench(true);
        auto second = bench.client->call(about("2", "5|3"));
        bench.run();
        bench.receive(reply<SetOutcome>("2"));
        CHECK(ending_of(second) == "accepted");
        bench.receive(outcome_was_set("5|3"));
        CHECK(bench.settled.empty());
        bench.receive(reply<SetOutcome>("1")); // its own late reply does
        CHECK(bench.settled.size() == 1);
    }
    SECTION("two with the same LCM key are unknown") {
        DoubtfulBench bench(true);
        static_cast<void>(bench.client->call(about("2", "5|3"), {.deadline = 1s}));
        bench.advance(1s);
        bench.receive(outcome_was_set("5|3"));
        CHECK(bench.settled.empty());
    }
    SECTION("the next one for the same call was answered over the next link") {
        DoubtfulBench bench(false);
        auto second = bench.client->call(about("1", "7|7"));
        bench.run();
        bench.receive(reply<SetOutcome>("1"));
        CHECK(ending_of(second) == "accepted");
        bench.receive(reply<SetOutcome>("1")); // a duplicate
        CHECK(bench.settled.empty());
    }
}

TEST_CASE("An event without a text, or with another subtopic, settles nothing") {
    for (const std::string& message :
         {std::string(R"({"subtopic":"OutcomeSetForCall","message":{"AccountNumber":"5|3"}})"),
          std::string(R"({"subtopic":"OutcomeSetForCall","message":""})"),
          std::string(R"({"subtopic":"SomethingElse","message":"5|3"})")}) {
        DoubtfulBench bench(true);
        bench.receive(message);
        CHECK(bench.settled.empty());
    }
}

TEST_CASE("What was accepted, refused or not sent is not settled") {
    Bench bench;
    auto accepted = bench.client->call(about("1", "5|1"));
    auto refused = bench.client->call(about("2", "5|2"));
    bench.run();
    bench.receive(reply<SetOutcome>("1"));
    bench.receive(ws_error("Invalid Call ID:2"));
    bench.script.fail_open(lcm::Errc::connect_failed);
    bench.script.drop();
    bench.run();
    auto not_sent = bench.client->call(about("3", "5|3"), {.deadline = 1s});
    bench.advance(1s);
    CHECK(ending_of(not_sent) == "timed_out (not_sent)");
    bench.script.fail_open({});
    bench.client->reconnect_now();
    bench.run();
    for (const char* key : {"5|1", "5|2", "5|3"}) bench.receive(outcome_was_set(key));
    for (const char* call : {"1", "2", "3"}) bench.receive(reply<SetOutcome>(call));
    CHECK(bench.settled.empty());
}

TEST_CASE("The unknown ones are remembered for a bounded time, and a bounded number of them") {
    SECTION("time") {
        DoubtfulBench bench(false, {.settle_within = 60s});
        bench.advance(62s);
        bench.receive(outcome_was_set("5|3"));
        CHECK(bench.settled.empty());
    }
    SECTION("number") {
        Bench bench({.limits = {.unsettled = 2}});
        for (const char* call : {"1", "2", "3"})
            static_cast<void>(bench.client->call(about(call, std::string("5|") + call)));
        bench.run();
        bench.script.drop();
        bench.advance(500ms);
        bench.receive(outcome_was_set("5|3"));
        CHECK(bench.settled.empty()); // one more than two were to be remembered
        bench.receive(outcome_was_set("5|1"));
        bench.receive(outcome_was_set("5|2"));
        CHECK(bench.settled.size() == 2);
    }
}

TEST_CASE("A slow consumer loses the oldest events, counted, and no state and no truth") {
    boost::asio::io_context user_interface;
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    lcm::testing::Script script;
    std::vector<std::string> told;
    lcm::ClientConfig config{
        .source = "test", .limits = {.events = 3}, .hooks_executor = user_interface.get_executor()};
    config.on_state = [&](const lcm::LinkStatus& status) { told.emplace_back(to_string(status.state)); };
    config.on_settled = [&](const lcm::Settled& truth) { told.push_back("settled " + truth.reported.callid); };
    config.on_event = [&](std::string_view text) { told.emplace_back(text); };
    ScriptedClient client(std::move(config), lcm::testing::scripted(script), loop.get_executor(), clock);
    auto future = client.call(sample("1"), {.deadline = 1s});
    loop.poll();
    clock.advance(1s);
    loop.poll();
    script.receive(reply<SetOutcome>("1"));
    for (const char* event : {"0", "1", "2", "3", "4"})
        script.receive(std::string(R"({"subtopic":"E","message":)") + event + "}");
    loop.poll();
    CHECK(told.empty());
    CHECK(client.stats().events_dropped == 2);

    user_interface.poll();
    CHECK(told == std::vector<std::string>{"connecting", "ready", "settled 1", R"({"subtopic":"E","message":2})",
                                           R"({"subtopic":"E","message":3})", R"({"subtopic":"E","message":4})"});
    script.receive(R"({"subtopic":"E","message":5})");
    loop.poll();
    user_interface.restart();
    user_interface.poll();
    CHECK(told.back() == R"({"subtopic":"E","message":5})");
    CHECK(client.stats().events_dropped == 2);
}

TEST_CASE("Events that wait are bounded in bytes, too") {
    boost::asio::io_context user_interface;
    Bench bench;
    std::vector<std::string> told;
    lcm::ClientConfig config{
        .source = "test", .limits = {.events_bytes = 100}, .hooks_executor = user_interface.get_executor()};
    config.on_event = [&](std::string_view text) { told.emplace_back(text); };
    bench.client.emplace(std::move(config), lcm::testing::scripted(bench.script), bench.loop.get_executor(),
                         bench.clock);
    const std::string large = R"({"subtopic":"E","message":")" + std::string(200, 'x') + "\"}";
    for (const std::string& event : {std::string(R"({"subtopic":"E","message":"1234567890"})"),
                                     std::string(R"({"subtopic":"E","message":"2234567890"})"),
                                     std::string(R"({"subtopic":"E","message":"3234567890"})"), large})
        bench.receive(event);
    CHECK(bench.client->stats().events_dropped == 3);
    user_interface.poll();
    CHECK(told == std::vector<std::string>{large}); // the newest, however large: the bound on messages holds for it
}

TEST_CASE("A client that has gone posts nothing to the executor of its hooks") {
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    lcm::testing::Script script;
    auto user_interface = std::make_unique<boost::asio::io_context>();
    lcm::ClientConfig config{.source = "test", .hooks_executor = user_interface->get_executor()};
    config.on_state = [](const lcm::LinkStatus&) {};
    std::optional<ScriptedClient> client;
    client.emplace(std::move(config), lcm::testing::scripted(script), loop.get_executor(), clock);
    loop.poll();
    user_interface->poll();
    client.reset();
    user_interface.reset();
    loop.restart();
    loop.poll(); // the address sanitizer would tell
    CHECK(script.is_closed_by_client());
}

namespace {

enum class Executors {
    none,  ///< the hooks and the handlers have the client's
    same,  ///< they name it
    apart, ///< they have one that is not the client's
};

// A client whose notices and results are noted as they run, and messages that come in any bursts.
class OrderBench {
public:
    explicit OrderBench(Executors executors) : executors_(executors) {
        lcm::ClientConfig config{.source = "test"};
        if (executors == Executors::same) config.hooks_executor = loop_.get_executor();
        if (executors == Executors::apart) config.hooks_executor = user_interface_.get_executor();
        config.on_event = [this](std::string_view text) { note(std::string(text)); };
        config.on_settled = [this](const lcm::Settled& truth) { ran_.push_back("settled " + truth.reported.callid); };
        client_.emplace(std::move(config), lcm::testing::scripted(script_), loop_.get_executor(), clock_);
        poll();
    }

    void call(const std::string& id, std::chrono::milliseconds deadline = 1h) {
        const auto handler = [this, id](const Outcome& result) {
            if (result) ran_.push_back("answered " + id);
        };
        if (executors_ == Executors::none) client_->async_call(sample(id), {.deadline = deadline}, handler);
        else {
            const auto executor = executors_ == Executors::same ? loop_.get_executor() : user_interface_.get_executor();
            client_->async_call(sample(id), {.deadline = deadline}, boost::asio::bind_executor(executor, handler));
        }
        poll();
    }

    // Each comes over the wire; what runs comes later.
    void tell_event(const std::string& name) {
        told_.push_back("event " + name);
        script_.receive(R"({"subtopic":")" + name + R"(","message":{}})");
    }
    void answer(const std::string& id) {
        told_.push_back("answered " + id);
        script_.receive(reply<SetOutcome>(id));
    }
    void settle(const std::string& id) {
        told_.push_back("settled " + id);
        script_.receive(reply<SetOutcome>(id));
    }

    void advance(std::chrono::nanoseconds time) {
        clock_.advance(time);
        poll();
    }
    void step() {
        loop_.restart();
        loop_.poll_one();
    }
    void step_user_interface() {
        user_interface_.restart();
        user_interface_.poll_one();
    }
    void poll() {
        for (std::size_t done = 1; done != 0;) {
            loop_.restart();
            user_interface_.restart();
            done = loop_.poll() + user_interface_.poll();
        }
    }

    [[nodiscard]] const std::vector<std::string>& told() const noexcept { return told_; }
    [[nodiscard]] const std::vector<std::string>& ran() const noexcept { return ran_; }

private:
    void note(const std::string& text) {
        const std::string begin = R"({"subtopic":")";
        ran_.push_back("event " + text.substr(begin.size(), text.find('"', begin.size()) - begin.size()));
    }

    Executors executors_;
    boost::asio::io_context user_interface_; // for which requests in the loop have work
    boost::asio::io_context loop_;
    lcm::testing::ManualClock clock_;
    lcm::testing::Script script_;
    std::optional<ScriptedClient> client_;
    std::vector<std::string> told_;
    std::vector<std::string> ran_;
};

// Whether each notice that was told before a result has run before it.
bool are_in_order(const std::vector<std::string>& told, const std::vector<std::string>& ran) {
    std::size_t next = 0; // of the notices that have run
    std::vector<std::string> notices;
    for (const std::string& one : ran)
        if (!one.starts_with("answered")) notices.push_back(one);
    for (const std::string& one : told) {
        if (!one.starts_with("answered")) {
            if (next == notices.size() || notices[next++] != one) return false;
            continue;
        }
        const auto result = std::find(ran.begin(), ran.end(), one);
        if (result == ran.end()) return false;
        const auto before =
            std::count_if(ran.begin(), result, [](const std::string& other) { return !other.starts_with("answered"); });
        if (static_cast<std::size_t>(before) < next) return false;
    }
    return ran.size() == told.size();
}

} // namespace

TEST_CASE("A notice that was told before a result runs before it on the same executor, however they come") {
    Random random(17);
    for (const auto executors : {Executors::none, Executors::same, Executors::apart}) {
        for (int round = 0; round < 300; ++round) {
            OrderBench bench(executors);
            for (int i = 0; i < 3; ++i) bench.call("late" + std::to_string(i), 1s);
            bench.advance(1s);
            for (int i = 0; i < 6; ++i) bench.call(std::to_string(i));
            int answered = 0;
            int settled = 0;
            for (int i = 0; i < 24; ++i) {
                switch (random.below(6)) {
                case 0:
                    if (answered < 6) bench.answer(std::to_string(answered++));
                    break;
                case 1:
                    if (settled < 3) bench.settle("late" + std::to_string(settled++));
                    break;
                case 2:
                case 3: bench.tell_event("E" + std::to_string(i)); break;
                case 4: bench.step(); break;
                default: bench.step_user_interface();
                }
            }
            bench.poll();
            CAPTURE(static_cast<int>(executors), round, bench.told(), bench.ran());
            REQUIRE(are_in_order(bench.told(), bench.ran()));
        }
    }
}

TEST_CASE("Hooks are called one at a time also where their executor has many threads, or runs another loop in a call") {
    boost::asio::thread_pool pool(4);
    std::atomic<int> inside{0};
    std::atomic<int> at_most{0};
    std::atomic<int> calls{0};
    {
        Bench bench;
        lcm::ClientConfig config{.source = "test", .hooks_executor = pool.get_executor()};
        config.on_event = [&](std::string_view) {
            at_most = (std::max)(at_most.load(), ++inside);
            std::this_thread::yield();
            --inside;
            ++calls;
        };
        bench.client.emplace(std::move(config), lcm::testing::scripted(bench.script), bench.loop.get_executor(),
                             bench.clock);
        for (int i = 0; i < 500; ++i) bench.receive(R"({"subtopic":"E","message":{}})");
        while (calls < 500) std::this_thread::yield();
        CHECK(bench.client->stats().events_dropped == 0);
    }
    pool.join();
    CHECK(at_most == 1);
    CHECK(calls == 500);
}

TEST_CASE("A hook that throws leaves the application's loop, and the next one is called all the same") {
    Bench bench;
    lcm::ClientConfig config{.source = "test"};
    std::vector<std::string> told;
    config.on_event = [&](std::string_view text) {
        told.emplace_back(text);
        throw std::runtime_error("a hook's");
    };
    bench.client.emplace(std::move(config), lcm::testing::scripted(bench.script), bench.loop.get_executor(),
                         bench.clock);
    bench.script.receive(R"({"subtopic":"E","message":1})");
    bench.script.receive(R"({"subtopic":"E","message":2})");
    CHECK_THROWS_WITH(bench.run(), "a hook's");
    CHECK_THROWS_WITH(bench.run(), "a hook's");
    bench.run();
    CHECK(told.size() == 2);
}

TEST_CASE("The counters tell what is pending, queued, reconnected, settled and tolerated") {
    DoubtfulBench bench(false);
    bench.receive(outcome_was_set("5|3"));
    bench.script.hold_send();
    auto writing = bench.client->call(sample("7"));
    bench.run();
    auto queued = bench.client->call(sample("8"));
    bench.run();
    const lcm::Stats stats = bench.client->stats();
    CHECK(stats.unknown == 1);
    CHECK(stats.settled == 1);
    CHECK(stats.reconnects == 1);
    CHECK(stats.unmatched_messages == 1);
    CHECK(stats.pending == 2);
    CHECK(stats.queued == 1);
}
