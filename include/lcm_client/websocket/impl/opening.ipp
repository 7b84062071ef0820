// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about the way to a TCP connection: name and addresses.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_OPENING_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_OPENING_IPP

#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/own_socket.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::detail {

LCM_CLIENT_DECL void WebSocketConnection::open(OpenHandler handler) {
    open_ = std::move(handler);
    choose_way();
    if (state_ != State::closed || unsaid_) wait();
}

LCM_CLIENT_DECL void WebSocketConnection::begin(Stage stage) {
    stage_ = stage;
    timer_.expires_after(stage.limit);
}

LCM_CLIENT_DECL void WebSocketConnection::resolve() {
    begin({Errc::resolve_failed, "resolving the server's name", options().resolve_timeout});
    error_code is_name;
    const auto address = boost::asio::ip::make_address(first_hop().host, is_name);
    if (!is_name) {
        const boost::asio::ip::tcp::endpoint endpoint(address,
                                                      static_cast<unsigned short>(std::stoul(first_hop().port)));
        return connect(Resolver::results_type::create(endpoint, first_hop().host, first_hop().port));
    }
    look_up(first_hop().host);
}

// A name that ends with a dot is asked for as it is, so that no domain is put behind it; but no file of hosts has it
// so.
LCM_CLIENT_DECL void WebSocketConnection::look_up(std::string_view name) {
    auto on_resolved = [self = shared_from_this(), name](error_code ec, const Resolver::results_type& found) {
        if (self->state_ != State::opening) return;
        if (!ec) return self->connect(found);
        if (name != self->first_hop().name()) return self->look_up(self->first_hop().name());
        self->fail({Errc::resolve_failed, {ec, "the name is " + self->first_hop().host}});
    };
    try {
        resolver_.async_resolve(name, first_hop().port, Resolver::numeric_service, std::move(on_resolved));
    } catch (const boost::system::system_error& problem) { // Asio starts its thread for names at the first one
        fail({Errc::resolve_failed, {problem.code(), "the system gave no thread to look up names"}});
    }
}

LCM_CLIENT_DECL void WebSocketConnection::connect(const Resolver::results_type& endpoints) {
    begin({Errc::connect_failed, "connecting", options().connect_timeout});
    connect_to(endpoints.begin(), boost::asio::error::not_found);
}

// One after the other. `last` is what became of the one before.
LCM_CLIENT_DECL void WebSocketConnection::connect_to(const Resolver::results_type::iterator& endpoint,
                                                     error_code last) {
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
    const Url& peer = first_hop();
    stream_.emplace(std::move(socket_), !peer.tls ? nullptr
                                        : proxy_  ? settings_->proxies.tls.get()
                                                  : settings_->tls.get());
    if (peer.tls) tls_handshake();
    else if (proxy_) ask_proxy();
    else upgrade();
}

} // namespace lcm::detail

#endif
