// SPDX-License-Identifier: BSL-1.0
// The bodies of tls_trust.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_TRUST_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_TLS_TRUST_IPP

#include <lcm_client/config.hpp>
#include <lcm_client/errc.hpp>
#include <lcm_client/websocket/impl/tls/openssl_pointer.hpp>
#include <lcm_client/websocket/impl/tls/pem.hpp>
#include <lcm_client/websocket/impl/tls/system_trust.hpp>
#include <lcm_client/websocket/impl/tls/tls_trust.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/verify_mode.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

[[noreturn]] LCM_CLIENT_DECL void throw_untrustable(const char* member, const std::string& why) {
    ERR_clear_error();
    throw_invalid("tls." + std::string(member) + ": the trusted certificates cannot be read: " + why);
}

// Whoever is named is trusted, whether it has issued itself or not: a root, an issuing authority, the server's own.
LCM_CLIENT_DECL void trust_named(std::string_view pem, const char* member, X509_STORE* store) {
    const auto certificates = read_certificates(pem);
    if (!certificates) throw_untrustable(member, "one of them is damaged");
    if (certificates->empty()) throw_untrustable(member, "it holds no certificate in PEM form");
    for (const auto& certificate : *certificates)
        if (X509_STORE_add_cert(store, certificate.get()) != 1) throw_untrustable(member, "one of them cannot be used");
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

LCM_CLIENT_DECL void trust_system_or_throw(X509_STORE* store) {
    if (store == nullptr || !trust_system(store)) throw_untrustable("with_system_store", "the system has no store");
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

// Called by OpenSSL for each certificate of a chain. Refuses one that the system forbids; and changes the reason of a
// verdict, since a certificate that names nobody is not one for other hosts.
LCM_CLIENT_DECL int judge_certificate(int verdict, X509_STORE_CTX* chain) {
    if (verdict == 1 && is_forbidden(X509_STORE_CTX_get0_store(chain), X509_STORE_CTX_get_current_cert(chain))) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);
        return 0;
    }
    const int reason = X509_STORE_CTX_get_error(chain);
    const bool is_for_others = reason == X509_V_ERR_HOSTNAME_MISMATCH || reason == X509_V_ERR_IP_ADDRESS_MISMATCH;
    if (verdict != 1 && is_for_others && !has_names(X509_STORE_CTX_get0_cert(chain)))
        X509_STORE_CTX_set_error(chain, without_names);
    return verdict;
}

// The store by which a chain can be verified once more, as OpenSSL has set up the first verification.
LCM_CLIENT_DECL Openssl<X509_STORE_CTX> verification_by(X509_STORE* store, X509_STORE_CTX* first) {
    Openssl<X509_STORE_CTX> again(X509_STORE_CTX_new());
    if (!again || X509_STORE_CTX_init(again.get(), store, X509_STORE_CTX_get0_cert(first),
                                      X509_STORE_CTX_get0_untrusted(first)) != 1)
        return nullptr;
    const int connection = SSL_get_ex_data_X509_STORE_CTX_idx(); // which Asio's callback looks for
    SSL* const tls = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(first, connection));
    X509_VERIFY_PARAM* const expected = X509_STORE_CTX_get0_param(again.get());
    X509_VERIFY_PARAM_set_auth_level(expected, SSL_get_security_level(tls));
    if (X509_STORE_CTX_set_default(again.get(), "ssl_server") != 1 ||
        X509_VERIFY_PARAM_set1(expected, SSL_get0_param(tls)) != 1 ||
        X509_STORE_CTX_set_ex_data(again.get(), connection, tls) != 1)
        return nullptr;
    X509_STORE_CTX_set_verify_cb(again.get(), X509_STORE_CTX_get_verify_cb(first));
    return again;
}

// Called by OpenSSL in place of its own verification. Each store has its rule, and a chain is good by either of them;
// in one store the flag by which the named ones are anchors would hold for the system's authorities as well.
LCM_CLIENT_DECL int verify_by_either(X509_STORE_CTX* named, void* system) {
    if (X509_verify_cert(named) == 1) return 1;
    // By a list of the application's, which the system's store does not have.
    if (X509_STORE_CTX_get_error(named) == X509_V_ERR_CERT_REVOKED) return 0;
    const auto by_system = verification_by(static_cast<X509_STORE*>(system), named);
    if (!by_system) return 0;
    const bool is_good = X509_verify_cert(by_system.get()) == 1;
    const int reason = X509_STORE_CTX_get_error(by_system.get());
    // Who is known to one store is refused for what that one says.
    if (is_good || !is_unknown_issuer(reason)) X509_STORE_CTX_set_error(named, is_good ? X509_V_OK : reason);
    return is_good ? 1 : 0;
}

LCM_CLIENT_DECL void free_store(void*, void* store, CRYPTO_EX_DATA*, int, long, void*) {
    X509_STORE_free(static_cast<X509_STORE*>(store));
}

// The context owns the store, since connections can keep the context longer than anything else does.
LCM_CLIENT_DECL void trust_system_too(SSL_CTX* context) {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_store);
    Openssl<X509_STORE> store(X509_STORE_new());
    trust_system_or_throw(store.get());
    if (SSL_CTX_set_ex_data(context, index, store.get()) != 1)
        throw_untrustable("with_system_store", "there is no memory");
    SSL_CTX_set_cert_verify_callback(context, verify_by_either, store.release());
}

LCM_CLIENT_DECL bool is_unknown_issuer(long result) noexcept {
    return result == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || result == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
           result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT || result == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           result == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

LCM_CLIENT_DECL void set_trust(const TlsOptions& options, boost::asio::ssl::context& context) {
    if (options.insecure_skip_certificate_verification) return context.set_verify_mode(boost::asio::ssl::verify_none);
    SSL_CTX* const native = context.native_handle();
    X509_STORE* const store = SSL_CTX_get_cert_store(native); // empty, and this context's alone
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, judge_certificate);
    const bool is_named = !options.ca_file.empty() || !options.ca_pem.empty();
    if (!is_named) return trust_system_or_throw(store);
    if (!options.ca_file.empty()) {
        const PemText text = read_pem_file(
            options.ca_file, "tls.ca_file: the trusted certificates cannot be read: the file cannot be opened");
        trust_named(text.view(), "ca_file", store);
    }
    if (!options.ca_pem.empty()) trust_named(PemText(options.ca_pem).view(), "ca_pem", store);
    if (options.with_system_store) trust_system_too(native);
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

} // namespace lcm::detail

#endif
