// SPDX-License-Identifier: BSL-1.0
// The one include of an application: the client, its WebSocket transport, the operations and events, what to advise.
#ifndef LCM_CLIENT_HPP
#define LCM_CLIENT_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/advice.hpp>
#include <lcm_client/client.hpp>
#include <lcm_client/events.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/version.hpp>
#include <lcm_client/websocket/transport.hpp>

namespace lcm::inline LCM_CLIENT_ABI {

/// The client that applications use: `LcmClient`, where everything about it is told, over WebSocket.
///
///     lcm::Client client({.source = "my-desktop"}, lcm::websocket({.url = "wss://lcm.example/ws"}));
using Client = LcmClient<WebSocketTransport>;

} // namespace lcm

#endif
