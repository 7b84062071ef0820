// SPDX-License-Identifier: BSL-1.0
// Internal: the URLs of an application's servers, checked and taken apart.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_SERVER_URLS_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_SERVER_URLS_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/websocket/impl/addresses/check_ipv6.hpp>
#include <lcm_client/websocket/impl/check_options.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Checks the options for the server at `text`.
inline Url checked_server(const WebSocketOptions& options, const std::string& text) {
    Url url = parse_url(text);
    ensure_valid(options, url);
    check_ipv6(url);
    return url;
}

/// The servers in order of preference. Throws `LcmError` with `Errc::invalid_argument` and the member's name.
inline std::vector<Url> server_urls(const WebSocketOptions& options) {
    if (options.url.empty() && options.urls.empty())
        throw_invalid("url: it is missing; give the server's, or those of several servers in urls");
    if (!options.url.empty() && !options.urls.empty())
        throw_invalid("urls: there is a url as well; give url for one server, or urls for several");
    if (options.urls.empty()) return {checked_server(options, options.url)};
    std::vector<Url> servers;
    for (const std::string& text : options.urls) {
        try {
            servers.push_back(checked_server(options, text));
        } catch (const LcmError& problem) { // which names the member that is for one server
            const std::string& detail = problem.error().detail;
            if (!detail.starts_with("url:")) throw;
            throw_invalid("urls[" + std::to_string(servers.size()) + "]" + detail.substr(3));
        }
    }
    return servers;
}

} // namespace lcm::detail

#endif
