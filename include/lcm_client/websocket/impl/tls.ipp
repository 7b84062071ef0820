// SPDX-License-Identifier: BSL-1.0
// The bodies of tls.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_IPP

#include <lcm_client/config.hpp>
#include <lcm_client/websocket/impl/tls.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/verify_mode.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace lcm::detail {

// --- Who is trusted -------------------------------------------------------------------------------------------------

struct OpensslDelete {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

template <class T> using Openssl = std::unique_ptr<T, OpensslDelete>;

[[noreturn]] LCM_CLIENT_DECL void throw_untrustable(const std::string& why) {
    ERR_clear_error();
    throw_invalid("tls.ca_file: the trusted certificates cannot be read: " + why);
}

// The text of a file, without the byte order mark that some editors put in front of it.
LCM_CLIENT_DECL std::string read_trusted(const std::string& path) {
    const Openssl<BIO> file(BIO_new_file(path.c_str(), "rb"));
    if (!file) throw_untrustable("the file cannot be opened");
    std::string text;
    std::array<char, 4096> piece;
    for (int count = 1; count > 0; text.append(piece.data(), count > 0 ? static_cast<std::size_t>(count) : 0))
        count = BIO_read(file.get(), piece.data(), static_cast<int>(piece.size()));
    return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

// Whoever is named is trusted, whether it has issued itself or not: a root, an issuing authority, the server's own.
LCM_CLIENT_DECL void trust_only(const std::string& pem, boost::asio::ssl::context& context) {
    X509_STORE* const store = SSL_CTX_get_cert_store(context.native_handle()); // empty, and this context's alone
    const Openssl<BIO> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::size_t count = 0;
    ERR_clear_error();
    for (; text; ++count) {
        const Openssl<X509> certificate(PEM_read_bio_X509_AUX(text.get(), nullptr, nullptr, nullptr));
        if (!certificate) break;
        if (X509_STORE_add_cert(store, certificate.get()) != 1) throw_untrustable("one of them cannot be used");
    }
    const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (!is_at_end) throw_untrustable("one of them is damaged");
    if (count == 0) throw_untrustable("the file holds no certificate in PEM form");
    ERR_clear_error();
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

// With the system's store a chain has to end at a root: an authority that the system holds for completeness is no
// anchor.
LCM_CLIENT_DECL void trust_system(boost::asio::ssl::context& context) {
    error_code problem;
    context.set_default_verify_paths(problem);
    if (problem) throw_untrustable(problem.message());
}

// Whether a certificate names a host or an address. Its common name does not count (RFC 9525, 2).
LCM_CLIENT_DECL bool has_names(const X509* certificate) {
    const Openssl<GENERAL_NAMES> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const int type = sk_GENERAL_NAME_value(names.get(), i)->type;
        if (type == GEN_DNS || type == GEN_IPADD) return true;
    }
    return false;
}

inline constexpr int without_names = X509_V_ERR_APPLICATION_VERIFICATION;

// Called by OpenSSL for each certificate of a chain. Changes no verdict, only the reason of one: a certificate that
// names nobody is not one for other hosts.
LCM_CLIENT_DECL int look_for_names(int verdict, X509_STORE_CTX* chain) {
    const int reason = X509_STORE_CTX_get_error(chain);
    const bool is_for_others = reason == X509_V_ERR_HOSTNAME_MISMATCH || reason == X509_V_ERR_IP_ADDRESS_MISMATCH;
    if (verdict != 1 && is_for_others && !has_names(X509_STORE_CTX_get0_cert(chain)))
        X509_STORE_CTX_set_error(chain, without_names);
    return verdict;
}

LCM_CLIENT_DECL std::shared_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options) {
    auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    if (options.insecure_skip_certificate_verification) {
        context->set_verify_mode(boost::asio::ssl::verify_none);
        return context;
    }
    SSL_CTX_set_verify(context->native_handle(), SSL_VERIFY_PEER, look_for_names);
    if (options.ca_file.empty()) trust_system(*context);
    else trust_only(read_trusted(options.ca_file), *context);
    return context;
}

LCM_CLIENT_DECL bool expect_host(SSL* tls, const Url& url) {
    X509_VERIFY_PARAM* const expected = SSL_get0_param(tls);
    error_code is_name;
    boost::asio::ip::make_address(url.host, is_name);
    // A certificate names addresses apart from names, and SNI knows no addresses.
    if (!is_name) return X509_VERIFY_PARAM_set1_ip_asc(expected, url.host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(expected,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    std::string name(url.name()); // SNI and certificates write it without the dot at its end (RFC 6066, 3)
    return X509_VERIFY_PARAM_set1_host(expected, name.data(), name.size()) == 1 &&
           // Of SSL_set_tlsext_host_name, whose cast each source that includes this would be warned of.
           SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

// --- Why it failed --------------------------------------------------------------------------------------------------

// `result` is one of OpenSSL's X509_V_ERR_ numbers.
LCM_CLIENT_DECL std::string certificate_refusal(long result) {
    switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "it has expired; the server needs a new one, or the clock of this computer is wrong";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "it is not yet valid; look at the clocks of this computer and of the server";
    case X509_V_ERR_HOSTNAME_MISMATCH: return "host name mismatch, it is for other hosts than the URL's";
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "IP address mismatch, it does not name the URL's address; give a host name that it names";
    case without_names:
        return "it names no host; the common name alone does not count, so the server needs one with subject "
               "alternative names";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "it is self-signed; to trust it, name it in tls.ca_file";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "unknown issuer; name the issuer's certificate in tls.ca_file, or let the server send its whole chain";
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return "unknown issuer, one with this name has another key; name the issuer's certificate in tls.ca_file";
    default: return X509_verify_cert_error_string(result);
    }
}

// The number of the alert that the server sent; 0 if the error is not an alert.
LCM_CLIENT_DECL int alert_number(int reason) noexcept {
    return reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256 ? reason - SSL_AD_REASON_OFFSET : 0;
}

LCM_CLIENT_DECL bool demands_client_certificate(int alert, SSL* tls) {
    switch (alert) {
    case SSL_AD_CERTIFICATE_REQUIRED: return true;
    // About the certificate of this side, which showed none.
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_UNKNOWN: return true;
    // TLS 1.2 has no alert of its own for it; but the server asked for a certificate before.
    case SSL_AD_HANDSHAKE_FAILURE: {
        const unsigned char* types = nullptr;
        return SSL_get0_certificate_types(tls, &types) > 0;
    }
    default: return false;
    }
}

// `reason` is one of OpenSSL's SSL_R_ numbers.
LCM_CLIENT_DECL std::string protocol_refusal(int reason, SSL* tls) {
    switch (reason) {
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION: return "the server offers no TLS version that is 1.2 or newer";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG: return "what answers there does not speak TLS; check the port of the URL";
    default: break;
    }
    const int alert = alert_number(reason);
    if (demands_client_certificate(alert, tls))
        return "the server demands a client certificate, which this library does not support";
    if (alert != 0)
        return "the server broke off TLS with the alert " + std::to_string(alert) + " (" +
               SSL_alert_desc_string_long(alert) + ")";
    return "what the server sent was refused";
}

LCM_CLIENT_DECL bool is_tls_refusal(error_code ec) { return ec.category() == boost::asio::error::get_ssl_category(); }

LCM_CLIENT_DECL bool has_spoken(SSL* tls) noexcept { return BIO_number_read(SSL_get_rbio(tls)) != 0; }

LCM_CLIENT_DECL Explanation explain_tls(error_code ec, SSL* tls) {
    if (ec == boost::asio::error::eof || ec == boost::asio::ssl::error::stream_truncated)
        return {Errc::tls_failed, {ec, "the server closed the connection during the TLS handshake"}};
    if (!is_tls_refusal(ec)) return {Errc::tls_failed, {ec, "the connection broke during the TLS handshake"}};
    const auto packed = static_cast<unsigned long>(static_cast<unsigned>(ec.value()));
    const bool is_ssl = ERR_GET_LIB(packed) == ERR_LIB_SSL;
    const int reason = is_ssl ? ERR_GET_REASON(packed) : 0;
    // What OpenSSL has put first may be what it met on the way to its verdict.
    const bool is_verified = (SSL_get_verify_mode(tls) & SSL_VERIFY_PEER) != 0;
    if (is_verified && SSL_get_verify_result(tls) != X509_V_OK)
        return {Errc::tls_failed,
                {ec, "the server's certificate was refused: " + certificate_refusal(SSL_get_verify_result(tls)), true}};
    // A server that is just starting or stopping can have an internal error.
    const bool is_permanent = alert_number(reason) != SSL_AD_INTERNAL_ERROR;
    return {Errc::tls_failed, {ec, protocol_refusal(reason, tls), is_permanent}};
}

} // namespace lcm::detail

#endif
