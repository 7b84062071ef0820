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

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string>

namespace lcm::detail {

LCM_CLIENT_DECL std::shared_ptr<boost::asio::ssl::context> make_tls_context(const TlsOptions& options) {
    auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    if (options.insecure_skip_certificate_verification) {
        context->set_verify_mode(boost::asio::ssl::verify_none);
        return context;
    }
    context->set_verify_mode(boost::asio::ssl::verify_peer);
    error_code problem;
    if (options.ca_file.empty()) context->set_default_verify_paths(problem);
    else context->load_verify_file(options.ca_file, problem);
    if (problem) throw_invalid("tls.ca_file: the trusted certificates cannot be read: " + problem.message());
    return context;
}

LCM_CLIENT_DECL bool expect_host(SSL* tls, const Url& url) {
    X509_VERIFY_PARAM* const expected = SSL_get0_param(tls);
    error_code is_name;
    boost::asio::ip::make_address(url.host, is_name);
    // A certificate names addresses apart from names, and SNI knows no addresses.
    if (!is_name) return X509_VERIFY_PARAM_set1_ip_asc(expected, url.host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(expected, url.host.data(), url.host.size()) == 1 &&
           // Of SSL_set_tlsext_host_name, whose cast each source that includes this would be warned of.
           SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(url.host.c_str())) == 1;
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
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "it is self-signed; to trust it, name it in tls.ca_file";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "unknown issuer; name the issuer's certificate in tls.ca_file, or let the server send its whole chain";
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

LCM_CLIENT_DECL Explanation explain_tls(error_code ec, SSL* tls) {
    if (ec == boost::asio::error::eof || ec == boost::asio::ssl::error::stream_truncated)
        return {Errc::tls_failed, {ec, "the server closed the connection during the TLS handshake"}};
    if (!is_tls_refusal(ec)) return {Errc::tls_failed, {ec, "the connection broke during the TLS handshake"}};
    const auto packed = static_cast<unsigned long>(static_cast<unsigned>(ec.value()));
    const bool is_ssl = ERR_GET_LIB(packed) == ERR_LIB_SSL;
    const int reason = is_ssl ? ERR_GET_REASON(packed) : 0;
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return {Errc::tls_failed,
                {ec, "the server's certificate was refused: " + certificate_refusal(SSL_get_verify_result(tls)), true}};
    // A server that is just starting or stopping can have an internal error.
    const bool is_permanent = alert_number(reason) != SSL_AD_INTERNAL_ERROR;
    return {Errc::tls_failed, {ec, protocol_refusal(reason, tls), is_permanent}};
}

} // namespace lcm::detail

#endif
