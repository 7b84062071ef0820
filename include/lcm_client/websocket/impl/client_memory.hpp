// SPDX-License-Identifier: BSL-1.0
// Internal: what the connections of one client leave to the next one.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CLIENT_MEMORY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CLIENT_MEMORY_HPP

#include <lcm_client/websocket/impl/addresses/name_lookup.hpp>
#include <lcm_client/websocket/impl/addresses/server_list.hpp>
#include <lcm_client/websocket/impl/http/cookie_jar.hpp>
#include <lcm_client/websocket/impl/http/refused_secrets.hpp>

#include <cstddef>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Kept by the client's copy of the factory and by the connection of the moment, and used on the client's executor
/// only. It ends with the client.
struct ClientMemory {
    explicit ClientMemory(std::size_t server_count) : servers(server_count) {}

    ServerList servers;
    NameLookup::UnderWay lookups{};
    RefusedSecrets refused{};
    CookieJar cookies{};                       ///< of servers, never of a proxy
    std::optional<SecretDigest> last_secret{}; ///< of credentials that were sent to a server: the cookies are theirs
};

} // namespace lcm::detail

#endif
