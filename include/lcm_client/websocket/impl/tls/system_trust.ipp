// SPDX-License-Identifier: BSL-1.0
// The bodies of system_trust.hpp where OpenSSL's default paths are the system's.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_SYSTEM_TRUST_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_SYSTEM_TRUST_IPP

#include <lcm_client/websocket/impl/tls/system_trust.hpp>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL bool trust_system(X509_STORE* store) {
    ERR_clear_error();
    return X509_STORE_set_default_paths(store) == 1;
}

LCM_CLIENT_DECL bool is_forbidden(X509_STORE*, const X509*) noexcept { return false; }

} // namespace lcm::detail

#endif
