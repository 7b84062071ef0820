// SPDX-License-Identifier: BSL-1.0
// Internal: the HTTP request that asks a proxy for a tunnel (RFC 9110, 9.3.6).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_PROXY_CONNECT_REQUEST_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_PROXY_CONNECT_REQUEST_HPP

#include <lcm_client/websocket/impl/addresses/server_name.hpp>
#include <lcm_client/websocket/url.hpp>

#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The request, up to its blank line. `authorization` is the value of Proxy-Authorization, without the field if it is
/// empty; nothing in it ends a line. The application's own headers are for the server only.
[[nodiscard]] inline std::string make_connect_request(const Url& server, std::string_view authorization) {
    // The dot at the end of a complete name is for this computer's resolver.
    Url named = server;
    named.host = server.name();
    const std::string authority = host_and_port(named);
    std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\nUser-Agent: lcm_client\r\n";
    if (!authorization.empty()) request.append("Proxy-Authorization: ").append(authorization).append("\r\n");
    return request += "\r\n";
}

} // namespace lcm::detail

#endif
