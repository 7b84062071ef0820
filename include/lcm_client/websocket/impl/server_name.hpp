// SPDX-License-Identifier: BSL-1.0
// Internal: how a server is named in `LinkStatus` and in errors.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_SERVER_NAME_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_SERVER_NAME_HPP

#include <lcm_client/websocket/url.hpp>

#include <string>

namespace lcm::detail {

/// "wss://host:port", always with the port: two servers of one host differ in it. Without user information, path and
/// query, which can hold secrets.
[[nodiscard]] inline std::string server_name(const Url& url) {
    const std::string host = url.is_ipv6() ? '[' + url.host + ']' : url.host;
    return (url.tls ? "wss://" : "ws://") + host + ':' + url.port;
}

} // namespace lcm::detail

#endif
