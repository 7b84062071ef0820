// SPDX-License-Identifier: BSL-1.0
// Internal: where a Location header leads to, as far as it may be shown, and what that means for the user.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_REDIRECT_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_REDIRECT_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/token.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Scheme, host and path of a Location header. The rest, user information, parameters, query and fragment, may hold
/// secrets and is not here.
struct Location {
    std::string_view scheme{};    ///< "https"; empty if it is that of the request
    std::string_view authority{}; ///< host and port; empty if they are those of the request
    std::string_view path{};

    /// Without the port.
    [[nodiscard]] std::string_view host() const noexcept {
        return authority.substr(0, (std::min)(authority.rfind(':'), authority.size()));
    }
};

/// Whether it is a host with or without a port. Texts that only look like one to somebody could be passwords.
constexpr bool is_plain_authority(std::string_view text) noexcept {
    const std::size_t colon = (std::min)(text.find(':'), text.size());
    const auto is_host_char = [](char c) {
        return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '.' || c == '-' || c == '_';
    };
    const std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr((std::min)(colon + 1, text.size()));
    return !host.empty() && std::all_of(host.begin(), host.end(), is_host_char) &&
           (colon == text.size() || small_number(port).has_value());
}

/// Nothing if it does not lead to another page of the web.
[[nodiscard]] constexpr std::optional<Location> parse_location(std::string_view text) noexcept {
    Location location;
    text = text.substr(0, text.find_first_of("?#"));
    const std::size_t colon = text.find(':');
    if (colon < text.find('/')) {
        location.scheme = text.substr(0, colon);
        constexpr std::array<std::string_view, 4> known{"https", "http", "wss", "ws"};
        const auto is_scheme = [&](std::string_view name) { return same_name(name, location.scheme); };
        text.remove_prefix(colon + 1);
        if (std::none_of(known.begin(), known.end(), is_scheme) || !text.starts_with("//")) return std::nullopt;
    }
    if (text.starts_with("//")) {
        const std::size_t end = (std::min)(text.find_first_of("/\\", 2), text.size());
        location.authority = text.substr(2, end - 2);
        location.authority.remove_prefix(location.authority.rfind('@') + 1); // npos + 1 is none
        if (!is_plain_authority(location.authority)) return std::nullopt;
        text.remove_prefix(end);
    }
    location.path = text.substr(0, text.find(';'));
    return location;
}

/// Visible ASCII, and no more than fits in a line of a log.
[[nodiscard]] inline std::string shown(const Location& location) {
    constexpr std::size_t longest = 200;
    std::string text;
    if (!location.scheme.empty()) text.append(location.scheme).append(":");
    if (!location.authority.empty()) text.append("//").append(location.authority);
    text += location.path;
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c <= ' ' || c > '~'; }, '?');
    if (text.size() > longest) text = text.substr(0, longest) + "...";
    return text;
}

/// Whether host or path have a word by which pages for signing in are called.
[[nodiscard]] inline bool is_for_signing_in(const Location& location) {
    constexpr std::array<std::string_view, 12> words{"login", "logon", "signin",    "signon", "sso",  "auth",
                                                     "oauth", "saml",  "authorize", "openid", "adfs", "idp"};
    const std::string text = fold(std::string(location.authority) + std::string(location.path));
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    std::string before; // "sign-in" and "log_in" are one word
    for (auto begin = text.begin(); begin != text.end();) {
        const auto end = std::find_if_not(begin, text.end(), is_letter);
        const std::string part(begin, end);
        const bool is_split = part == "in" || part == "on";
        for (const std::string& each : {part, is_split ? before + part : part})
            if (std::find(words.begin(), words.end(), each) != words.end()) return true;
        before = part;
        begin = end == text.end() ? end : end + 1;
    }
    return false;
}

/// Whether it leads to `host` over TLS.
[[nodiscard]] inline bool is_same_over_tls(const Location& location, std::string_view host) noexcept {
    return (same_name(location.scheme, "https") || same_name(location.scheme, "wss")) &&
           same_name(location.host(), host);
}

} // namespace lcm::detail

#endif
