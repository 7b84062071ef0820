// SPDX-License-Identifier: BSL-1.0
// The bodies of system_trust.hpp for Windows, which keeps its certificates in stores of its own. OpenSSL's default paths
// name folders there that any user may create, so they are not looked at.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_WINDOWS_TRUST_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_WINDOWS_TRUST_IPP

#include <lcm_client/websocket/impl/tls/openssl_pointer.hpp>
#include <lcm_client/websocket/impl/tls/system_trust.hpp>

#include <boost/asio/detail/socket_types.hpp> // windows.h, after winsock2.h

#include <wincrypt.h>
// The header defines names of OpenSSL's as numbers.
#undef OCSP_REQUEST
#undef OCSP_RESPONSE
#undef PKCS7_ISSUER_AND_SERIAL
#undef PKCS7_SIGNER_INFO
#undef X509_CERT_PAIR
#undef X509_EXTENSIONS
#undef X509_NAME

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

struct CloseWindowsStore {
    void operator()(void* store) const noexcept { ::CertCloseStore(store, 0); }
};
using WindowsStore = std::unique_ptr<void, CloseWindowsStore>;

struct FreeWindowsCertificate {
    void operator()(PCCERT_CONTEXT certificate) const noexcept { ::CertFreeCertificateContext(certificate); }
};
using WindowsCertificate = std::unique_ptr<const CERT_CONTEXT, FreeWindowsCertificate>;

/// What a certificate is known by: the SHA-256 of all of it.
using Fingerprint = std::array<unsigned char, 32>;
using Fingerprints = std::vector<Fingerprint>;

/// Nothing if there is no memory for it.
[[nodiscard]] inline std::optional<Fingerprint> fingerprint(const X509* certificate) {
    Fingerprint print{};
    if (X509_digest(certificate, EVP_sha256(), print.data(), nullptr) != 1) return std::nullopt;
    return print;
}

// Whether Windows takes the certificate for one of servers. One that nobody has restricted is good for every use, and
// one whose list of uses was made empty is good for none.
LCM_CLIENT_DECL bool is_for_servers(PCCERT_CONTEXT certificate) {
    constexpr DWORD as_set_by_hand = CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG;
    DWORD size = 0;
    if (::CertGetEnhancedKeyUsage(certificate, as_set_by_hand, nullptr, &size) == 0)
        return ::GetLastError() == static_cast<DWORD>(CRYPT_E_NOT_FOUND);
    std::vector<CERT_ENHKEY_USAGE> memory(size / sizeof(CERT_ENHKEY_USAGE) + 1); // the texts are behind the first one
    if (::CertGetEnhancedKeyUsage(certificate, as_set_by_hand, memory.data(), &size) == 0) return false;
    const CERT_ENHKEY_USAGE& uses = memory.front();
    if (uses.cUsageIdentifier == 0) return ::GetLastError() == static_cast<DWORD>(CRYPT_E_NOT_FOUND);
    return std::any_of(uses.rgpszUsageIdentifier, uses.rgpszUsageIdentifier + uses.cUsageIdentifier,
                       [](const char* use) { return std::string_view(use) == szOID_PKIX_KP_SERVER_AUTH; });
}

// Nothing for one that OpenSSL cannot read, which then cannot be in a chain either.
LCM_CLIENT_DECL Openssl<X509> to_openssl(PCCERT_CONTEXT certificate) {
    const unsigned char* at = certificate->pbCertEncoded;
    return Openssl<X509>(d2i_X509(nullptr, &at, static_cast<long>(certificate->cbCertEncoded)));
}

/// Calls `use` with each certificate of the user's store of that name, in which those of the computer and of its domain
/// are as well. False if there is no such store.
template <class Use> [[nodiscard]] bool for_each_certificate(const wchar_t* name, Use use) {
    const WindowsStore store(::CertOpenSystemStoreW(0, name));
    if (!store) return false;
    WindowsCertificate each;
    for (;;) {
        each.reset(::CertEnumCertificatesInStore(store.get(), each.release())); // which frees the one before
        if (!each) return true;
        use(each.get());
    }
}

LCM_CLIENT_DECL void add_to_store(X509_STORE* store, X509* certificate) {
    if (X509_STORE_add_cert(store, certificate) != 1) throw std::bad_alloc();
}

LCM_CLIENT_DECL void free_fingerprints(void*, void* prints, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<Fingerprints*>(prints);
}

/// Where the store keeps what is forbidden.
[[nodiscard]] inline int forbidden_index() {
    static const int index =
        CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_X509_STORE, 0, nullptr, nullptr, nullptr, free_fingerprints);
    return index;
}

LCM_CLIENT_DECL bool forbid_disallowed(X509_STORE* store) {
    auto forbidden = std::make_unique<Fingerprints>();
    const bool has_store = for_each_certificate(L"Disallowed", [&](PCCERT_CONTEXT each) {
        if (const auto certificate = to_openssl(each)) forbidden->push_back(fingerprint(certificate.get()).value());
    });
    if (X509_STORE_set_ex_data(store, forbidden_index(), forbidden.get()) != 1) throw std::bad_alloc();
    static_cast<void>(forbidden.release());
    return has_store;
}

// The roots are anchors. The intermediate authorities only complete chains: every user can write to their store, so one
// that has signed itself, which OpenSSL would take for an anchor, is left out.
LCM_CLIENT_DECL bool trust_system(X509_STORE* store) {
    ERR_clear_error();
    const bool has_roots = for_each_certificate(L"ROOT", [&](PCCERT_CONTEXT each) {
        const auto certificate = to_openssl(each);
        if (certificate && is_for_servers(each)) add_to_store(store, certificate.get());
    });
    const bool has_others = for_each_certificate(L"CA", [&](PCCERT_CONTEXT each) {
        const auto certificate = to_openssl(each);
        if (!certificate || (X509_get_extension_flags(certificate.get()) & EXFLAG_SS) != 0) return;
        add_to_store(store, certificate.get());
    });
    const bool has_forbidden = forbid_disallowed(store);
    ERR_clear_error(); // of those that could not be read
    return has_roots && has_others && has_forbidden;
}

// Called within OpenSSL, so nothing may be thrown.
LCM_CLIENT_DECL bool is_forbidden(X509_STORE* store, const X509* certificate) noexcept {
    const auto* const forbidden = static_cast<const Fingerprints*>(X509_STORE_get_ex_data(store, forbidden_index()));
    if (forbidden == nullptr) return false;
    const auto print = fingerprint(certificate);
    return !print || std::find(forbidden->begin(), forbidden->end(), *print) != forbidden->end();
}

} // namespace lcm::detail

#endif
