// SPDX-License-Identifier: BSL-1.0
// Internal: the HTTP request that asks for the upgrade to WebSocket (RFC 6455, 4.1).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_UPGRADE_REQUEST_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_UPGRADE_REQUEST_HPP

#include <lcm_client/impl/seed.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A value for Sec-WebSocket-Key: another one for each seed. It shall be random, and is no secret (RFC 6455, 4.1), so it is
/// not drawn as the masks are: that would take as long as the rest of the request, which waits for it.
[[nodiscard]] inline std::string websocket_key(std::uint64_t seed) {
    std::string bytes;
    for (const std::uint64_t half : {split_mix(seed), split_mix(~seed)})
        for (unsigned shift = 0; shift != 64; shift += 8) bytes += static_cast<char>(half >> shift & 0xffU);
    return base64(bytes);
}

/// The application's headers of one request: those of the options, and those of the credentials, which take their
/// places.
[[nodiscard]] inline std::vector<const Header*> headers_of(const WebSocketOptions& options,
                                                           const Credentials& credentials) {
    std::vector<const Header*> headers;
    const std::vector<Header>& own = credentials.headers();
    for (const Header& header : options.headers) {
        const auto is_same = [&header](const Header& each) { return same_name(each.name, header.name); };
        if (std::none_of(own.begin(), own.end(), is_same)) headers.push_back(&header);
    }
    for (const Header& header : own) headers.push_back(&header);
    return headers;
}

/// The cookies that the application sets itself, as one header has them.
[[nodiscard]] inline std::string own_cookies(const WebSocketOptions& options, const Credentials& credentials) {
    std::string cookies;
    for (const Header* header : headers_of(options, credentials))
        if (same_name(header->name, "Cookie"))
            cookies.append(cookies.empty() ? "" : "; ").append(trim(header->value.reveal()));
    return cookies;
}

/// The value of the Authorization header, from wherever it comes; empty if there is none.
[[nodiscard]] inline std::string_view authorization_of(const WebSocketOptions& options,
                                                       const Credentials& credentials) noexcept {
    for (const Header& header : options.headers)
        if (same_name(header.name, "Authorization")) return header.value.reveal();
    return credentials.authorization().reveal();
}

/// What the server may judge of that which stands in the URL and the options for all attempts: the query and the headers,
/// but for those in which nobody has a secret. Empty if there is nothing.
[[nodiscard]] inline std::string fixed_secret(const Url& url, const WebSocketOptions& options) {
    std::string all;
    const auto add = [&all](std::string_view value) {
        if (!value.empty()) all.append(value).append("\n");
    };
    const std::size_t question = url.target.find('?');
    if (question != std::string::npos) add(std::string_view(url.target).substr(question + 1));
    for (const Header& header : options.headers)
        if (!same_name(header.name, "User-Agent") && !same_name(header.name, "Origin"))
            add(trim(header.value.reveal()));
    return all;
}

/// What the server judges: the secret of the credentials, or an Authorization of the options, or whatever else in the
/// options and the URL may be one. Empty if there is none.
[[nodiscard]] inline Sensitive<std::string> secret_of(const Url& url, const WebSocketOptions& options,
                                                      const Credentials& credentials) {
    Sensitive<std::string> secret = credentials.secret();
    if (!secret.reveal().empty()) return secret;
    const std::string_view authorization = authorization_of(options, credentials);
    return authorization.empty() ? fixed_secret(url, options) : std::string(authorization);
}

/// The request, up to its blank line; `cookies` are those of the application too. Options and URL have been checked:
/// nothing in them ends a line.
[[nodiscard]] inline std::string make_upgrade_request(const Url& url, const WebSocketOptions& options,
                                                      const Credentials& credentials, std::string_view key,
                                                      std::string_view cookies) {
    std::string request = "GET " + credentials.apply_to(url.target) + " HTTP/1.1\r\n";
    const auto add = [&request](std::string_view name, std::string_view value) {
        request.append(name).append(": ").append(trim(value)).append("\r\n");
    };
    const std::vector<const Header*> headers = headers_of(options, credentials);
    add("Host", url.host_header());
    add("Upgrade", "websocket");
    add("Connection", "Upgrade"); // some fronts compare it letter by letter
    add("Sec-WebSocket-Key", key);
    add("Sec-WebSocket-Version", "13");
    const bool has_user_agent = std::any_of(headers.begin(), headers.end(),
                                            [](const Header* header) { return same_name(header->name, "User-Agent"); });
    if (!has_user_agent) add("User-Agent", "lcm_client");
    for (const Header* header : headers)
        if (!same_name(header->name, "Cookie")) add(header->name, header->value.reveal());
    if (!cookies.empty()) add("Cookie", cookies);
    std::string subprotocols;
    for (const std::string& name : options.subprotocols) subprotocols += (subprotocols.empty() ? "" : ", ") + name;
    if (!subprotocols.empty()) add("Sec-WebSocket-Protocol", subprotocols);
    const std::string& authorization = credentials.authorization().reveal();
    if (!authorization.empty()) add("Authorization", authorization);
    return request += "\r\n";
}

} // namespace lcm::detail

#endif
