// SPDX-License-Identifier: BSL-1.0
// The configuration of a client and its limits.
#ifndef LCM_CLIENT_CONFIG_HPP
#define LCM_CLIENT_CONFIG_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/do_not_call.hpp>
#include <lcm_client/hook.hpp>
#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/inquiry.hpp>
#include <lcm_client/link_status.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/packet.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/settled.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

/// The bounds of a client's memory. A request beyond one of them ends with an error at once, never in silence; each
/// line says what happens to what is no request.
struct Limits {
    std::size_t in_flight = 256;               ///< requests written and not yet answered; more wait in the queue
    std::size_t queued = 1024;                 ///< requests not yet written; one more is `queue_full`
    std::size_t queued_bytes = 1024 * 1024;    ///< their texts together; beyond is `queue_full`
    std::size_t outbound_message = 64 * 1024;  ///< bytes of one request's text; beyond is `message_too_large`
    std::size_t inbound_message = 1024 * 1024; ///< bytes of one message from the server; a larger one ends the link
    std::size_t json_depth = 64;            ///< nesting of such a message; a deeper one is counted as bad; at most 1000
    std::size_t tombstones = 256;           ///< requests given up without their reply; one more ends the link
    std::size_t unsettled = 256;            ///< requests ended as unknown and remembered; one more is not
    std::size_t do_not_calls = 1024;        ///< open at once, if there is a guard; one more is `queue_full`
    std::size_t events = 1024;              ///< events that wait for their handlers; the oldest is dropped, counted
    std::size_t events_bytes = 1024 * 1024; ///< their texts together; the same
    std::size_t backlog_per_second = 160;   ///< requests that waited for a reconnect leave at this pace
    std::size_t remembered = 1024; ///< requests for calls and answers about them, with `inquiry`; the oldest goes
};

/// What happens to a request while another one with the same reply and the same call is unanswered. Their replies
/// could not be told apart, so they are never in flight together. Where a reply names no call, each request with that
/// reply is such a one.
enum class Duplicates {
    hold_back, ///< it waits until the other one has ended; its deadline runs meanwhile
    refuse,    ///< it ends at once with `Errc::duplicate_in_flight`, not sent
};

/// What happens to requests that have not been sent while there is no link.
enum class WhileOffline {
    wait, ///< they leave after the reconnect, within their deadlines
    fail, ///< they end at once with the link's error, not sent; only the first attempt is waited for, at each server
};

/// Configuration of a client: a value, which is copied into the client.
///
/// @par Errors
/// `LcmClient`'s constructor checks it, and throws `LcmError` with `Errc::invalid_argument` and the member's name.
///
/// @par Thread safety
/// The hooks are called one at a time, on `hooks_executor` or the client's own. They may call every function of the
/// client, and destroy it. An exception that leaves one does what one does that leaves a handler of a request.
struct ClientConfig {
    /// The application's name, sent with each request; not empty, in UTF-8.
    std::string source{};
    /// For each request, from the call to its end; each call can set its own. Positive.
    std::chrono::milliseconds deadline{10'000};
    Duplicates duplicates = Duplicates::hold_back;   ///< what becomes of a request whose reply another one awaits
    WhileOffline while_offline = WhileOffline::wait; ///< what becomes of requests while there is no link
    Limits limits{};                                 ///< the bounds of memory; each positive

    /// Puts each message into an outer packet, and takes those of the server out of theirs. Without it, messages are
    /// plain.
    std::optional<Packet> packet{};
    /// How long a request that ended as unknown is remembered, in case that the truth comes to light. From 0 to one
    /// year.
    std::chrono::milliseconds settle_within{std::chrono::minutes(10)};
    /// If set, the client remembers which requests it has sent for which call, so that `AnyClient::inquire` can find
    /// evidence of one that ended as unknown; and may ask by itself.
    std::optional<InquiryOptions> inquiry{};

    /// Refuses what would change something for a contact whose Do Not Call is pending or unknown. Without it, the
    /// order of such requests is the application's affair.
    std::optional<DoNotCallGuard> do_not_call_guard{};

    /// Where the functions below are called, one at a time; if empty, on the client's own executor. They can be called
    /// before the constructor has returned, and in threads other than the one that made the client. What they are told
    /// before a result runs before that result's handler, if both have the same executor and that runs functions in the
    /// order in which they were posted; so a desktop names one for the client, the hooks and the handlers. (What fails
    /// at once, in the call that should have submitted it, comes when the executor comes to it.) A user interface's
    /// executor may be slow: what waits for it is bounded (`limits.events`; 16 states; `limits.unsettled` truths). Its
    /// context must outlive the client.
    boost::asio::any_io_executor hooks_executor{};
    /// Called when the link's state changes. `LinkState::closed` is told by `close()` if the client's executor comes to
    /// it before that returns, and not by the destructor.
    Hook<void(const LinkStatus&)> on_state{};
    /// Called when a request that had ended as unknown turns out to be accepted or refused, at most once for each; and
    /// before that, at most once for each, with the evidence that `InquiryOptions::after_reconnect` has brought.
    Hook<void(const Settled&)> on_settled{};
    /// Called with each message that no request waits for: events, and replies to others on the same bus. The text is
    /// as received, so it can hold personal data. It is valid during the call.
    Hook<void(std::string_view)> on_event{};
};

namespace detail {

[[noreturn]] inline void throw_invalid(std::string detail) {
    throw LcmError({.code = Errc::invalid_argument, .delivery = Delivery::not_sent, .detail = std::move(detail)});
}

/// For the bounds of what is waited for.
inline void check_time(std::chrono::milliseconds time, const std::string& name) {
    if (time < std::chrono::milliseconds(1) || time > std::chrono::hours(24))
        throw_invalid(name + ": must be from 1 ms to one day");
}

inline void ensure_valid(const Packet& packet) {
    const auto check_text = [](const std::string& text, const char* name) {
        if (!is_utf8(text)) throw_invalid(std::string("packet.") + name + ": must be text in UTF-8");
    };
    if (packet.response_url.empty()) throw_invalid("packet.response_url: must not be empty");
    if (packet.subscriber_id.empty()) throw_invalid("packet.subscriber_id: must not be empty");
    check_text(packet.response_url, "response_url");
    check_text(packet.subscriber_id, "subscriber_id");
    check_text(packet.channel, "channel");
}

inline void ensure_valid(const InquiryOptions& inquiry, std::chrono::milliseconds settle_within) {
    if (!inquiry.store) return;
    check_time(inquiry.store->settle_time, "inquiry.store.settle_time");
    if (inquiry.after_reconnect && inquiry.store->settle_time >= settle_within)
        throw_invalid("inquiry.store.settle_time: must be less than settle_within, after which nothing is asked");
}

inline void ensure_valid(const ClientConfig& config) {
    if (config.source.empty()) throw_invalid("source: must not be empty; it names your application to the server");
    if (!is_utf8(config.source)) throw_invalid("source: must be text in UTF-8");
    if (config.packet) ensure_valid(*config.packet);
    if (config.deadline <= std::chrono::milliseconds::zero()) throw_invalid("deadline: must be positive");
    const auto positive = [](std::size_t value, const char* name) {
        if (value == 0) throw_invalid(std::string("limits.") + name + ": must be positive");
    };
    const Limits& limits = config.limits;
    positive(limits.in_flight, "in_flight");
    positive(limits.queued, "queued");
    positive(limits.queued_bytes, "queued_bytes");
    positive(limits.outbound_message, "outbound_message");
    positive(limits.inbound_message, "inbound_message");
    positive(limits.json_depth, "json_depth");
    if (limits.json_depth > 1000)
        throw_invalid("limits.json_depth: must be at most 1000; raw data is copied recursively");
    positive(limits.tombstones, "tombstones");
    positive(limits.unsettled, "unsettled");
    positive(limits.do_not_calls, "do_not_calls");
    positive(limits.events, "events");
    positive(limits.events_bytes, "events_bytes");
    positive(limits.backlog_per_second, "backlog_per_second");
    positive(limits.remembered, "remembered");
    if (config.settle_within < std::chrono::milliseconds::zero() || config.settle_within > std::chrono::hours(24 * 365))
        throw_invalid("settle_within: must be from 0 to one year (8760 h)");
    if (config.inquiry) ensure_valid(*config.inquiry, config.settle_within);
}

} // namespace detail

} // namespace lcm

#endif
