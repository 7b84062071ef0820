// SPDX-License-Identifier: BSL-1.0
// The codes of WebSocket itself: why an upgrade was not one, and why a server's frames ended a connection.
#ifndef LCM_CLIENT_WEBSOCKET_ERROR_HPP
#define LCM_CLIENT_WEBSOCKET_ERROR_HPP

#include <lcm_client/errc.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/is_error_code_enum.hpp>

#include <string>
#include <type_traits>

namespace lcm::inline LCM_CLIENT_ABI {

/// The cause behind an `Errc::upgrade_rejected`, `unauthorized`, `connect_failed` or `connection_lost` of the WebSocket
/// transport, where the cause is WebSocket's, or a proxy's, and not that of TLS or of the system: `TransportFailure::cause`, `Error::cause`.
enum class WebSocketErrc {
    closed = 1,      ///< the server sent a close frame
    message_too_big, ///< a message is larger than the limit
    // The answer to the upgrade (RFC 6455, 4.1).
    upgrade_declined, ///< another status than 101
    bad_http_version,
    no_upgrade,
    no_connection_upgrade,
    no_accept,
    bad_accept,
    // Before that, if there is a proxy (RFC 9110, 9.3.6).
    proxy_declined, ///< it answered CONNECT with another status than a 2xx
    // The server's frames break a rule (RFC 6455, 5 to 8).
    bad_opcode,
    unexpected_data_frame,
    unexpected_continuation,
    bad_reserved_bits,
    fragmented_control_frame,
    bad_control_size,
    masked_frame,
    bad_length,
    bad_utf8,
    bad_close_code,
    bad_close_size,
    bad_close_reason,
};

/// One sentence per code.
[[nodiscard]] constexpr const char* describe(WebSocketErrc code) noexcept {
    switch (code) {
    case WebSocketErrc::closed: return "the server closed the WebSocket connection";
    case WebSocketErrc::message_too_big: return "a WebSocket message is larger than the limit";
    case WebSocketErrc::upgrade_declined: return "the server declined the upgrade to WebSocket";
    case WebSocketErrc::bad_http_version: return "the answer to the upgrade is not HTTP/1.1";
    case WebSocketErrc::no_upgrade: return "the answer to the upgrade has no Upgrade field with websocket";
    case WebSocketErrc::no_connection_upgrade: return "the answer to the upgrade has no Connection field with upgrade";
    case WebSocketErrc::no_accept: return "the answer to the upgrade has no Sec-WebSocket-Accept field";
    case WebSocketErrc::bad_accept: return "the answer's Sec-WebSocket-Accept field does not belong to the request";
    case WebSocketErrc::proxy_declined: return "the proxy declined to open a tunnel to the server";
    case WebSocketErrc::bad_opcode: return "a WebSocket frame has an unknown opcode";
    case WebSocketErrc::unexpected_data_frame: return "a WebSocket message begins within another one";
    case WebSocketErrc::unexpected_continuation: return "a WebSocket frame continues no message";
    case WebSocketErrc::bad_reserved_bits: return "a WebSocket frame has a reserved bit";
    case WebSocketErrc::fragmented_control_frame: return "a WebSocket control frame is fragmented";
    case WebSocketErrc::bad_control_size: return "a WebSocket control frame is longer than 125 bytes";
    case WebSocketErrc::masked_frame: return "a WebSocket frame of the server is masked";
    case WebSocketErrc::bad_length: return "the length of a WebSocket frame is not written in the shortest way";
    case WebSocketErrc::bad_utf8: return "a WebSocket text message is not UTF-8";
    case WebSocketErrc::bad_close_code: return "a WebSocket close frame has a code that must not be sent";
    case WebSocketErrc::bad_close_size: return "a WebSocket close frame has half a code";
    case WebSocketErrc::bad_close_reason: return "the reason of a WebSocket close frame is not UTF-8";
    }
    return "unknown code";
}

/// Whether the code says that the server's frames break a rule of the protocol.
[[nodiscard]] constexpr bool is_protocol_violation(WebSocketErrc code) noexcept {
    return code >= WebSocketErrc::bad_opcode;
}

namespace detail {

class WebSocketCategory final : public boost::system::error_category {
public:
    // The fixed id keeps codes equal across shared-library borders.
    constexpr WebSocketCategory() noexcept : error_category(0x6c636d5f77736572ULL) {}
    const char* name() const noexcept override { return "lcm.websocket"; }
    std::string message(int value) const override { return describe(static_cast<WebSocketErrc>(value)); }
};

} // namespace detail

/// The category of `WebSocketErrc`, named "lcm.websocket".
[[nodiscard]] inline const boost::system::error_category& websocket_category() noexcept {
    static const detail::WebSocketCategory instance;
    return instance;
}

/// Makes an error code of `code`; found by argument-dependent lookup.
[[nodiscard]] inline error_code make_error_code(WebSocketErrc code) noexcept {
    return error_code(static_cast<int>(code), websocket_category());
}

} // namespace lcm

template <> struct boost::system::is_error_code_enum<lcm::WebSocketErrc> : std::true_type {};

#endif
