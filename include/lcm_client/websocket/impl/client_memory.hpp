// SPDX-License-Identifier: BSL-1.0
// Internal: what the connections of one client leave to the next one.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CLIENT_MEMORY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CLIENT_MEMORY_HPP

#include <lcm_client/websocket/impl/cookie_jar.hpp>
#include <lcm_client/websocket/impl/refused_secrets.hpp>
#include <lcm_client/websocket/impl/server_list.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

class NameLookup;

/// Kept by the client's copy of the factory and by the connection of the moment, and used on the client's executor
/// only. It ends with the client.
struct ClientMemory {
    explicit ClientMemory(std::size_t server_count) : servers(server_count) {}

    ServerList servers;
    std::vector<std::weak_ptr<NameLookup>> lookups{}; ///< that are under way, also when nobody waits for them any more
    RefusedSecrets refused{};
    CookieJar cookies{};                       ///< of servers, never of a proxy
    std::optional<SecretDigest> last_secret{}; ///< that was sent to a server: the cookies belong to whoever it is
};

} // namespace lcm::detail

#endif
