// SPDX-License-Identifier: BSL-1.0
// The bodies of tls.hpp.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_IPP

#include <lcm_client/config.hpp>
#include <lcm_client/websocket/impl/tls.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/verify_mode.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

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
           SSL_set_tlsext_host_name(tls, url.host.c_str()) == 1;
}

LCM_CLIENT_DECL std::string refusal(SSL* tls) {
    const long result = SSL_get_verify_result(tls);
    return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

} // namespace lcm::detail

#endif
