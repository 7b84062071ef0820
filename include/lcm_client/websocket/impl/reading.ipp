// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about what is read: messages, pings, pongs and what ends the reading.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_READING_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_READING_IPP

#include <lcm_client/websocket/impl/connection.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/assert.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void WebSocketConnection::receive(ReceiveHandler&& handler) {
    if (state_ != State::open) return post_completion(executor_, handler, Errc::connection_lost, std::string_view());
    BOOST_ASSERT(!receive_); // one at a time
    receive_ = std::move(handler);
    if (!is_delivering_) resume();
}

// Goes on with what has come already, or else with the socket. No handler may run now: this is called by `receive()`.
LCM_CLIENT_DECL void WebSocketConnection::resume() {
    if (state_ != State::open || !receive_) return;
    if (!has_next() && reader_.has_unseen() && !look_at_frames()) return;
    if (unanswered_ping_) flush(); // it came behind what has been delivered, and perhaps nothing else comes
    if (!has_next()) return read();
    post_later(executor_, [self = shared_from_this()] { self->deliver(); });
}

LCM_CLIENT_DECL void WebSocketConnection::read() {
    if (is_reading_) return;
    const auto room = reader_.prepare();
    start_read(boost::asio::buffer(room.data(), room.size()));
}

// One kind of operation for the answer to the upgrade and for frames: each kind takes long to compile.
LCM_CLIENT_DECL void WebSocketConnection::start_read(boost::asio::mutable_buffer to) {
    is_reading_ = true;
    auto on_some_read = [self = shared_from_this(), given_up = given_up_](error_code ec, std::size_t count) {
        if (given_up != self->given_up_) return;
        self->is_reading_ = false;
        if (self->state_ == State::closed) return;
        if (self->state_ == State::opening) self->on_answer(Stream::without_truncation(ec), count);
        else self->on_read(Stream::without_truncation(ec), count);
    };
    stream().read_some(to, with_memory(*memory_, std::move(on_some_read)));
}

LCM_CLIENT_DECL void WebSocketConnection::on_read(error_code ec, std::size_t count) {
    if (ec) return state_ == State::closing ? shut() : on_lost(write_error_ ? write_error_ : ec);
    if (keep_alive_.hear(std::chrono::steady_clock::now())) tell(true);
    reader_.commit(count);
    if (!look_at_frames()) return;
    if (state_ == State::closing) return await_close_frame();
    flush();
    deliver();
}

// Returns whether the connection goes on: it ends without memory for what has come.
LCM_CLIENT_DECL bool WebSocketConnection::look_at_frames() {
    try {
        scan();
    } catch (const std::bad_alloc&) {
        on_lost(boost::asio::error::no_memory);
        return false;
    }
    return true;
}

LCM_CLIENT_DECL void WebSocketConnection::scan() {
    while (const auto frame = reader_.scan()) on_control(*frame);
}

// All messages that the reader has found, one after the other, without a look at the system in between. It finds so
// many at a time only, since others want to run, too.
LCM_CLIENT_DECL void WebSocketConnection::deliver() {
    is_delivering_ = true;
    try {
        while (state_ == State::open && receive_ && has_next()) deliver_one();
    } catch (...) { // the handler threw; what has come behind is still to be delivered
        if (end_delivery()) post_completion(executor_, send_, error_code());
        throw;
    }
    if (end_delivery()) send_(error_code());
}

// From here on no handler looks at what has come. Returns whether a batch has left, whose handler is to be told.
LCM_CLIENT_DECL bool WebSocketConnection::end_delivery() {
    is_delivering_ = false;
    if (std::exchange(close_waits_, false)) await_close_frame();
    else resume();
    const bool has_written = write_queue_.is_writing() && write_queue_.is_written(); // within the delivery
    return has_written && state_ != State::closed && end_write();
}

LCM_CLIENT_DECL void WebSocketConnection::deliver_one() {
    if (reader_.has_message())
        if (const auto text = reader_.take_message()) {
            has_unproven_cookies_ = false;
            return receive_(error_code(), *text);
        }
    refuse(explain_read_end(), reader_.end()->answer);
}

// A message, or what ends the reading.
LCM_CLIENT_DECL bool WebSocketConnection::has_next() const noexcept { return reader_.has_message() || reader_.end(); }

LCM_CLIENT_DECL Explanation WebSocketConnection::explain_read_end() const {
    const ReadEnd& end = *reader_.end();
    Explanation why = explain_end(end, max_inbound_message_);
    if (end.why == WebSocketErrc::message_too_big)
        why.failure.message_head = reader_.beginning_of_refused(max_message_head);
    return why;
}

// Of pings that come together, or during a write, only the last one is answered (RFC 6455, 5.5.3), so that answers
// cannot pile up.
LCM_CLIENT_DECL void WebSocketConnection::on_control(const ControlFrame& frame) {
    if (state_ != State::open) return;
    has_unproven_cookies_ = false;
    if (frame.opcode == Opcode::ping) unanswered_ping_.emplace(frame.payload);
    else on_pong(frame.payload);
}

// A pong that answers no ping of ours proves nothing: a server may send such ones without ever reading.
LCM_CLIENT_DECL void WebSocketConnection::on_pong(std::string_view payload) {
    std::uint64_t number = 0;
    const auto [end, ec] = std::from_chars(payload.data(), payload.data() + payload.size(), number);
    if (ec != std::errc() || end != payload.data() + payload.size() || number <= pongs_ || number > pings_) return;
    pongs_ = number;
    if (keep_alive_.progress(std::chrono::steady_clock::now())) tell(true);
    if (confirmed_ && number >= confirming_ping_) note_arrival();
}

LCM_CLIENT_DECL void WebSocketConnection::answer_ping() {
    if (!unanswered_ping_ || state_ != State::open) return;
    write_queue_.add(Opcode::pong, unanswered_ping_->text());
    unanswered_ping_.reset();
}

} // namespace lcm::detail

#endif
