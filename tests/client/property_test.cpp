// SPDX-License-Identifier: BSL-1.0
// The client under random events, over a link and a clock that the test moves: what it promises of each request holds.
#include <session/random.hpp>
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/expect.hpp>
#include <support/ledger.hpp>
#include <support/numbered.hpp>
#include <support/random_server.hpp>
#include <support/read_only.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::Errc;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t usual_steps = 50'000;
#else
constexpr std::uint64_t usual_steps = 300'000;
#endif
constexpr std::uint64_t longest_episode = 1000;

// One server, and one client after the other, in a mood of its own: each event may be frequent, rare or absent.
//
// The waits before the client's attempts to connect come from the system's randomness. Nothing may depend on them, or
// no seed could be repeated: each attempt stays under way until the test ends it, after `reconnect_now()`, and the loop
// runs empty when time has passed.
class Episode {
public:
    explicit Episode(Random& random) : random_(random), server_(random, ledger_, script_) {
        static constexpr std::array<std::size_t, 4> frequencies{0, 1, 4, 16};
        for (std::size_t& weight : weights_) weight = random_.one_of(frequencies);
        for (std::size_t i = 0; i < needed; ++i) weights_.at(i) = 32;
        for (std::size_t i = rare; i < weights_.size(); ++i) weights_.at(i) = random_.below(2);
        script_.answer([this](std::string_view message) {
            collect();
            server_.receive(message, clock_.now());
            return std::vector<std::string>();
        });
        script_.hold_open();
        make_client();
    }

    // Does one thing.
    void step() {
        clock_.advance(1ns); // what happens in two steps does not happen at the same time
        for (bool is_done = false; !is_done;) {
            if (!client_) replace();
            is_done = (this->*draw_action())();
        }
        if (must_run_) run();
        collect();
    }

    void finish() {
        destroy();
        expect(ledger_.pending() == 0, "every request ends");
    }

    [[nodiscard]] std::uint64_t digest() const noexcept { return ledger_.digest(); }

private:
    static constexpr std::size_t boundless = 100'000; // more than an episode has requests
    static constexpr std::size_t needed = 4;          // so many actions, the first ones, without which nothing happens
    static constexpr std::size_t rare = 17;           // from this one on, they are the end of a client

    using Action = bool (Episode::*)(); // false: it cannot be done now

    // What the caller holds of a request that has not ended, as far as it knows.
    struct Call {
        std::future<lcm::OutcomeResponse> future;
        std::stop_source stop;
        boost::asio::cancellation_signal signal;
        bool has_handler = false;
        bool found_queue_full = false;
        bool is_over = false;
    };

    Action draw_action() {
        static constexpr std::array<Action, 19> actions{&Episode::call,
                                                        &Episode::run_some,
                                                        &Episode::answer,
                                                        &Episode::restore_link,
                                                        &Episode::check_all,
                                                        &Episode::refuse_call,
                                                        &Episode::refuse_without_call,
                                                        &Episode::answer_late,
                                                        &Episode::tell,
                                                        &Episode::say_something_else,
                                                        &Episode::cancel,
                                                        &Episode::pass_time,
                                                        &Episode::sleep,
                                                        &Episode::drop,
                                                        &Episode::fail_attempt,
                                                        &Episode::hold_or_finish_send,
                                                        &Episode::retry_now,
                                                        &Episode::close,
                                                        &Episode::replace};
        static_assert(actions.size() == std::tuple_size_v<decltype(weights_)>);
        std::size_t draw = random_.below(std::accumulate(weights_.begin(), weights_.end(), std::size_t{0}));
        std::size_t i = 0;
        while (draw >= weights_.at(i)) draw -= weights_.at(i++);
        return actions.at(i);
    }

    // --- the client's life -------------------------------------------------------------------------------------------

    lcm::ClientConfig draw_config() {
        static constexpr std::array<std::chrono::milliseconds, 3> memories{100ms, 10s, 600s};
        lcm::ClientConfig config{.source = "test"};
        if (random_.one_in(4)) config.duplicates = lcm::Duplicates::refuse;
        if (random_.one_in(4)) config.while_offline = lcm::WhileOffline::fail;
        config.limits.in_flight = 1 + random_.below(8);
        config.limits.queued = 1 + random_.below(12);
        config.limits.inbound_message = 2048;
        config.limits.tombstones = 1 + random_.below(4);
        config.limits.unsettled = random_.one_in(2) ? boundless : 1 + random_.below(6);
        config.limits.events = 1 + random_.below(3);
        config.limits.backlog_per_second = 1 + random_.below(50);
        config.settle_within = random_.one_of(memories);
        config.on_settled = [this](const lcm::Settled& settled) {
            collect();
            ledger_.settle(settled);
            ++told_;
            act_in_handler();
        };
        config.on_event = [this](std::string_view) {
            ++events_;
            act_in_handler();
        };
        return config;
    }

    void make_client() {
        config_ = draw_config();
        is_closed_ = false;
        told_ = events_ = started_ = 0;
        first_ = ledger_.requests().size() + 1;
        for (std::size_t i = 0; i < before_.size(); ++i) before_.at(i) = ledger_.ended_as(static_cast<Delivery>(i));
        client_.emplace(config_, draw_factory(), loop_.get_executor(), clock_);
    }

    // The transport's completions run on the client's strand, or elsewhere.
    lcm::TransportFactory<lcm::testing::ScriptedTransport> draw_factory() {
        if (random_.one_in(2)) return lcm::testing::scripted(script_);
        return [this](const boost::asio::any_io_executor&, std::size_t) {
            return std::make_unique<lcm::testing::ScriptedTransport>(loop_.get_executor(), script_);
        };
    }

    void destroy() {
        is_closed_ = true;
        client_.reset();
        for (const auto& [serial, call] : calls_)
            expect(call.has_handler || call.is_over || is_ready(call.future),
                   "every future is ready when the client has gone");
        run();
        expect(ledger_.pending() == 0, "every handler is called when the client has gone");
    }

    bool replace() {
        destroy();
        make_client();
        return true;
    }

    bool close() {
        is_closed_ = must_run_ = true;
        client_->close(0ms);
        return true;
    }

    // --- requests ----------------------------------------------------------------------------------------------------

    bool call() {
        if (is_closed_ && random_.one_in(4)) return replace();
        start_call();
        return true;
    }

    void start_call() {
        static constexpr std::array<std::chrono::milliseconds, 6> deadlines{1ms, 10ms, 100ms, 1s, 10s, 600s};
        static const std::array<std::string, 3> callids{"1", "2", "3"};
        static const std::array<std::string, 2> lcm_keys{"5|1", "5|2"};
        const auto deadline = random_.one_of(deadlines);
        const bool is_look = random_.one_in(4);
        const std::string& callid = random_.one_of(callids);
        const std::string& lcm_key = random_.one_of(lcm_keys);
        const Serial serial = ledger_.start({.callid = callid,
                                             .lcm_key = is_look ? "" : lcm_key,
                                             .deadline = clock_.now() + deadline,
                                             .is_read_only = is_look});
        ++started_;
        if (is_look) start_call(NumberedLook{callid, serial}, serial, deadline);
        else start_call(numbered(callid, lcm_key, serial), serial, deadline);
    }

    template <class Request>
    void start_call(const Request& request, Serial serial, std::chrono::milliseconds deadline) {
        Call& call = calls_[serial];
        call.found_queue_full = client_->stats().queued == config_.limits.queued;
        call.has_handler = random_.one_in(2);
        lcm::CallOptions options{.deadline = deadline, .stop = call.stop.get_token()};
        if (!call.has_handler) {
            call.future = client_->call(request, std::move(options));
            return;
        }
        is_calling_ = true;
        client_->async_call(
            request, std::move(options),
            boost::asio::bind_cancellation_slot(
                call.signal.slot(), [this, serial](const Outcome& outcome) { on_result(serial, outcome); }));
        is_calling_ = false;
    }

    void on_result(Serial serial, const Outcome& outcome) {
        expect(!is_calling_, "no handler runs inside the call that started it");
        calls_.at(serial).is_over = true;
        collect();
        note_end(serial, outcome);
        act_in_handler();
    }

    void note_end(Serial serial, const Outcome& outcome) {
        ledger_.end(serial, outcome, clock_.now());
        server_.note_end(serial, [this](const Ledger::Request& r) { return is_remembered(r); });
        if (outcome.has_value()) return expect(outcome->success, "what is accepted is a success");
        const lcm::Error& error = outcome.error();
        const bool found_queue_full = calls_.at(serial).found_queue_full;
        expect(error.code != Errc::client_closed || is_closed_, "only a closed client says so");
        expect(error.code != Errc::queue_full || found_queue_full, "the queue is full when it is");
        expect(error.code == Errc::queue_full || error.code == Errc::client_closed || !found_queue_full,
               "nothing goes into a full queue");
        expect(error.code != Errc::duplicate_in_flight || config_.duplicates == lcm::Duplicates::refuse,
               "duplicates are refused on request");
    }

    // Whether the client remembers for certain that a request has ended as unknown.
    [[nodiscard]] bool is_remembered(const Ledger::Request& r) const {
        return config_.limits.unsettled == boundless && r.serial >= first_ && r.ending == Delivery::unknown &&
               !r.may_have_been_told && clock_.now() - r.ended <= config_.settle_within;
    }

    // Takes the results of the futures that are ready, in time to know what ended before what.
    void collect() {
        for (auto& [serial, call] : calls_) {
            if (call.is_over || call.has_handler || !is_ready(call.future)) continue;
            call.is_over = true;
            note_end(serial, result_of(call.future));
        }
    }

    bool cancel() {
        std::vector<Serial> pending;
        for (const auto& [serial, call] : calls_)
            if (!call.is_over) pending.push_back(serial);
        if (pending.empty()) return false;
        cancel(random_.one_of(pending));
        return true;
    }

    void cancel(Serial serial) {
        Call& call = calls_.at(serial);
        ledger_.cancel(serial);
        if (call.has_handler && random_.one_in(2)) call.signal.emit(boost::asio::cancellation_type::total);
        else call.stop.request_stop();
    }

    // An application may do anything in a handler.
    void act_in_handler() {
        if (!client_ || !random_.one_in(8)) return;
        if (random_.one_in(100)) {
            is_closed_ = must_run_ = true;
            if (random_.one_in(2)) client_->close();
            else client_.reset();
            return;
        }
        if (random_.one_in(4)) client_->reconnect_now();
        else if (random_.one_in(2)) static_cast<void>(cancel());
        else start_call();
    }

    // --- loop and time -----------------------------------------------------------------------------------------------

    bool run_some() {
        loop_.restart();
        for (std::size_t left = 1 + random_.below(4); left != 0 && !must_run_; --left) loop_.poll_one();
        return true;
    }

    void run() {
        must_run_ = false;
        loop_.restart();
        for (int turns = 0; loop_.poll_one() != 0; ++turns) expect(turns < 10'000, "the loop comes to rest");
        collect();
        std::erase_if(calls_, [](const auto& item) { return item.second.is_over; });
    }

    bool pass_time() {
        static constexpr std::array<std::chrono::nanoseconds, 5> spans{2ms, 50ms, 500ms, 5s, 60s};
        const auto span = static_cast<std::size_t>(random_.one_of(spans).count());
        clock_.advance(std::chrono::nanoseconds(random_.below(span)));
        run();
        return true;
    }

    // The client notices it when it looks at the clocks next. Its timer may be left from an attempt, which was to begin
    // at a time of chance, so it is made to look now.
    bool sleep() {
        clock_.sleep(std::chrono::seconds(random_.below(20)));
        if (client_) client_->reconnect_now();
        run();
        return true;
    }

    // --- the link ----------------------------------------------------------------------------------------------------

    bool restore_link() { return end_attempt({}, {}); }

    bool fail_attempt() {
        lcm::TransportFailure why{.is_permanent = random_.one_in(2)};
        if (random_.one_in(2)) why.retry_after = std::chrono::seconds(random_.below(200));
        return end_attempt(Errc::upgrade_rejected, std::move(why));
    }

    bool end_attempt(lcm::error_code ec, lcm::TransportFailure why) {
        if (script_.is_open()) return false;
        if (is_closed_) return replace();
        client_->reconnect_now();
        run();
        script_.fail_open(ec, std::move(why));
        script_.finish_open(ec);
        script_.hold_open();
        ledger_.restore_link();
        return true;
    }

    bool drop() {
        if (!script_.is_open()) return false;
        ledger_.break_link();
        if (random_.one_in(4)) script_.drop(Errc::idle_timeout);
        else script_.drop();
        return true;
    }

    bool hold_or_finish_send() {
        if (random_.one_in(2)) script_.hold_send();
        else if (random_.one_in(8)) script_.finish_send(boost::asio::error::broken_pipe);
        else script_.finish_send();
        return true;
    }

    bool retry_now() {
        client_->reconnect_now();
        return true;
    }

    // --- the server --------------------------------------------------------------------------------------------------

    bool answer() { return server_.answer() || run_some(); }

    bool refuse_call() { return when_quiet(&RandomServer::refuse_call); }
    bool refuse_without_call() { return when_quiet(&RandomServer::refuse_without_call); }
    bool answer_late() { return when_quiet(&RandomServer::answer_late); }
    bool tell() { return when_quiet(&RandomServer::tell); }
    bool say_something_else() { return server_.say_something_else(); }

    bool when_quiet(bool (RandomServer::*say)()) {
        run();
        if (!client_ || !(server_.*say)()) return false;
        run();
        return true;
    }

    // --- checks ------------------------------------------------------------------------------------------------------

    // What holds whenever the client has done all that it could do.
    bool check_all() {
        run();
        if (!client_) return true;
        const lcm::Stats stats = client_->stats();
        expect(ended(stats.accepted, Delivery::accepted) && ended(stats.refused, Delivery::refused) &&
                   ended(stats.not_sent, Delivery::not_sent) && ended(stats.unknown, Delivery::unknown),
               "each ending is counted");
        expect(stats.pending == ledger_.pending(), "stats().pending is right");
        expect(stats.accepted + stats.refused + stats.not_sent + stats.unknown + stats.pending == started_,
               "every request is counted");
        check_hooks(stats);
        check_queue(stats);
        check_link();
        return true;
    }

    [[nodiscard]] bool ended(std::uint64_t counted, Delivery ending) const {
        return before_.at(static_cast<std::size_t>(ending)) + counted == ledger_.ended_as(ending);
    }

    // Whoever closes a client wants to hear no more of it.
    void check_hooks(const lcm::Stats& stats) const {
        if (is_closed_) return;
        expect(stats.settled == told_, "every truth is told");
        expect(stats.unmatched_messages == events_ + stats.events_dropped, "every unmatched message is an event");
    }

    // What is read-only may have been handed over to a link that lost it.
    void check_queue(const lcm::Stats& stats) const {
        std::size_t unsent = 0;
        std::size_t unsent_looks = 0;
        for (const auto& [serial, call] : calls_) {
            const Ledger::Request& r = ledger_[serial];
            expect(r.deadline > clock_.now(), "nothing is pending after its deadline");
            if (r.times_received != 0) continue;
            ++unsent;
            if (r.is_read_only) ++unsent_looks;
        }
        expect(stats.queued <= unsent && stats.queued + unsent_looks >= unsent, "stats().queued is right");
        expect(stats.queued <= config_.limits.queued, "no more are queued than may be");
    }

    void check_link() {
        if (!script_.is_open()) return;
        const auto& unanswered = server_.unanswered();
        const auto given_up = static_cast<std::size_t>(std::count_if(
            unanswered.begin(), unanswered.end(), [this](Serial serial) { return ledger_[serial].has_ended; }));
        expect(given_up <= config_.limits.tombstones, "no more are given up than may be");
        expect(unanswered.size() - given_up <= config_.limits.in_flight, "no more are in flight than may be");
    }

    Random& random_;
    std::array<std::size_t, 19> weights_{};
    boost::asio::io_context loop_;
    lcm::testing::ManualClock clock_;
    lcm::testing::Script script_;
    Ledger ledger_;
    RandomServer server_;
    std::map<Serial, Call> calls_;
    lcm::ClientConfig config_;
    std::optional<ScriptedClient> client_;
    bool is_calling_ = false;
    bool is_closed_ = false;
    bool must_run_ = false; // a client has ended whose attempt to connect may or may not have been under way
    std::array<std::uint64_t, 4> before_{}; // endings of the clients before this one
    Serial first_ = 1;                      // of this client
    std::uint64_t started_ = 0;
    std::uint64_t told_ = 0;
    std::uint64_t events_ = 0;
};

} // namespace

TEST_CASE("Whatever happens to a client in whatever order, each request ends once, truthfully, and leaves once") {
    const std::uint64_t steps = test_steps(usual_steps);
    std::uint64_t seed = test_seed(); // each episode has its own, so that a short one is repeated and not all of them
    std::uint64_t done = 0;
    while (done < steps) {
        const std::uint64_t length = (std::min)(steps - done, longest_episode);
        std::uint64_t step = 0;
        try {
            Random random(seed);
            Episode episode(random);
            for (; step < length; ++step) episode.step();
            episode.finish();
        } catch (const BrokenPromise& broken) {
            FAIL("in step " << step << ", this does not hold: " << broken.what() << "\nrepeat it with LCM_TEST_SEED="
                            << seed << " LCM_TEST_STEPS=" << (std::min)(step + 1, length));
        }
        done += length;
        ++seed;
    }
    CHECK(done == steps);
}

TEST_CASE("The same seed plays the same game, although each client chooses its waits by chance") {
    const auto play = [](std::uint64_t seed) {
        Random random(seed);
        Episode episode(random);
        for (std::uint64_t step = 0; step < longest_episode; ++step) episode.step();
        episode.finish();
        return episode.digest();
    };
    const std::uint64_t seed = test_seed();
    for (std::uint64_t i = 0; i < 10; ++i) {
        CAPTURE(seed + i);
        CHECK(play(seed + i) == play(seed + i));
    }
    CHECK(play(seed) != play(seed + 1));
}

TEST_CASE("A backlog that waits for a slow write keeps no loop busy") {
    Bench bench({.limits = {.backlog_per_second = 10}});
    bench.run();
    bench.script.drop();
    bench.run();
    for (const char* call : {"1", "2", "3"}) static_cast<void>(bench.client->call(sample(call)));
    bench.script.hold_send();
    bench.client->reconnect_now();
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    bench.clock.advance(1s);
    std::size_t steps = 0;
    while (steps < 100 && bench.loop.poll_one() != 0) ++steps;
    CHECK(steps < 100);
    bench.script.finish_send();
    bench.run();
    CHECK(bench.script.sent().size() == 2);
}

TEST_CASE("An answer to what is read-only and waits to leave again settles no other request") {
    Bench bench({.limits = {.backlog_per_second = 1}});
    const auto lose_link = [&] {
        bench.script.drop();
        bench.run();
        bench.client->reconnect_now();
        bench.run();
    };
    std::stop_source stop;
    auto doubtful = bench.client->call(look_at("1"), {.deadline = 1h, .stop = stop.get_token()});
    bench.run();
    stop.request_stop();
    bench.run();
    REQUIRE(ending_of(doubtful) == "cancelled (unknown)");
    lose_link();
    auto first = bench.client->call(look_at("0"), {.deadline = 1h});
    auto second = bench.client->call(look_at("1"), {.deadline = 1h});
    bench.advance(10s);
    REQUIRE(bench.script.sent().size() == 3);
    lose_link();
    REQUIRE(bench.script.sent().size() == 4); // the second has to wait for its turn
    bench.receive(lcm::testing::reply<LookAt>("1"));
    CHECK(bench.settled.empty());
    CHECK(ending_of(second) == "pending");
}
