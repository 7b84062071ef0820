// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_IPP

#include <lcm_client/websocket/impl/check_options.hpp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/tls.ipp>

#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/assert.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/option.hpp>

#include <algorithm>
#include <chrono>
#include <new>
#include <string>
#include <utility>

namespace lcm::detail {

LCM_CLIENT_DECL WebSocketConnection::WebSocketConnection(boost::asio::any_io_executor executor,
                                                         std::shared_ptr<const WebSocketSettings> settings,
                                                         std::size_t max_inbound_message,
                                                         std::shared_ptr<TransportFailure> failure)
    : executor_(std::move(executor)), settings_(std::move(settings)), max_inbound_message_(max_inbound_message),
      failure_(std::move(failure)), timer_(executor_), resolver_(executor_), socket_(executor_) {}

// The way up, stage by stage.

LCM_CLIENT_DECL void WebSocketConnection::open(OpenHandler handler) {
    open_ = std::move(handler);
    resolve();
    wait();
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
    resolver_.async_resolve(url().host, url().port, Resolver::numeric_service,
                            [self = shared_from_this()](error_code ec, const Resolver::results_type& found) {
                                if (self->state_ != State::opening) return;
                                if (!ec) return self->connect(found);
                                self->fail({Errc::resolve_failed, {ec, "the name is " + self->url().host}});
                            });
}

LCM_CLIENT_DECL void WebSocketConnection::connect(const Resolver::results_type& endpoints) {
    begin({Errc::connect_failed, "connecting", options().connect_timeout});
    boost::asio::async_connect(socket_, endpoints,
                               [self = shared_from_this()](error_code ec, const boost::asio::ip::tcp::endpoint&) {
                                   if (self->state_ == State::opening) self->on_connected(ec);
                               });
}

LCM_CLIENT_DECL void WebSocketConnection::on_connected(error_code ec) {
    if (ec) return fail({Errc::connect_failed, {ec, "the server is " + url().host_header()}});
    error_code ignored; // only slower without
    socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    websocket_.emplace(std::move(socket_), settings_->tls.get(), max_inbound_message_, options().compression);
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

LCM_CLIENT_DECL void WebSocketConnection::upgrade() {
    begin({Errc::upgrade_rejected, "the upgrade to WebSocket", options().upgrade_timeout});
    try {
        configure(options().credentials ? options().credentials() : url_credentials(url()));
    } catch (...) { // and not its text, which can hold a token
        return fail({Errc::unauthorized, {{}, "the function `credentials` of the options threw an exception", true}});
    }
    if (state_ != State::opening) return; // the application's function may have closed the client
    websocket_->async_handshake(response_, url().host_header(), url().target,
                                [self = shared_from_this()](error_code ec) {
                                    if (self->state_ == State::opening) self->on_upgraded(ec);
                                });
}

LCM_CLIENT_DECL void WebSocketConnection::configure(const Credentials& credentials) {
    namespace websocket = boost::beast::websocket;
    namespace http = boost::beast::http;
    // No time-outs of Beast's: they belong to its asynchronous operations.
    const auto never = websocket::stream_base::none();
    websocket_->set_option(websocket::stream_base::timeout{never, never, false});
    websocket_->set_option(
        websocket::stream_base::decorator([settings = settings_, credentials](websocket::request_type& request) {
            request.set(http::field::user_agent, "lcm_client");
            for (const Header& header : settings->options.headers) request.set(header.name, header.value.reveal());
            const std::string& authorization = credentials.authorization().reveal();
            if (!authorization.empty()) request.set(http::field::authorization, authorization);
            request.target(credentials.apply_to(request.target()));
        }));
    websocket::permessage_deflate deflate;
    deflate.client_enable = options().compression;
    websocket_->set_option(deflate);
    websocket_->read_message_max(max_inbound_message_);
    websocket_->auto_fragment(false);
    // Through this Beast masks what it has to write (see `write()`), and it is kept. Of what is compressed each filling
    // becomes a frame.
    if (!options().compression) websocket_->write_buffer_bytes(1024);
    websocket_->text(true);
}

LCM_CLIENT_DECL void WebSocketConnection::on_upgraded(error_code ec) {
    if (ec) return hear_last_words(ec);
    response_ = {};
    state_ = State::open;
    hear(std::chrono::steady_clock::now());
    schedule();
    post_completion(executor_, open_, {});
    websocket_->next_layer().begin_frames([this](auto payload) { on_ping(payload); });
    flush();
}

// With TLS 1.3 a server that demands a client certificate says so only now, and may have gone while the request was
// being written: then its alert is still unread.
LCM_CLIENT_DECL void WebSocketConnection::hear_last_words(error_code ec) {
    const bool has_gone = ec == boost::asio::error::broken_pipe || ec == boost::asio::error::connection_reset;
    if (!has_gone || !url().tls) return on_upgrade_failed(ec);
    stream().async_read_some(inbox().prepare(), [self = shared_from_this(), ec](error_code last, std::size_t) {
        if (self->state_ == State::opening) self->on_upgrade_failed(is_tls_refusal(last) ? last : ec);
    });
}

LCM_CLIENT_DECL void WebSocketConnection::on_upgrade_failed(error_code ec) {
    if (is_tls_refusal(ec)) return fail(explain_tls(ec, stream().native_tls()));
    fail(explain_upgrade(ec, response_, std::chrono::system_clock::now()));
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

// Beast knows how to compress, and has random numbers of its own when the system has none.
LCM_CLIENT_DECL error_code WebSocketConnection::write(std::string_view text) {
    error_code ec;
    if (options().compression || !keys_.prepare()) {
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
    ping_waits_ = false;
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

// An answer to what came mostly fits into the system's own memory. Then nothing has to be waited for, and the write ends
// with the delivery. Returns whether it does. What goes wrong comes again in the asynchronous write.
LCM_CLIENT_DECL bool WebSocketConnection::write_now() {
    outbox().advance(stream().write_at_once(outbox().rest()));
    return outbox().rest().size() == 0;
}

LCM_CLIENT_DECL void WebSocketConnection::on_written(error_code ec, std::size_t count) {
    if (ec) return state_ == State::closing ? shut() : on_write_failed(ec);
    outbox().advance(count);
    if (outbox().rest().size() != 0) return write_rest();
    if (end_write()) send_(error_code());
}

// Goes on with what has collected meanwhile. Returns whether a batch has left, whose handler is to be told.
LCM_CLIENT_DECL bool WebSocketConnection::end_write() {
    is_writing_ = false;
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
    last_words_end_ = std::chrono::steady_clock::now() + probe_timeout();
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
    hear(std::chrono::steady_clock::now());
    probe_is_answered_ = true;
    try {
        inbox().commit(count, [this](auto payload) { on_ping(payload); });
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

// A message in one frame is looked at where it is. All else is for Beast: fragments, compression, the farewell, and what
// breaks a rule.
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

// Of those that come together, or during a write, only the last one is answered (RFC 6455, 5.5.3), so that answers cannot pile up.
LCM_CLIENT_DECL void WebSocketConnection::on_ping(std::span<const unsigned char> payload) {
    if (state_ != State::open) return;
    unanswered_.emplace(reinterpret_cast<const char*>(payload.data()), payload.size());
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
    websocket_->ping({}, ignored);
    ping_waits_ = true;
    flush();
}

LCM_CLIENT_DECL void WebSocketConnection::probe() {
    if (state_ != State::open || is_probing()) return;
    probe_is_answered_ = false;
    probe_end_ = std::chrono::steady_clock::now() + probe_timeout();
    schedule();
    ping();
}

// Time.

LCM_CLIENT_DECL void WebSocketConnection::wait() {
    timer_.async_wait([self = shared_from_this()](error_code) { self->on_time(); });
}

// Its error code does not tell whether the time has been set anew meanwhile; the clock does.
LCM_CLIENT_DECL void WebSocketConnection::on_time() {
    const auto now = std::chrono::steady_clock::now();
    if (now >= timer_.expiry()) {
        if (state_ == State::opening) on_stage_time();
        else if (state_ == State::open) guard_open_time(now);
        else if (state_ == State::closing) shut();
    }
    if (state_ != State::closed) wait();
}

LCM_CLIENT_DECL void WebSocketConnection::on_stage_time() {
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
    if (now >= probe_end_) on_probe_time();
    if (state_ == State::open) on_silence(now);
    if (state_ == State::open) schedule();
}

LCM_CLIENT_DECL void WebSocketConnection::schedule() {
    timer_.expires_at((std::min)({probe_end_, silence_end(), last_words_end_}));
}

LCM_CLIENT_DECL void WebSocketConnection::on_probe_time() {
    if (!probe_is_answered_)
        return fail({Errc::idle_timeout,
                     {boost::asio::error::timed_out, "the server was probed, and gave no sign of life within " +
                                                         std::to_string(probe_timeout().count()) + " ms"}});
    probe_end_ = (TimePoint::max)();
}

// The last read told the time, so that the timer need not be set with each of them.
LCM_CLIENT_DECL void WebSocketConnection::on_silence(TimePoint now) {
    if (!is_reading_) hear(now); // nobody listens
    if (now < silence_end()) return;
    if (pinged_) return on_lost(boost::beast::error::timeout);
    pinged_ = now;
    ping();
}

LCM_CLIENT_DECL void WebSocketConnection::hear(TimePoint now) noexcept {
    last_heard_ = now;
    pinged_.reset();
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
    if (!was_open || write_error_) {
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

// All handlers are done with; what Beast has to say to the server still leaves, in bounded time.
LCM_CLIENT_DECL void WebSocketConnection::begin_closing() {
    state_ = State::closing;
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

LCM_CLIENT_DECL void WebSocketConnection::complete_all(Errc code) {
    post_completion(executor_, open_, code);
    post_completion(executor_, send_, code);
    post_completion(executor_, receive_, code, std::string_view());
}

// Aborts what is pending; with the last of it the connection goes.
LCM_CLIENT_DECL void WebSocketConnection::shut() {
    state_ = State::closed;
    timer_.expires_at((std::chrono::steady_clock::time_point::max)());
    resolver_.cancel();
    error_code ignored;
    if (websocket_) stream().socket().close(ignored);
    else socket_.close(ignored);
}

} // namespace lcm::detail

#endif
