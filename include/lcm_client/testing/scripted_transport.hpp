// SPDX-License-Identifier: BSL-1.0
// A connection without a network, played by a test: it keeps what was sent, says what it is told to, breaks on demand.
#ifndef LCM_CLIENT_TESTING_SCRIPTED_TRANSPORT_HPP
#define LCM_CLIENT_TESTING_SCRIPTED_TRANSPORT_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

class ScriptedTransport;

/// The test's hand on the connection. By default it opens at once, takes every message, and says nothing. Copies act
/// on the same script. Let the loop run after each step: what a step completes is posted.
///
/// @par Thread safety
/// None; call it from the thread that runs the client's loop.
class Script {
public:
    // --- what the client did ----------------------------------------------------------------------------------------

    /// Every message that the client handed over, in order, over all connections.
    [[nodiscard]] const std::vector<std::string>& sent() const noexcept { return state_->sent; }
    /// How many batches these came in: one is one write.
    [[nodiscard]] std::size_t batches() const noexcept { return state_->batches; }
    /// How many connections were attempted.
    [[nodiscard]] std::size_t connections() const noexcept { return state_->connections; }
    /// How many of them a person had asked for, by `LcmClient::reconnect_now()`.
    [[nodiscard]] std::size_t connections_on_demand() const noexcept { return state_->connections_on_demand; }
    /// Whether the newest connection is open, as far as both sides know.
    [[nodiscard]] bool is_open() const noexcept { return state_->phase == Phase::open; }
    /// How often the client has asked the peer for a sign of life, over all connections.
    [[nodiscard]] std::size_t probes() const noexcept { return state_->probes; }
    /// Whether the client has closed the newest connection, by `close()` or by `abort()`.
    [[nodiscard]] bool is_closed_by_client() const noexcept { return state_->phase == Phase::closed; }
    /// How many connections the client has given up, by `abort()`.
    [[nodiscard]] std::size_t aborts() const noexcept { return state_->aborts; }
    /// What the client still expects of the peer of the newest connection; `usual` is as in `PeerWatch`.
    [[nodiscard]] Outstanding outstanding(std::chrono::milliseconds usual) const {
        return state_->watch.outstanding ? state_->watch.outstanding(usual) : Outstanding();
    }

    // --- what the connection does -----------------------------------------------------------------------------------

    /// The server says `text`, as soon as the connection is open.
    void receive(std::string text) {
        state_->inbox.push_back(std::move(text));
        state_->serve();
    }

    /// Called with each message that the client sends; what it returns, the server says at once.
    void answer(std::function<std::vector<std::string>(std::string_view message)> server) {
        state_->server = std::move(server);
    }

    /// Connections to come fail with `ec`, or open if there is no error in it. `why` is what `last_failure()` tells
    /// then.
    void fail_open(error_code ec, TransportFailure why = {}) {
        state_->open_result = ec;
        state_->failure = std::move(why);
    }
    /// Connections to come stay under way until `finish_open()`.
    void hold_open() { state_->holds_open = true; }
    /// The connection that stays under way opens, or fails with `ec`. Those to come do not stay under way.
    void finish_open(error_code ec = {}) { state_->finish_open(ec); }

    /// Writes to come stay under way until `finish_send()`.
    void hold_send() { state_->holds_send = true; }
    /// The write that stays under way completes with `ec`. Those to come do not stay under way.
    void finish_send(error_code ec = {}) { state_->finish_send(ec); }

    /// Connections go to the server of this name from now on (`LinkStatus::server`); at first it has none.
    void name_server(std::string name) { state_->server_name = std::move(name); }

    /// From now on the peer gives no sign of life, neither when a connection opens nor when it is probed, until
    /// `give_sign_of_life()`. Messages count as ever.
    void hold_signs_of_life() { state_->holds_signs = true; }
    /// The peer gives a sign of life, and goes on to answer probes.
    void give_sign_of_life() {
        state_->holds_signs = false;
        state_->tell(true);
    }
    /// A sign of life of the peer is overdue, and the connection goes on.
    void miss_sign_of_life() { state_->tell(false); }

    /// From now on nothing confirms that what was sent has arrived, until `confirm()`.
    void hold_confirmations() { state_->holds_confirmations = true; }
    /// What was sent has arrived, and what follows is confirmed at once.
    void confirm() {
        state_->holds_confirmations = false;
        state_->complete(state_->confirmed, error_code());
    }

    /// The connection breaks with `ec`, if it is open or under way. `why` is what `last_failure()` tells then.
    void drop(error_code ec = boost::asio::error::connection_reset, TransportFailure why = {}) {
        state_->failure = std::move(why);
        state_->drop(ec);
    }

private:
    friend class ScriptedTransport;
    enum class Phase { none, opening, open, broken, closed };

    struct State {
        std::vector<std::string> sent;
        std::size_t batches = 0;
        std::size_t connections = 0;
        std::size_t connections_on_demand = 0;
        std::size_t probes = 0;
        std::size_t aborts = 0;
        Phase phase = Phase::none;
        std::function<std::vector<std::string>(std::string_view)> server;
        error_code open_result;
        TransportFailure failure;
        std::string server_name;
        bool holds_open = false;
        bool holds_send = false;
        bool holds_signs = false;
        bool holds_confirmations = false;
        std::deque<std::string> inbox;

        const ScriptedTransport* owner = nullptr; // the newest connection
        boost::asio::any_io_executor executor;
        PeerWatch watch;
        OpenHandler opened;
        SendHandler sending;
        SendHandler confirmed;
        ReceiveHandler receiving;

        // Handlers are posted: none may run inside the call that took it.
        template <class Handler, class... Args> void complete(Handler& handler, Args... args) {
            if (!handler) return;
            boost::asio::post(executor, [h = std::exchange(handler, nullptr), ... a = std::move(args)]() mutable {
                std::move(h)(std::move(a)...);
            });
        }

        void finish_open(error_code ec) {
            holds_open = false;
            if (phase != Phase::opening) return;
            phase = ec ? Phase::broken : Phase::open;
            if (!ec && !holds_signs) tell(true);
            complete(opened, ec);
        }

        void tell(bool is_alive) {
            if (!watch.tell) return;
            boost::asio::post(executor, [tell = watch.tell, is_alive] { tell(is_alive); });
        }

        void finish_send(error_code ec) {
            holds_send = false;
            complete(sending, ec);
        }

        void serve() {
            if (phase != Phase::open || !receiving || inbox.empty()) return;
            std::string text = std::move(inbox.front());
            inbox.pop_front();
            boost::asio::post(executor, [h = std::exchange(receiving, nullptr), text = std::move(text)]() mutable {
                std::move(h)(error_code(), std::string_view(text));
            });
        }

        void drop(error_code ec) {
            if (phase != Phase::open && phase != Phase::opening) return;
            phase = Phase::broken;
            inbox.clear();
            fail_pending(ec);
        }

        void fail_pending(error_code ec) {
            complete(opened, ec);
            complete(sending, ec);
            complete(confirmed, ec);
            complete(receiving, ec, std::string_view());
        }
    };

    std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// One connection of a script; a model of `lcm::Transport`, `lcm::ExplainsFailure`, `lcm::ProbesPeer`,
/// `lcm::WatchesPeer`, `lcm::AbortsConnection`, `lcm::ConfirmsDelivery`, `lcm::KnowsBacklog`, `lcm::NamesServer` and `lcm::OpensOnDemand`.
/// Its functions are the client's; a test calls those of the script.
///
/// @par Thread safety
/// None; all calls come on the client's executor.
class ScriptedTransport {
public:
    /// For the factory: becomes the script's newest connection.
    ScriptedTransport(boost::asio::any_io_executor executor, Script script) : script_(std::move(script)) {
        ++state().connections;
        state().owner = this;
        state().executor = std::move(executor);
        state().phase = Script::Phase::none;
    }
    ScriptedTransport(const ScriptedTransport&) = delete;
    ScriptedTransport& operator=(const ScriptedTransport&) = delete;

    // The script may outlive the loop; what belongs to the loop must not.
    ~ScriptedTransport() {
        if (state().owner != this) return; // the script plays the next connection already
        state().watch = {};
        state().opened = nullptr;
        state().sending = nullptr;
        state().confirmed = nullptr;
        state().receiving = nullptr;
        state().executor = nullptr;
    }

    /// Where the completions run.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return state().executor; }

    /// Keeps what `Script::outstanding()` asks, and what the script's signs of life are told to.
    void watch(PeerWatch watch) { state().watch = std::move(watch); }

    /// Counted by `Script::connections_on_demand()`.
    void on_demand() noexcept { ++state().connections_on_demand; }

    /// Completes as the script says: at once with success, or as `fail_open()` and `hold_open()` tell.
    void async_open(OpenHandler handler) {
        state().phase = Script::Phase::opening;
        state().opened = std::move(handler);
        if (!state().holds_open) state().finish_open(state().open_result);
    }

    /// Adds the messages to `Script::sent()`, and completes at once unless `hold_send()` was called.
    void async_send(Batch batch, SendHandler handler) {
        state().sending = std::move(handler);
        ++state().batches;
        for (std::size_t i = 0; i < batch.size(); ++i) state().sent.emplace_back(batch[i]);
        if (!script_.is_open()) return state().complete(state().sending, error_code(boost::asio::error::not_connected));
        for (std::size_t i = 0; state().server && i < batch.size(); ++i)
            for (std::string& text : state().server(batch[i])) state().inbox.push_back(std::move(text));
        if (!state().holds_send) state().complete(state().sending, error_code());
        state().serve();
    }

    /// Completes at once unless `hold_confirmations()` was called.
    void async_confirm(SendHandler handler) {
        state().confirmed = std::move(handler);
        if (!state().holds_confirmations) state().complete(state().confirmed, error_code());
    }

    /// Completes with the next text of the script, when there is one, or with the error of `Script::drop()`.
    void async_receive(ReceiveHandler handler) {
        state().receiving = std::move(handler);
        if (!script_.is_open())
            return state().complete(state().receiving, error_code(boost::asio::error::not_connected),
                                    std::string_view());
        state().serve();
    }

    /// Whether the script has another text already.
    [[nodiscard]] bool has_message() const noexcept { return script_.is_open() && !state().inbox.empty(); }
    /// Counted by `Script::probes()`; the peer gives a sign of life unless `hold_signs_of_life()` was called.
    void probe() {
        ++state().probes;
        if (!state().holds_signs) state().tell(true);
    }
    /// What the script says.
    [[nodiscard]] std::string server() const { return state().server_name; }
    /// What the script gave as the reason.
    [[nodiscard]] TransportFailure last_failure() const { return state().failure; }

    /// Counted by `Script::aborts()`; otherwise as `close()`.
    void abort() noexcept {
        if (state().phase != Script::Phase::closed) ++state().aborts;
        close();
    }

    /// Ends the connection; what is pending completes with `boost::asio::error::operation_aborted`. Again does nothing.
    void close() noexcept {
        if (state().phase == Script::Phase::closed) return;
        state().phase = Script::Phase::closed;
        state().inbox.clear();
        state().watch = {};
        try {
            state().fail_pending(boost::asio::error::operation_aborted);
        } catch (...) { // the executor's: nobody waits for what a closed connection says
        }
    }

private:
    [[nodiscard]] Script::State& state() const noexcept { return *script_.state_; }

    Script script_;
};

/// A factory for clients whose connections are played by `script`, one after the other.
[[nodiscard]] inline TransportFactory<ScriptedTransport> scripted(Script script) {
    return [script = std::move(script)](boost::asio::any_io_executor executor, std::size_t) {
        return std::make_unique<ScriptedTransport>(std::move(executor), script);
    };
}

} // namespace lcm::testing

#endif
