// SPDX-License-Identifier: BSL-1.0
// One connection over a socket that pushes: brings what the host reports to the client, in order and within time.
#ifndef LCM_CLIENT_IMPL_PUSH_CONNECTION_HPP
#define LCM_CLIENT_IMPL_PUSH_CONNECTION_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/any_clock.hpp>
#include <lcm_client/impl/post_later.hpp>
#include <lcm_client/impl/push_inbox.hpp>
#include <lcm_client/push_socket.hpp>
#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/impl/frames/keep_alive.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/assert.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline bool is_link_code(error_code ec) noexcept {
    return ec.category() == lcm_category() && ec.value() >= static_cast<int>(Errc::resolve_failed) &&
           ec.value() <= static_cast<int>(Errc::idle_timeout);
}

/// One connection of the adapter. It owns its handlers, and is owned by a wait that lasts until it has ended: so a loop
/// that is destroyed takes it along, before anything that it needs is gone.
class PushConnection final : public TimerListener, public std::enable_shared_from_this<PushConnection> {
public:
    PushConnection(boost::asio::any_io_executor executor, std::shared_ptr<const AnyClock> clock,
                   const PushOptions& options, std::size_t max_inbound_message,
                   std::shared_ptr<TransportFailure> last_failure, PeerWatch watch)
        : executor_(std::move(executor)), lasting_(executor_), clock_(std::move(clock)),
          timer_(clock_->make_timer(executor_)), options_(options), keep_alive_(options.idle_timeout),
          watch_(std::move(watch)),
          inbox_(std::make_shared<PushInbox>(
              options.queued_messages, (std::max)(options.queued_bytes, max_inbound_message), max_inbound_message)),
          last_failure_(std::move(last_failure)) {}

    PushConnection(const PushConnection&) = delete;
    PushConnection& operator=(const PushConnection&) = delete;
    ~PushConnection() { shut(); }

    void open(const std::function<PushSocket()>& make_socket, OpenHandler handler) {
        opened_ = std::move(handler);
        inbox_->connect([executor = executor_, weak = weak_from_this()] {
            boost::asio::post(executor, [weak] {
                if (const auto self = weak.lock()) self->on_reports();
            });
        });
        last();
        open_end_ = clock_->now() + options_.open_timeout;
        call_at(open_end_);
        try {
            socket_ = make_socket();
            if (state_ == State::opening) socket_.open(PushEvents(inbox_));
        } catch (...) {
            fail({{}, {.detail = "the host's function that opens the socket threw an exception"}});
        }
    }

    void send(const Batch& batch, SendHandler handler) {
        give(batch);
        inbox_->look_again(); // whoever had to tell of a report may have had no memory for it
        post_completion(executor_, handler, state_ == State::open ? error_code() : Errc::connection_lost);
    }

    void receive(ReceiveHandler handler) {
        if (state_ != State::open)
            return post_completion(executor_, handler, Errc::connection_lost, std::string_view());
        BOOST_ASSERT(!receiving_); // one at a time
        receiving_ = std::move(handler);
        inbox_->look_again();
    }

    void probe() {
        if (state_ != State::open) return;
        if (!socket_.ping) return tell(true); // nothing speaks against it
        if (keep_alive_.is_probing()) return;
        keep_alive_.probe(clock_->now());
        call_at(keep_alive_.next());
        ping();
    }

    [[nodiscard]] bool has_message() const noexcept { return state_ == State::open && inbox_->has_text(); }

    void close() noexcept {
        try {
            fail({boost::asio::error::operation_aborted, {.detail = "the connection was closed by this side"}});
        } catch (const std::bad_alloc&) {
            shut();
        }
    }

private:
    enum class State { opening, open, closed };
    using TimePoint = std::chrono::steady_clock::time_point;

    // --- what the host has reported -----------------------------------------------------------------------------------

    // It is looked at here, on the executor, one report at a time: the handler may do anything.
    void on_reports() {
        inbox_->awake();
        if (state_ == State::opening && inbox_->is_opened()) return on_opened();
        if (state_ == State::open) note_signs();
        if (state_ == State::open && receiving_) {
            if (const auto text = inbox_->take_text()) return receiving_(error_code(), *text);
        }
        if (auto failure = inbox_->failure()) fail(std::move(*failure));
    }

    void on_opened() {
        state_ = State::open;
        keep_alive_.begin(clock_->now());
        if (socket_.ping) call_at(keep_alive_.next());
        else timer_->cancel();
        if (!socket_.ping) tell(true);
        inbox_->look_again();
        opened_(error_code());
    }

    void note_signs() {
        const PushSigns signs = inbox_->take_signs();
        const TimePoint now = clock_->now();
        if (signs.has_heard && keep_alive_.hear(now)) tell(true);
        if (signs.has_pong && keep_alive_.progress(now)) tell(true);
    }

    void give(const Batch& batch) {
        try {
            for (std::size_t i = 0; i < batch.size() && state_ == State::open; ++i) socket_.send(batch[i]);
        } catch (...) {
            fail({{}, {.detail = "the host's function that sends a message threw an exception"}});
        }
    }

    // --- time ---------------------------------------------------------------------------------------------------------

    void call_at(TimePoint time) { timer_->call_at(time, weak_from_this()); }

    // It may be called shortly after the time has been set anew.
    void on_timer() override {
        const TimePoint now = clock_->now();
        if (state_ == State::opening && now >= open_end_)
            return fail({boost::asio::error::timed_out,
                         {.detail = "the host did not report opened() within " +
                                    std::to_string(options_.open_timeout.count()) + " ms"}});
        if (state_ == State::opening) return call_at(open_end_);
        if (state_ != State::open || !socket_.ping) return;
        keep_alive(now);
        if (state_ == State::open) call_at(keep_alive_.next());
    }

    void keep_alive(TimePoint now) {
        const auto outstanding = watch_.outstanding ? watch_.outstanding(options_.idle_timeout) : Outstanding();
        switch (keep_alive_.look(now, outstanding, false)) {
        case KeepAlive::Action::none: return;
        case KeepAlive::Action::suspect: return tell(false);
        case KeepAlive::Action::alive: return tell(true);
        case KeepAlive::Action::ping: return ping();
        case KeepAlive::Action::lost: return on_silence("the peer was silent", options_.idle_timeout);
        case KeepAlive::Action::lost_by_probe: break;
        }
        on_silence("the peer was probed, and gave no sign of life", keep_alive_.probe_timeout());
    }

    void on_silence(const char* what, std::chrono::nanoseconds time) {
        const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(time);
        fail({Errc::idle_timeout,
              {.cause = boost::asio::error::timed_out,
               .detail = std::string(what) + " for " + std::to_string(limit.count()) + " ms"}});
    }

    void ping() {
        const TimePoint now = clock_->now();
        keep_alive_.queue_ping(now);
        keep_alive_.note_written(now, true); // as far as can be seen
        try {
            socket_.ping();
        } catch (...) {
            fail({{}, {.detail = "the host's function that sends a ping threw an exception"}});
        }
    }

    // The client acts on it at once: so it is told later, and not inside a call of its own.
    void tell(bool is_alive) {
        if (!watch_.tell) return;
        untold_ = is_alive;
        wake();
    }

    // --- the wait that owns this ------------------------------------------------------------------------------------

    void last() {
        lasting_.expires_at((TimePoint::max)());
        lasting_.async_wait([self = shared_from_this()](error_code) { self->on_woken(); });
    }

    void wake() { lasting_.expires_at((TimePoint::min)()); }

    void on_woken() {
        if (const auto code = std::exchange(unsaid_, std::nullopt)) return complete_now(*code);
        if (state_ == State::closed) return;
        last();
        if (const auto is_alive = std::exchange(untold_, std::nullopt)) watch_.tell(*is_alive);
    }

    // --- the end ------------------------------------------------------------------------------------------------------

    void fail(PushFailure failure) {
        if (state_ == State::closed) return;
        error_code code = state_ == State::opening ? Errc::connect_failed : Errc::connection_lost;
        if (is_link_code(failure.code)) code = failure.code;
        else if (!failure.why.cause) failure.why.cause = failure.code;
        *last_failure_ = std::move(failure.why);
        shut();
        complete_all(code);
    }

    // Without memory to post them, they are called when the wait ends that was under way.
    void complete_all(error_code code) noexcept {
        try {
            post_completion(executor_, opened_, code);
            post_completion(executor_, receiving_, code, std::string_view());
        } catch (const std::bad_alloc&) {
            unsaid_ = code;
        }
    }

    // Whoever is told may end the client.
    void complete_now(error_code code) {
        if (opened_) opened_(code);
        if (receiving_) receiving_(code, std::string_view());
    }

    void shut() noexcept {
        if (state_ == State::closed) return;
        state_ = State::closed;
        inbox_->disconnect();
        try {
            lasting_.cancel();
            timer_->cancel();
            if (socket_.close) socket_.close();
        } catch (...) {
            // The connection has ended either way.
        }
    }

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer lasting_; // never expires, but to wake
    std::shared_ptr<const AnyClock> clock_;
    std::unique_ptr<AnyTimer> timer_;
    PushOptions options_;
    KeepAlive keep_alive_;
    PeerWatch watch_;
    std::shared_ptr<PushInbox> inbox_;               // shared with the host
    std::shared_ptr<TransportFailure> last_failure_; // shared with the handle, which may be asked when this is gone

    State state_ = State::opening;
    TimePoint open_end_{};
    std::optional<error_code> unsaid_; // what all handlers are to be told when the wait ends
    std::optional<bool> untold_;       // what the client is to be told of its peer, in the same way
    PushSocket socket_;
    OpenHandler opened_;
    ReceiveHandler receiving_;
};

} // namespace lcm::detail

#endif
