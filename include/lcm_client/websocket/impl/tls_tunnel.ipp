// SPDX-License-Identifier: BSL-1.0
// The bodies of tls_tunnel.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TUNNEL_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TUNNEL_IPP

#include <lcm_client/websocket/impl/tls_tunnel.hpp>

#include <boost/asio/ssl/stream_base.hpp>

#include <memory>
#include <utility>

namespace lcm::detail {

LCM_CLIENT_DECL TlsTunnel::TlsTunnel(std::shared_ptr<Outer> outer, boost::asio::ssl::context& context)
    : inner_(Layer(std::move(outer)), context) {}

LCM_CLIENT_DECL void TlsTunnel::handshake(Handler<void(error_code)> handler) {
    auto kept = [self = shared_from_this(), handler = std::move(handler)](error_code ec) mutable { handler(ec); };
    inner_.async_handshake(boost::asio::ssl::stream_base::client, std::move(kept));
}

LCM_CLIENT_DECL void TlsTunnel::read_some(boost::asio::mutable_buffer to, IoHandler handler) {
    auto kept = [self = shared_from_this(), handler = std::move(handler)](error_code ec, std::size_t count) mutable {
        handler(ec, count);
    };
    inner_.async_read_some(to, std::move(kept));
}

LCM_CLIENT_DECL void TlsTunnel::write_some(boost::asio::const_buffer from, IoHandler handler) {
    auto kept = [self = shared_from_this(), handler = std::move(handler)](error_code ec, std::size_t count) mutable {
        handler(ec, count);
    };
    inner_.async_write_some(from, std::move(kept));
}

LCM_CLIENT_DECL std::size_t TlsTunnel::read_at_once(boost::asio::mutable_buffer to, error_code& ec) {
    return inner_.read_some(to, ec);
}

} // namespace lcm::detail

#endif
