// SPDX-License-Identifier: BSL-1.0
// Internal: whom the system trusts as a server.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_SYSTEM_TRUST_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_SYSTEM_TRUST_HPP

#include <lcm_client/impl/abi.hpp>
#include <lcm_client/impl/compilation.hpp>

#include <openssl/x509_vfy.h>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Puts into the empty store whom the system trusts: in it a chain has to end at a root, so that an authority which the
/// system holds for completeness is no anchor. False if the system has no store.
[[nodiscard]] LCM_CLIENT_DECL bool trust_system(X509_STORE* store);

/// Whether the system forbids a certificate of a chain that the store has made. Always false for a store that was not
/// filled by `trust_system`.
[[nodiscard]] LCM_CLIENT_DECL bool is_forbidden(X509_STORE* store, const X509* certificate) noexcept;

} // namespace lcm::detail

#endif
