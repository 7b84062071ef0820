// SPDX-License-Identifier: BSL-1.0
// What an application can say about TLS: how the server has to prove who it is, and how this side does.
#ifndef LCM_CLIENT_WEBSOCKET_TLS_OPTIONS_HPP
#define LCM_CLIENT_WEBSOCKET_TLS_OPTIONS_HPP

#include <lcm_client/sensitive.hpp>

#include <functional>
#include <string>

namespace boost::asio::ssl {
class context; // <boost/asio/ssl/context.hpp>, which brings all of OpenSSL
} // namespace boost::asio::ssl

namespace lcm::inline LCM_CLIENT_ABI {

/// How the two sides of a wss:// URL prove who they are. TLS is 1.2 or newer. The server's certificate has to name the
/// URL's host among its subject alternative names; the common name does not count, and `*` stands for one whole label.
///
/// All of this is read once, when the transport's factory is made, into one `ssl::context` that all clients of the
/// factory and its copies share: what changes in a file later takes a new factory. They also share the TLS sessions,
/// with which they come back to a server without a full handshake: those of one host and port, for at most a day after
/// the server's certificate was verified, and none after TLS has failed there.
struct TlsOptions {
    /// A file of trusted certificates (PEM). Who is named there is trusted: roots, an authority that another one has
    /// issued, the server's own certificate. If this and `ca_pem` are empty, the system's store is
    /// trusted: on Windows, the roots that are good for servers, unless they are among the certificates that are not
    /// trusted; elsewhere what OpenSSL looks for, which is the system's store on Linux, and often nothing on others. The
    /// name is in UTF-8.
    std::string ca_file{};
    /// The same as text, for certificates that are no file. Trusted beside those of `ca_file`, if both are given.
    std::string ca_pem{};
    /// Trusts the system's store beside `ca_file` and `ca_pem`, and not only them: for a server that is reached through
    /// a company's inspection in the office and without it elsewhere. In the system's store only roots end a chain,
    /// whatever else it holds.
    bool with_system_store = false;
    /// Accepts every certificate of every host: whoever sits between can read and change everything. For a test
    /// server only; to trust a certificate of your own, name it in `ca_file` instead.
    bool insecure_skip_certificate_verification = false;

    /// A file with the certificate of this side (PEM), followed by those of its issuers, for servers that demand one.
    std::string certificate_file{};
    std::string certificate_pem{};    ///< that as text, in place of a file
    std::string key_file{};           ///< a file with its private key (PEM), which may be the same file
    Sensitive<std::string> key_pem{}; ///< that as text, in place of a file; not kept
    /// Asked for the password of an encrypted key, at most once, by `websocket()` on its thread; not kept. What it
    /// returns appears nowhere. If it throws, `websocket()` throws `LcmError` with `Errc::invalid_argument`.
    std::function<Sensitive<std::string>()> key_password{};

    /// Called once, by `websocket()` on its thread, with the context as these options have made it, before its first
    /// use: for cipher suites, engines, revocation lists and what else OpenSSL can do. It may change everything, also
    /// what makes a server trusted; `SSL_CTX_set_session_cache_mode` with `SSL_SESS_CACHE_OFF` ends the resumption of
    /// sessions. With `with_system_store` the context's own store, to which revocation lists are added, holds what is
    /// named: its lists are looked at for whom that has issued, and what they revoke is refused. The context must not
    /// be changed later. An exception leaves `websocket()` as it is. Not called for ws://.
    std::function<void(boost::asio::ssl::context&)> configure{};
};

} // namespace lcm

#endif
