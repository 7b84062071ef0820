// SPDX-License-Identifier: BSL-1.0
// Internal: why the upgrade failed and why a connection was lost, as code and words, and whether trying again can help.
// The words hold nothing that the server wrote, other than numbers.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_EXPLAIN_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_EXPLAIN_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/error.hpp>
#include <lcm_client/websocket/impl/close_frame.hpp>
#include <lcm_client/websocket/impl/read_end.hpp>
#include <lcm_client/websocket/impl/retry_after.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::detail {

struct Explanation {
    Errc code;
    TransportFailure failure;
};

// --- The name -------------------------------------------------------------------------------------------------------

/// The name of this machine means another one, and what is sent would be in plain text.
[[nodiscard]] inline Explanation explain_remote(std::string_view name, std::string_view address) {
    return {Errc::resolve_failed,
            {boost::asio::error::access_denied,
             std::string(name) + " resolves to " + std::string(address) +
                 ", which is not this machine; ws:// sends everything in plain text, so use wss://, or set "
                 "allow_plaintext_to_remote_hosts",
             true}};
}

// --- The answer to the upgrade --------------------------------------------------------------------------------------

/// Whether the same request will get this status again. 408, 425 and 429 are those that speak of the moment.
[[nodiscard]] constexpr bool is_permanent_status(unsigned status) noexcept {
    return status < 500 && status != 408 && status != 425 && status != 429;
}

/// What the developer can do about a status; empty if there is nothing to say.
[[nodiscard]] constexpr std::string_view advice_on_status(unsigned status) noexcept {
    if (status >= 300 && status < 400) return "; redirections are not followed, so give the final URL";
    if (status == 404 || status < 300) return "; check the path of the URL";
    return {};
}

/// Whether the server wants other credentials, or a proxy before it does (RFC 9110, 15.5).
[[nodiscard]] constexpr bool is_unauthorized_status(unsigned status) noexcept {
    return status == 401 || status == 403 || status == 407;
}

/// Why the server answered with another status than that of an upgrade. `retry_after` is the value of that header.
[[nodiscard]] inline Explanation explain_status(unsigned status, std::string_view retry_after,
                                                std::chrono::system_clock::time_point now) {
    const auto wait = parse_retry_after(retry_after, now);
    std::string detail = "the server answered the upgrade with status " + std::to_string(status);
    if (wait) detail += "; Retry-After: try again in " + std::to_string(wait->count()) + " s";
    detail += advice_on_status(status);
    const Errc code = is_unauthorized_status(status) ? Errc::unauthorized : Errc::upgrade_rejected;
    const error_code declined = WebSocketErrc::upgrade_declined;
    return {code, {declined, std::move(detail), is_permanent_status(status), wait}};
}

/// The answer is whole, and not that of a WebSocket server that has understood the request.
[[nodiscard]] inline Explanation explain_no_websocket(error_code ec) {
    return {Errc::upgrade_rejected, {ec, "the answer to the upgrade is not that of a WebSocket server", true}};
}

/// The answer agrees to something that was not in the request.
[[nodiscard]] inline Explanation explain_unasked(std::string_view what) {
    return {Errc::upgrade_rejected,
            {make_error_code(boost::system::errc::protocol_error),
             "the server agreed to " + std::string(what) + " that was not asked for", true}};
}

/// Why the upgrade ended without an answer, if it was not for TLS.
[[nodiscard]] inline Explanation explain_broken_upgrade(error_code ec) {
    if (ec == boost::asio::error::eof)
        return {Errc::upgrade_rejected, {ec, "the server closed the connection without a whole answer to the upgrade"}};
    return {Errc::upgrade_rejected, {ec, "the connection broke during the upgrade"}};
}

// --- The end of an open connection ----------------------------------------------------------------------------------

/// The name of a close code (RFC 6455, 7.4.1, and IANA's registry).
[[nodiscard]] constexpr std::string_view close_code_name(unsigned code) noexcept {
    switch (code) {
    case 1000: return "normal closure";
    case 1001: return "going away";
    case 1002: return "protocol error";
    case 1003: return "unsupported data";
    case 1007: return "invalid payload";
    case 1008: return "policy violation";
    case 1009: return "message too big";
    case 1010: return "missing extension";
    case 1011: return "internal error";
    case 1012: return "service restart";
    case 1013: return "try again later";
    case 1014: return "bad gateway";
    default: return code < 3000 ? "not assigned" : "defined by the server";
    }
}

/// Whether the server objects to what this client is or does, and will again.
[[nodiscard]] constexpr bool is_permanent_close(unsigned code) noexcept {
    return code == 1002 || code == 1003 || code == 1007 || code == 1008 || code == 1010;
}

/// Why the server closed the connection.
[[nodiscard]] inline Explanation explain_close(CloseCode code) {
    std::string detail = "the server closed the connection";
    const auto number = static_cast<unsigned>(code);
    if (code == CloseCode::none) detail += " without a code";
    else detail += ": code " + std::to_string(number) + " (" + std::string(close_code_name(number)) + ")";
    return {Errc::connection_lost, {WebSocketErrc::closed, std::move(detail), is_permanent_close(number)}};
}

/// Why the server's frames ended an open connection. `limit` is that of a message.
[[nodiscard]] inline Explanation explain_end(const ReadEnd& end, std::size_t limit) {
    if (end.why == WebSocketErrc::closed) return explain_close(end.server_code);
    if (is_protocol_violation(end.why))
        return {Errc::connection_lost, {end.why, "the server violated the WebSocket protocol", true}};
    return {Errc::connection_lost,
            {.cause = end.why,
             .detail = "the server sent a message larger than the limit of " + std::to_string(limit) + " bytes",
             .message_too_large = true}};
}

/// The server neither answered a ping nor anything else in time.
[[nodiscard]] inline Explanation explain_silence() {
    return {Errc::idle_timeout, {error_code(boost::asio::error::timed_out)}};
}

/// Why an open connection ended without a close frame, if it was not for TLS.
[[nodiscard]] inline Explanation explain_loss(error_code ec) {
    if (ec == boost::asio::error::eof)
        return {Errc::connection_lost, {ec, "the server dropped the connection without closing it"}};
    return {Errc::connection_lost, {ec}};
}

} // namespace lcm::detail

#endif
