// SPDX-License-Identifier: BSL-1.0
// Fuzz target: the whole client over a scripted connection. An action is a letter and its digits or its line; the loop
// runs when the input says so.
#include <fuzz/client_ledger.hpp>
#include <fuzz/input.hpp>
#include <fuzz/require.hpp>
#include <fuzz/targets.hpp>
#include <support/bench.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/session/reconnector.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::tests {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t most_requests = 64;

// Two small operations, the second of them read-only. The note tells the requests apart.
struct Change {
    std::string callid{};
    std::string note{};
    Sensitive<std::string> account_number{"5|3"};

    using Response = OutcomeResponse;
    static constexpr Operation operation{
        .subtopic = "Change", .reply_subtopic = "ChangeResult", .settled_by = "OutcomeSetForCall"};
    static constexpr void fields(auto&& field) {
        field("callid", &Change::callid, Presence::required, "the call's id");
        field("note", &Change::note, Presence::required, "a text");
        field("AccountNumber", &Change::account_number, Presence::required, "the LCM key");
    }
};

struct Look {
    std::string callid{};
    std::string note{};

    using Response = OutcomeResponse;
    static constexpr Operation operation{.subtopic = "Look", .reply_subtopic = "LookResult", .is_read_only = true};
    static constexpr void fields(auto&& field) {
        field("callid", &Look::callid, Presence::required, "the call's id");
        field("note", &Look::note, Presence::required, "a text");
    }
};

// What the handler of a request does.
enum class Reaction { none, close, destroy, call, reconnect, cancel };

class Episode {
public:
    explicit Episode(Input input) : input_(input) {
        config_.source = "fuzz";
        config_.limits = {.in_flight = 2,
                          .queued = 3,
                          .queued_bytes = 360, // three of one kind, two of the other
                          .inbound_message = 300,
                          .json_depth = 6,
                          .tombstones = 2,
                          .unsettled = 2,
                          .events = 2,
                          .backlog_per_second = 20};
        config_.duplicates = input_.below(2) == 0 ? Duplicates::hold_back : Duplicates::refuse;
        config_.while_offline = input_.below(2) == 0 ? WhileOffline::wait : WhileOffline::fail;
        config_.on_state = [this](const LinkStatus& status) { state_ = status.state; };
        config_.on_settled = [this](const Settled& truth) { note_settled(truth); };
        config_.on_event = [this](std::string_view text) {
            require(text.size() <= config_.limits.inbound_message, "no event is larger than allowed");
        };
        client_.emplace(config_, testing::scripted(script_), loop_->get_executor(), clock_);
    }

    void run() {
        while (!input_.empty() && client_) apply(input_.next());
        finish();
    }

private:
    void apply(char action) {
        switch (action) {
        case '.': return run_loop();
        case ',': return static_cast<void>(loop_->poll_one());
        case 'c': return call();
        case 'x': return cancel(input_.below(10));
        case 't': return advance(read_time());
        case 'z': return clock_.sleep(read_time());
        case 'r': return receive(std::string(input_.text('\n')));
        case 'y': return receive(read_answer());
        case 'd': return script_.drop();
        case 'f': return script_.fail_open(Errc::connect_failed);
        case 'b': return script_.fail_open(Errc::unauthorized);
        case 'o': return script_.fail_open({});
        case 'h': return script_.hold_open();
        case 'i': return script_.finish_open();
        case 'j': return script_.finish_open(Errc::resolve_failed);
        case 's': return script_.hold_send();
        case 'u': return script_.finish_send();
        case 'v': return script_.finish_send(boost::asio::error::broken_pipe);
        case 'n': return client_->reconnect_now();
        case 'k': return client_->close(0ms);
        case 'D': return client_.reset();
        case 'L': return destroy_loop();
        default: return;
        }
    }

    // --- what the application does ----------------------------------------------------------------------------------

    void call() {
        const std::string callid(1, static_cast<char>('0' + input_.below(3)));
        const bool is_read_only = input_.below(2) == 1;
        const milliseconds deadline = read_time();
        const bool has_handler = input_.below(2) == 1;
        const auto reaction = static_cast<Reaction>(has_handler ? input_.below(6) : 0);
        if (is_read_only) call<Look>(callid, deadline, has_handler, reaction);
        else call<Change>(callid, deadline, has_handler, reaction);
    }

    template <class Request>
    void call(const std::string& callid, milliseconds deadline, bool has_handler, Reaction reaction) {
        const std::size_t index = ledger_.size();
        if (index == most_requests) return;
        Entry& entry = ledger_.add(Request::operation.is_read_only, clock_.now() + deadline);
        const Request request{.callid = callid, .note = std::to_string(index)};
        const CallOptions options{.deadline = deadline, .stop = entry.stop.get_token()};
        is_in_call_ = true;
        if (has_handler) {
            client_->async_call(request, options, [this, index, reaction](Outcome outcome) {
                require(!is_in_call_, "no handler runs inside the call that started it");
                ledger_.check(script_.sent()); // what left before this handler, left before the end
                ledger_.end(index, std::move(outcome));
                react(reaction, index);
            });
        } else {
            entry.future = client_->call(request, options);
        }
        is_in_call_ = false;
    }

    void react(Reaction reaction, std::size_t index) {
        if (!client_) return;
        switch (reaction) {
        case Reaction::none: return;
        case Reaction::close: return client_->close();
        case Reaction::destroy: return client_.reset();
        case Reaction::call: return call<Change>("0", 1s, true, Reaction::call);
        case Reaction::reconnect: return client_->reconnect_now();
        case Reaction::cancel: return cancel(ledger_.size() - 1 - index);
        }
    }

    // The latest but so many.
    void cancel(std::size_t back) {
        if (back < ledger_.size()) ledger_[ledger_.size() - 1 - back].stop.request_stop();
    }

    void note_settled(const Settled& truth) {
        require(truth.reported.delivery == Delivery::unknown, "only what was unknown is settled");
        require(truth.delivery == Delivery::accepted || truth.delivery == Delivery::refused, "the truth is clear");
        ++settled_;
    }

    // --- what the world does ----------------------------------------------------------------------------------------

    milliseconds read_time() {
        static constexpr std::array<milliseconds, 10> times{1ms, 10ms, 100ms, 500ms, 1s, 5s, 10s, 30s, 61s, 24h};
        return times.at(input_.below(times.size()));
    }

    // The wait before an attempt is random. So that an input does the same each time, time does not end within one.
    void advance(milliseconds time) {
        run_loop();
        const bool is_waiting = state_ == LinkState::waiting || state_ == LinkState::blocked;
        clock_.advance(is_waiting ? (std::max)(time, milliseconds(detail::Reconnector::blocked_wait)) : time);
        run_loop();
    }

    void receive(std::string text) {
        ledger_.note_received(text);
        script_.receive(std::move(text));
    }

    std::string read_answer() {
        const std::string callid(1, static_cast<char>('0' + input_.below(3)));
        switch (input_.below(6)) {
        case 0: return testing::reply<Change>(callid);
        case 1: return testing::reply<Change>(callid, false);
        case 2: return testing::reply<Look>(callid);
        case 3: return testing::ws_error("Invalid Call ID:" + callid);
        case 4: return testing::ws_error("Callid is empty");
        default: return R"({"topic":"Events","subtopic":"OutcomeSetForCall","message":"5|3"})";
        }
    }

    void run_loop() {
        loop_->restart();
        loop_->poll();
        ledger_.check(script_.sent());
        ledger_.check_deadlines(clock_.now());
        require(settled_ <= ledger_.unknown(), "each unknown ending is settled once at most");
        if (client_) check_stats(client_->stats());
    }

    void check_stats(const Stats& stats) const {
        require(stats.accepted + stats.refused + stats.not_sent + stats.unknown + stats.pending == ledger_.size(),
                "each request is pending or counted by its ending");
        require(stats.queued <= config_.limits.queued, "no more are queued than may be");
        require(stats.pending - stats.queued <= config_.limits.in_flight, "no more are in flight than may be");
        require(stats.unknown == ledger_.unknown(), "unknown endings are counted");
    }

    // The client outlives its loop.
    void destroy_loop() {
        loop_.reset();
        ledger_.check(script_.sent());
        client_.reset();
        ledger_.check_ended(false);
    }

    void finish() {
        if (!loop_) return;
        client_.reset();
        run_loop();
        ledger_.check_ended(true);
    }

    Input input_;
    ClientConfig config_;
    Ledger ledger_;
    testing::ManualClock clock_;
    testing::Script script_;
    LinkState state_ = LinkState::connecting;
    std::size_t settled_ = 0;
    bool is_in_call_ = false;
    std::optional<boost::asio::io_context> loop_{std::in_place};
    std::optional<ScriptedClient> client_;
};

} // namespace

void fuzz_client(std::string_view bytes) { Episode(Input(bytes)).run(); }

} // namespace lcm::tests
