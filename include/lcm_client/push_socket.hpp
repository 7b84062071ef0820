// SPDX-License-Identifier: BSL-1.0
// A socket of the host's that pushes: what it can do, what it reports, and its bounds.
#ifndef LCM_CLIENT_PUSH_SOCKET_HPP
#define LCM_CLIENT_PUSH_SOCKET_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/impl/push_inbox.hpp>
#include <lcm_client/transport.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

/// Where the host reports what its socket does. Copies report to the same connection. Thread-safe; every function may
/// be called from any thread, also inside a function of `PushSocket`, and does nothing once the connection has ended,
/// even if client and loop are long gone.
class PushEvents {
public:
    /// For the transport.
    explicit PushEvents(std::shared_ptr<detail::PushInbox> inbox) : inbox_(std::move(inbox)) {}

    /// The connection is open: messages may flow.
    void opened() const { inbox_->opened(); }

    /// One whole text message came. The client takes them in order. One that is larger than the client's
    /// `limits.inbound_message`, or for which `PushOptions` leaves no room, ends the connection.
    void received(std::string text) const { inbox_->received(std::move(text)); }

    /// The answer to a ping has come.
    void pong() const { inbox_->pong(); }

    /// The connection could not be made, or has ended, in whatever way. What was received before still reaches the
    /// client; nothing is taken after. Requests end with `ec` if it is one of the link's codes, `Errc::resolve_failed`
    /// to `Errc::idle_timeout`; else with `connect_failed` or `connection_lost`, whose cause is `ec`, if there is an
    /// error in it. `detail` becomes a part of error texts: no tokens, no personal data.
    void failed(error_code ec, std::string detail = {}) const {
        failed(ec, TransportFailure{.detail = std::move(detail)});
    }

    /// The connection could not be made, or has ended, and the host knows more of it: whether trying again helps, whom
    /// the link waits for, when it may try again, whether there is another way. `why.cause` stays, if there is one.
    void failed(error_code ec, TransportFailure why) const { inbox_->failed({ec, std::move(why)}); }

private:
    std::shared_ptr<detail::PushInbox> inbox_;
};

/// What the host's socket can do; all are set but `ping`, which need not be. They are called on the client's executor,
/// one at a time, and must not block. An exception that leaves one of them ends the connection.
struct PushSocket {
    /// Begins to connect, and keeps the events to report to. Called once, first.
    std::function<void(PushEvents)> open;
    /// Sends one text message; the text is valid during the call. Called only after `opened()` and before `close`, but
    /// possibly just after a `failed()` that the client has not seen yet.
    std::function<void(std::string_view text)> send;
    /// Closes the socket and lets go of it. Called once after `open`, in any state, also after `failed()`; the last
    /// call. If the loop is destroyed first, it comes from the thread that does so.
    std::function<void()> close;
    /// Asks the peer for a sign of life, behind all that was sent; its answer is reported by `pong()`. Called while
    /// `send` may be. Without it, a dead peer is not noticed unless the host reports it, and the client goes on after a
    /// request without an answer as if the peer had answered a probe.
    std::function<void()> ping{};
};

/// Configuration of `push()`.
struct PushOptions {
    std::chrono::milliseconds open_timeout{10'000}; ///< from `open` to `opened()`; 1 ms to one day

    /// For the peer's silence while the connection is open, if there is `PushSocket::ping`, as that of
    /// `WebSocketOptions`: a ping is sent when half of it has passed. 1 ms to one day.
    std::chrono::milliseconds idle_timeout{15'000};
    std::size_t queued_messages = 1024;     ///< received, not yet taken by the client; one more ends the link
    std::size_t queued_bytes = 1024 * 1024; ///< their sizes together; one message always fits
};

} // namespace lcm

#endif
