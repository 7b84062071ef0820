// SPDX-License-Identifier: BSL-1.0
// Whether what an application says about its WebSocket connections can be done.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CHECK_OPTIONS_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CHECK_OPTIONS_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/check_header.hpp>
#include <lcm_client/websocket/impl/http/url_credentials.hpp>
#include <lcm_client/websocket/impl/token.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The credentials have one source, so that nobody has to guess which one wins.
inline void check_credentials(const WebSocketOptions& options, const Url& url) {
    const auto in_headers = std::count_if(options.headers.begin(), options.headers.end(),
                                          [](const Header& header) { return same_name(header.name, "Authorization"); });
    const bool in_url = !url_credentials(url).authorization().reveal().empty();
    if (in_headers + (in_url ? 1 : 0) + (options.credentials ? 1 : 0) > 1)
        throw_invalid("credentials: given more than once; use one of credentials, the URL's user information and an "
                      "Authorization header");
}

/// RFC 6455, 4.1: no subprotocol is named twice.
inline void check_subprotocols(const std::vector<std::string>& names) {
    std::size_t size = 0;
    for (auto name = names.begin(); name != names.end(); ++name) {
        if (!is_token(*name))
            throw_invalid("subprotocols: a name must be letters, digits and a few marks, without spaces");
        if (std::find(names.begin(), name, *name) != name) throw_invalid("subprotocols: a name is given twice");
        size += name->size() + 2;
    }
    if (size > max_header_size) throw_invalid("subprotocols: together they must not be longer than 16 KiB");
}

inline void check_proxy(const ProxyOptions& proxy) {
    const int sources = (proxy.url.empty() ? 0 : 1) + (proxy.from_environment ? 1 : 0) + (proxy.proxy_for ? 1 : 0);
    if (sources > 1) throw_invalid("proxy: use one of url, from_environment and proxy_for");
    check_time(proxy.timeout, "proxy.timeout");
}

/// Throws `LcmError` with `Errc::invalid_argument` and the member's name. `url` is the parsed `options.url`.
inline void ensure_valid(const WebSocketOptions& options, const Url& url) {
    const bool is_local = url.is_loopback() && options.proxy.url.empty();
    if (!url.tls && !is_local && !options.allow_plaintext_to_remote_hosts)
        throw_invalid("url: ws:// sends everything in plain text; use wss://, or set allow_plaintext_to_remote_hosts");
    for (const Header& header : options.headers) ensure_valid(header);
    check_subprotocols(options.subprotocols);
    check_credentials(options, url);
    check_proxy(options.proxy);
    check_time(options.resolve_timeout, "resolve_timeout");
    check_time(options.connect_timeout, "connect_timeout");
    check_time(options.tls_timeout, "tls_timeout");
    check_time(options.upgrade_timeout, "upgrade_timeout");
    check_time(options.idle_timeout, "idle_timeout");
    check_time(options.close_timeout, "close_timeout");
}

} // namespace lcm::detail

#endif
