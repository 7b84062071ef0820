// SPDX-License-Identifier: BSL-1.0
// Internal: the codes of the close handshake, and what a server's close frame says (RFC 6455, 5.5.1 and 7.4).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_CLOSE_FRAME_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_CLOSE_FRAME_HPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/websocket/error.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The codes that this client sends by itself, and those that mean something to it; in a server's close frame there may
/// be others.
enum class CloseCode : std::uint16_t {
    none = 0, ///< the close frame has no code
    normal = 1000,
    going_away = 1001, ///< of the server: it ends
    protocol_error = 1002,
    invalid_payload = 1007,
    message_too_big = 1009,
    service_restart = 1012, ///< of the server: it begins anew
};

/// Whether an endpoint may send the code: not those that are reserved, or that nobody has assigned. IANA's list goes on
/// behind the RFC's: 1014 is a gateway's, behind which the server has failed.
[[nodiscard]] constexpr bool is_sendable_close_code(unsigned code) noexcept {
    if (code < 3000) return code >= 1000 && code <= 1014 && (code <= 1003 || code >= 1007);
    return true;
}

/// What a close frame says, or which rule it breaks.
struct CloseFrame {
    CloseCode code = CloseCode::none;
    std::optional<WebSocketErrc> breach{};
};

/// `payload` is the whole payload of a server's close frame.
[[nodiscard]] inline CloseFrame read_close_frame(std::string_view payload) noexcept {
    if (payload.empty()) return {};
    if (payload.size() == 1) return {.breach = WebSocketErrc::bad_close_size};
    const unsigned code = static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
    if (!is_sendable_close_code(code)) return {.breach = WebSocketErrc::bad_close_code};
    if (!is_utf8(payload.substr(2))) return {.breach = WebSocketErrc::bad_close_reason};
    return {.code = static_cast<CloseCode>(code)};
}

/// The payload of a close frame with that code.
[[nodiscard]] constexpr std::array<char, 2> close_payload(CloseCode code) noexcept {
    const unsigned number = static_cast<std::uint16_t>(code);
    return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
}

} // namespace lcm::detail

#endif
