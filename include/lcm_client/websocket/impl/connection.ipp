// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_IPP

#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/tls.ipp>

#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/assert.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/option.hpp>

#include <chrono>
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
    websocket_.emplace(std::move(socket_), settings_->tls.get());
    if (url().tls) tls_handshake();
    else upgrade();
}

LCM_CLIENT_DECL void WebSocketConnection::tls_handshake() {
    begin({Errc::tls_failed, "the TLS handshake", options().tls_timeout});
    Stream& stream = websocket_->next_layer();
    if (!expect_host(stream.native_tls(), url()))
        return fail({Errc::tls_failed, {boost::asio::error::no_memory, "the TLS handshake could not be prepared"}});
    stream.async_tls_handshake(boost::asio::ssl::stream_base::client, [self = shared_from_this()](error_code ec) {
        if (self->state_ == State::opening) self->on_tls(ec);
    });
}

LCM_CLIENT_DECL void WebSocketConnection::on_tls(error_code ec) {
    if (ec) return fail(explain_tls(ec, websocket_->next_layer().native_tls()));
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
    // No handshake time-out of Beast's: opening and closing have the timer of this class.
    const auto never = websocket::stream_base::none();
    websocket_->set_option(websocket::stream_base::timeout{never, options().idle_timeout, true});
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
    websocket_->text(true);
}

LCM_CLIENT_DECL void WebSocketConnection::on_upgraded(error_code ec) {
    if (ec) return hear_last_words(ec);
    response_ = {};
    state_ = State::open;
    timer_.expires_at((std::chrono::steady_clock::time_point::max)());
    post_completion(executor_, open_, {});
}

// With TLS 1.3 a server that demands a client certificate says so only now, and may have gone while the request was
// being written: then its alert is still unread.
LCM_CLIENT_DECL void WebSocketConnection::hear_last_words(error_code ec) {
    const bool has_gone = ec == boost::asio::error::broken_pipe || ec == boost::asio::error::connection_reset;
    if (!has_gone || !url().tls) return on_upgrade_failed(ec);
    websocket_->next_layer().async_read_some(incoming_.prepare(1),
                                             [self = shared_from_this(), ec](error_code last, std::size_t) {
                                                 if (self->state_ == State::opening)
                                                     self->on_upgrade_failed(is_tls_refusal(last) ? last : ec);
                                             });
}

LCM_CLIENT_DECL void WebSocketConnection::on_upgrade_failed(error_code ec) {
    if (is_tls_refusal(ec)) return fail(explain_tls(ec, websocket_->next_layer().native_tls()));
    fail(explain_upgrade(ec, response_, std::chrono::system_clock::now()));
}

// Messages.

LCM_CLIENT_DECL void WebSocketConnection::send(Batch batch, SendHandler handler) {
    if (state_ != State::open) return post_completion(executor_, handler, Errc::connection_lost);
    BOOST_ASSERT(!send_); // one batch at a time
    batch_ = std::move(batch);
    send_ = std::move(handler);
    next_ = 0;
    write_next();
}

LCM_CLIENT_DECL void WebSocketConnection::write_next() {
    if (next_ == batch_.size()) return post_completion(executor_, send_, {});
    const std::string_view message = batch_[next_++];
    websocket_->async_write(boost::asio::buffer(message.data(), message.size()),
                            [self = shared_from_this()](error_code ec, std::size_t) {
                                if (self->state_ != State::open) return;
                                if (ec) self->on_lost(ec);
                                else self->write_next();
                            });
}

LCM_CLIENT_DECL void WebSocketConnection::receive(ReceiveHandler handler) {
    if (state_ != State::open) return post_completion(executor_, handler, Errc::connection_lost, std::string_view());
    BOOST_ASSERT(!receive_); // one at a time
    receive_ = std::move(handler);
    incoming_.clear();
    websocket_->async_read(incoming_, [self = shared_from_this()](error_code ec, std::size_t) {
        if (self->state_ == State::open) self->on_read(ec);
    });
}

LCM_CLIENT_DECL void WebSocketConnection::on_read(error_code ec) {
    if (ec) return on_lost(ec);
    std::swap(incoming_, delivered_);
    ReceiveHandler handler = std::move(receive_);
    const auto text = delivered_.cdata();
    std::move(handler)(error_code(), std::string_view(static_cast<const char*>(text.data()), text.size()));
}

LCM_CLIENT_DECL void WebSocketConnection::on_lost(error_code ec) {
    if (!is_tls_refusal(ec)) return fail(explain_loss(ec, websocket_->reason().code, max_inbound_message_));
    Explanation why = explain_tls(ec, websocket_->next_layer().native_tls());
    why.code = Errc::connection_lost; // whose cause it is: the link had been good
    fail(std::move(why));
}

LCM_CLIENT_DECL void WebSocketConnection::probe() {
    if (state_ != State::open || received_before_probe_) return;
    received_before_probe_ = websocket_->next_layer().received();
    timer_.expires_after(probe_timeout());
    if (ping_pending_) return; // that of the last probe, behind a long write
    ping_pending_ = true;
    // Beast may park this handler in the stream. Were it to own the connection, the two would own each other.
    websocket_->async_ping({}, [weak = weak_from_this()](error_code ec) {
        const auto self = weak.lock();
        if (!self) return;
        self->ping_pending_ = false;
        // Beast tells the cause to one operation, which may be this one, and aborts the others.
        if (ec && ec != boost::asio::error::operation_aborted && self->state_ == State::open) self->on_lost(ec);
    });
}

// Time.

LCM_CLIENT_DECL void WebSocketConnection::wait() {
    timer_.async_wait([self = shared_from_this()](error_code) { self->on_time(); });
}

// Its error code does not tell whether the time has been set anew meanwhile; the clock does.
LCM_CLIENT_DECL void WebSocketConnection::on_time() {
    if (std::chrono::steady_clock::now() >= timer_.expiry()) {
        if (state_ == State::opening) on_stage_time();
        else if (state_ == State::open) on_probe_time();
        else if (state_ == State::closing) shut();
    }
    if (state_ != State::closed || farewell_pending_) wait();
}

LCM_CLIENT_DECL void WebSocketConnection::on_stage_time() {
    fail({stage_.code,
          {boost::asio::error::timed_out,
           std::string(stage_.what) + " took longer than " + std::to_string(stage_.limit.count()) + " ms"}});
}

LCM_CLIENT_DECL void WebSocketConnection::on_probe_time() {
    if (websocket_->next_layer().received() == *received_before_probe_)
        return fail({Errc::idle_timeout,
                     {boost::asio::error::timed_out, "the server was probed, and gave no sign of life within " +
                                                         std::to_string(probe_timeout().count()) + " ms"}});
    received_before_probe_.reset();
    timer_.expires_at((std::chrono::steady_clock::time_point::max)());
}

// The end.

LCM_CLIENT_DECL void WebSocketConnection::fail(Explanation why) {
    *failure_ = std::move(why.failure);
    shut();
    complete_all(why.code);
}

LCM_CLIENT_DECL void WebSocketConnection::close() {
    if (state_ == State::closing || state_ == State::closed) return;
    const bool was_open = state_ == State::open;
    *failure_ = {.cause = boost::asio::error::operation_aborted, .detail = "the connection was closed by this side"};
    if (was_open) state_ = State::closing;
    else shut();
    complete_all(Errc::connection_lost);
    if (!was_open) return;
    timer_.expires_after(options().close_timeout);
    farewell_pending_ = true;
    // Beast may park this handler in the stream. Were it to own the connection, the two would own each other; so the
    // timer's wait owns the connection until the farewell is over.
    websocket_->async_close(boost::beast::websocket::close_code::normal, [weak = weak_from_this()](error_code) {
        const auto self = weak.lock();
        if (!self) return;
        self->farewell_pending_ = false;
        self->shut();
    });
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
    if (websocket_) websocket_->next_layer().socket().close(ignored);
    else socket_.close(ignored);
}

} // namespace lcm::detail

#endif
