// SPDX-License-Identifier: BSL-1.0
// The bodies of tls.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_IPP

#include <lcm_client/websocket/impl/tls/tls.hpp>
#include <lcm_client/websocket/impl/tls/tls_identity.ipp>
#include <lcm_client/websocket/impl/tls/tls_sessions.ipp>
#include <lcm_client/websocket/impl/tls/tls_trust.ipp>

#include <boost/asio/detail/config.hpp>

#include <openssl/ssl.h>

#if defined(BOOST_ASIO_WINDOWS)
#include <lcm_client/websocket/impl/tls/windows_trust.ipp>
#else
#include <lcm_client/websocket/impl/tls/system_trust.ipp>
#endif

#include <memory>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL std::shared_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options) {
    check_identity(options);
    auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    set_trust(options, *context);
    set_identity(options, *context);
    keep_sessions(context->native_handle());
    if (options.configure) options.configure(*context);
    return context;
}

} // namespace lcm::detail

#endif
