// SPDX-License-Identifier: BSL-1.0
// Who has to do something before a client can have a link again.
#ifndef LCM_CLIENT_BLOCK_REASON_HPP
#define LCM_CLIENT_BLOCK_REASON_HPP

#include <lcm_client/impl/abi.hpp>

namespace lcm::inline LCM_CLIENT_ABI {

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

} // namespace lcm

#endif
