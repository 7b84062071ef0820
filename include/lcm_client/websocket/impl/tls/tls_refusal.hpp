// SPDX-License-Identifier: BSL-1.0
// Internal: why TLS with a server failed, in words, and who can do something about it.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_REFUSAL_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_REFUSAL_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/websocket/impl/http/explain.hpp>

#include <openssl/ssl.h>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Whether TLS itself failed, by this side's refusal or by the server's, and not the connection below it.
[[nodiscard]] LCM_CLIENT_DECL bool is_tls_refusal(error_code ec);

/// Whether anything has come from the server. `tls` is OpenSSL's object of the connection.
[[nodiscard]] LCM_CLIENT_DECL bool has_spoken(SSL* tls) noexcept;

/// Whether the server has broken TLS off with an alert.
[[nodiscard]] LCM_CLIENT_DECL bool is_tls_alert(error_code ec);

/// Why TLS failed with `ec`, before the connection was open. `tls` is OpenSSL's object of the connection. The words hold
/// nothing that the server wrote, save the name of an issuer that is not trusted, in quotes.
[[nodiscard]] LCM_CLIENT_DECL Explanation explain_tls(error_code ec, SSL* tls);

/// Why TLS itself failed with `ec` on a connection that was open. Versions and certificates were good, so the next
/// connection may be, too.
[[nodiscard]] LCM_CLIENT_DECL Explanation explain_tls_loss(error_code ec);

} // namespace lcm::detail

#endif
