// SPDX-License-Identifier: BSL-1.0
// What a client tells of its link to the server: whether there is one, and if not, why and what comes next.
#ifndef LCM_CLIENT_LINK_STATUS_HPP
#define LCM_CLIENT_LINK_STATUS_HPP

#include <lcm_client/result.hpp>

#include <chrono>
#include <optional>

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
};

} // namespace lcm

#endif
