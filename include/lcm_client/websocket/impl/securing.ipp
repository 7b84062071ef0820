// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about the TLS handshake.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_SECURING_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_SECURING_IPP

#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/tls/tls_refusal.ipp>
#include <lcm_client/websocket/impl/tls/tls_sessions.ipp>
#include <lcm_client/websocket/impl/tls/tls_trust.ipp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/stream_base.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void WebSocketConnection::tls_handshake() {
    begin_with_server({Errc::tls_failed, "the TLS handshake", options().tls_timeout});
    if (!expect_host(stream().native_tls(), first_hop()))
        return fail({Errc::tls_failed, {boost::asio::error::no_memory, "the TLS handshake could not be prepared"}});
    const std::string of_whom = (proxy_ ? "proxy " : "") + std::string(first_hop().name()) + ':' + first_hop().port;
    resume_session(stream().native_tls(), settings_->tls_sessions, of_whom);
    stream().async_tls_handshake(boost::asio::ssl::stream_base::client,
                                 [self = shared_from_this(), given_up = given_up_](error_code ec) {
                                     if (self->state_ == State::opening && self->given_up_ == given_up)
                                         self->on_tls(ec);
                                 });
}

LCM_CLIENT_DECL void WebSocketConnection::on_tls(error_code ec) {
    if (ec) return fail_here(explain_tls(ec, stream().native_tls()));
    keep_resumed_session(stream().native_tls());
    if (proxy_) ask_proxy();
    else upgrade();
}

// The next handshake with this server is a full one if TLS has failed, whatever it was.
LCM_CLIENT_DECL void WebSocketConnection::look_for_tls_failure(const Explanation& why) {
    const error_code cause = why.failure.cause;
    if (!stream_ || !stream().is_tls() || (why.code != Errc::tls_failed && !is_tls_refusal(cause))) return;
    drop_sessions(stream().native_tls(), is_tls_alert(cause));
}

} // namespace lcm::detail

#endif
