// SPDX-License-Identifier: BSL-1.0
// The first program: one request to the server at the URL in argv[1], and how it ended.
#include <lcm_client.hpp>

#include <iostream>

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    lcm::Client client({.source = "first-program"}, lcm::websocket({.url = argv[1]}));
    const auto result = client.call_and_wait(lcm::SetBusinessOutcomeWithCallOutcome{
        .callid = "12345",
        .account_number = "5|3|1|0|0|44|1",
        .business_outcome = 101,
        .call_outcome = lcm::TelephonyOutcome::success,
        .user_id = "1234",
        .agent_comments = "Test comment",
    });
    std::cout << (result ? "accepted" : result.error().message()) << '\n';
}
