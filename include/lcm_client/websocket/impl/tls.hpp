// SPDX-License-Identifier: BSL-1.0
// Internal: who is trusted as a server, and why one was not.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_HPP

#include <lcm_client/compilation.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace lcm::detail {

/// The context of all connections: TLS 1.2 or newer, and the trusted certificates. Throws `LcmError` with
/// `Errc::invalid_argument` if they cannot be read.
[[nodiscard]] LCM_CLIENT_DECL std::shared_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options);

/// Asks for the URL's host by SNI and requires that the certificate is for it. False if there is no memory for that.
[[nodiscard]] LCM_CLIENT_DECL bool expect_host(SSL* tls, const Url& url);

/// Why the certificate was refused, in OpenSSL's words; empty if it was not the certificate.
[[nodiscard]] LCM_CLIENT_DECL std::string refusal(SSL* tls);

} // namespace lcm::detail

#endif
