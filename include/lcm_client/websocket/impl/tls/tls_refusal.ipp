// SPDX-License-Identifier: BSL-1.0
// The bodies of tls_refusal.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_REFUSAL_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_REFUSAL_IPP

#include <lcm_client/link_status.hpp>
#include <lcm_client/websocket/impl/http/foreign_text.hpp>
#include <lcm_client/websocket/impl/tls/tls_refusal.hpp>
#include <lcm_client/websocket/impl/tls/tls_sessions.ipp>
#include <lcm_client/websocket/impl/tls/tls_trust.ipp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// --- The server's certificate ---------------------------------------------------------------------------------------

// The part of a name that people know it by, in quotes; empty if there is none.
LCM_CLIENT_DECL std::string known_part(const X509_NAME* name) {
    for (const int part : {NID_commonName, NID_organizationName, NID_organizationalUnitName}) {
        const int at = X509_NAME_get_index_by_NID(name, part, -1);
        if (at < 0) continue;
        const auto* const text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
        const unsigned char* const begin = ASN1_STRING_get0_data(text);
        return quote_foreign(std::string(begin, begin + ASN1_STRING_length(text)));
    }
    return {};
}

// Who has issued the last certificate of the chain that was found, with a space in front.
LCM_CLIENT_DECL std::string missing_issuer(const SSL* tls) {
    const auto* const chain = SSL_get0_verified_chain(tls);
    const int size = chain == nullptr ? 0 : sk_X509_num(chain);
    if (size == 0) return {};
    const std::string name = known_part(X509_get_issuer_name(sk_X509_value(chain, size - 1)));
    return name.empty() ? name : " " + name;
}

// `result` is one of OpenSSL's X509_V_ERR_ numbers.
LCM_CLIENT_DECL std::string certificate_refusal(long result, const SSL* tls) {
    if (is_unknown_issuer(result) && result != X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
        return "unknown issuer" + missing_issuer(tls) +
               "; name the issuer's certificate in tls.ca_file, or let the server send its whole chain; is there a "
               "proxy between that inspects TLS?";
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
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return "unknown issuer" + missing_issuer(tls) +
               ", one with this name has another key; name the issuer's certificate in tls.ca_file";
    case X509_V_ERR_CERT_REJECTED:
        return "the system forbids it, or one of its issuers; ask who manages this computer whether that is meant";
    default: return X509_verify_cert_error_string(result);
    }
}

// --- The server's alerts, and the protocol ---------------------------------------------------------------------------

// OpenSSL's SSL_R_ number in an error of TLS; 0 if there is none.
LCM_CLIENT_DECL int reason_of(error_code ec) noexcept {
    const auto packed = static_cast<unsigned long>(static_cast<unsigned>(ec.value()));
    return ERR_GET_LIB(packed) == ERR_LIB_SSL ? ERR_GET_REASON(packed) : 0;
}

// The number of the alert that the server sent; 0 if the error is not an alert.
LCM_CLIENT_DECL int alert_number(int reason) noexcept {
    return reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256 ? reason - SSL_AD_REASON_OFFSET : 0;
}

// Whether the alert is about the certificate of this side, or about its having shown none.
LCM_CLIENT_DECL bool is_about_client_certificate(int alert, SSL* tls) {
    switch (alert) {
    case SSL_AD_CERTIFICATE_REQUIRED:
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_UNKNOWN: return true;
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED: return SSL_get_certificate(tls) != nullptr;
    // TLS 1.2 has no alert of its own for it; but the server asked for a certificate before.
    case SSL_AD_HANDSHAKE_FAILURE: {
        const unsigned char* types = nullptr;
        return SSL_get0_certificate_types(tls, &types) > 0;
    }
    default: return false;
    }
}

LCM_CLIENT_DECL std::string name_alert(int alert) {
    return "alert " + std::to_string(alert) + " (" + SSL_alert_desc_string_long(alert) + ")";
}

LCM_CLIENT_DECL std::string client_certificate_refusal(int alert, SSL* tls) {
    if (SSL_get_certificate(tls) == nullptr)
        return "the server demands a client certificate; give it in tls.certificate_file, and its key in tls.key_file";
    return "the server refused the client certificate of tls.certificate_file or certificate_pem, with the " +
           name_alert(alert);
}

LCM_CLIENT_DECL std::string breach_of_tls(int reason) {
    const int alert = alert_number(reason);
    if (alert != 0) return "the server broke off TLS with the " + name_alert(alert);
    return "what the server sent was refused";
}

// `reason` is one of OpenSSL's SSL_R_ numbers.
LCM_CLIENT_DECL std::string protocol_refusal(int reason) {
    switch (reason) {
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION: return "the server offers no TLS version that is 1.2 or newer";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
        return "what answers there does not speak TLS; check the port of the URL, or write ws:// if it has no TLS";
    default: return breach_of_tls(reason);
    }
}

LCM_CLIENT_DECL bool is_tls_refusal(error_code ec) { return ec.category() == boost::asio::error::get_ssl_category(); }

LCM_CLIENT_DECL bool has_spoken(SSL* tls) noexcept { return BIO_number_read(SSL_get_rbio(tls)) != 0; }

LCM_CLIENT_DECL bool is_tls_alert(error_code ec) { return is_tls_refusal(ec) && alert_number(reason_of(ec)) != 0; }

// Somebody has to do something about a certificate.
LCM_CLIENT_DECL Explanation explain_certificate(error_code ec, std::string detail) {
    return {Errc::tls_failed,
            {.cause = ec, .detail = std::move(detail), .is_permanent = true, .block = BlockReason::certificate}};
}

LCM_CLIENT_DECL Explanation explain_refusal(error_code ec, SSL* tls) {
    // What OpenSSL has put first may be what it met on the way to its verdict.
    const bool is_verified = (SSL_get_verify_mode(tls) & SSL_VERIFY_PEER) != 0;
    const long result = SSL_get_verify_result(tls);
    if (is_verified && result != X509_V_OK)
        return explain_certificate(ec, "the server's certificate was refused: " + certificate_refusal(result, tls));
    const int reason = reason_of(ec);
    const int alert = alert_number(reason);
    if (is_about_client_certificate(alert, tls)) return explain_certificate(ec, client_certificate_refusal(alert, tls));
    // A record that is broken behind the handshake says nothing of what was agreed in it.
    if (alert == 0 && SSL_get_state(tls) == TLS_ST_OK) return {Errc::tls_failed, {ec, breach_of_tls(reason)}};
    // A server that is just starting or stopping can have an internal error, and one that objects to a session is not
    // offered one again.
    const bool is_permanent = alert == 0 || (alert != SSL_AD_INTERNAL_ERROR && !has_failed_to_resume(tls));
    return {Errc::tls_failed, {ec, protocol_refusal(reason), is_permanent}};
}

LCM_CLIENT_DECL Explanation explain_tls(error_code ec, SSL* tls) {
    if (is_tls_refusal(ec)) return explain_refusal(ec, tls);
    const bool is_closed = ec == boost::asio::error::eof || ec == boost::asio::ssl::error::stream_truncated;
    std::string detail = is_closed ? "the server closed the connection during the TLS handshake"
                                   : "the connection broke during the TLS handshake";
    if (!has_spoken(tls)) detail += "; has it TLS at this port? If not, write ws://";
    return {Errc::tls_failed, {ec, std::move(detail)}};
}

LCM_CLIENT_DECL Explanation explain_tls_loss(error_code ec) {
    return {Errc::connection_lost, {ec, breach_of_tls(reason_of(ec))}};
}

} // namespace lcm::detail

#endif
