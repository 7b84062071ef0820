// SPDX-License-Identifier: BSL-1.0
// The address of a WebSocket server, taken apart.
#ifndef LCM_CLIENT_WEBSOCKET_URL_HPP
#define LCM_CLIENT_WEBSOCKET_URL_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/sensitive.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

/// The parts of a ws:// or wss:// URL, as `parse_url` makes them. A value.
struct Url {
    bool tls = false;                   ///< wss
    std::string host{};                 ///< a name or an IP address; an IPv6 address without its brackets
    std::string port{};                 ///< 1 to 65535; 80 or 443 if the URL names none
    std::string target = "/";           ///< path and query
    Sensitive<std::string> user_info{}; ///< "user:password" with the escapes resolved; empty if the URL has none

    /// The host without the dot at its end, by which a name is marked as complete: what a certificate says.
    [[nodiscard]] std::string_view name() const noexcept {
        return std::string_view(host).substr(0, host.size() - (host.ends_with('.') ? 1 : 0));
    }

    /// Whether the host is an IPv6 address.
    [[nodiscard]] bool is_ipv6() const noexcept { return host.find(':') != std::string::npos; }

    /// Whether the host can only be this machine: localhost, 127.0.0.0/8 or ::1. Judged by its text alone.
    [[nodiscard]] bool is_loopback() const noexcept;

    /// Whether the port is that of the scheme, as it is if the URL names none.
    [[nodiscard]] bool has_default_port() const noexcept { return port == (tls ? "443" : "80"); }

    /// The value of HTTP's Host header: the port is left out if it is the scheme's default.
    [[nodiscard]] std::string host_header() const {
        const std::string name = is_ipv6() ? '[' + host + ']' : host;
        return has_default_port() ? name : name + ':' + port;
    }
};

namespace detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const char low = to_lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// The number that `text` is, if it is nothing but at most five digits.
constexpr std::optional<unsigned> small_number(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    unsigned value = 0;
    for (const char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
}

/// Whether `text` is an IPv4 address in the usual notation, four numbers up to 255.
constexpr bool is_ipv4(std::string_view text) noexcept {
    for (int part = 0; part < 4; ++part) {
        const std::size_t dot = part < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) return false;
        const auto number = small_number(text.substr(0, dot));
        if (!number || *number > 255 || (dot > 1 && text.front() == '0')) return false;
        text.remove_prefix(part < 3 ? dot + 1 : dot);
    }
    return true;
}

/// `text` with its %XX resolved; nothing if a '%' begins no escape.
inline std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return std::nullopt;
        decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return decoded;
}

inline std::string checked_user_info(std::string_view text) {
    auto decoded = percent_decoded(text);
    if (!decoded) throw_invalid("url: a '%' in the user information begins no escape; write it as %25");
    if (decoded->find(':') == std::string::npos) *decoded += ':'; // a user without a password
    return *std::move(decoded);
}

inline std::string checked_host(std::string_view text, bool bracketed) {
    if (text.empty()) throw_invalid("url: the host is missing");
    if (text.size() > 253) throw_invalid("url: the host is longer than 253 characters");
    const auto acceptable = [bracketed](char c) {
        if (bracketed) return hex_value(c) >= 0 || c == ':' || c == '.';
        return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '.' || c == '_';
    };
    if (!std::all_of(text.begin(), text.end(), acceptable))
        throw_invalid("url: the host must be a name, an IPv4 address or an IPv6 address in brackets; in the user "
                      "information write '/' as %2F and '@' as %40");
    if (text.starts_with('.') || text.find("..") != std::string_view::npos)
        throw_invalid("url: the host has an empty part between its dots");
    if (bracketed && text.find(':') == std::string_view::npos)
        throw_invalid("url: only an IPv6 address stands in brackets");
    return std::string(text);
}

inline std::string checked_port(std::string_view text) {
    const auto number = small_number(text);
    if (!number || *number == 0 || *number > 65535)
        throw_invalid("url: the port must be a number from 1 to 65535; in the user information write '/' as %2F");
    return std::to_string(*number);
}

/// What to write instead of a scheme that is none of WebSocket's, or of none at all.
inline const char* advice_on_scheme(std::string_view scheme) {
    if (same_name(scheme, "http")) return "; in place of http:// write ws://";
    if (same_name(scheme, "https")) return "; in place of https:// write wss://";
    return ", as wss://lcm.example/ws does";
}

/// Reads "host", "host:port", "[address]" or "[address]:port".
inline void read_host_and_port(std::string_view text, Url& url) {
    const bool bracketed = text.starts_with('[');
    const std::size_t end = bracketed ? text.find(']') : (std::min)(text.find(':'), text.size());
    if (end == std::string_view::npos) throw_invalid("url: the ']' after the IPv6 address is missing");
    url.host = checked_host(text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end), bracketed);
    std::string_view rest = text.substr(bracketed ? end + 1 : end);
    if (rest.empty()) {
        url.port = url.tls ? "443" : "80";
        return;
    }
    if (rest.front() != ':') throw_invalid("url: after the IPv6 address there may only be a port");
    url.port = checked_port(rest.substr(1));
}

} // namespace detail

inline bool Url::is_loopback() const noexcept {
    return detail::same_name(name(), "localhost") || host == "::1" ||
           (host.starts_with("127.") && detail::is_ipv4(host));
}

/// Takes a URL apart: `ws://` or `wss://` in any letter case, user information, a name, an IPv4 address or an IPv6
/// address in brackets, a port, path and query. Any thread.
///
/// @par Errors
/// Throws `LcmError` with `Errc::invalid_argument` and a reason that begins with "url:" and repeats nothing of the URL,
/// which can hold a token.
[[nodiscard]] inline Url parse_url(std::string_view text) {
    // Refused at any place, so that nothing of the URL can end a line of the HTTP request.
    if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c > '~'; }))
        detail::throw_invalid("url: spaces, control characters and letters outside ASCII must be written as %XX");

    Url url;
    const std::size_t colon = text.find("://");
    const std::string_view scheme = text.substr(0, (std::min)(colon, text.size()));
    url.tls = detail::same_name(scheme, "wss");
    if (colon == std::string_view::npos || (!url.tls && !detail::same_name(scheme, "ws")))
        detail::throw_invalid(std::string("url: it must begin with ws:// or wss://") +
                              detail::advice_on_scheme(scheme));
    text.remove_prefix(colon + 3);
    if (text.find('#') != std::string_view::npos)
        detail::throw_invalid("url: a fragment ('#') has no meaning for WebSocket; write the character as %23");

    const std::size_t path = (std::min)(text.find_first_of("/?"), text.size());
    std::string_view authority = text.substr(0, path);
    if (path < text.size()) url.target = (text[path] == '?' ? "/" : "") + std::string(text.substr(path));

    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        url.user_info = detail::checked_user_info(authority.substr(0, at));
        authority.remove_prefix(at + 1);
    }
    detail::read_host_and_port(authority, url);
    return url;
}

} // namespace lcm

#endif
