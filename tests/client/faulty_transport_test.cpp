// SPDX-License-Identifier: BSL-1.0
// Every scenario with the n-th operation of the transport failing, for all n, and with the client or its loop destroyed
// after the n-th step: each request ends, truthfully, and nothing leaves twice. Also run under ASAN and UBSAN.
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/expect.hpp>
#include <support/faulty_transport.hpp>
#include <support/ledger.hpp>
#include <support/numbered.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;

namespace {

using FaultyClient = lcm::LcmClient<FaultyTransport, lcm::testing::ManualClock>;

// What goes wrong in a play.
struct Blow {
    enum class Victim { nobody, client, loop };

    std::size_t operation = 0; // of the transport, from 1; 0 for none
    Fault fault = Fault::none;
    std::size_t step = 0; // of the loop, from 1; after it, the victim is destroyed
    Victim victim = Victim::nobody;
};

// Where a scenario is played. After the blow, its actions go on as far as there is anybody to act on.
class Stage {
public:
    enum class Answer { yes, no, none };

    Answer answer = Answer::yes; // the server's, to each request when it comes

    explicit Stage(const Blow& blow, lcm::WhileOffline while_offline = lcm::WhileOffline::wait)
        : blow_(blow), plan_(std::make_shared<FaultPlan>(blow.operation, blow.fault)) {
        if (blow.fault != Fault::none) ledger_.break_link();
        script.answer([this](std::string_view message) { return receive(message); });
        lcm::ClientConfig config{.source = "test", .while_offline = while_offline};
        config.limits.backlog_per_second = 10;
        config.on_settled = [this](const lcm::Settled& settled) {
            collect();
            ledger_.settle(settled);
        };
        client_.emplace(std::move(config), faulty(script, plan_), loop_->get_executor(), clock_);
    }

    // --- what the application does ----------------------------------------------------------------------------------

    Serial set(const std::string& callid, std::chrono::milliseconds deadline = 10s) {
        const Serial serial = start({.callid = callid, .lcm_key = "5|" + callid}, deadline);
        return call(numbered(callid, "5|" + callid, serial), serial, deadline);
    }

    Serial look(const std::string& callid) {
        const Serial serial = start({.callid = callid, .is_read_only = true}, 10s);
        return call(NumberedLook{callid, serial}, serial, 10s);
    }

    void cancel(Serial serial) {
        ledger_.cancel(serial);
        calls_.at(serial).stop.request_stop();
    }

    void reconnect() {
        if (client_) client_->reconnect_now();
        run();
    }

    void close() {
        if (client_) client_->close(0ms);
    }

    /// Does something inside the loop, as a handler would.
    template <class Action> void in_loop(Action action) {
        if (loop_) boost::asio::post(*loop_, std::move(action));
        run();
    }

    // --- what the server does ---------------------------------------------------------------------------------------

    // It speaks only of what it has received.
    void reply(Serial serial, bool is_yes = true) {
        if (is_awaited(serial)) say(text_of_reply(serial, is_yes));
    }

    void refuse_call(Serial serial) {
        if (!is_awaited(serial)) return;
        ledger_.refuse(serial);
        say(lcm::testing::ws_error("Invalid Call ID:" + ledger_[serial].callid));
    }

    void tell_that_set(Serial serial) {
        if (ledger_[serial].times_received == 0) return;
        ledger_.carry_out(serial);
        say(R"({"subtopic":"OutcomeSetForCall","message":")" + ledger_[serial].lcm_key + "\"}");
    }

    void say(std::string text) {
        if (script.is_open()) script.receive(std::move(text));
        run();
    }

    void drop() {
        ledger_.break_link();
        script.drop();
        run();
    }

    // --- loop and time ----------------------------------------------------------------------------------------------

    void run() {
        while (loop_ && loop_->poll_one() != 0) {
            expect(++steps_ < 10'000, "the loop comes to rest");
            if (steps_ == blow_.step) strike();
        }
        if (loop_) loop_->restart();
    }

    void advance(std::chrono::nanoseconds time) {
        run();
        clock_.advance(time);
        run();
    }

    void sleep(std::chrono::nanoseconds time) {
        clock_.sleep(time);
        advance(5s);
    }

    // --- the end ----------------------------------------------------------------------------------------------------

    /// Waits until everything must have ended, and ends the play.
    void finish() {
        advance(1h);
        collect();
        if (!was_struck_) check_before_destruction();
        client_.reset();
        collect();
        for (const auto& [serial, call] : calls_)
            expect(call.has_handler || ledger_[serial].has_ended, "every future is ready when the client has gone");
        run();
        loop_.reset();
        for (const auto& [serial, call] : calls_) {
            expect(ledger_[serial].has_ended || blow_.victim == Blow::Victim::loop, "every handler is called");
            expect(call.handler.use_count() == 1, "every handler is let go");
        }
    }

    /// Whether nothing went wrong.
    [[nodiscard]] bool is_untouched() const noexcept { return plan_->is_untouched() && !was_struck_; }

    /// The endings in the order of the calls, and the number of truths that were told.
    [[nodiscard]] std::string summary() const {
        std::string text;
        std::size_t told = 0;
        for (const auto& [serial, r] : ledger_.requests()) {
            text += r.ending == Delivery::accepted ? "accepted" : ending_of(Outcome(r.reported));
            text += "; ";
            if (r.was_told) ++told;
        }
        return text + std::to_string(told) + " told";
    }

    lcm::testing::Script script;

private:
    // What the caller holds of a request. Every second one has a handler instead of a future.
    struct Call {
        std::future<lcm::OutcomeResponse> future;
        std::stop_source stop;
        bool has_handler = false;
        std::shared_ptr<int> handler = std::make_shared<int>(); // shared with it for as long as it lives
    };

    Serial start(Ledger::Request request, std::chrono::milliseconds deadline) {
        request.deadline = clock_.now() + deadline;
        return ledger_.start(std::move(request));
    }

    template <class Request> Serial call(const Request& request, Serial serial, std::chrono::milliseconds deadline) {
        if (!client_) {
            ledger_.end(serial, lcm::Error{.code = lcm::Errc::client_closed, .callid = request.callid}, clock_.now());
            return serial;
        }
        Call& call = calls_[serial];
        call.has_handler = serial % 2 == 0 && loop_; // without the loop, it would run on another thread
        lcm::CallOptions options{.deadline = deadline, .stop = call.stop.get_token()};
        if (!call.has_handler) {
            call.future = client_->call(request, std::move(options));
            return serial;
        }
        client_->async_call(request, std::move(options), [this, serial, alive = call.handler](const Outcome& outcome) {
            ledger_.end(serial, outcome, clock_.now());
        });
        return serial;
    }

    std::vector<std::string> receive(std::string_view message) {
        const Serial serial = serial_in(message);
        collect();
        ledger_.receive(serial, script.connections(), clock_.now());
        if (answer == Answer::none) return {};
        return {text_of_reply(serial, answer == Answer::yes)};
    }

    std::string text_of_reply(Serial serial, bool is_yes) {
        if (is_yes) ledger_.grant(serial);
        else ledger_.refuse(serial);
        const Ledger::Request& r = ledger_[serial];
        return r.is_read_only ? lcm::testing::reply<NumberedLook>(r.callid, is_yes)
                              : lcm::testing::reply<SetOutcome>(r.callid, is_yes);
    }

    void collect() {
        for (auto& [serial, call] : calls_)
            if (!call.has_handler && !ledger_[serial].has_ended && is_ready(call.future))
                ledger_.end(serial, result_of(call.future), clock_.now());
    }

    void strike() {
        was_struck_ = true;
        if (blow_.victim == Blow::Victim::client) client_.reset();
        if (blow_.victim == Blow::Victim::loop) loop_.reset();
    }

    [[nodiscard]] bool is_awaited(Serial serial) const {
        return ledger_[serial].times_received != 0 && ledger_[serial].connection == script.connections();
    }

    void check_before_destruction() const {
        expect(ledger_.pending() == 0, "every request has ended when its deadline has passed");
        const lcm::Stats stats = client_->stats();
        expect(stats.pending == 0 && stats.queued == 0, "nothing is pending");
        expect(stats.accepted == ledger_.ended_as(Delivery::accepted) &&
                   stats.refused == ledger_.ended_as(Delivery::refused) &&
                   stats.not_sent == ledger_.ended_as(Delivery::not_sent) &&
                   stats.unknown == ledger_.ended_as(Delivery::unknown),
               "each ending is counted");
    }

    Blow blow_;
    std::shared_ptr<FaultPlan> plan_;
    std::size_t steps_ = 0;
    bool was_struck_ = false;
    Ledger ledger_;
    std::map<Serial, Call> calls_;
    lcm::testing::ManualClock clock_;
    std::optional<boost::asio::io_context> loop_{std::in_place};
    std::optional<FaultyClient> client_;
};

constexpr auto longest_wait = 60s; // before an attempt to connect

struct Scenario {
    const char* name;
    void (*play)(Stage&);
    const char* summary; // if nothing goes wrong
    lcm::WhileOffline while_offline = lcm::WhileOffline::wait;
};

const std::vector<Scenario>& scenarios() {
    using Answer = Stage::Answer;
    static const std::vector<Scenario> all{
        {"one call", [](Stage& stage) { stage.set("1"); }, "accepted; 0 told"},
        {"several calls, some of them in one batch",
         [](Stage& stage) {
             stage.run();
             stage.set("1");
             stage.set("2");
             stage.run();
             stage.set("3");
         },
         "accepted; accepted; accepted; 0 told"},
        {"one is held back",
         [](Stage& stage) {
             stage.answer = Answer::none;
             const Serial first = stage.set("1");
             const Serial second = stage.set("1");
             stage.run();
             stage.reply(first);
             stage.reply(second);
         },
         "accepted; accepted; 0 told"},
        {"refusals of three kinds",
         [](Stage& stage) {
             stage.answer = Answer::no;
             stage.set("1");
             stage.run();
             stage.answer = Answer::none;
             const Serial second = stage.set("2");
             stage.run();
             stage.refuse_call(second);
             const Serial third = stage.set("3");
             stage.run();
             stage.reply(third, false);
         },
         "server_error (refused); invalid_call_id (refused); server_error (refused); 0 told"},
        {"a late reply",
         [](Stage& stage) {
             stage.answer = Answer::none;
             const Serial late = stage.set("1", 1s);
             stage.set("1", 2s);
             stage.advance(1s);
             stage.answer = Answer::yes;
             stage.reply(late);
         },
         "timed_out (unknown); accepted; 1 told"},
        {"cancellations, before and after the request has left",
         [](Stage& stage) {
             stage.answer = Answer::none;
             stage.cancel(stage.set("1"));
             const Serial second = stage.set("2");
             const Serial third = stage.set("2");
             stage.run();
             stage.cancel(second);
             stage.cancel(third);
             stage.run();
         },
         "cancelled (not_sent); cancelled (unknown); cancelled (not_sent); 0 told"},
        {"a reconnect with a backlog",
         [](Stage& stage) {
             stage.answer = Answer::none;
             stage.set("1");
             stage.run();
             stage.answer = Answer::yes;
             stage.drop();
             for (const char* call : {"2", "3", "4"}) stage.set(call, 600s);
             stage.advance(longest_wait);
             for (int i = 0; i < 3; ++i) stage.advance(100ms);
         },
         "connection_lost (unknown); accepted; accepted; accepted; 0 told"},
        {"what is read-only leaves again",
         [](Stage& stage) {
             stage.answer = Answer::none;
             stage.look("1");
             stage.look("2");
             stage.run();
             stage.answer = Answer::yes;
             stage.drop();
             stage.reconnect();
             stage.advance(1s);
         },
         "accepted; accepted; 0 told"},
        {"a server that is not there at first, and nobody waits",
         [](Stage& stage) {
             stage.script.fail_open(boost::asio::error::connection_refused);
             stage.set("1");
             stage.run();
             stage.set("2");
             stage.script.fail_open({});
             stage.advance(longest_wait);
             stage.set("3");
         },
         "connect_failed (not_sent); connect_failed (not_sent); accepted; 0 told", lcm::WhileOffline::fail},
        {"a slow write",
         [](Stage& stage) {
             stage.run();
             stage.script.hold_send();
             stage.set("1");
             stage.run();
             stage.set("2");
             stage.run();
             stage.script.finish_send();
             stage.run();
         },
         "accepted; accepted; 0 told"},
        {"closing inside the loop, with requests in every state",
         [](Stage& stage) {
             stage.answer = Answer::none;
             stage.set("1");
             stage.set("1");
             stage.look("2");
             stage.run();
             stage.in_loop([&stage] {
                 stage.set("3");
                 stage.close();
             });
         },
         "client_closed (unknown); client_closed (not_sent); client_closed (unknown); client_closed (not_sent); 0 "
         "told"},
        {"closing outside the loop",
         [](Stage& stage) {
             stage.answer = Answer::none;
             stage.set("1");
             stage.set("1");
             stage.run();
             stage.close();
             stage.set("2");
             stage.run();
         },
         "client_closed (unknown); client_closed (not_sent); client_closed (not_sent); 0 told"},
        {"the computer sleeps",
         [](Stage& stage) {
             stage.answer = Answer::none;
             const Serial first = stage.set("1");
             stage.look("2");
             stage.run();
             stage.answer = Answer::yes;
             stage.sleep(1h);
             stage.reply(first);
             stage.drop();
             stage.reconnect();
         },
         "connection_lost (unknown); accepted; 1 told"},
        {"events, of which one tells the truth about a request of the link before",
         [](Stage& stage) {
             stage.answer = Answer::none;
             const Serial first = stage.set("1");
             stage.run();
             stage.drop();
             stage.reconnect();
             stage.say("no JSON");
             stage.say(R"({"subtopic":"Something","message":{}})");
             stage.tell_that_set(first);
         },
         "connection_lost (unknown); 1 told"},
    };
    return all;
}

// Plays a scenario. Returns whether nothing went wrong; then it must have ended as it should.
bool play(const Scenario& scenario, const Blow& blow) {
    Stage stage(blow, scenario.while_offline);
    try {
        scenario.play(stage);
        stage.finish();
    } catch (const BrokenPromise& broken) {
        FAIL("this does not hold: " << broken.what());
    }
    if (stage.is_untouched()) CHECK(stage.summary() == scenario.summary);
    return stage.is_untouched();
}

constexpr std::size_t far_too_many = 1000;

void destroy_after_each_step(Blow::Victim victim) {
    for (const Scenario& scenario : scenarios()) {
        std::size_t step = 0;
        for (bool is_over = false; !is_over; ++step) {
            CAPTURE(scenario.name, step + 1);
            is_over = play(scenario, {.step = step + 1, .victim = victim});
            REQUIRE(step < far_too_many);
        }
        CHECK(step > 3);
    }
}

} // namespace

TEST_CASE("Whichever operation of a transport fails, and however, each request ends, truthfully, and leaves once") {
    for (const Scenario& scenario : scenarios()) {
        for (const Fault fault : {Fault::at_once, Fault::late, Fault::never}) {
            std::size_t operation = 0;
            for (bool is_over = false; !is_over; ++operation) {
                CAPTURE(scenario.name, static_cast<int>(fault), operation + 1);
                is_over = play(scenario, {.operation = operation + 1, .fault = fault});
                REQUIRE(operation < far_too_many);
            }
            CHECK(operation > 3);
        }
    }
}

TEST_CASE("After whichever step a client is destroyed, each request ends, truthfully, and leaves once") {
    destroy_after_each_step(Blow::Victim::client);
}

TEST_CASE("After whichever step a client's loop is destroyed before it, each request ends, truthfully") {
    destroy_after_each_step(Blow::Victim::loop);
}
