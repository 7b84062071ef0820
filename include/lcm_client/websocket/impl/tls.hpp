// SPDX-License-Identifier: BSL-1.0
// Internal: who is trusted as a server, and why TLS with one failed.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/websocket/impl/explain.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace lcm::detail {

/// The context of all connections: TLS 1.2 or newer, and the trusted certificates. Throws `LcmError` with
/// `Errc::invalid_argument` if they cannot be read.
[[nodiscard]] LCM_CLIENT_DECL std::shared_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options);

/// Asks for the URL's host by SNI and requires that the certificate is for it. False if there is no memory for that.
[[nodiscard]] LCM_CLIENT_DECL bool expect_host(SSL* tls, const Url& url);

/// Whether TLS itself failed, by this side's refusal or by the server's, and not the connection below it.
[[nodiscard]] LCM_CLIENT_DECL bool is_tls_refusal(error_code ec);

/// Whether anything has come from the server. `tls` is OpenSSL's object of the connection.
[[nodiscard]] LCM_CLIENT_DECL bool has_spoken(SSL* tls) noexcept;

/// Why TLS failed with `ec`, during the handshake or later. `tls` is OpenSSL's object of the connection. The words hold
/// nothing that the server wrote.
[[nodiscard]] LCM_CLIENT_DECL Explanation explain_tls(error_code ec, SSL* tls);

} // namespace lcm::detail

#endif
