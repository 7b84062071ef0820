// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about what is written.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_WRITING_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_WRITING_IPP

#include <lcm_client/websocket/impl/connection.hpp>

#include <boost/assert.hpp>
#include <boost/system/errc.hpp>

#include <chrono>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void WebSocketConnection::send(const Batch& batch, SendHandler&& handler) {
    if (state_ != State::open) return post_completion(executor_, handler, Errc::connection_lost);
    BOOST_ASSERT(!send_); // one batch at a time
    if (batch.empty()) return post_completion(executor_, handler, error_code());
    send_ = std::move(handler);
    if (write_queue_.add(batch)) return flush();
    on_lost(make_error_code(boost::system::errc::resource_unavailable_try_again)); // the random bytes of the masks
}

// Writes what has collected, unless a write is under way: its end comes here again.
LCM_CLIENT_DECL void WebSocketConnection::flush() {
    if (write_queue_.is_writing()) return;
    answer_ping();
    if (write_queue_.empty()) return;
    write_queue_.begin_write();
    write_rest();
}

LCM_CLIENT_DECL void WebSocketConnection::write_rest() {
    if (is_delivering_ && write_now()) return;
    start_write(write_queue_.rest());
}

// One kind of operation for the request of the upgrade and for frames: each kind takes long to compile.
LCM_CLIENT_DECL void WebSocketConnection::start_write(boost::asio::const_buffer from) {
    auto on_some_written = [self = shared_from_this(), given_up = given_up_](error_code ec, std::size_t count) {
        if (self->state_ == State::closed || given_up != self->given_up_) return;
        if (self->state_ == State::opening) self->on_request_written(ec, count);
        else self->on_written(ec, count);
    };
    stream().write_some(from, with_memory(*memory_, std::move(on_some_written)));
}

// An answer to what came mostly fits into the memory of the system. Then nothing has to be waited for, and the write
// ends with the delivery. Returns whether it does. What goes wrong comes again in the asynchronous write.
LCM_CLIENT_DECL bool WebSocketConnection::write_now() {
    write_queue_.advance(stream().write_at_once(write_queue_.rest()));
    return write_queue_.is_written();
}

LCM_CLIENT_DECL void WebSocketConnection::on_written(error_code ec, std::size_t count) {
    if (ec) return state_ == State::closing ? shut() : on_write_failed(ec);
    write_queue_.advance(count);
    if (write_queue_.is_written()) {
        if (end_write()) send_(error_code());
        return;
    }
    if (keep_alive_.ping_waits()) keep_alive_.note_written(std::chrono::steady_clock::now(), false);
    write_rest();
}

// Goes on with what has collected meanwhile. Returns whether a batch has left, whose handler is to be told.
LCM_CLIENT_DECL bool WebSocketConnection::end_write() {
    const WriteQueue::Contents written = write_queue_.end_write();
    if (keep_alive_.ping_waits()) keep_alive_.note_written(std::chrono::steady_clock::now(), written.has_ping);
    flush();
    if (state_ == State::closing) shut_when_written();
    return written.has_batch && state_ == State::open;
}

// What the server said before it went is still to be read: answers, and why it went. Nothing more is written.
LCM_CLIENT_DECL void WebSocketConnection::on_write_failed(error_code ec) {
    const bool can_hear = is_reading_ || (receive_ && has_next());
    if (!can_hear) return on_lost(ec);
    write_error_ = ec;
    last_words_end_ = std::chrono::steady_clock::now() + keep_alive_.probe_timeout();
    schedule();
}

} // namespace lcm::detail

#endif
