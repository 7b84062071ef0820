// SPDX-License-Identifier: BSL-1.0
// A callback: the result arrives on the client's own thread, while this one goes on. A request can be cancelled.
// Usage: example_callback [URL]; without a URL it starts a simulated server.
#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <iostream>
#include <optional>
#include <stop_token>
#include <string>

// Runs on the client's thread, one handler at a time, never inside async_call(): it must not block.
void report(const lcm::Result<lcm::OutcomeResponse>& result) {
    if (result) std::cout << "accepted\n";
    else std::cout << result.error().message() << '\n'; // safe to log: it holds no personal data
}

int main(int argc, char** argv) {
    std::optional<lcm::testing::Simulator> simulator;
    const std::string url = argc > 1 ? argv[1] : simulator.emplace().url();

    lcm::Client client({.source = "example-callback"}, lcm::websocket({.url = url}));

    lcm::SetBusinessOutcomeWithCallOutcome request{
        .callid = "12345",
        .account_number = "5|3|1|0|0|44|1",
        .business_outcome = 101,
        .call_outcome = lcm::TelephonyOutcome::answering_machine,
        .user_id = "1234",
    };
    client.async_call(request, report);

    // Another one, given up at once. Its ending says whether it may have left: not sent, or unknown.
    std::stop_source stop;
    request.callid = "12346";
    client.async_call(request, {.stop = stop.get_token()}, report);
    stop.request_stop();

    // Waits until both have ended, at most the given time. No handler runs after it has returned.
    client.close(std::chrono::seconds(5));
}
