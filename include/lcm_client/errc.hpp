// SPDX-License-Identifier: BSL-1.0
// The reasons for which a request can end without being accepted: one enum, one category, one sentence per value.
#ifndef LCM_CLIENT_ERRC_HPP
#define LCM_CLIENT_ERRC_HPP

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/is_error_code_enum.hpp>

#include <string>
#include <type_traits>

namespace lcm {

using boost::system::error_code;

/// Why a request did not end as accepted. What became of the request itself is told by `Error::delivery`, never by
/// the code alone: a request that is `timed_out` may be `not_sent` or `unknown`.
enum class Errc {
    // The caller's mistake: nothing was sent.
    invalid_argument = 1,
    message_too_large,
    queue_full,
    duplicate_in_flight,
    would_deadlock,
    // An end that was chosen, by a deadline or by the application.
    cancelled,
    timed_out,
    client_closed,
    // The link.
    resolve_failed,
    connect_failed,
    tls_failed,
    upgrade_rejected,
    unauthorized,
    connection_lost,
    idle_timeout,
    // What came over the wire could not be understood.
    bad_message,
    bad_reply,
    // The server said no.
    invalid_call_id,
    server_error,
};

/// The name of a code as it is spelled in this header, for logs and for the command line's JSON.
[[nodiscard]] constexpr const char* to_string(Errc code) noexcept {
    switch (code) {
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::message_too_large: return "message_too_large";
    case Errc::queue_full: return "queue_full";
    case Errc::duplicate_in_flight: return "duplicate_in_flight";
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
    case Errc::would_deadlock: return "waiting here would block the thread that has to deliver the answer";
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

template <> struct boost::system::is_error_code_enum<lcm::Errc> : std::true_type {};

#endif
