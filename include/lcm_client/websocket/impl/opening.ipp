// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about the way to a TCP connection: name and addresses.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_OPENING_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_OPENING_IPP

#include <lcm_client/websocket/impl/addresses/connector.ipp>
#include <lcm_client/websocket/impl/addresses/name_lookup.ipp>
#include <lcm_client/websocket/impl/connection.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void WebSocketConnection::open(OpenHandler handler) {
    open_ = std::move(handler);
    begin({Errc::resolve_failed, "resolving the server's name", options().resolve_timeout});
    post_later(executor_, [self = shared_from_this()] { self->begin_attempt(); });
    wait();
}

LCM_CLIENT_DECL void WebSocketConnection::begin(Stage stage) {
    stage_ = stage;
    const TimePoint now = std::chrono::steady_clock::now();
    stage_end_ = now + stage.limit;
    set_timer(may_give_way() ? (std::min)(stage_end_, now + mute_patience) : stage_end_);
}

// A server gives way to one that was not tried yet, as an address does. When all have been tried, each has its whole
// time.
LCM_CLIENT_DECL void WebSocketConnection::begin_with_server(Stage stage) {
    const bool can_go = client_memory_->servers.has_untried_beside(server_, std::chrono::steady_clock::now());
    if (can_go) stage.limit = std::min<std::chrono::milliseconds>(stage.limit, mute_patience);
    begin(stage);
}

LCM_CLIENT_DECL void WebSocketConnection::resolve() {
    begin_with_server({Errc::resolve_failed, "resolving the server's name", options().resolve_timeout});
    const std::string& host = first_hop().host;
    error_code is_name;
    const auto address = boost::asio::ip::make_address(host, is_name);
    if (!is_name) return on_resolved({}, {address});
    const Addresses known = settings_->memory->addresses_of(host, std::chrono::steady_clock::now());
    if (!known.empty()) return on_resolved({}, known);
    look_up(host);
}

LCM_CLIENT_DECL void WebSocketConnection::look_up(const std::string& name) {
    auto on_answer = [weak = weak_from_this()](error_code ec, const Addresses& found) {
        const auto self = weak.lock();
        if (self && self->state_ == State::opening) self->on_resolved(ec, found);
    };
    try {
        lookup_ = NameLookup::ask(executor_, client_memory_->lookups, settings_->memory, name, std::move(on_answer));
    } catch (const boost::system::system_error& problem) { // Asio starts its thread for names at the first one
        fail({Errc::resolve_failed, {problem.code(), "the system gave no thread to look up names"}});
    }
}

LCM_CLIENT_DECL void WebSocketConnection::on_resolved(error_code ec, const Addresses& found) {
    guard_opening([&] {
        if (ec) return fail({Errc::resolve_failed, {ec, "the name is " + first_hop().host}});
        Addresses allowed = found;
        if (is_for_loopback_only()) std::erase_if(allowed, [](const auto& address) { return !address.is_loopback(); });
        if (allowed.empty()) return fail(explain_remote(first_hop().host, found.front().to_string()));
        connect(allowed);
    });
}

// In plain text nothing leaves this computer unless the options say so, whatever the name `localhost` is made to mean.
LCM_CLIENT_DECL bool WebSocketConnection::is_for_loopback_only() const noexcept {
    return !url().tls && !options().allow_plaintext_to_remote_hosts;
}

LCM_CLIENT_DECL void WebSocketConnection::connect(const Addresses& addresses) {
    const auto port = static_cast<unsigned short>(std::stoul(first_hop().port));
    std::vector<Endpoint> endpoints;
    for (const auto& address : addresses) endpoints.emplace_back(address, port);
    endpoints = alternate_families(endpoints);
    given_up_exchanges_.reserve(given_up_exchanges_.size() + endpoints.size() - 1);
    settings_->memory->sort(endpoints);
    connector_ = std::make_shared<Connector>(executor_, endpoints);
    dial();
}

// The time for TCP is that of all addresses together, also when the first ones connect and then give way.
LCM_CLIENT_DECL void WebSocketConnection::dial() {
    begin_with_server({Errc::connect_failed, "connecting", options().connect_timeout});
    const TimePoint start = std::chrono::steady_clock::now();
    stage_end_ -= connecting_;
    set_timer(stage_end_);
    connector_->connect([weak = weak_from_this(), start](error_code ec, Connector::Socket socket) {
        const auto self = weak.lock();
        if (!self || self->state_ != State::opening) return;
        self->connecting_ += std::chrono::steady_clock::now() - start;
        self->guard_opening([&] { self->on_connected(ec, std::move(socket)); });
    });
}

LCM_CLIENT_DECL void WebSocketConnection::on_connected(error_code ec, Connector::Socket socket) {
    if (ec) return fail(explain_no_connection(ec, first_hop()));
    error_code ignored; // only slower without
    socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
    const auto& tls = proxy_ ? settings_->proxies.tls : settings_->tls;
    stream_.emplace(std::move(socket), first_hop().tls ? tls.get() : nullptr);
    if (first_hop().tls) tls_handshake();
    else if (proxy_) ask_proxy();
    else upgrade();
}

} // namespace lcm::detail

#endif
