// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp, but for those of the upgrade.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_IPP

#include <lcm_client/websocket/impl/abortive_close.hpp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/own_socket.hpp>
#include <lcm_client/websocket/impl/tls.ipp>
#include <lcm_client/websocket/impl/upgrade.ipp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/assert.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace lcm::detail {

LCM_CLIENT_DECL WebSocketConnection::WebSocketConnection(boost::asio::any_io_executor executor,
                                                         std::shared_ptr<const WebSocketSettings> settings,
                                                         std::size_t max_inbound_message,
                                                         std::shared_ptr<TransportFailure> failure)
    : executor_(std::move(executor)), settings_(std::move(settings)), max_inbound_message_(max_inbound_message),
      failure_(std::move(failure)), keep_alive_(settings_->options.idle_timeout), timer_(executor_),
      resolver_(executor_), socket_(executor_) {}

// A loop that is destroyed destroys what is under way. What the system holds of it must not be delivered after that;
// but in a fork the connection is that of the parent.
LCM_CLIENT_DECL WebSocketConnection::~WebSocketConnection() {
    if (is_abortive_ && !home_.is_elsewhere()) abort_connection(stream().socket().native_handle());
}

// The way up, stage by stage.

LCM_CLIENT_DECL void WebSocketConnection::open(OpenHandler handler) {
    open_ = std::move(handler);
    resolve();
    if (state_ != State::closed || unsaid_) wait();
}

LCM_CLIENT_DECL void WebSocketConnection::begin(Stage stage) {
    stage_ = stage;
    timer_.expires_after(stage.limit);
}

LCM_CLIENT_DECL void WebSocketConnection::resolve() {
    begin({Errc::resolve_failed, "resolving the server's name", options().resolve_timeout});
    error_code is_name;
    const auto address = boost::asio::ip::make_address(url().host, is_name);
    if (!is_name) {
        const boost::asio::ip::tcp::endpoint endpoint(address, static_cast<unsigned short>(std::stoul(url().port)));
        return connect(Resolver::results_type::create(endpoint, url().host, url().port));
    }
    look_up(url().host);
}

// A name that ends with a dot is asked for as it is, so that no domain is put behind it; but no file of hosts has it
// so.
LCM_CLIENT_DECL void WebSocketConnection::look_up(std::string_view name) {
    auto on_resolved = [self = shared_from_this(), name](error_code ec, const Resolver::results_type& found) {
        if (self->state_ != State::opening) return;
        if (!ec) return self->connect(found);
        if (name != self->url().name()) return self->look_up(self->url().name());
        self->fail({Errc::resolve_failed, {ec, "the name is " + self->url().host}});
    };
    try {
        resolver_.async_resolve(name, url().port, Resolver::numeric_service, std::move(on_resolved));
    } catch (const boost::system::system_error& problem) { // Asio starts its thread for names at the first one
        fail({Errc::resolve_failed, {problem.code(), "the system gave no thread to look up names"}});
    }
}

LCM_CLIENT_DECL void WebSocketConnection::connect(const Resolver::results_type& endpoints) {
    begin({Errc::connect_failed, "connecting", options().connect_timeout});
    connect_to(endpoints.begin(), boost::asio::error::not_found);
}

// One after the other. `last` is what became of the one before.
LCM_CLIENT_DECL void WebSocketConnection::connect_to(Resolver::results_type::iterator endpoint, error_code last) {
    if (endpoint == Resolver::results_type::iterator()) return on_connected(last);
    error_code ec;
    socket_.close(ec);
    open_own(socket_, endpoint->endpoint().protocol(), ec);
    if (ec) return connect_to(std::next(endpoint), ec);
    socket_.async_connect(endpoint->endpoint(), [self = shared_from_this(), endpoint](error_code problem) {
        if (self->state_ != State::opening) return;
        if (problem) self->connect_to(std::next(endpoint), problem);
        else self->on_connected({});
    });
}

LCM_CLIENT_DECL void WebSocketConnection::on_connected(error_code ec) {
    if (ec) return fail({Errc::connect_failed, {ec, "the server is " + url().host_header()}});
    error_code ignored; // only slower without
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    websocket_.emplace(std::move(socket_), settings_->tls.get(), max_inbound_message_);
    if (url().tls) tls_handshake();
    else upgrade();
}

LCM_CLIENT_DECL void WebSocketConnection::tls_handshake() {
    begin({Errc::tls_failed, "the TLS handshake", options().tls_timeout});
    if (!expect_host(stream().native_tls(), url()))
        return fail({Errc::tls_failed, {boost::asio::error::no_memory, "the TLS handshake could not be prepared"}});
    stream().async_tls_handshake(boost::asio::ssl::stream_base::client, [self = shared_from_this()](error_code ec) {
        if (self->state_ == State::opening) self->on_tls(ec);
    });
}

LCM_CLIENT_DECL void WebSocketConnection::on_tls(error_code ec) {
    if (ec) return fail(explain_tls(ec, stream().native_tls()));
    upgrade();
}

// Messages out.

LCM_CLIENT_DECL void WebSocketConnection::send(Batch batch, SendHandler handler) {
    if (state_ != State::open) return post_completion(executor_, handler, Errc::connection_lost);
    BOOST_ASSERT(!send_); // one batch at a time
    if (batch.empty()) return post_completion(executor_, handler, error_code());
    send_ = std::move(handler);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const error_code ec = write(std::string_view(batch[i].data(), batch[i].size()));
        if (ec) return on_refused(ec);
    }
    batch_waits_ = true;
    flush();
}

// Beast has random numbers of its own when the system has none.
LCM_CLIENT_DECL error_code WebSocketConnection::write(std::string_view text) {
    error_code ec;
    if (!keys_.prepare()) {
        websocket_->write(boost::asio::buffer(text.data(), text.size()), ec);
        return ec;
    }
    write_text_frame(text, keys_.take(), outbox().extend(frame_header_size(text.size()) + text.size()));
    return ec;
}

// Writes what has collected, unless a write is under way: its end comes here again.
LCM_CLIENT_DECL void WebSocketConnection::flush() {
    if (is_writing_) return;
    answer_ping();
    if (outbox().empty()) return;
    is_writing_ = true;
    ping_leaves_ = std::exchange(ping_waits_, false);
    batch_leaves_ = std::exchange(batch_waits_, false);
    outbox().begin_write();
    write_rest();
}

LCM_CLIENT_DECL void WebSocketConnection::write_rest() {
    if (is_delivering_ && write_now()) return;
    auto on_written = [self = shared_from_this()](error_code ec, std::size_t count) {
        if (self->state_ != State::closed) self->on_written(ec, count);
    };
    stream().write_some(outbox().rest(), with_memory(*memory_, std::move(on_written)));
}

// An answer to what came mostly fits into the system's own memory. Then nothing has to be waited for, and the write
// ends with the delivery. Returns whether it does. What goes wrong comes again in the asynchronous write.
LCM_CLIENT_DECL bool WebSocketConnection::write_now() {
    outbox().advance(stream().write_at_once(outbox().rest()));
    return outbox().rest().size() == 0;
}

LCM_CLIENT_DECL void WebSocketConnection::on_written(error_code ec, std::size_t count) {
    if (ec) return state_ == State::closing ? shut() : on_write_failed(ec);
    outbox().advance(count);
    if (outbox().rest().size() == 0) {
        if (end_write()) send_(error_code());
        return;
    }
    if (keep_alive_.ping_waits()) keep_alive_.note_written(std::chrono::steady_clock::now(), false);
    write_rest();
}

// Goes on with what has collected meanwhile. Returns whether a batch has left, whose handler is to be told.
LCM_CLIENT_DECL bool WebSocketConnection::end_write() {
    is_writing_ = false;
    if (keep_alive_.ping_waits()) keep_alive_.note_written(std::chrono::steady_clock::now(), ping_leaves_);
    const bool batch_has_left = batch_leaves_;
    flush();
    if (state_ == State::closing) shut_when_said();
    return batch_has_left && state_ == State::open;
}

// What the server said before it went is still to be read: answers, and why it went. Nothing more is written.
LCM_CLIENT_DECL void WebSocketConnection::on_write_failed(error_code ec) {
    const bool can_hear = is_reading_ || (receive_ && has_next());
    if (!can_hear) return on_lost(ec);
    write_error_ = ec;
    last_words_end_ = std::chrono::steady_clock::now() + keep_alive_.probe_timeout();
    schedule();
}

// Messages in.

LCM_CLIENT_DECL void WebSocketConnection::receive(ReceiveHandler handler) {
    if (state_ != State::open) return post_completion(executor_, handler, Errc::connection_lost, std::string_view());
    BOOST_ASSERT(!receive_); // one at a time
    receive_ = std::move(handler);
    if (!is_delivering_) resume();
}

// Goes on with what has come already, or else with the socket. No handler may run now: this is called by `receive()`.
LCM_CLIENT_DECL void WebSocketConnection::resume() {
    if (state_ != State::open || !receive_) return;
    if (!has_next()) return read();
    boost::asio::post(executor_, [self = shared_from_this()] { self->deliver(); });
}

LCM_CLIENT_DECL void WebSocketConnection::read() {
    if (is_reading_) return;
    is_reading_ = true;
    auto on_read = [self = shared_from_this()](error_code ec, std::size_t count) {
        self->is_reading_ = false;
        if (self->state_ != State::closed) self->on_read(Stream::without_truncation(ec), count);
    };
    stream().read_some(inbox().prepare(), with_memory(*memory_, std::move(on_read)));
}

LCM_CLIENT_DECL void WebSocketConnection::on_read(error_code ec, std::size_t count) {
    if (ec) return state_ == State::closing ? shut() : on_lost(write_error_ ? write_error_ : ec);
    if (keep_alive_.hear(std::chrono::steady_clock::now())) tell(true);
    try {
        inbox().commit(count, [this](auto kind, auto payload) { on_control(kind, payload); });
    } catch (const std::bad_alloc&) {
        return on_lost(boost::asio::error::no_memory);
    }
    if (state_ == State::closing) return await_farewell();
    flush();
    deliver();
}

// What has come, one after the other, without a look at the system in between; but others want to run, too.
LCM_CLIENT_DECL void WebSocketConnection::deliver() {
    is_delivering_ = true;
    try {
        for (int left = 256; left != 0 && state_ == State::open && receive_ && has_next(); --left) deliver_one();
    } catch (...) { // the handler's own; what has come behind is still to be delivered
        if (end_delivery()) post_completion(executor_, send_, error_code());
        throw;
    }
    if (end_delivery()) send_(error_code());
}

// From here on no handler looks at what has come. Returns whether a batch has left, whose handler is to be told.
LCM_CLIENT_DECL bool WebSocketConnection::end_delivery() {
    is_delivering_ = false;
    if (std::exchange(farewell_waits_, false)) await_farewell();
    else resume();
    const bool has_written = is_writing_ && outbox().rest().size() == 0; // within the delivery
    return has_written && state_ != State::closed && end_write();
}

// A message in one frame is looked at where it is. All else is for Beast: fragments, the farewell, and what breaks a
// rule.
LCM_CLIENT_DECL void WebSocketConnection::deliver_one() {
    if (message_capacity_.is_excessive(message_.capacity())) message_ = {};
    if (const auto text = inbox().take_whole_message()) {
        message_capacity_.note(0);
        return receive_(error_code(), *text);
    }
    if (inbox().messages() == 0 && inbox().end() == Inbox::End::too_big) return refuse_message();
    read_message();
}

LCM_CLIENT_DECL void WebSocketConnection::read_message() {
    error_code ec;
    message_.clear();
    inbox().begin_message();
    try {
        websocket_->read(message_, ec);
    } catch (const std::bad_alloc&) { // in the middle of the message, where nothing can go on
        ec = boost::asio::error::no_memory;
    }
    if (ec == boost::asio::error::no_memory) return on_lost(ec);
    if (ec) return on_refused(ec);
    message_capacity_.note(message_.size());
    const auto text = message_.cdata();
    receive_(error_code(), std::string_view(static_cast<const char*>(text.data()), text.size()));
}

// Beast would want its bytes first.
LCM_CLIENT_DECL void WebSocketConnection::refuse_message() {
    Sensitive<std::string> head = inbox().beginning_of_refused(max_message_head);
    error_code ignored; // that there is no answer to read yet
    websocket_->close(boost::beast::websocket::close_code::too_big, ignored);
    on_refused(boost::beast::websocket::error::message_too_big);
    failure_->message_head = std::move(head); // no handler has run yet
}

// A message, or what Beast is to read next: the server's farewell, or what it refuses.
LCM_CLIENT_DECL bool WebSocketConnection::has_next() const noexcept {
    return inbox().messages() != 0 || inbox().end() != Inbox::End::none;
}

// Pings.

// Of pings that come together, or during a write, only the last one is answered (RFC 6455, 5.5.3), so that answers
// cannot pile up.
LCM_CLIENT_DECL void WebSocketConnection::on_control(FrameKind kind, std::span<const unsigned char> payload) {
    if (state_ != State::open) return;
    const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
    if (kind == FrameKind::ping) unanswered_.emplace(text.data(), text.size());
    else on_pong(text);
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
    if (!unanswered_ || state_ != State::open) return;
    error_code ignored; // memory takes all
    websocket_->pong(*unanswered_, ignored);
    unanswered_.reset();
}

LCM_CLIENT_DECL void WebSocketConnection::ping() {
    if (ping_waits_) return;
    error_code ignored; // memory takes all
    const std::string number = std::to_string(++pings_);
    websocket_->ping({number.data(), number.size()}, ignored);
    ping_waits_ = true;
    flush();
}

LCM_CLIENT_DECL void WebSocketConnection::probe() {
    if (state_ != State::open || keep_alive_.is_probing()) return;
    keep_alive_.probe(std::chrono::steady_clock::now());
    schedule();
    ping();
}

// Time.

LCM_CLIENT_DECL void WebSocketConnection::wait() {
    timer_.async_wait(with_memory(*memory_, [self = shared_from_this()](error_code) { self->on_time(); }));
}

// Its error code does not tell whether the time has been set anew meanwhile; the clock does.
LCM_CLIENT_DECL void WebSocketConnection::on_time() {
    struct Again { // also when what is told throws
        WebSocketConnection& connection;
        ~Again() {
            if (connection.state_ != State::closed) connection.wait();
        }
    } const again{*this};
    tell_what_waits();
    const auto now = std::chrono::steady_clock::now();
    if (now < timer_.expiry()) return;
    if (state_ == State::opening) on_stage_time();
    else if (state_ == State::open) guard_open_time(now);
    else if (state_ == State::closing) abort(); // the server has not answered the farewell
}

// The timer goes off at once: a wait for it is always under way, so that what has to be told needs no memory.
LCM_CLIENT_DECL void WebSocketConnection::wake() { timer_.expires_at((TimePoint::min)()); }

LCM_CLIENT_DECL void WebSocketConnection::tell_what_waits() {
    if (const auto code = std::exchange(unsaid_, std::nullopt)) {
        timer_.expires_after(options().close_timeout); // if it is closing
        complete_now(*code);
    }
    if (state_ != State::open) return;
    if (const auto is_alive = std::exchange(untold_, std::nullopt)) watch_.tell(*is_alive);
    if (state_ == State::open && std::exchange(has_confirmed_, false)) confirmed_(error_code());
}

LCM_CLIENT_DECL void WebSocketConnection::on_stage_time() {
    if (auto refusal = refusal_so_far()) return fail(*std::move(refusal));
    fail({stage_.code,
          {boost::asio::error::timed_out,
           std::string(stage_.what) + " took longer than " + std::to_string(stage_.limit.count()) + " ms"}});
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
    look_for_arrival(now);
    keep_alive(now);
    if (state_ == State::open) schedule();
}

LCM_CLIENT_DECL void WebSocketConnection::schedule() {
    if (untold_ || has_confirmed_) return wake();
    timer_.expires_at((std::min)({keep_alive_.next(), last_words_end_, arrival_look_}));
}

LCM_CLIENT_DECL void WebSocketConnection::keep_alive(TimePoint now) {
    switch (keep_alive_.look(now, outstanding(), is_unwritten())) {
    case KeepAlive::Action::none: return;
    case KeepAlive::Action::suspect: return tell(false);
    case KeepAlive::Action::alive: return tell(true);
    case KeepAlive::Action::ping: keep_alive_.queue_ping(now); return ping();
    case KeepAlive::Action::lost: return on_lost(boost::beast::error::timeout);
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

// The client acts on it at once, and may close this connection: so it is told later. Once it closes the timer is that of
// the farewell.
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

// The end.

LCM_CLIENT_DECL void WebSocketConnection::fail(Explanation why) {
    *failure_ = std::move(why.failure);
    shut();
    complete_all(why.code);
}

LCM_CLIENT_DECL void WebSocketConnection::on_lost(error_code ec) { fail(explain(ec)); }

// Beast has refused what came, or has read the server's farewell. Its answer leaves before the socket is closed.
LCM_CLIENT_DECL void WebSocketConnection::on_refused(error_code ec) {
    Explanation why = explain(ec);
    if (leaves_doubt()) return fail(std::move(why));
    *failure_ = std::move(why.failure);
    begin_closing();
    complete_all(why.code);
    shut_when_said();
}

LCM_CLIENT_DECL Explanation WebSocketConnection::explain(error_code ec) {
    if (!is_tls_refusal(ec)) return explain_loss(ec, websocket_->reason().code, max_inbound_message_);
    Explanation why = explain_tls(ec, stream().native_tls());
    why.code = Errc::connection_lost; // whose cause it is: the link had been good
    return why;
}

LCM_CLIENT_DECL void WebSocketConnection::close() {
    if (state_ == State::closing || state_ == State::closed) return;
    const bool was_open = state_ == State::open;
    *failure_ = {.cause = boost::asio::error::operation_aborted, .detail = "the connection was closed by this side"};
    if (!was_open || write_error_ || leaves_doubt()) {
        shut();
        return complete_all(Errc::connection_lost);
    }
    error_code ignored; // that there is no answer to read yet
    websocket_->close(boost::beast::websocket::close_code::normal, ignored);
    begin_closing();
    complete_all(Errc::connection_lost);
    if (is_delivering_) farewell_waits_ = true; // to read now would move the text that a handler is looking at
    else await_farewell();
}

LCM_CLIENT_DECL void WebSocketConnection::abort() {
    if (state_ == State::closed) return;
    if (state_ != State::closing)
        *failure_ = {.cause = boost::asio::error::operation_aborted,
                     .detail = "the connection was given up by this side"};
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

// All handlers are done with; what Beast has to say to the server still leaves, in bounded time, also when the process
// ends meanwhile.
LCM_CLIENT_DECL void WebSocketConnection::begin_closing() {
    state_ = State::closing;
    be_abortive(false);
    timer_.expires_after(options().close_timeout);
    flush();
}

// Reads on until the server's farewell, and drops the rest.
LCM_CLIENT_DECL void WebSocketConnection::await_farewell() {
    inbox().drop();
    expects_farewell_ = inbox().end() == Inbox::End::none;
    if (expects_farewell_) read();
    else shut_when_said();
}

LCM_CLIENT_DECL void WebSocketConnection::shut_when_said() {
    if (!expects_farewell_ && (!is_writing_ || write_error_)) shut();
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
    state_ = State::closed;
    timer_.expires_at((std::chrono::steady_clock::time_point::max)());
    if (std::exchange(is_abortive_, false)) abort_connection(stream().socket().native_handle());
    error_code ignored;
    if (websocket_) stream().socket().close(ignored);
    else socket_.close(ignored);
    try {
        resolver_.cancel();
    } catch (const std::bad_alloc&) { // a look-up that is under way goes on, and nobody hears of it
    }
}

} // namespace lcm::detail

#endif
