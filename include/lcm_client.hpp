// SPDX-License-Identifier: BSL-1.0
// The one include of an application: the client, its WebSocket transport, the operations and events.
#ifndef LCM_CLIENT_HPP
#define LCM_CLIENT_HPP

#include <lcm_client/client/lcm_client.hpp>
#include <lcm_client/compilation.hpp>
#include <lcm_client/events.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/version.hpp>
#include <lcm_client/websocket/transport.hpp>

namespace lcm {

/// The client that applications use: `LcmClient`, where everything about it is told, over WebSocket.
///
///     lcm::Client client({.source = "my-desktop"}, lcm::websocket({.url = "wss://lcm.example/ws"}));
using Client = LcmClient<WebSocketTransport>;

#ifdef LCM_CLIENT_SEPARATE_COMPILATION
namespace detail {

template <> inline constexpr bool is_compiled_apart<WebSocketTransport> = true;

} // namespace detail

// All of it that does not depend on an operation is compiled in the one source with the bodies.
extern template class LcmClient<WebSocketTransport>;
#endif

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/client.hpp>
#endif

#endif
