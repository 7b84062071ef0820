// SPDX-License-Identifier: BSL-1.0
// A certificate in one of the stores of Windows.
#ifndef LCM_CLIENT_TESTS_SUPPORT_WINDOWS_STORE_HPP
#define LCM_CLIENT_TESTS_SUPPORT_WINDOWS_STORE_HPP

#include <lcm_client/websocket/impl/tls/openssl_pointer.hpp>
#include <lcm_client/websocket/impl/tls/pem.hpp>

#include <boost/asio/detail/socket_types.hpp> // windows.h, after winsock2.h

#include <wincrypt.h>
#undef X509_NAME

#include <stdexcept>
#include <string>
#include <vector>

namespace lcm::tests {

/// The certificate is in the computer's store of that name while this lives. The user's own would ask at the screen.
class StoredCertificate {
public:
    StoredCertificate() = default;
    StoredCertificate(const wchar_t* store, const std::string& pem)
        : store_(::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, store)) {
        const auto certificates = detail::read_certificates(pem);
        if (store_ == nullptr || !certificates || certificates->size() != 1)
            throw std::logic_error("no store, or not one certificate");
        unsigned char* encoded = nullptr;
        const int size = i2d_X509(certificates->front().get(), &encoded);
        const bool is_added =
            ::CertAddEncodedCertificateToStore(store_, X509_ASN_ENCODING, encoded, static_cast<DWORD>(size),
                                               CERT_STORE_ADD_REPLACE_EXISTING, &certificate_) != 0;
        OPENSSL_free(encoded);
        if (!is_added)
            throw std::runtime_error("the certificate cannot be stored; are these an administrator's rights?");
        write();
    }
    StoredCertificate(const StoredCertificate&) = delete;
    StoredCertificate& operator=(const StoredCertificate&) = delete;
    ~StoredCertificate() {
        if (certificate_ != nullptr) ::CertDeleteCertificateFromStore(certificate_);
        if (store_ == nullptr) return;
        write();
        ::CertCloseStore(store_, 0);
    }

    /// From now on the certificate is good for this use alone.
    void restrict_to(const char* use) {
        char* only = const_cast<char*>(use); // not written to
        CERT_ENHKEY_USAGE uses{1, &only};
        if (::CertSetEnhancedKeyUsage(certificate_, &uses) == 0)
            throw std::runtime_error("the uses of the certificate cannot be set");
        write();
    }

private:
    // Windows writes each change at once. Wine keeps it until the store is closed or is told to write, and writes one of a
    // certificate's uses only if it is forced to.
    void write() noexcept {
        ::CertControlStore(store_, CERT_STORE_CTRL_COMMIT_FORCE_FLAG, CERT_STORE_CTRL_COMMIT, nullptr);
    }

    HCERTSTORE store_ = nullptr;
    PCCERT_CONTEXT certificate_ = nullptr;
};

} // namespace lcm::tests

#endif
