// SPDX-License-Identifier: BSL-1.0
// Internal: the address of a proxy, taken apart.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_PROXY_PROXY_URL_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_PROXY_PROXY_URL_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/websocket/impl/addresses/check_ipv6.hpp>
#include <lcm_client/websocket/impl/http/url_credentials.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// The address of a proxy differs from that of a server by the scheme, and by having no path.
inline Url parse_proxy_authority(std::string_view text, bool tls) {
    const std::size_t end = (std::min)(text.find_first_of("/?#"), text.size());
    if (end < text.size() && text.substr(end) != "/") throw_invalid("url: a proxy has no path");
    Url url = parse_url((tls ? "wss://" : "ws://") + std::string(text.substr(0, end)));
    check_ipv6(url);
    static_cast<void>(url_credentials(url)); // which refuses some
    return url;
}

/// Takes the URL of a proxy apart: `http://` or `https://` in any letter case, user information, a host, a port. Throws
/// `LcmError` with `Errc::invalid_argument` and a reason that begins with `member` and repeats nothing of the URL.
[[nodiscard]] inline Url parse_proxy_url(std::string_view text, const std::string& member) {
    const std::size_t colon = text.find("://");
    const std::string_view scheme = text.substr(0, (std::min)(colon, text.size()));
    const bool tls = same_name(scheme, "https");
    if (colon == std::string_view::npos || (!tls && !same_name(scheme, "http")))
        throw_invalid(member + ": it must begin with http:// or https://");
    try {
        return parse_proxy_authority(text.substr(colon + 3), tls);
    } catch (const LcmError& problem) {
        throw_invalid(member + ": " + problem.error().detail);
    }
}

} // namespace lcm::detail

#endif
