// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about time: stages that take too long, pings, and confirmations.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_LIVENESS_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_LIVENESS_IPP

#include <lcm_client/websocket/impl/addresses/abortive_close.hpp>
#include <lcm_client/websocket/impl/connection.hpp>

#include <boost/asio/error.hpp>
#include <boost/assert.hpp>

#include <algorithm>
#include <chrono>
#include <new>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void WebSocketConnection::ping() {
    add_ping();
    flush();
}

LCM_CLIENT_DECL void WebSocketConnection::add_ping() {
    if (write_queue_.has_ping()) return;
    write_queue_.add(Opcode::ping, std::to_string(pings_ + 1));
    ++pings_;
}

LCM_CLIENT_DECL void WebSocketConnection::probe() {
    if (state_ != State::open || keep_alive_.is_probing()) return;
    keep_alive_.probe(std::chrono::steady_clock::now());
    schedule();
    flush(); // the first ping, if it still waits: this is another one
    ping();
}

LCM_CLIENT_DECL void WebSocketConnection::wait() {
    timer_.expires_at(due_);
    timer_.async_wait(with_memory(*memory_, [self = shared_from_this()](error_code) { self->on_time(); }));
}

// The timer may go off early, which is cheaper than setting it anew for each stage.
LCM_CLIENT_DECL void WebSocketConnection::set_timer(TimePoint due) {
    due_ = due;
    if (due < timer_.expiry()) timer_.expires_at(due);
}

// Its error code does not tell whether the time has been set anew meanwhile; the clock does.
LCM_CLIENT_DECL void WebSocketConnection::on_time() {
    // Also when what is told throws. A connection that has ended in here may lack the memory to say so at once.
    struct Again {
        WebSocketConnection& connection;
        ~Again() {
            if (connection.state_ != State::closed || connection.unsaid_) connection.wait();
        }
    } const again{*this};
    tell_what_waits();
    const auto now = std::chrono::steady_clock::now();
    if (now < due_) return;
    if (state_ == State::opening) on_stage_time(now);
    else if (state_ == State::open) guard_open_time(now);
    else if (state_ == State::closing) abort(); // the server has not answered the close frame
}

// The timer goes off at once: a wait for it is always under way, so that what has to be told needs no memory.
LCM_CLIENT_DECL void WebSocketConnection::wake() { set_timer((TimePoint::min)()); }

LCM_CLIENT_DECL void WebSocketConnection::tell_what_waits() {
    if (const auto code = std::exchange(unsaid_, std::nullopt)) {
        set_timer(std::chrono::steady_clock::now() + options().close_timeout); // if it is closing
        complete_now(*code);
    }
    if (state_ != State::open) return;
    if (const auto is_alive = std::exchange(untold_, std::nullopt)) watch_.tell(*is_alive);
    if (state_ == State::open && std::exchange(has_confirmed_, false)) confirmed_(error_code());
}

LCM_CLIENT_DECL void WebSocketConnection::on_stage_time(TimePoint now) {
    if (may_give_way() && is_mute()) return give_way(boost::asio::error::timed_out);
    if (now < stage_end_) return set_timer(stage_end_);
    guard_opening([this] {
        if (auto refusal = refusal_so_far()) return decline(*std::move(refusal));
        fail_here({stage_.code,
                   {boost::asio::error::timed_out,
                    std::string(stage_.what) + " took longer than " + std::to_string(stage_.limit.count()) + " ms"}});
    });
}

LCM_CLIENT_DECL void WebSocketConnection::guard_open_time(TimePoint now) {
    try {
        on_open_time(now);
    } catch (const std::bad_alloc&) {
        on_lost(boost::asio::error::no_memory);
    }
}

LCM_CLIENT_DECL void WebSocketConnection::on_open_time(TimePoint now) {
    if (now >= last_words_end_) return on_lost(write_error_);
    if (!is_reading_) static_cast<void>(keep_alive_.progress(now)); // nobody listens
    // The first ping leaves here, if it has not left with a request.
    flush();
    look_for_arrival(now);
    keep_alive(now);
    if (state_ == State::open) schedule();
}

LCM_CLIENT_DECL void WebSocketConnection::schedule() {
    if (untold_ || has_confirmed_) return wake();
    set_timer((std::min)({keep_alive_.next(), last_words_end_, arrival_look_}));
}

LCM_CLIENT_DECL void WebSocketConnection::keep_alive(TimePoint now) {
    switch (keep_alive_.look(now, outstanding(), is_unwritten())) {
    case KeepAlive::Action::none: return;
    case KeepAlive::Action::suspect: return tell(false);
    case KeepAlive::Action::alive: return tell(true);
    case KeepAlive::Action::ping: keep_alive_.queue_ping(now); return ping();
    case KeepAlive::Action::lost: return fail(explain_silence());
    case KeepAlive::Action::lost_by_probe: break;
    }
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(keep_alive_.probe_timeout());
    fail({Errc::idle_timeout,
          {boost::asio::error::timed_out,
           "the server was probed, and gave no sign of life within " + std::to_string(limit.count()) + " ms"}});
}

LCM_CLIENT_DECL Outstanding WebSocketConnection::outstanding() const {
    return watch_.outstanding ? watch_.outstanding(options().idle_timeout) : Outstanding();
}

// The client acts on it at once, and may close this connection: so it is told later. Once it closes, the timer is that
// of the close handshake.
LCM_CLIENT_DECL void WebSocketConnection::tell(bool is_alive) {
    if (state_ != State::open || !watch_.tell) return;
    untold_ = is_alive;
    wake();
}

// Whether all that was sent has arrived.

// The ping is for systems that do not tell. It leaves behind all that was sent, also if one waits already.
LCM_CLIENT_DECL void WebSocketConnection::confirm(SendHandler handler) {
    if (state_ != State::open) return post_completion(executor_, handler, Errc::connection_lost);
    BOOST_ASSERT(!confirmed_); // one at a time
    confirmed_ = std::move(handler);
    const bool has_arrived = !is_unwritten() && system_holds_nothing();
    if (!has_arrived) ping();
    confirming_ping_ = pings_;
    arrival_look_ = has_arrived ? (TimePoint::min)() : std::chrono::steady_clock::now() + arrival_interval;
    schedule();
}

LCM_CLIENT_DECL void WebSocketConnection::look_for_arrival(TimePoint now) {
    if (now < arrival_look_) return;
    if (is_unwritten() || !system_holds_nothing()) arrival_look_ = now + arrival_interval;
    else note_arrival();
}

LCM_CLIENT_DECL void WebSocketConnection::note_arrival() {
    arrival_look_ = (TimePoint::max)();
    has_confirmed_ = true;
    wake();
}

LCM_CLIENT_DECL bool WebSocketConnection::system_holds_nothing() {
    return unacknowledged_bytes(stream().socket().native_handle()).value_or(1) == 0;
}

} // namespace lcm::detail

#endif
