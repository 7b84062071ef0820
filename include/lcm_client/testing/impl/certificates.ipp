// SPDX-License-Identifier: BSL-1.0
// The certificate authority for tests, on OpenSSL's C interface.
#ifndef LCM_CLIENT_TESTING_IMPL_CERTIFICATES_IPP
#define LCM_CLIENT_TESTING_IMPL_CERTIFICATES_IPP

#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/websocket/impl/tls/openssl_version.hpp>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

namespace detail {

struct OpensslDelete {
    void operator()(ASN1_IA5STRING* text) const noexcept { ASN1_STRING_free(text); }
    void operator()(BIGNUM* number) const noexcept { BN_free(number); }
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(GENERAL_NAME* name) const noexcept { GENERAL_NAME_free(name); }
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
    void operator()(X509_NAME* name) const noexcept { X509_NAME_free(name); }
    void operator()(X509_EXTENSION* extension) const noexcept { X509_EXTENSION_free(extension); }
};

template <class T> using Openssl = std::unique_ptr<T, OpensslDelete>;

[[noreturn]] LCM_CLIENT_DECL void throw_openssl(const char* step) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    throw std::runtime_error(std::string("test certificate: could not ") + step + ": " + text.data());
}

inline void demand(bool done, const char* step) {
    if (!done) throw_openssl(step);
}

template <class T> Openssl<T> own(T* made, const char* step) {
    demand(made != nullptr, step);
    return Openssl<T>(made);
}

// --- PEM ------------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL Openssl<BIO> make_memory(const std::string& text = std::string()) {
    auto memory = own(BIO_new(BIO_s_mem()), "allocate memory");
    const int size = static_cast<int>(text.size());
    demand(size == 0 || BIO_write(memory.get(), text.data(), size) == size, "copy a text");
    return memory;
}

LCM_CLIENT_DECL std::string take_text(BIO& memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

LCM_CLIENT_DECL Identity to_pem(X509& certificate, const EVP_PKEY& key) {
    const auto certificate_text = make_memory();
    const auto key_text = make_memory();
    demand(PEM_write_bio_X509(certificate_text.get(), &certificate) == 1, "write the certificate");
    demand(PEM_write_bio_PrivateKey(key_text.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "write the key");
    return {take_text(*certificate_text), take_text(*key_text)};
}

LCM_CLIENT_DECL Openssl<X509> read_certificate(const std::string& pem) {
    const auto text = make_memory(pem);
    return own(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), "read a certificate");
}

LCM_CLIENT_DECL Openssl<EVP_PKEY> read_key(const std::string& pem) {
    const auto text = make_memory(pem);
    return own(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr), "read a key");
}

// --- The parts of a certificate -------------------------------------------------------------------------------------

LCM_CLIENT_DECL void set_random_serial(X509& certificate) {
    // RFC 5280 allows 20 octets, and the first bit would be a sign.
    const auto number = own(BN_new(), "allocate a serial number");
    demand(BN_rand(number.get(), 159, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1, "make a random serial number");
    demand(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr, "set the serial number");
}

// The name that a certificate has cannot be changed from OpenSSL 4 on, so it is given a new one.
LCM_CLIENT_DECL void set_common_name(X509& certificate, const char* text) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text);
    const auto name = own(X509_NAME_new(), "allocate a name");
    demand(X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8, bytes, -1, -1, 0) == 1, "make a name");
    demand(X509_set_subject_name(&certificate, name.get()) == 1, "set a name");
}

LCM_CLIENT_DECL void set_validity(X509& certificate, std::chrono::seconds not_before, std::chrono::seconds not_after) {
    const auto set = [](ASN1_TIME* time, std::chrono::seconds from_now) {
        const std::chrono::duration<long> seconds = from_now; // the type of OpenSSL's function
        demand(X509_gmtime_adj(time, seconds.count()) != nullptr, "set the time of validity");
    };
    set(X509_getm_notBefore(&certificate), not_before);
    set(X509_getm_notAfter(&certificate), not_after);
}

LCM_CLIENT_DECL void add_extension(X509& certificate, X509& issuer, int nid, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
    const auto extension = own(X509V3_EXT_conf_nid(nullptr, &context, nid, value), "make an extension");
    demand(X509_add_ext(&certificate, extension.get(), -1) == 1, "add an extension");
}

LCM_CLIENT_DECL Openssl<GENERAL_NAME> make_alternative_name(const std::string& text) {
    auto name = own(GENERAL_NAME_new(), "allocate a name");
    if (ASN1_OCTET_STRING* address = a2i_IPADDRESS(text.c_str())) {
        GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
        return name;
    }
    ERR_clear_error(); // it was no address, which is no mistake
    auto host = own(ASN1_IA5STRING_new(), "allocate a name");
    demand(ASN1_STRING_set(host.get(), text.data(), static_cast<int>(text.size())) == 1, "copy a name");
    GENERAL_NAME_set0_value(name.get(), GEN_DNS, host.release());
    return name;
}

LCM_CLIENT_DECL void add_alternative_names(X509& certificate, const std::vector<std::string>& names) {
    const auto list = own(GENERAL_NAMES_new(), "allocate names");
    for (const std::string& text : names) {
        auto name = make_alternative_name(text);
        demand(sk_GENERAL_NAME_push(list.get(), name.get()) > 0, "add a name");
        static_cast<void>(name.release()); // the list owns it now
    }
    demand(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, list.get(), 0, 0) == 1, "add the names");
}

LCM_CLIENT_DECL Openssl<EVP_PKEY> make_key() { return own(EVP_EC_gen("P-256"), "make a key"); }

// All that authority and server have in common; names and extensions are still missing.
LCM_CLIENT_DECL Openssl<X509> make_certificate(EVP_PKEY& key, const char* common_name) {
    auto certificate = own(X509_new(), "allocate a certificate");
    demand(X509_set_version(certificate.get(), X509_VERSION_3) == 1, "set the version");
    set_random_serial(*certificate);
    set_common_name(*certificate, common_name);
    demand(X509_set_pubkey(certificate.get(), &key) == 1, "set the public key");
    return certificate;
}

LCM_CLIENT_DECL void sign(X509& certificate, const X509& issuer, EVP_PKEY& issuer_key) {
    demand(X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer)) == 1, "set the issuer");
    demand(X509_sign(&certificate, &issuer_key, EVP_sha256()) > 0, "sign the certificate");
}

LCM_CLIENT_DECL void check_request(const CertificateRequest& request) {
    if (request.not_before >= request.not_after)
        throw std::invalid_argument("not_after: must be later than not_before");
}

// All but the signature, by `issuer` or else by itself.
LCM_CLIENT_DECL Openssl<X509> make_authority_certificate(EVP_PKEY& key, const char* common_name, X509* issuer) {
    auto certificate = make_certificate(key, common_name);
    // Longer than what it issues, so that an expired certificate is refused for its own date.
    set_validity(*certificate, -std::chrono::hours(30 * 24), std::chrono::hours(3652 * 24));
    X509& signer = issuer == nullptr ? *certificate : *issuer;
    const auto add = [&](int nid, const char* value) { add_extension(*certificate, signer, nid, value); };
    add(NID_basic_constraints, "critical,CA:TRUE");
    add(NID_key_usage, "critical,keyCertSign,cRLSign");
    add(NID_subject_key_identifier, "hash");
    return certificate;
}

// All but the signature.
LCM_CLIENT_DECL Openssl<X509> make_client_certificate(EVP_PKEY& key, const std::string& name, X509& issuer) {
    const CertificateRequest validity;
    auto certificate = make_certificate(key, name.c_str());
    set_validity(*certificate, validity.not_before, validity.not_after);
    const auto add = [&](int nid, const char* value) { add_extension(*certificate, issuer, nid, value); };
    add(NID_basic_constraints, "critical,CA:FALSE");
    add(NID_key_usage, "critical,digitalSignature");
    add(NID_ext_key_usage, "clientAuth");
    add(NID_subject_key_identifier, "hash");
    add(NID_authority_key_identifier, "keyid:always");
    return certificate;
}

// All but the signature. An authority's certificate, or the one that is being made if it is to be self-signed, issues.
LCM_CLIENT_DECL Openssl<X509> make_server_certificate(EVP_PKEY& key, const CertificateRequest& request, X509* issuer) {
    auto certificate = make_certificate(key, request.common_name.c_str());
    set_validity(*certificate, request.not_before, request.not_after);
    X509& signer = issuer == nullptr ? *certificate : *issuer;
    const auto add = [&](int nid, const char* value) { add_extension(*certificate, signer, nid, value); };
    add(NID_basic_constraints, "critical,CA:FALSE");
    add(NID_key_usage, "critical,digitalSignature");
    add(NID_ext_key_usage, "serverAuth");
    add(NID_subject_key_identifier, "hash");
    add(NID_authority_key_identifier, "keyid:always");
    if (!request.names.empty()) add_alternative_names(*certificate, request.names);
    return certificate;
}

} // namespace detail

LCM_CLIENT_DECL CertificateAuthority::CertificateAuthority() {
    const auto key = detail::make_key();
    const auto certificate = detail::make_authority_certificate(*key, "lcm_client test authority", nullptr);
    detail::sign(*certificate, *certificate, *key);
    self_ = detail::to_pem(*certificate, *key);
}

LCM_CLIENT_DECL CertificateAuthority CertificateAuthority::issue_authority() const {
    const auto issuer = detail::read_certificate(self_.certificate_pem);
    const auto issuer_key = detail::read_key(self_.key_pem);
    const auto key = detail::make_key();
    const auto certificate = detail::make_authority_certificate(*key, "lcm_client issuing authority", issuer.get());
    detail::sign(*certificate, *issuer, *issuer_key);
    return CertificateAuthority(detail::to_pem(*certificate, *key));
}

LCM_CLIENT_DECL Identity CertificateAuthority::issue(const CertificateRequest& request) const {
    detail::check_request(request);
    const auto issuer = detail::read_certificate(self_.certificate_pem);
    const auto issuer_key = detail::read_key(self_.key_pem);
    const auto key = detail::make_key();
    const auto certificate = detail::make_server_certificate(*key, request, issuer.get());
    detail::sign(*certificate, *issuer, *issuer_key);
    return detail::to_pem(*certificate, *key);
}

LCM_CLIENT_DECL Identity CertificateAuthority::issue_client(const std::string& name) const {
    const auto issuer = detail::read_certificate(self_.certificate_pem);
    const auto issuer_key = detail::read_key(self_.key_pem);
    const auto key = detail::make_key();
    const auto certificate = detail::make_client_certificate(*key, name, *issuer);
    detail::sign(*certificate, *issuer, *issuer_key);
    return detail::to_pem(*certificate, *key);
}

LCM_CLIENT_DECL std::string encrypt_key(const std::string& key_pem, const std::string& password) {
    const auto key = detail::read_key(key_pem);
    const auto text = detail::make_memory();
    detail::demand(PEM_write_bio_PKCS8PrivateKey(text.get(), key.get(), EVP_aes_256_cbc(), password.data(),
                                                 static_cast<int>(password.size()), nullptr, nullptr) == 1,
                   "encrypt the key");
    return detail::take_text(*text);
}

LCM_CLIENT_DECL Identity make_self_signed(const CertificateRequest& request) {
    detail::check_request(request);
    const auto key = detail::make_key();
    const auto certificate = detail::make_server_certificate(*key, request, nullptr);
    detail::sign(*certificate, *certificate, *key);
    return detail::to_pem(*certificate, *key);
}

} // namespace lcm::testing

#endif
