// SPDX-License-Identifier: BSL-1.0
// A plug-in with a client in it, which exports one function and hides the rest.
#include <lcm_client.hpp>

/// Sends a request to nobody, and throws what its future throws.
extern "C" __attribute__((visibility("default"))) void send_to_nobody() {
    lcm::Client client({.source = "plugin", .while_offline = lcm::WhileOffline::fail},
                       lcm::websocket({.url = "ws://127.0.0.1:1/"}));
    static_cast<void>(client.call(lcm::GetStoredData{.callid = 12345}).get());
}
