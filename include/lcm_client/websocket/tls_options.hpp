// SPDX-License-Identifier: BSL-1.0
// What an application can say about TLS: how the server has to prove who it is.
#ifndef LCM_CLIENT_WEBSOCKET_TLS_OPTIONS_HPP
#define LCM_CLIENT_WEBSOCKET_TLS_OPTIONS_HPP

#include <string>

namespace lcm {

/// How the server of a wss:// URL has to prove who it is. TLS is 1.2 or newer. Its certificate has to name the URL's
/// host among its subject alternative names; the common name does not count, and `*` stands for one whole label.
struct TlsOptions {
    /// A file of trusted certificates (PEM), read once, when the transport's factory is made. Who is named there is
    /// trusted, and nobody else: roots, an authority that another one has issued, the server's own certificate. If
    /// empty, OpenSSL's default store is trusted, which is the system's on Linux; on other systems give a file.
    std::string ca_file{};
    /// Accepts every certificate of every host: whoever sits between can read and change everything. For a test
    /// server only; to trust a certificate of your own, name it in `ca_file` instead.
    bool insecure_skip_certificate_verification = false;
};

} // namespace lcm

#endif
