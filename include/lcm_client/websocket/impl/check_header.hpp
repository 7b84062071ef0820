// SPDX-License-Identifier: BSL-1.0
// Internal: whether a header of the application may stand in the request for the upgrade.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CHECK_HEADER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CHECK_HEADER_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/header.hpp>
#include <lcm_client/websocket/impl/token.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

// What HTTP servers take as one header at the most.
inline constexpr std::size_t max_header_size = 16 * 1024;

inline void ensure_valid(const Header& header) {
    if (!is_token(header.name)) throw_invalid("headers: a name must be letters, digits and hyphens");
    const auto refused = [](char c) { return is_control(c) && c != '\t'; };
    const std::string& value = header.value.reveal();
    if (std::any_of(value.begin(), value.end(), refused))
        throw_invalid("headers: the value of " + header.name + " must not have line ends or other control characters");
    if (header.name.size() + value.size() > max_header_size)
        throw_invalid("headers: name and value together must not be longer than 16 KiB");
    const std::string name = fold(header.name);
    const auto is_own = [&name](std::string_view own) { return name == own; };
    constexpr std::string_view own[] = {"host", "upgrade", "connection", "content-length", "transfer-encoding"};
    if (name.starts_with("sec-websocket-") || std::any_of(std::begin(own), std::end(own), is_own))
        throw_invalid("headers: " + header.name + " is set by the library");
}

} // namespace lcm::detail

#endif
