// SPDX-License-Identifier: BSL-1.0
// Internal: what the connections of one client leave to the next one.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CLIENT_MEMORY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CLIENT_MEMORY_HPP

#include <memory>
#include <vector>

namespace lcm::detail {

class NameLookup;

/// Kept by the client's copy of the factory and by the connection of the moment, and used on the client's executor
/// only. It ends with the client.
struct ClientMemory {
    std::vector<std::weak_ptr<NameLookup>> lookups; ///< that are under way, also when nobody waits for them any more
};

} // namespace lcm::detail

#endif
