// SPDX-License-Identifier: BSL-1.0
// Internal: why the upgrade failed and why a connection was lost, as code and words. The words hold nothing that the
// server wrote, other than numbers and dates.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_EXPLAIN_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_EXPLAIN_HPP

#include <lcm_client/protocol/text.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::detail {

struct Explanation {
    Errc code;
    std::string detail;
};

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

/// "; Retry-After: 120", if the server asked for that, in seconds or by a date.
[[nodiscard]] inline std::string retry_after(const boost::beast::websocket::response_type& response) {
    const auto field = response[boost::beast::http::field::retry_after];
    const std::string_view text(field.data(), field.size());
    const bool seconds = small_number(text).has_value();
    // "Fri, 31 Dec 1999 23:59:59 GMT", the one form of a date that servers may send (RFC 9110, 5.6.7).
    const bool date = text.size() == 29 && text.ends_with(" GMT") && std::none_of(text.begin(), text.end(), is_control);
    return seconds || date ? "; Retry-After: " + std::string(text) : std::string();
}

/// Why the server's answer to the upgrade was not what it should be.
[[nodiscard]] inline Explanation explain_upgrade(error_code ec,
                                                 const boost::beast::websocket::response_type& response) {
    if (ec == boost::asio::error::eof || ec == boost::beast::http::error::end_of_stream)
        return {Errc::upgrade_rejected, "the server closed the connection without an answer to the upgrade"};
    if (ec != boost::beast::websocket::error::upgrade_declined)
        return {Errc::upgrade_rejected, "the answer to the upgrade is not that of a WebSocket server"};
    const unsigned status = response.result_int();
    std::string detail = "the server answered the upgrade with status " + std::to_string(status);
    detail += retry_after(response);
    if (status == 401 || status == 403) return {Errc::unauthorized, detail};
    if (status >= 300 && status < 400) detail += "; redirections are not followed, so give the final URL";
    if (status == 404) detail += "; check the path of the URL";
    return {Errc::upgrade_rejected, detail};
}

/// Why an open connection ended.
[[nodiscard]] inline Explanation explain_loss(error_code ec, unsigned close_code, std::size_t max_inbound_message) {
    namespace websocket = boost::beast::websocket;
    if (ec == boost::beast::error::timeout) return {Errc::idle_timeout, {}};
    if (ec == websocket::error::closed && close_code == websocket::close_code::none)
        return {Errc::connection_lost, "the server closed the connection without a code"};
    if (ec == websocket::error::closed)
        return {Errc::connection_lost, "the server closed the connection: code " + std::to_string(close_code) + " (" +
                                           std::string(close_code_name(close_code)) + ")"};
    if (ec == websocket::error::message_too_big || ec == websocket::error::buffer_overflow)
        return {Errc::connection_lost,
                "the server sent a message larger than the limit of " + std::to_string(max_inbound_message) + " bytes"};
    if (ec == boost::asio::error::eof || ec == boost::asio::ssl::error::stream_truncated)
        return {Errc::connection_lost, "the server dropped the connection without closing it"};
    if (ec == websocket::condition::protocol_violation)
        return {Errc::connection_lost, "the server violated the WebSocket protocol"};
    return {Errc::connection_lost, {}};
}

} // namespace lcm::detail

#endif
