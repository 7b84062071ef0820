// SPDX-License-Identifier: BSL-1.0
// Internal: the certificate by which this side proves who it is.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_IDENTITY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_IDENTITY_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/websocket/tls_options.hpp>

#include <boost/asio/ssl/context.hpp>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Throws `LcmError` with `Errc::invalid_argument` and the member's name if a part is given twice or is missing.
LCM_CLIENT_DECL void check_identity(const TlsOptions& options);

/// Lets the context show the client's certificate to the servers that ask for one; does nothing if there is none.
/// Throws `LcmError` with `Errc::invalid_argument` and the member's name if certificate and key cannot be used.
LCM_CLIENT_DECL void set_identity(const TlsOptions& options, boost::asio::ssl::context& context);

} // namespace lcm::detail

#endif
