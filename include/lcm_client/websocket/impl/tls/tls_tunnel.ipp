// SPDX-License-Identifier: BSL-1.0
// The bodies of tls_tunnel.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_TUNNEL_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_TUNNEL_IPP

#include <lcm_client/websocket/impl/tls/tls_tunnel.hpp>

#include <boost/asio/consign.hpp>
#include <boost/asio/ssl/stream_base.hpp>

#include <memory>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL TlsTunnel::TlsTunnel(std::shared_ptr<Outer> outer, boost::asio::ssl::context& context)
    : inner_(Layer(std::move(outer)), context) {}

LCM_CLIENT_DECL void TlsTunnel::handshake(Handler<void(error_code)> handler) {
    inner_.async_handshake(boost::asio::ssl::stream_base::client,
                           boost::asio::consign(std::move(handler), shared_from_this()));
}

LCM_CLIENT_DECL void TlsTunnel::read_some(boost::asio::mutable_buffer to, IoHandler handler) {
    inner_.async_read_some(to, boost::asio::consign(std::move(handler), shared_from_this()));
}

LCM_CLIENT_DECL void TlsTunnel::write_some(boost::asio::const_buffer from, IoHandler handler) {
    inner_.async_write_some(from, boost::asio::consign(std::move(handler), shared_from_this()));
}

LCM_CLIENT_DECL std::size_t TlsTunnel::read_at_once(boost::asio::mutable_buffer to, error_code& ec) {
    return inner_.read_some(to, ec);
}

} // namespace lcm::detail

#endif
