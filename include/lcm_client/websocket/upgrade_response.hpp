// SPDX-License-Identifier: BSL-1.0
// What a server answered to the request that opens a connection, for the application to see.
#ifndef LCM_CLIENT_WEBSOCKET_UPGRADE_RESPONSE_HPP
#define LCM_CLIENT_WEBSOCKET_UPGRADE_RESPONSE_HPP

#include <lcm_client/websocket/header.hpp>

#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// Status and headers of a server's answer to the upgrade, see `WebSocketOptions::on_upgrade`. A value: keep it, and
/// show all of it but what `Sensitive::reveal()` gives.
struct UpgradeResponse {
    std::string server{};          ///< who answered, as "wss://host:port"
    unsigned status = 0;           ///< 101 if it agrees, else 200 to 999
    std::vector<Header> headers{}; ///< in the server's order; the values can hold secrets, such as cookies
};

} // namespace lcm

#endif
