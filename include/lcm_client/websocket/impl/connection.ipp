// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp, each part of its life in a file of its own.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_IPP

#include <lcm_client/impl/post_later.ipp>
#include <lcm_client/websocket/impl/addresses/abortive_close.hpp>
#include <lcm_client/websocket/impl/closing.ipp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/giving_way.ipp>
#include <lcm_client/websocket/impl/liveness.ipp>
#include <lcm_client/websocket/impl/opening.ipp>
#include <lcm_client/websocket/impl/proxying.ipp>
#include <lcm_client/websocket/impl/reading.ipp>
#include <lcm_client/websocket/impl/securing.ipp>
#include <lcm_client/websocket/impl/servers.ipp>
#include <lcm_client/websocket/impl/signing_on.ipp>
#include <lcm_client/websocket/impl/tls/tls_tunnel.ipp>
#include <lcm_client/websocket/impl/upgrade.ipp>
#include <lcm_client/websocket/impl/writing.ipp>

#include <chrono>
#include <memory>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL WebSocketConnection::WebSocketConnection(boost::asio::any_io_executor executor,
                                                         std::shared_ptr<const WebSocketSettings> settings,
                                                         std::shared_ptr<ClientMemory> memory,
                                                         std::size_t max_inbound_message,
                                                         std::shared_ptr<TransportFailure> failure)
    : executor_(std::move(executor)), settings_(std::move(settings)), client_memory_(std::move(memory)),
      max_inbound_message_(max_inbound_message), failure_(std::move(failure)),
      server_(client_memory_->servers.choose(std::chrono::steady_clock::now())),
      keep_alive_(settings_->options.idle_timeout), timer_(executor_), reader_(max_inbound_message) {}

// A loop that is destroyed destroys what is under way. What the system holds of it must not be delivered after that;
// but in a fork the connection is that of the parent.
LCM_CLIENT_DECL WebSocketConnection::~WebSocketConnection() {
    if (home_.is_elsewhere()) return;
    forget_proxy_answer();
    if (is_abortive_) abort_connection(stream().socket().native_handle());
}

} // namespace lcm::detail

#endif
