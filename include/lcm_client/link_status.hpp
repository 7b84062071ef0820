// SPDX-License-Identifier: BSL-1.0
// What a client tells of its link to the server: whether there is one, and if not, why and what comes next.
#ifndef LCM_CLIENT_LINK_STATUS_HPP
#define LCM_CLIENT_LINK_STATUS_HPP

#include <lcm_client/block_reason.hpp>
#include <lcm_client/errc.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI {

/// Where a client stands with its server.
enum class LinkState {
    connecting, ///< an attempt is under way
    ready,      ///< messages can flow
    waiting,    ///< the link was lost or an attempt failed; the next attempt follows by itself
    blocked,    ///< the same, but trying again will hardly help until somebody has done something about the error
    closed,     ///< for good: the client was closed
};

/// The name of a state as it is spelled in this header, for logs.
[[nodiscard]] constexpr const char* to_string(LinkState state) noexcept {
    switch (state) {
    case LinkState::connecting: return "connecting";
    case LinkState::ready: return "ready";
    case LinkState::waiting: return "waiting";
    case LinkState::blocked: return "blocked";
    case LinkState::closed: return "closed";
    }
    return "unknown_state";
}

/// Why a link was lost, or an attempt to make one failed. It says nothing of requests: those that end with the link
/// have an `Error` of their own. A value: copy it, log `message()`, keep it.
struct LinkError {
    Errc code{};          ///< why
    std::string detail{}; ///< what broke, in words; without tokens and personal data
    error_code cause{};   ///< the underlying system, TLS or WebSocket code, if there was one

    /// One line for a log: code, reason, detail and cause. Holds neither tokens nor personal data.
    [[nodiscard]] std::string message() const {
        std::string text = std::string(to_string(code)) + ": " + describe(code);
        if (!detail.empty()) text += "; " + detail;
        if (cause) text += "; cause: " + cause.message();
        return text;
    }
};

/// A client's link at one moment. A value: copy it, show it, keep it.
struct LinkStatus {
    LinkState state = LinkState::connecting; ///< where the client stands
    /// The number of the attempt that is under way, has succeeded or comes next: 1 for the first one after the start,
    /// or after a link that stayed good for 30 s.
    unsigned attempt = 1;
    std::chrono::milliseconds next_wait{}; ///< until the next attempt, in `waiting` and `blocked`
    /// Why the link was lost or the last attempt failed; empty in `ready` and `closed`, and at the first attempt.
    std::optional<LinkError> error{};
    BlockReason block = BlockReason::none; ///< why it is `blocked`, so that a sign-in form can be shown
    /// Which server the link goes to, as "wss://host:port", in `ready`; empty if the transport does not say
    /// (`NamesServer`).
    std::string server{};
};

} // namespace lcm

#endif
