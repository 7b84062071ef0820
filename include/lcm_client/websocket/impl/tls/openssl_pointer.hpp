// SPDX-License-Identifier: BSL-1.0
// Internal: OpenSSL's objects as owned pointers.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_OPENSSL_POINTER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_OPENSSL_POINTER_HPP

#include <lcm_client/impl/abi.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>

namespace lcm::inline LCM_CLIENT_ABI::detail {

struct OpensslDelete {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
    void operator()(X509_STORE* store) const noexcept { X509_STORE_free(store); }
    void operator()(X509_STORE_CTX* chain) const noexcept { X509_STORE_CTX_free(chain); }
};

template <class T> using Openssl = std::unique_ptr<T, OpensslDelete>;

} // namespace lcm::detail

#endif
