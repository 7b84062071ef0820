// SPDX-License-Identifier: BSL-1.0
// What an application can say about its WebSocket connections.
#ifndef LCM_CLIENT_WEBSOCKET_OPTIONS_HPP
#define LCM_CLIENT_WEBSOCKET_OPTIONS_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/sensitive.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm {

/// One header of the HTTP request that opens the connection. The value may be a secret.
struct Header {
    std::string name;             ///< in any letter case
    Sensitive<std::string> value; ///< without control characters
};

namespace detail {

constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

// What HTTP servers take as one header at the most.
inline constexpr std::size_t max_header_size = 16 * 1024;

inline std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = (std::min)(bytes.size() - i, std::size_t{3});
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) text += k <= count ? alphabet[group >> (18 - 6 * k) & 63U] : '=';
    }
    return text;
}

} // namespace detail

/// Who the client is, for the server: the value of the Authorization header, and what the URL's query says of it. A
/// value that never shows its secret. `websocket/sign_on.hpp` makes those of the vendor's own ways to sign on.
///
/// @par Thread safety
/// Distinct objects, and the const functions of one, may be used from several threads.
class Credentials {
public:
    /// No Authorization header.
    [[nodiscard]] static Credentials none() { return Credentials(std::string()); }

    /// "Bearer" with a token. Throws `LcmError` with `Errc::invalid_argument` if it is empty or has characters other
    /// than visible ASCII.
    [[nodiscard]] static Credentials bearer(std::string_view token) {
        const auto visible = [](char c) { return c > ' ' && c <= '~'; };
        if (token.empty() || !std::all_of(token.begin(), token.end(), visible))
            detail::throw_invalid("credentials: a bearer token must not be empty, and must be visible ASCII");
        return Credentials("Bearer " + std::string(token));
    }

    /// "Basic" with a user's name and password. Throws `LcmError` with `Errc::invalid_argument` if the name has a
    /// colon, or if there is a control character.
    [[nodiscard]] static Credentials basic(std::string_view user, std::string_view password) {
        if (user.find(':') != std::string_view::npos)
            detail::throw_invalid("credentials: a user's name must not have a ':'");
        const std::string both = std::string(user) + ':' + std::string(password);
        if (std::any_of(both.begin(), both.end(), detail::is_control))
            detail::throw_invalid("credentials: a user's name and password must not have control characters");
        return Credentials("Basic " + detail::base64(both));
    }

    /// These credentials, with `query` added to the URL's own query: "name=desk-7". Throws `LcmError` with
    /// `Errc::invalid_argument` if it has characters other than those of a query (RFC 3986, 3.4).
    [[nodiscard]] Credentials with_query(std::string query) const {
        const auto allowed = [](char c) {
            return c > ' ' && c <= '~' && std::string_view("\"#<>[\\]^`{|}").find(c) == std::string_view::npos;
        };
        if (!std::all_of(query.begin(), query.end(), allowed) || query.size() > detail::max_header_size)
            detail::throw_invalid("credentials: a query must be URL text of at most 16 KiB; write others as %XX");
        Credentials credentials(*this);
        credentials.query_ = std::move(query);
        return credentials;
    }

    /// The header's value; empty for `none()`.
    [[nodiscard]] const Sensitive<std::string>& authorization() const noexcept { return authorization_; }

    /// `target`, a path with or without a query, with the query of `with_query` added.
    [[nodiscard]] std::string apply_to(const std::string& target) const {
        const std::string& query = query_.reveal();
        if (query.empty()) return target;
        return target + (target.find('?') == std::string::npos ? '?' : '&') + query;
    }

private:
    explicit Credentials(std::string authorization) {
        if (authorization.size() > detail::max_header_size)
            detail::throw_invalid("credentials: must not be longer than 16 KiB");
        authorization_ = std::move(authorization);
    }

    Sensitive<std::string> authorization_;
    Sensitive<std::string> query_;
};

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

/// Configuration of the WebSocket transport.
///
/// @par Errors
/// `websocket()` checks it, and throws `LcmError` with `Errc::invalid_argument` and the member's name.
struct WebSocketOptions {
    /// Where the server is: `wss://host/path?query`. User information in it is sent as Basic credentials.
    std::string url{};
    /// More headers for the HTTP request that opens the connection, in this order. A name may stand here more than
    /// once. Those that HTTP and WebSocket need are refused; a User-Agent replaces the library's own.
    std::vector<Header> headers{};
    /// The subprotocols that are asked for, the favourite first. A server that names none of them is accepted, as RFC
    /// 6455 allows: the messages are the same. One that names another one, or two, is not a server for this client.
    std::vector<std::string> subprotocols{};
    /// Asked at each connection attempt, on the client's executor, so that a token can be renewed: it must not block.
    /// If it throws, the attempt ends with `Errc::unauthorized`.
    std::function<Credentials()> credentials{};
    TlsOptions tls{}; ///< for wss:// alone
    /// Without it, a ws:// URL is refused unless its host is loopback: all that it carries can be read on the way.
    bool allow_plaintext_to_remote_hosts = false;

    // Time bounds, from 1 ms to one day.
    std::chrono::milliseconds resolve_timeout{10'000}; ///< for the name server
    std::chrono::milliseconds connect_timeout{10'000}; ///< for TCP, over all addresses of the host
    std::chrono::milliseconds tls_timeout{10'000};     ///< for the TLS handshake
    std::chrono::milliseconds upgrade_timeout{10'000}; ///< for the answer to the HTTP request
    /// For the server's silence while the connection is open. A ping is sent when half of it has passed.
    std::chrono::milliseconds idle_timeout{15'000};
    std::chrono::milliseconds close_timeout{2'000}; ///< for the close handshake, in the background after `close()`
};

} // namespace lcm

#endif
