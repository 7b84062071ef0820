// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about several servers: what the end of this connection says of its own.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_SERVERS_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_SERVERS_IPP

#include <lcm_client/websocket/impl/addresses/server_name.hpp>
#include <lcm_client/websocket/impl/connection.hpp>

#include <chrono>
#include <new>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL std::string WebSocketConnection::server() const { return server_name(url()); }

LCM_CLIENT_DECL bool WebSocketConnection::has_better_server() const noexcept {
    return state_ == State::open && client_memory_->servers.has_better(server_, std::chrono::steady_clock::now());
}

// Says in the failure, too, what the client is to make of it, and which of several servers it was.
LCM_CLIENT_DECL void WebSocketConnection::judge_server(Explanation& why) noexcept {
    if (state_ != State::opening && state_ != State::open) return; // it has been judged
    ServerList& servers = client_memory_->servers;
    const auto now = std::chrono::steady_clock::now();
    const bool is_announced = reader_.end() && announces_end(*reader_.end());
    if (state_ == State::open) servers.lose(server_, why.failure, opened_, is_announced, now);
    else if (why.code == Errc::unauthorized) servers.refuse(server_);
    else servers.fail(server_, why.failure, now);
    if (servers.size() > 1) name_server(why.failure);
}

LCM_CLIENT_DECL void WebSocketConnection::name_server(TransportFailure& failure) const noexcept {
    try {
        const std::string name = server_name(url());
        failure.detail = failure.detail.empty() ? name : name + ": " + failure.detail;
    } catch (const std::bad_alloc&) { // then the rest has to do
    }
}

} // namespace lcm::detail

#endif
