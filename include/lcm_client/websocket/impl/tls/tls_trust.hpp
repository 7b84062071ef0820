// SPDX-License-Identifier: BSL-1.0
// Internal: who is trusted as a server.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_TRUST_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_TRUST_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/websocket/tls_options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/ssl/context.hpp>

#include <openssl/x509_vfy.h>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The reason for refusing a certificate that names no host at all, beside OpenSSL's own ones.
inline constexpr int without_names = X509_V_ERR_APPLICATION_VERIFICATION;

/// Whether a chain was refused with `result` because nobody who is trusted has issued it.
[[nodiscard]] LCM_CLIENT_DECL bool is_unknown_issuer(long result) noexcept;

/// Lets the fresh context verify its servers. Throws `LcmError` with `Errc::invalid_argument` and the member's name if
/// the trusted certificates cannot be read.
LCM_CLIENT_DECL void set_trust(const TlsOptions& options, boost::asio::ssl::context& context);

/// Asks for the URL's host by SNI and requires that the certificate is for it. False if there is no memory for that.
[[nodiscard]] LCM_CLIENT_DECL bool expect_host(SSL* tls, const Url& url);

} // namespace lcm::detail

#endif
