// SPDX-License-Identifier: BSL-1.0
// The first source of the consumers: one request over a real WebSocket to the simulator in this process.
#include "everything.hpp"

#include <iostream>
#include <string_view>

bool answers_without_network();

#ifdef PACKAGE_VERSION
static_assert(std::string_view(LCM_CLIENT_VERSION_STRING) == PACKAGE_VERSION, "the header and the package disagree");
static_assert(LCM_CLIENT_VERSION == PACKAGE_VERSION_NUMBER, "the header and the package disagree");
#endif

int main() {
    lcm::testing::Simulator simulator;
    lcm::Client client({.source = "consumer"}, lcm::websocket({.url = simulator.url()}));
    const auto result = client.call_and_wait(lcm::SetBusinessOutcomeWithCallOutcome{
        .callid = "12345",
        .account_number = "5|3|1|0|0|44|1",
        .business_outcome = 101,
        .call_outcome = lcm::TelephonyOutcome::success,
        .user_id = "1234",
        .agent_comments = "Test comment",
    });
    std::cout << (result ? "accepted" : result.error().message()) << '\n';
    return result && answers_without_network() ? 0 : 1;
}
