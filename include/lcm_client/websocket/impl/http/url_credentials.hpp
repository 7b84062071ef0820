// SPDX-License-Identifier: BSL-1.0
// Internal: the user information of a URL as credentials.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_URL_CREDENTIALS_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_URL_CREDENTIALS_HPP

#include <lcm_client/websocket/credentials.hpp>
#include <lcm_client/websocket/url.hpp>

#include <cstddef>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Those in the URL.
inline Credentials url_credentials(const Url& url) {
    const std::string_view both = url.user_info.reveal();
    if (both.empty()) return Credentials::none();
    const std::size_t colon = both.find(':');
    return Credentials::basic(both.substr(0, colon), both.substr(colon + 1));
}

} // namespace lcm::detail

#endif
