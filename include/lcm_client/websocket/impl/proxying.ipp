// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about the way through a proxy: which one, and the tunnel.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_PROXYING_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_PROXYING_IPP

#include <lcm_client/websocket/impl/addresses/server_name.hpp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/proxy/connect_request.hpp>
#include <lcm_client/websocket/impl/proxy/explain_proxy.hpp>
#include <lcm_client/websocket/impl/tls/tls_refusal.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// --- Which proxy ----------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void WebSocketConnection::choose_way() {
    if (options().proxy.proxy_for) return ask_for_proxy();
    if (settings_->proxies.fixed) return take_way(settings_->proxies.fixed);
    take_way(settings_->proxies.environment.choose(url()));
}

LCM_CLIENT_DECL void WebSocketConnection::take_way(const std::optional<Url>& proxy) {
    if (proxy) proxy_ = std::make_unique<ProxyWay>(*proxy);
    resolve();
}

LCM_CLIENT_DECL void WebSocketConnection::ask_for_proxy() {
    begin({Errc::connect_failed, "the answer of `proxy_for`", options().proxy.timeout});
    auto take = [weak = weak_from_this()](const std::string& text) {
        const auto self = weak.lock();
        if (self && self->state_ == State::opening) self->guard_opening([&] { self->on_proxy_named(text); });
    };
    proxy_answer_ = std::make_shared<LateAnswer>(executor_, std::move(take));
    const std::string server = server_name(url()) + '/';
    const ProxyAnswer answer = [late = proxy_answer_](std::string text) { late->give(std::move(text)); };
    try {
        options().proxy.proxy_for(server, answer);
    } catch (...) { // and not its text, which can hold a secret
        if (state_ == State::opening) fail(explain_proxy_for("threw an exception"));
    }
}

LCM_CLIENT_DECL void WebSocketConnection::on_proxy_named(const std::string& text) {
    if (text.empty()) return take_way(std::nullopt);
    if (!url().tls && !options().allow_plaintext_to_remote_hosts)
        return fail(explain_proxy_for("named a proxy for ws://, which needs allow_plaintext_to_remote_hosts"));
    std::optional<Url> proxy;
    try {
        proxy = parse_proxy_url(text, "proxy_for");
    } catch (const LcmError& problem) {
        return fail(explain_proxy_for("named no proxy: " + problem.error().detail));
    }
    take_way(proxy);
}

LCM_CLIENT_DECL void WebSocketConnection::forget_proxy_answer() noexcept {
    if (const auto late = std::exchange(proxy_answer_, nullptr)) late->forget();
}

// --- The tunnel -----------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void WebSocketConnection::ask_proxy() {
    begin_with_server({Errc::connect_failed, "the answer to CONNECT", options().proxy.timeout});
    guard_opening([this] { ask_for_tunnel(); });
}

LCM_CLIENT_DECL void WebSocketConnection::ask_for_tunnel() {
    if (!may_offer_to_proxy()) return;
    const bool may_ask_again = static_cast<bool>(options().proxy.credentials);
    proxy_->exchange = std::make_shared<ProxyExchange>(
        ProxyExchange{make_connect_request(url(), proxy_->login.offered()), ConnectAnswer(may_ask_again)});
    write_to_proxy();
    read_proxy();
}

// Returns whether the request may leave. If not, the attempt has failed: a secret was refused a short time ago.
LCM_CLIENT_DECL bool WebSocketConnection::may_offer_to_proxy() {
    ProxyWay& way = *proxy_;
    way.secret.reset();
    if (way.login.offered().empty()) return true;
    RefusedSecrets& refused = client_memory_->refused;
    const auto secret = digest(host_and_port(way.url), way.login.offered());
    if (!secret) return false;
    if (const auto held = refused.hold(*secret, std::chrono::steady_clock::now())) {
        const bool can_ask = static_cast<bool>(options().proxy.credentials);
        if (way.login.withhold(can_ask)) return true;
        fail(of_proxy(explain_held(*held)));
        return false;
    }
    refused.reserve();
    way.secret = secret;
    return true;
}

LCM_CLIENT_DECL void WebSocketConnection::note_proxy_refusal() {
    if (!proxy_->secret || !is_question(proxy_->exchange->answer.status())) return;
    client_memory_->refused.refuse(*proxy_->secret, std::chrono::steady_clock::now());
    proxy_->secret.reset();
}

LCM_CLIENT_DECL void WebSocketConnection::read_proxy() { start_read(boost::asio::buffer(proxy_->exchange->piece)); }

LCM_CLIENT_DECL void WebSocketConnection::write_to_proxy() {
    const ProxyExchange& exchange = *proxy_->exchange;
    start_write(boost::asio::buffer(exchange.request) + exchange.written);
}

// A proxy that has gone may have said why before.
LCM_CLIENT_DECL void WebSocketConnection::on_proxy_written(error_code ec, std::size_t count) {
    ProxyExchange& exchange = *proxy_->exchange;
    exchange.write_error = ec;
    exchange.written += count;
    guard_opening([&] {
        if (!exchange.has_ended_writing()) write_to_proxy();
        else if (exchange.answer.state() != ConnectAnswer::State::incomplete) on_proxy_answered();
    });
}

LCM_CLIENT_DECL void WebSocketConnection::on_proxy_read(error_code ec, std::size_t count) {
    ProxyExchange& exchange = *proxy_->exchange;
    guard_opening([&] {
        if (ec) exchange.answer.end();
        else exchange.answer.take({exchange.piece.data(), count});
        if (exchange.answer.state() != ConnectAnswer::State::incomplete) on_proxy_answered();
        else if (ec) on_proxy_broken(ec);
        else read_proxy();
    });
}

// What is still being written then holds the connection that would be used or given up.
LCM_CLIENT_DECL void WebSocketConnection::on_proxy_answered() {
    const ProxyExchange& exchange = *proxy_->exchange;
    switch (exchange.answer.state()) {
    case ConnectAnswer::State::incomplete: return;
    case ConnectAnswer::State::refused: return fail_here(explain_proxy_status(refusal_by_proxy()));
    case ConnectAnswer::State::garbage: return fail_here(explain_no_proxy(exchange.answer.breach()));
    case ConnectAnswer::State::challenged: return exchange.has_ended_writing() ? on_challenged() : void();
    case ConnectAnswer::State::open: break;
    }
    if (exchange.has_left()) on_tunnel();
    else if (exchange.write_error) on_proxy_broken(exchange.write_error);
}

LCM_CLIENT_DECL void WebSocketConnection::on_proxy_broken(error_code ec) {
    const error_code first = proxy_->exchange->write_error ? proxy_->exchange->write_error : ec;
    for (const error_code& each : {ec, first})
        if (is_tls_refusal(each)) return fail_here(of_proxy(explain_tls(each, stream().native_tls())));
    fail_here(explain_broken_connect(first));
}

LCM_CLIENT_DECL void WebSocketConnection::on_challenged() {
    const ProxyExchange& exchange = *proxy_->exchange;
    if (proxy_->login.is_basic()) note_proxy_refusal();
    const auto verdict = proxy_->login.challenge(exchange.answer.challenges(), options().proxy.credentials);
    if (state_ != State::opening) return; // the application's function may have closed the client
    if (verdict != ProxyLogin::Verdict::offer) {
        const bool is_plain = !proxy_->url.tls;
        note_proxy_refusal();
        return fail(explain_proxy_login(verdict, is_plain, refusal_by_proxy()));
    }
    if (exchange.answer.keeps_connection() && !exchange.write_error) return ask_for_tunnel();
    proxy_->exchange.reset();
    stream_.reset(); // nothing is under way
    settle_address();
    connecting_ = {};
    resolve();
}

// Neither TLS nor HTTP lets a server speak first.
LCM_CLIENT_DECL void WebSocketConnection::on_tunnel() {
    if (!proxy_->exchange->answer.rest().empty())
        return fail({Errc::connect_failed,
                     {WebSocketErrc::proxy_declined,
                      "it agreed to CONNECT, but what is there speaks before it is asked: it may be no proxy, or the "
                      "port of the URL is wrong",
                      true}});
    if (proxy_->secret) client_memory_->refused.accept(*proxy_->secret);
    proxy_.reset();
    settle_address(); // what is wrong with the server is not the proxy's address's
    if (!url().tls) return upgrade();
    stream().begin_tls(*settings_->tls);
    tls_handshake();
}

// --- Why there is none ----------------------------------------------------------------------------------------------

LCM_CLIENT_DECL ProxyRefusal WebSocketConnection::refusal_by_proxy() const {
    const ConnectAnswer& answer = proxy_->exchange->answer;
    return {answer.status(), answer.reason(), proxy_->login.secrets()};
}

// What an answer that did not end in time has said.
LCM_CLIENT_DECL std::optional<Explanation> WebSocketConnection::proxy_refusal_so_far() const {
    if (!proxy_ || !proxy_->exchange || !proxy_->exchange->answer.declines()) return std::nullopt;
    return explain_proxy_status(refusal_by_proxy());
}

// Without memory the words have to do that are there.
LCM_CLIENT_DECL void WebSocketConnection::name_proxy(Explanation& why) const noexcept {
    if (!proxy_ || state_ != State::opening) return;
    try {
        why = at_proxy(host_and_port(proxy_->url), proxy_->exchange || left_behind_ ? why : of_proxy(why));
    } catch (const std::bad_alloc&) {
        why.failure.block = BlockReason::proxy;
    }
}

} // namespace lcm::detail

#endif
