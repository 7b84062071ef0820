// SPDX-License-Identifier: BSL-1.0
// Internal: text that somebody else wrote, as it may stand in an error.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_FOREIGN_TEXT_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_FOREIGN_TEXT_HPP

#include <lcm_client/impl/abi.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// In quotes, on one line, in printable ASCII, and of 64 characters at most, after which three dots say that there is
/// more.
[[nodiscard]] inline std::string quote_foreign(std::string_view text) {
    static constexpr std::size_t longest = 64;
    std::string quoted = "\"";
    for (const char c : text.substr(0, longest)) quoted += c < ' ' || c > '~' || c == '"' ? '?' : c;
    quoted += text.size() > longest ? "...\"" : "\"";
    return quoted;
}

} // namespace lcm::detail

#endif
