// SPDX-License-Identifier: BSL-1.0
// The consumer that pkg-config builds: the pure part, OpenSSL's headers and the version.
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/version.hpp>
#include <lcm_client/websocket/options.hpp>

#include <iostream>

int main() {
    const lcm::WebSocketOptions options{.url = "wss://lcm.example/"};
    std::cout << LCM_CLIENT_VERSION_STRING << ' ' << lcm::SetBusinessOutcomeWithCallOutcome{.callid = "1"}.callid
              << '\n';
    return options.url.empty() ? 1 : 0;
}
