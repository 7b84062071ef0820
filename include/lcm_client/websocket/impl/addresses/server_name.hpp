// SPDX-License-Identifier: BSL-1.0
// Internal: how a server or a proxy is named, in `LinkStatus`, in errors and in CONNECT.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_SERVER_NAME_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_SERVER_NAME_HPP

#include <lcm_client/websocket/url.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// "host:port", always with the port: two servers of one host differ in it.
[[nodiscard]] inline std::string host_and_port(const Url& url) {
    return (url.is_ipv6() ? '[' + url.host + ']' : url.host) + ':' + url.port;
}

/// "wss://host:port", without user information, path and query, which can hold secrets.
[[nodiscard]] inline std::string server_name(const Url& url) {
    return (url.tls ? "wss://" : "ws://") + host_and_port(url);
}

} // namespace lcm::detail

#endif
