// SPDX-License-Identifier: BSL-1.0
// For tests: a certificate authority in the process, so that TLS can be tested without files and without waiting for a
// certificate to expire.
#ifndef LCM_CLIENT_TESTING_CERTIFICATES_HPP
#define LCM_CLIENT_TESTING_CERTIFICATES_HPP

#include <lcm_client/impl/abi.hpp>
#include <lcm_client/impl/compilation.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// A certificate and its private key, as PEM texts. The key is neither encrypted nor meant to protect anything.
struct Identity {
    std::string certificate_pem; ///< the certificate
    std::string key_pem;         ///< its private key
};

/// What a server's certificate shall say.
struct CertificateRequest {
    /// DNS names and IP addresses for which it is valid, the subjectAltName. If empty, there is no such extension.
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    /// The subject. By default no host's name, since only the names above shall count.
    std::string common_name{"lcm_client test server"};
    std::chrono::hours not_before{-24};    ///< from when, counted from now; negative is the past
    std::chrono::hours not_after{30 * 24}; ///< until when, counted from now; later than `not_before`
};

/// A fresh authority whose key is known to nobody else: EC P-256, self-signed, valid from a month ago for ten years.
/// A value.
///
/// @par Errors
/// The constructor and the functions whose names begin with `issue` throw `std::runtime_error` with OpenSSL's text when it refuses a
/// step.
///
/// @par Thread safety
/// Distinct objects, and the const functions of one, may be used from several threads.
class CertificateAuthority {
public:
    /// Makes the authority's key and certificate.
    CertificateAuthority();

    /// The authority's certificate, for the client's `ca_file`.
    [[nodiscard]] std::string pem() const { return self_.certificate_pem; }

    /// Makes an authority whose certificate this one has signed. A server that shows what it issues has to show its
    /// certificate, too: `issue().certificate_pem + pem()`.
    [[nodiscard]] CertificateAuthority issue_authority() const;

    /// Makes a key and a client certificate signed by this authority, for servers that demand one
    /// (`SimulatorOptions::client_authority_pem`). `name` is its subject; it is valid as a server's is by default.
    [[nodiscard]] Identity issue_client(const std::string& name = "lcm_client test client") const;

    /// Makes a key and a server certificate signed by this authority. Throws `std::invalid_argument` when `request`
    /// has an empty time of validity.
    [[nodiscard]] Identity issue(const CertificateRequest& request = {}) const;

private:
    explicit CertificateAuthority(Identity self) : self_(std::move(self)) {}

    Identity self_; // as text: OpenSSL stays out of this header, and the class can be copied
};

/// Makes a key and a server certificate that no authority has signed, only its own key. Throws as
/// `CertificateAuthority::issue()` does. Thread-safe.
[[nodiscard]] LCM_CLIENT_DECL Identity make_self_signed(const CertificateRequest& request = {});

/// A private key as PEM text, encrypted with `password` (PKCS #8, AES-256). Throws `std::runtime_error` with OpenSSL's
/// text when it refuses a step. Thread-safe.
[[nodiscard]] LCM_CLIENT_DECL std::string encrypt_key(const std::string& key_pem, const std::string& password);

} // namespace lcm::testing

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/testing/impl/certificates.ipp>
#endif

#endif
