// SPDX-License-Identifier: BSL-1.0
// Internal: why nothing more of what a WebSocket server sends is looked at.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_READ_END_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_READ_END_HPP

#include <lcm_client/websocket/error.hpp>
#include <lcm_client/websocket/impl/frames/close_frame.hpp>

namespace lcm::inline LCM_CLIENT_ABI::detail {

struct ReadEnd {
    WebSocketErrc why;                       ///< `closed`, `message_too_big`, or which rule was broken
    CloseCode answer;                        ///< the code of the close frame with which this side answers
    CloseCode server_code = CloseCode::none; ///< of the server's close frame, if that is why
};

/// Whether the server closes the connection because it goes away, or begins anew.
[[nodiscard]] constexpr bool announces_end(const ReadEnd& end) noexcept {
    if (end.why != WebSocketErrc::closed) return false;
    return end.server_code == CloseCode::going_away || end.server_code == CloseCode::service_restart;
}

} // namespace lcm::detail

#endif
