// SPDX-License-Identifier: BSL-1.0
// Futures: two requests under way at once, and what each of the four endings means for the application.
// Usage: example_future [URL]; without a URL it starts a simulated server.
#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <future>
#include <iostream>
#include <optional>
#include <string>

// Waits for the ending. Never do that on the thread of a user interface; see own_executor.cpp.
void report(const std::string& callid, std::future<lcm::OutcomeResponse> answer) {
    std::cout << "call " << callid << ": ";
    try {
        answer.get(); // returns or throws at the latest when the request's deadline has passed
        std::cout << "accepted\n";
    } catch (const lcm::LcmError& problem) {
        const lcm::Error& error = problem.error();
        switch (error.delivery) {
        case lcm::Delivery::refused: std::cout << "the server said no: " << error.server.message << '\n'; break;
        case lcm::Delivery::not_sent: std::cout << "safe to try again: " << error.message() << '\n'; break;
        default: std::cout << "ask the agent, it may have been set: " << error.message() << '\n'; break;
        }
    }
}

int main(int argc, char** argv) {
    std::optional<lcm::testing::Simulator> simulator;
    const std::string url = argc > 1 ? argv[1] : simulator.emplace().url();

    // The client has an I/O thread of its own. Make one for the whole application, not one for each request.
    lcm::Client client({.source = "example-future"}, lcm::websocket({.url = url}));

    lcm::SetBusinessOutcomeWithCallOutcome request{
        .callid = "12345",
        .account_number = "5|3|1|0|0|44|1",
        .business_outcome = 101,
        .call_outcome = lcm::TelephonyOutcome::dnc,
        .user_id = "1234",
        .agent_comments = "Do not call again",
    };
    auto known = client.call(request);
    request.callid = "unknown-7"; // the request was encoded inside call(): it may change now
    auto unknown = client.call(request, {.deadline = std::chrono::seconds(3)});

    report("12345", std::move(known));
    report("unknown-7", std::move(unknown));
}
