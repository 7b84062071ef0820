// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about the upgrade.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_UPGRADE_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_UPGRADE_IPP

#include <lcm_client/protocol/text.hpp>
#include <lcm_client/websocket/impl/check_options.hpp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/tls.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/option.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::detail {

LCM_CLIENT_DECL void WebSocketConnection::upgrade() {
    begin({Errc::upgrade_rejected, "the upgrade to WebSocket", options().upgrade_timeout});
    try {
        configure(options().credentials ? options().credentials() : url_credentials(url()));
    } catch (...) { // and not its text, which can hold a token
        return fail({Errc::unauthorized, {{}, "the function `credentials` of the options threw an exception", true}});
    }
    if (state_ != State::opening) return; // the application's function may have closed the client
    guard_upgrade([this] { ask_for_upgrade(); });
}

LCM_CLIENT_DECL void add_headers(boost::beast::websocket::request_type& request, const WebSocketOptions& options,
                                 const Credentials& credentials) {
    using boost::beast::http::field;
    request.set(field::user_agent, "lcm_client");
    for (const Header& header : options.headers)
        if (same_name(header.name, "User-Agent")) request.erase(field::user_agent);
    for (const Header& header : options.headers) request.insert(header.name, header.value.reveal());
    std::string subprotocols;
    for (const std::string& name : options.subprotocols) subprotocols += (subprotocols.empty() ? "" : ", ") + name;
    if (!subprotocols.empty()) request.set(field::sec_websocket_protocol, subprotocols);
    const std::string& authorization = credentials.authorization().reveal();
    if (!authorization.empty()) request.set(field::authorization, authorization);
    request.target(credentials.apply_to(request.target()));
}

LCM_CLIENT_DECL void WebSocketConnection::configure(const Credentials& credentials) {
    namespace websocket = boost::beast::websocket;
    // No time-outs of Beast's: they belong to its asynchronous operations.
    const auto never = websocket::stream_base::none();
    websocket_->set_option(websocket::stream_base::timeout{never, never, false});
    websocket_->set_option(
        websocket::stream_base::decorator([settings = settings_, credentials](websocket::request_type& request) {
            add_headers(request, settings->options, credentials);
        }));
    websocket_->read_message_max(max_inbound_message_);
    websocket_->auto_fragment(false);
    websocket_->write_buffer_bytes(1024); // through it Beast masks what it has to write (see `write()`), and it is kept
    websocket_->text(true);
}

LCM_CLIENT_DECL void WebSocketConnection::ask_for_upgrade() {
    error_code ec;
    websocket_->next_layer().begin_handshake();
    websocket_->handshake(url().host_header(), url().target, ec);
    const auto handshake = websocket_->next_layer().end_handshake();
    if (ec) return fail({Errc::upgrade_rejected, {ec, "the request for the upgrade could not be made"}});
    upgrade_ = std::make_unique<Upgrade>(
        Upgrade{handshake->request(), UpgradeAnswer({handshake->accept(), options().subprotocols})});
    read_answer();
    write_request();
}

LCM_CLIENT_DECL void WebSocketConnection::write_request() {
    const boost::asio::const_buffer rest = boost::asio::buffer(upgrade_->request) + upgrade_->written;
    stream().write_some(rest, [self = shared_from_this()](error_code ec, std::size_t count) {
        if (self->state_ != State::opening) return;
        self->guard_upgrade([&] { self->on_request_written(ec, count); });
    });
}

// A server that has gone may have said why before. With TLS 1.3 one that demands a client certificate says so only now.
// So an error is told when the answer cannot be read either.
LCM_CLIENT_DECL void WebSocketConnection::on_request_written(error_code ec, std::size_t count) {
    upgrade_->write_error = ec;
    upgrade_->written += count;
    if (!upgrade_->has_left()) return ec ? void() : write_request();
    if (upgrade_->answer.state() == UpgradeAnswer::State::accepted) on_upgraded();
}

LCM_CLIENT_DECL void WebSocketConnection::read_answer() {
    stream().read_some(boost::asio::buffer(upgrade_->piece),
                       [self = shared_from_this()](error_code ec, std::size_t count) {
                           if (self->state_ != State::opening) return;
                           self->guard_upgrade([&] { self->on_answer(Stream::without_truncation(ec), count); });
                       });
}

LCM_CLIENT_DECL void WebSocketConnection::on_answer(error_code ec, std::size_t count) {
    if (ec) return on_upgrade_broken(ec);
    switch (upgrade_->answer.take({upgrade_->piece.data(), count}, std::chrono::system_clock::now())) {
    case UpgradeAnswer::State::incomplete: return read_answer();
    case UpgradeAnswer::State::refused: return fail(upgrade_->answer.why());
    case UpgradeAnswer::State::accepted: break;
    }
    if (upgrade_->has_left()) on_upgraded();
    else if (upgrade_->write_error) on_upgrade_broken(upgrade_->write_error);
}

LCM_CLIENT_DECL void WebSocketConnection::on_upgrade_broken(error_code ec) {
    const error_code first = upgrade_->write_error ? upgrade_->write_error : ec;
    for (const error_code& each : {ec, first})
        if (is_tls_refusal(each)) return fail(explain_tls(each, stream().native_tls()));
    fail(upgrade_->answer.broken_off(first, std::chrono::system_clock::now()));
}

// What a header that did not end in time has said.
LCM_CLIENT_DECL std::optional<Explanation> WebSocketConnection::refusal_so_far() const {
    if (!upgrade_) return std::nullopt;
    return upgrade_->answer.refusal_so_far(std::chrono::system_clock::now());
}

// What has arrived by now is looked at before anybody learns that the connection is open: a server that cannot refuse
// by HTTP agrees and says farewell at once, and then no request shall be spent on it. A ping leaves before all
// requests.
LCM_CLIENT_DECL void WebSocketConnection::on_upgraded() {
    std::string frames(upgrade_->answer.rest());
    const error_code end = stream().read_at_once(frames, UpgradeAnswer::max_header);
    upgrade_.reset();
    state_ = State::open;
    be_abortive(true);
    keep_alive_.begin(std::chrono::steady_clock::now());
    schedule();
    inbox().begin_with(frames, [this](auto kind, auto payload) { on_control(kind, payload); });
    if (end || inbox().end() != Inbox::End::none) return on_ended_at_once(end);
    ping();
    post_completion(executor_, open_, {});
    if (!frames.empty() && keep_alive_.hear(std::chrono::steady_clock::now())) tell(true);
}

// The messages in front of the end are for nobody: nothing has been asked for.
LCM_CLIENT_DECL void WebSocketConnection::on_ended_at_once(error_code ec) {
    const bool is_said = inbox().end() != Inbox::End::none;
    Explanation why = explain(is_said ? read_to_the_end() : ec);
    why.code = Errc::upgrade_rejected;
    if (why.failure.detail.empty()) why.failure.detail = "the connection broke";
    why.failure.detail += ", right behind the answer to the upgrade";
    if (!is_said) return fail(std::move(why));
    *failure_ = std::move(why.failure);
    begin_closing();
    complete_all(why.code);
    shut_when_said();
}

LCM_CLIENT_DECL error_code WebSocketConnection::read_to_the_end() {
    error_code ec;
    while (!ec && (inbox().messages() != 0 || inbox().end() == Inbox::End::by_beast)) {
        message_.clear();
        inbox().begin_message();
        websocket_->read(message_, ec);
    }
    message_.clear();
    if (ec) return ec;
    websocket_->close(boost::beast::websocket::close_code::too_big, ec);
    return boost::beast::websocket::error::message_too_big;
}

// Without memory the attempt fails, as by any other fault.
template <class Step> void WebSocketConnection::guard_upgrade(Step step) {
    try {
        step();
    } catch (const std::bad_alloc&) {
        fail({Errc::upgrade_rejected, {boost::asio::error::no_memory, {}}});
    }
}

} // namespace lcm::detail

#endif
