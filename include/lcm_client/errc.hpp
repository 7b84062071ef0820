// SPDX-License-Identifier: BSL-1.0
// The reasons for which a request can end without being accepted: one enum, one category, one sentence per value.
#ifndef LCM_CLIENT_ERRC_HPP
#define LCM_CLIENT_ERRC_HPP

#include <lcm_client/impl/abi.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/is_error_code_enum.hpp>

#include <string>
#include <type_traits>

namespace lcm::inline LCM_CLIENT_ABI {

using boost::system::error_code;

/// Why a request did not end as accepted. What became of the request itself is told by `Error::delivery`, never by
/// the code alone: a request that is `timed_out` may be `not_sent` or `unknown`. `describe` says each in a sentence.
enum class Errc {
    // The caller's mistake: nothing was sent.
    invalid_argument = 1, ///< a field of the request or of the configuration; the error's `detail` names it
    message_too_large,    ///< the request's text is over `limits.outbound_message`
    queue_full,           ///< `limits.queued` or `limits.queued_bytes` is reached
    duplicate_in_flight,  ///< another one like it is unanswered, and `Duplicates::refuse` is set
    do_not_call_open,     ///< a Do Not Call for its contact is pending or unknown, and `do_not_call_guard` is set
    would_deadlock,       ///< `call_and_wait` was called on a thread that has to deliver the answer
    // An end that was chosen, by a deadline or by the application. What had been handed to the link is unknown.
    cancelled,     ///< by the application: a cancellation slot or `CallOptions::stop`
    timed_out,     ///< by the deadline; `Error::link` says why there was no link, if there was none
    client_closed, ///< by `close()` or the client's destructor
    // The link. A request ends with it if it was handed to a link that broke, or with `WhileOffline::fail`.
    resolve_failed,   ///< the name server knows no such name, or was too slow
    connect_failed,   ///< no address of the server took the connection in time
    tls_failed,       ///< the handshake failed, or the server's certificate was refused
    upgrade_rejected, ///< the server is none for WebSocket, or did not agree
    unauthorized,     ///< the answer to the upgrade was 401, 403 or 407, or there were no credentials
    connection_lost,  ///< the connection ended; `Error::cause` says why
    idle_timeout,     ///< the server gave no sign of life, or no answer while one was owed
    // What came over the wire could not be understood.
    bad_message, ///< a message; no request ends with it
    bad_reply,   ///< the reply to this request, which is unknown therefore; it is in `Error::reply`
    // The server said no.
    invalid_call_id, ///< it does not know the call
    server_error,    ///< any other refusal; the server's texts are in `Error::server`
    // An outbox.
    not_stored, ///< a post could not be written to the outbox's file; `Error::cause` says why
};

/// The name of a code as it is spelled in this header, for logs and for the command line's JSON.
[[nodiscard]] constexpr const char* to_string(Errc code) noexcept {
    switch (code) {
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::message_too_large: return "message_too_large";
    case Errc::queue_full: return "queue_full";
    case Errc::duplicate_in_flight: return "duplicate_in_flight";
    case Errc::do_not_call_open: return "do_not_call_open";
    case Errc::would_deadlock: return "would_deadlock";
    case Errc::cancelled: return "cancelled";
    case Errc::timed_out: return "timed_out";
    case Errc::client_closed: return "client_closed";
    case Errc::resolve_failed: return "resolve_failed";
    case Errc::connect_failed: return "connect_failed";
    case Errc::tls_failed: return "tls_failed";
    case Errc::upgrade_rejected: return "upgrade_rejected";
    case Errc::unauthorized: return "unauthorized";
    case Errc::connection_lost: return "connection_lost";
    case Errc::idle_timeout: return "idle_timeout";
    case Errc::bad_message: return "bad_message";
    case Errc::bad_reply: return "bad_reply";
    case Errc::invalid_call_id: return "invalid_call_id";
    case Errc::server_error: return "server_error";
    case Errc::not_stored: return "not_stored";
    }
    return "unknown_code";
}

/// One sentence per code: what happened, and where it is not obvious what to do next.
[[nodiscard]] constexpr const char* describe(Errc code) noexcept {
    switch (code) {
    case Errc::invalid_argument: return "a field of the request or of the configuration is not acceptable";
    case Errc::message_too_large: return "the message is larger than the configured limit";
    case Errc::queue_full: return "too many requests or bytes wait to be sent; try again when some have ended";
    case Errc::duplicate_in_flight:
        return "a request with the same call and reply is still unanswered, and duplicates are configured to be "
               "refused";
    case Errc::do_not_call_open:
        return "a Do Not Call for the same contact is pending or unknown; find out whether it is set before anything "
               "else is";
    case Errc::would_deadlock:
        return "waiting here would block the thread that has to deliver the answer; use async_call";
    case Errc::cancelled: return "the application cancelled the request";
    case Errc::timed_out: return "no answer came within the deadline";
    case Errc::client_closed: return "the client was closed or destroyed";
    case Errc::resolve_failed: return "the server's name could not be resolved";
    case Errc::connect_failed: return "no connection to the server could be made";
    case Errc::tls_failed: return "the TLS handshake failed, or the server's certificate was refused";
    case Errc::upgrade_rejected: return "the server did not accept the upgrade to WebSocket";
    case Errc::unauthorized: return "the server refused the credentials (401, 403 or 407); supply new ones";
    case Errc::connection_lost: return "the connection was lost";
    case Errc::idle_timeout: return "the server fell silent and did not answer pings";
    case Errc::bad_message: return "a message could not be understood";
    case Errc::bad_reply: return "the reply could not be understood, so it is not known whether the request succeeded";
    case Errc::invalid_call_id: return "the server does not know this call";
    case Errc::server_error: return "the server refused the request";
    case Errc::not_stored: return "the request could not be written to the outbox's file";
    }
    return "unknown code";
}

namespace detail {

class ErrcCategory final : public boost::system::error_category {
public:
    // The fixed id keeps codes equal across shared-library borders.
    constexpr ErrcCategory() noexcept : error_category(0x6c636d5f65727263ULL) {}
    const char* name() const noexcept override { return "lcm"; }
    std::string message(int value) const override { return describe(static_cast<Errc>(value)); }
};

} // namespace detail

/// The category of `Errc`, named "lcm".
[[nodiscard]] inline const boost::system::error_category& lcm_category() noexcept {
    static const detail::ErrcCategory instance;
    return instance;
}

/// Makes an error code of `code`; found by argument-dependent lookup, so `error_code ec = Errc::timed_out;` works.
[[nodiscard]] inline error_code make_error_code(Errc code) noexcept {
    return error_code(static_cast<int>(code), lcm_category());
}

} // namespace lcm

/// @cond
template <> struct boost::system::is_error_code_enum<lcm::Errc> : std::true_type {};
/// @endcond

#endif
