// SPDX-License-Identifier: BSL-1.0
// Internal: the HTTP request that asks for the upgrade to WebSocket (RFC 6455, 4.1).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_UPGRADE_REQUEST_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_UPGRADE_REQUEST_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::detail {

/// A value for Sec-WebSocket-Key, which nobody can guess; nothing if the system has no random bytes.
[[nodiscard]] inline std::optional<std::string> draw_websocket_key() {
    std::array<unsigned char, 16> bytes;
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return std::nullopt;
    return base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// The request, up to its blank line. Options and URL have been checked: nothing in them ends a line.
[[nodiscard]] inline std::string make_upgrade_request(const Url& url, const WebSocketOptions& options,
                                                      const Credentials& credentials, std::string_view key) {
    std::string request = "GET " + credentials.apply_to(url.target) + " HTTP/1.1\r\n";
    const auto add = [&request](std::string_view name, std::string_view value) {
        request.append(name).append(": ").append(trim(value)).append("\r\n");
    };
    add("Host", url.host_header());
    add("Upgrade", "websocket");
    add("Connection", "upgrade");
    add("Sec-WebSocket-Key", key);
    add("Sec-WebSocket-Version", "13");
    const bool has_user_agent = std::any_of(options.headers.begin(), options.headers.end(),
                                            [](const Header& header) { return same_name(header.name, "User-Agent"); });
    if (!has_user_agent) add("User-Agent", "lcm_client");
    for (const Header& header : options.headers) add(header.name, header.value.reveal());
    std::string subprotocols;
    for (const std::string& name : options.subprotocols) subprotocols += (subprotocols.empty() ? "" : ", ") + name;
    if (!subprotocols.empty()) add("Sec-WebSocket-Protocol", subprotocols);
    const std::string& authorization = credentials.authorization().reveal();
    if (!authorization.empty()) add("Authorization", authorization);
    return request += "\r\n";
}

} // namespace lcm::detail

#endif
