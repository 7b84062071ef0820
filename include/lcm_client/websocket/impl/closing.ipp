// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about its end: the close handshake, and the ends without one.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CLOSING_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CLOSING_IPP

#include <lcm_client/websocket/impl/addresses/abortive_close.hpp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/tls/tls_refusal.ipp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <new>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void WebSocketConnection::fail(Explanation why) {
    look_for_tls_failure(why);
    recall_words(why);
    note_failure(why);
    name_proxy(why);
    judge_server(why);
    *failure_ = std::move(why.failure);
    shut();
    complete_all(why.code);
}

LCM_CLIENT_DECL void WebSocketConnection::on_lost(error_code ec) { fail(explain(ec)); }

// Ends the connection with a close frame of this side, which leaves before the socket is closed.
LCM_CLIENT_DECL void WebSocketConnection::refuse(Explanation why, CloseCode code) {
    if (leaves_doubt() || !add_close_frame(code)) return fail(std::move(why));
    note_failure(why);
    judge_server(why);
    *failure_ = std::move(why.failure);
    begin_closing();
    complete_all(why.code);
    shut_when_written();
}

// Returns whether there was memory for it.
LCM_CLIENT_DECL bool WebSocketConnection::add_close_frame(CloseCode code) noexcept {
    try {
        const auto payload = close_payload(code);
        write_queue_.add(Opcode::close, {payload.data(), payload.size()});
    } catch (const std::bad_alloc&) {
        return false;
    }
    return true;
}

LCM_CLIENT_DECL Explanation WebSocketConnection::explain(error_code ec) {
    return is_tls_refusal(ec) ? explain_tls_loss(ec) : explain_loss(ec);
}

LCM_CLIENT_DECL void WebSocketConnection::close() {
    if (state_ == State::closing || state_ == State::closed) return;
    const bool was_open = state_ == State::open;
    if (was_open) client_memory_->servers.leave();
    *failure_ = {.cause = boost::asio::error::operation_aborted, .detail = "the connection was closed by this side"};
    if (!was_open || write_error_ || leaves_doubt() || !add_close_frame(CloseCode::normal)) {
        shut();
        return complete_all(Errc::connection_lost);
    }
    begin_closing();
    complete_all(Errc::connection_lost);
    if (is_delivering_) close_waits_ = true; // to read now would move the text that a handler is looking at
    else await_close_frame();
}

LCM_CLIENT_DECL void WebSocketConnection::abort() {
    if (state_ == State::closed) return;
    if (state_ != State::closing) {
        Explanation why{Errc::connection_lost,
                        {boost::asio::error::operation_aborted, "the connection was given up by this side"}};
        judge_server(why);
        *failure_ = std::move(why.failure);
    }
    if (state_ == State::closing) be_abortive(true);
    shut();
    complete_all(Errc::connection_lost);
}

// Whether something may be delivered later that the client counts as unknown, or will. What the server's system has
// acknowledged is the server's.
LCM_CLIENT_DECL bool WebSocketConnection::leaves_doubt() {
    if (state_ != State::open || !outstanding().is_unanswered) return false;
    return keep_alive_.is_suspect() || is_unwritten() || !system_holds_nothing();
}

// All handlers are done with; what has collected still leaves, in bounded time, also when the process ends meanwhile.
LCM_CLIENT_DECL void WebSocketConnection::begin_closing() {
    distrust_cookies();
    state_ = State::closing;
    be_abortive(false);
    set_timer(std::chrono::steady_clock::now() + options().close_timeout);
    flush();
}

// Reads on until the server's close frame, and drops the rest.
LCM_CLIENT_DECL void WebSocketConnection::await_close_frame() {
    while (reader_.has_message()) {
        reader_.drop_messages();
        if (!look_at_frames()) return;
    }
    awaits_close_frame_ = !reader_.end();
    if (awaits_close_frame_) read();
    else shut_when_written();
}

LCM_CLIENT_DECL void WebSocketConnection::shut_when_written() {
    if (!awaits_close_frame_ && (!write_queue_.is_writing() || write_error_)) shut();
}

// Without memory to post them, they are called when the timer goes off: a wait for it is always under way.
LCM_CLIENT_DECL void WebSocketConnection::complete_all(Errc code) noexcept {
    try {
        post_completion(executor_, open_, code);
        post_completion(executor_, send_, code);
        post_completion(executor_, confirmed_, code);
        post_completion(executor_, receive_, code, std::string_view());
    } catch (const std::bad_alloc&) {
        unsaid_ = code;
        wake();
    }
}

// Whoever is told may end the client.
LCM_CLIENT_DECL void WebSocketConnection::complete_now(Errc code) {
    const auto self = shared_from_this();
    if (open_) open_(code);
    if (send_) send_(code);
    if (confirmed_) confirmed_(code);
    if (receive_) receive_(code, std::string_view());
}

LCM_CLIENT_DECL void WebSocketConnection::be_abortive(bool is_abortive) {
    is_abortive_ = is_abortive;
    set_abortive(stream().socket().native_handle(), is_abortive);
}

LCM_CLIENT_DECL void WebSocketConnection::drop() noexcept {
    open_ = nullptr;
    send_ = nullptr;
    confirmed_ = nullptr;
    receive_ = nullptr;
    unsaid_.reset();
    if (state_ != State::closed) shut();
}

// Aborts what is pending; with the last of it the connection goes.
LCM_CLIENT_DECL void WebSocketConnection::shut() {
    distrust_cookies();
    state_ = State::closed;
    forget_proxy_answer();
    timer_.expires_at(due_ = (TimePoint::max)()); // which ends the wait
    if (std::exchange(is_abortive_, false)) abort_connection(stream().socket().native_handle());
    if (stream_) close_socket(stream().socket());
    if (connector_) connector_->stop();
    if (const auto lookup = lookup_.lock()) lookup->give_up();
}

} // namespace lcm::detail

#endif
