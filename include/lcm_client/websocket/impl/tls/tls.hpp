// SPDX-License-Identifier: BSL-1.0
// Internal: the OpenSSL context of all connections of a factory.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/websocket/tls_options.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// TLS 1.2 or newer, who is trusted, who this side is, and what the application's hook has done. Throws `LcmError` with
/// `Errc::invalid_argument` and the member's name if something cannot be used, and what the hook throws.
[[nodiscard]] LCM_CLIENT_DECL std::shared_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options);

} // namespace lcm::detail

#endif
