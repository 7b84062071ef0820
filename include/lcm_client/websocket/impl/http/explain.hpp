// SPDX-License-Identifier: BSL-1.0
// Internal: why the upgrade failed and why a connection was lost, as code and words, and whether trying again can help.
// The words hold nothing that the server wrote, other than numbers, and where a redirection leads to.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_EXPLAIN_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_EXPLAIN_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/link_status.hpp>
#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/error.hpp>
#include <lcm_client/websocket/impl/frames/close_frame.hpp>
#include <lcm_client/websocket/impl/frames/read_end.hpp>
#include <lcm_client/websocket/impl/http/redirect.hpp>
#include <lcm_client/websocket/impl/http/refused_secrets.hpp>
#include <lcm_client/websocket/impl/http/retry_after.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

struct Explanation {
    Errc code;
    TransportFailure failure;
};

/// Whether what a server behind one address has done says nothing of those behind the other addresses of its name,
/// which may be in order. One that wants other credentials, or to be left alone for a while, speaks for all of them.
[[nodiscard]] inline bool is_for_one_address(const Explanation& why) {
    return why.code != Errc::unauthorized && !why.failure.retry_after &&
           why.failure.cause != boost::asio::error::no_memory;
}

/// What became of an address, of all the words about it: what comes behind the first semicolon is advice.
[[nodiscard]] inline std::string without_advice(std::string_view detail) {
    return std::string(detail.substr(0, detail.find(';')));
}

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

// --- The connection -------------------------------------------------------------------------------------------------

/// Nobody listens there, or the way there is barred.
[[nodiscard]] inline Explanation explain_no_connection(error_code ec, const Url& url) {
    std::string detail = "the server is " + url.host_header();
    if (url.has_default_port()) detail += ", at port " + url.port + " since the URL names no other";
    return {Errc::connect_failed, {ec, std::move(detail)}};
}

// --- The answer to the upgrade --------------------------------------------------------------------------------------

/// Whether the same request will get this status again. 408, 425 and 429 are those that speak of the moment.
[[nodiscard]] constexpr bool is_permanent_status(unsigned status) noexcept {
    return status < 500 && status != 408 && status != 425 && status != 429;
}

/// Whether the server wants other credentials, or a proxy before it does (RFC 9110, 15.5).
[[nodiscard]] constexpr bool is_unauthorized_status(unsigned status) noexcept {
    return status == 401 || status == 403 || status == 407;
}

/// Whether the server has judged the secret that it was offered, and refused it. 403 is about a user's rights, and 407
/// about what is for a proxy.
[[nodiscard]] constexpr bool is_secret_refused(unsigned status) noexcept { return status == 401; }

/// Whether the cookies in the request can be what the server, or a front before it, could not go on with: they may lead
/// to a node that has gone, or to a session that is over.
[[nodiscard]] constexpr bool is_cookie_refused(unsigned status) noexcept {
    return status == 400 || status == 401 || status == 403 || status == 431 || status >= 500;
}

/// What a request for the upgrade was, as far as it matters for what is said of the answer.
struct UpgradeFacts {
    bool tls = true;
    std::string host{};                    ///< as `Url::name()`
    std::optional<bool> has_credentials{}; ///< whether there was an Authorization header, if that is known
};

/// What the developer can do about a redirection.
[[nodiscard]] inline std::string advice_on_redirect(const std::optional<Location>& location,
                                                    const UpgradeFacts& request) {
    if (location && !request.tls && is_same_over_tls(*location, request.host)) return "; use wss://";
    if (location && is_for_signing_in(*location))
        return "; it seems to be a page for signing in, which a browser has to show: the credentials are missing, "
               "out of date, or not of the kind that is wanted";
    return "; redirections are not followed, so give the final URL";
}

/// What the developer can do about a status; empty if there is nothing to say.
[[nodiscard]] inline std::string advice_on_status(unsigned status, const UpgradeFacts& request) {
    if (status == 404 || status < 300) return "; check the path of the URL";
    if (status == 400 && !request.tls) return "; does it want TLS at this port? Then use wss://";
    if (status != 401 || !request.has_credentials) return {};
    if (!*request.has_credentials) return "; no Authorization header was sent";
    return "; an Authorization header was sent, so it is wrong, or something before the server has taken it out";
}

/// Who can do something about a status that stays.
[[nodiscard]] inline BlockReason block_of_status(unsigned status, const std::optional<Location>& location) {
    if (status == 401 || status == 403) return BlockReason::credentials;
    if (status == 407) return BlockReason::proxy;
    return location && is_for_signing_in(*location) ? BlockReason::credentials : BlockReason::path;
}

/// Why the server answered with another status than that of an upgrade. `retry_after` and `location` are the values of
/// these headers, empty if there is none.
[[nodiscard]] inline Explanation explain_status(unsigned status, std::string_view retry_after,
                                                std::chrono::system_clock::time_point now,
                                                const UpgradeFacts& request = {}, std::string_view location = {}) {
    const bool is_redirect = status >= 300 && status < 400;
    const auto target = is_redirect && !location.empty() ? parse_location(location) : std::nullopt;
    const auto wait = parse_retry_after(retry_after, now);
    std::string detail = "the server answered the upgrade with status " + std::to_string(status);
    if (target) detail += ", which leads to " + shown(*target);
    if (wait) detail += "; Retry-After: try again in " + std::to_string(wait->count()) + " s";
    detail += is_redirect ? advice_on_redirect(target, request) : advice_on_status(status, request);
    Explanation why{is_unauthorized_status(status) ? Errc::unauthorized : Errc::upgrade_rejected, {}};
    why.failure.cause = WebSocketErrc::upgrade_declined;
    why.failure.detail = std::move(detail);
    why.failure.is_permanent = is_permanent_status(status);
    why.failure.retry_after = wait;
    why.failure.block = block_of_status(status, target);
    return why;
}

/// The secret was refused, and is not offered again for a while: nothing was sent.
[[nodiscard]] inline Explanation explain_held(const HeldSecret& held) {
    return {Errc::unauthorized,
            {.detail = "the server refused these credentials " + std::to_string(held.refused_ago.count()) +
                       " s ago; lest it lock the account they are not offered again for " +
                       std::to_string(held.offered_in.count()) + " s, other ones at once",
             .is_permanent = true,
             .block = BlockReason::credentials}};
}

/// A function of the options threw an exception.
[[nodiscard]] inline Explanation explain_thrown(Errc code, std::string_view function, BlockReason block) {
    return {code,
            {.detail = "the function `" + std::string(function) + "` of the options threw an exception",
             .is_permanent = true,
             .block = block}};
}

/// The answer is whole, and not that of a WebSocket server that has understood the request.
[[nodiscard]] inline Explanation explain_no_websocket(error_code ec) {
    return {Errc::upgrade_rejected,
            {.cause = ec,
             .detail = "the answer to the upgrade is not that of a WebSocket server",
             .is_permanent = true,
             .block = BlockReason::path}};
}

/// The answer to a request in plain text is one of TLS.
[[nodiscard]] inline Explanation explain_tls_there() {
    Explanation why = explain_no_websocket(make_error_code(boost::system::errc::bad_message));
    why.failure.detail += ": what answers there speaks TLS; use wss:// for this port";
    return why;
}

/// The answer agrees to something that was not in the request.
[[nodiscard]] inline Explanation explain_unasked(std::string_view what) {
    return {Errc::upgrade_rejected,
            {make_error_code(boost::system::errc::protocol_error),
             "the server agreed to " + std::string(what) + " that was not asked for", true}};
}

/// Why the upgrade ended without an answer, if it was not for TLS. `is_plain_silence`: the request was in plain text, and
/// nothing at all came back, as from a server that expects TLS.
[[nodiscard]] inline Explanation explain_broken_upgrade(error_code ec, bool is_plain_silence = false) {
    const std::string advice = is_plain_silence ? "; if the server wants TLS, use wss:// for this port" : "";
    if (ec == boost::asio::error::eof)
        return {Errc::upgrade_rejected,
                {ec, "the server closed the connection without a whole answer to the upgrade" + advice}};
    return {Errc::upgrade_rejected, {ec, "the connection broke during the upgrade" + advice}};
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

/// Whether the server that closed the connection so could not go on at the moment, whoever the client is.
[[nodiscard]] inline bool is_passing_close(const ReadEnd& end) noexcept {
    const auto code = static_cast<unsigned>(end.server_code);
    return end.why == WebSocketErrc::closed && !is_permanent_close(code) && code < 3000;
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
