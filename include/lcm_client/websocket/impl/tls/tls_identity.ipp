// SPDX-License-Identifier: BSL-1.0
// The bodies of tls_identity.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_IDENTITY_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_IDENTITY_IPP

#include <lcm_client/config.hpp>
#include <lcm_client/websocket/impl/tls/openssl_pointer.hpp>
#include <lcm_client/websocket/impl/tls/pem.hpp>
#include <lcm_client/websocket/impl/tls/tls_identity.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

[[noreturn]] LCM_CLIENT_DECL void refuse_identity(const std::string& member, const std::string& why) {
    ERR_clear_error();
    throw_invalid("tls." + member + ": " + why);
}

LCM_CLIENT_DECL void check_identity(const TlsOptions& options) {
    const bool has_key_text = !options.key_pem.reveal().empty();
    if (!options.certificate_file.empty() && !options.certificate_pem.empty())
        refuse_identity("certificate_pem", "given beside certificate_file; give one of them");
    if (!options.key_file.empty() && has_key_text)
        refuse_identity("key_pem", "given beside key_file; give one of them");
    const bool has_certificate = !options.certificate_file.empty() || !options.certificate_pem.empty();
    const bool has_key = !options.key_file.empty() || has_key_text;
    if (has_certificate && !has_key)
        refuse_identity("key_file", "the key of the client's certificate is missing; give key_file or key_pem");
    if (has_key && !has_certificate)
        refuse_identity("certificate_file",
                        "the certificate of the client's key is missing; give certificate_file or certificate_pem");
}

/// A part of the identity as text, and the member of the options that it comes from.
struct IdentityPart {
    std::string member;
    PemText text;
};

LCM_CLIENT_DECL IdentityPart read_part(const std::string& name, const std::string& file, std::string_view text) {
    if (file.empty()) return {name + "_pem", PemText(text)};
    const std::string member = name + "_file";
    return {member, read_pem_file(file, "tls." + member + ": the file cannot be opened")};
}

// What an OpenSSL call has said of its failure, without what a file holds.
LCM_CLIENT_DECL std::string last_openssl_reason() {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason == nullptr ? std::string() : ": " + std::string(reason);
}

// The first certificate is the client's own, the others are those of its issuers.
LCM_CLIENT_DECL void use_certificates(const IdentityPart& part, SSL_CTX* context) {
    auto certificates = read_certificates(part.text.view());
    if (!certificates) refuse_identity(part.member, "a certificate is damaged");
    if (certificates->empty()) refuse_identity(part.member, "it holds no certificate in PEM form");
    for (auto& certificate : *certificates) {
        const bool is_own = &certificate == &certificates->front();
        // The macro SSL_CTX_add0_chain_cert has a cast of which each source that includes this would be warned.
        const bool is_taken = is_own ? SSL_CTX_use_certificate(context, certificate.get()) == 1
                                     : SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 0, certificate.get()) == 1;
        if (!is_taken) refuse_identity(part.member, "a certificate cannot be used" + last_openssl_reason());
        if (!is_own) static_cast<void>(certificate.release()); // the context owns it now
    }
}

/// The application's function for the password, and how it went.
struct PasswordQuestion {
    const TlsOptions& options;
    bool is_asked = false;
    bool has_thrown = false;
};

// Called by OpenSSL for an encrypted key. The copy of the password is OpenSSL's, which wipes it.
LCM_CLIENT_DECL int ask_for_password(char* to, int size, int, void* question) {
    auto& asked = *static_cast<PasswordQuestion*>(question);
    if (asked.is_asked || !asked.options.key_password) {
        asked.is_asked = true;
        return -1;
    }
    asked.is_asked = true;
    try {
        const Sensitive<std::string> password = asked.options.key_password();
        const std::string& text = password.reveal();
        if (text.size() > static_cast<std::size_t>(size)) return -1;
        std::copy(text.begin(), text.end(), to);
        return static_cast<int>(text.size());
    } catch (...) { // and not its text, which can hold the password
        asked.has_thrown = true;
        return -1;
    }
}

[[noreturn]] LCM_CLIENT_DECL void refuse_key(const IdentityPart& part, const PasswordQuestion& question) {
    if (!question.is_asked) refuse_identity(part.member, "it holds no private key in PEM form that can be read");
    if (!question.options.key_password)
        refuse_identity("key_password", "the key is encrypted; give a function that returns its password");
    if (question.has_thrown) refuse_identity("key_password", "the function threw an exception");
    refuse_identity("key_password", "the key cannot be decrypted with this password");
}

LCM_CLIENT_DECL void use_key(const IdentityPart& part, const TlsOptions& options, SSL_CTX* context) {
    const Openssl<BIO> source = pem_source(part.text.view());
    PasswordQuestion question{options};
    const Openssl<EVP_PKEY> key(PEM_read_bio_PrivateKey(source.get(), nullptr, ask_for_password, &question));
    if (!key) refuse_key(part, question);
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        refuse_identity(part.member, "the key is not that of the client's certificate" + last_openssl_reason());
    ERR_clear_error();
}

LCM_CLIENT_DECL void set_identity(const TlsOptions& options, boost::asio::ssl::context& context) {
    if (options.certificate_file.empty() && options.certificate_pem.empty()) return;
    SSL_CTX* const native = context.native_handle();
    use_certificates(read_part("certificate", options.certificate_file, options.certificate_pem), native);
    use_key(read_part("key", options.key_file, options.key_pem.reveal()), options, native);
}

} // namespace lcm::detail

#endif
