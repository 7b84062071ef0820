// SPDX-License-Identifier: BSL-1.0
// What a client tells of its link to the server: whether there is one, and if not, why and what comes next.
#ifndef LCM_CLIENT_LINK_STATUS_HPP
#define LCM_CLIENT_LINK_STATUS_HPP

#include <lcm_client/result.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace lcm {

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

/// Whom a link that is `LinkState::blocked` waits for.
enum class BlockReason {
    none,        ///< it is not blocked
    credentials, ///< whoever signs on: the server wants other credentials
    certificate, ///< whoever cares for certificates: the server's is not trusted, or this side's is not
    path,        ///< whoever set the URL: what answers there is no WebSocket server, or not under this path
    proxy,       ///< whoever cares for the proxy: it refuses to connect, or wants other credentials
    other,       ///< the error says more
};

/// The name of a reason as it is spelled in this header, for logs.
[[nodiscard]] constexpr const char* to_string(BlockReason reason) noexcept {
    switch (reason) {
    case BlockReason::none: return "none";
    case BlockReason::credentials: return "credentials";
    case BlockReason::certificate: return "certificate";
    case BlockReason::path: return "path";
    case BlockReason::proxy: return "proxy";
    case BlockReason::other: return "other";
    }
    return "unknown_reason";
}

/// A client's link at one moment. A value: copy it, show it, keep it.
struct LinkStatus {
    LinkState state = LinkState::connecting; ///< where the client stands
    /// The number of the attempt that is under way, has succeeded or comes next: 1 for the first one after the start, or
    /// after a link that stayed good for 30 s.
    unsigned attempt = 1;
    std::chrono::milliseconds next_wait{}; ///< until the next attempt, in `waiting` and `blocked`
    /// Why the link was lost or the last attempt failed; empty in `ready` and `closed`, and at the first attempt. Its
    /// `cause` and `detail` are for the log and for support: they hold neither tokens nor personal data.
    std::optional<Error> error{};
    BlockReason block = BlockReason::none; ///< why it is `blocked`, so that a sign-in form can be shown
    /// Which server the link goes to, as "wss://host:port", in `ready`; empty if the transport does not say
    /// (`NamesServer`).
    std::string server{};
};

} // namespace lcm

#endif
