// SPDX-License-Identifier: BSL-1.0
// Internal: what HTTP calls a token (RFC 9110, 5.6.2): the name of a header, or of a subprotocol.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TOKEN_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TOKEN_HPP

#include <lcm_client/protocol/impl/text.hpp>

#include <algorithm>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

constexpr bool is_token_char(char c) noexcept {
    const char low = to_lower(c);
    return (c >= '0' && c <= '9') || (low >= 'a' && low <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

} // namespace lcm::detail

#endif
