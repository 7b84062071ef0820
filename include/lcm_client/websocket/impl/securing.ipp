// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about the TLS handshake.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_SECURING_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_SECURING_IPP

#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/tls.ipp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/stream_base.hpp>

namespace lcm::detail {

LCM_CLIENT_DECL void WebSocketConnection::tls_handshake() {
    begin({Errc::tls_failed, "the TLS handshake", options().tls_timeout});
    if (!expect_host(stream().native_tls(), first_hop()))
        return fail({Errc::tls_failed, {boost::asio::error::no_memory, "the TLS handshake could not be prepared"}});
    stream().async_tls_handshake(boost::asio::ssl::stream_base::client,
                                 [self = shared_from_this(), given_up = given_up_](error_code ec) {
                                     if (self->state_ == State::opening && self->given_up_ == given_up)
                                         self->on_tls(ec);
                                 });
}

LCM_CLIENT_DECL void WebSocketConnection::on_tls(error_code ec) {
    if (ec && !is_tls_refusal(ec) && may_give_way()) return give_way(ec); // nothing secret has left
    if (ec) return fail(explain_tls(ec, stream().native_tls()));
    if (proxy_) ask_proxy();
    else upgrade();
}

} // namespace lcm::detail

#endif
