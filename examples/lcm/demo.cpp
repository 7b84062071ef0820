// SPDX-License-Identifier: BSL-1.0
// `lcm demo`: a simulated server and a client in this process, the specification's sample between them.
#include "commands.hpp"
#include "status.hpp"
#include "traced_transport.hpp"

#include <lcm_client.hpp>
#include <lcm_client/client.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

namespace lcm_command {

namespace {

void print_messages(const std::vector<std::string>& messages) {
    for (const std::string& message : messages) {
        std::string text = "  " + nlohmann::ordered_json::parse(message).dump(2) + '\n';
        for (std::size_t at = text.find('\n'); at + 1 < text.size(); at = text.find('\n', at + 1))
            text.insert(at + 1, "  ");
        std::cout << text;
    }
}

const lcm::SetBusinessOutcomeWithCallOutcome sample{
    .callid = "12345",
    .account_number = "5|3|1|0|0|44|1",
    .business_outcome = 101,
    .call_outcome = lcm::TelephonyOutcome::success,
    .lead_score = 0,
    .user_id = "1234",
    .agent_comments = "Test comment",
    .target_amount = 0,
};

Status demonstrate() {
    lcm::testing::Simulator simulator;
    std::cout << "A simulated LCM server listens in this process, on " << simulator.url() << '\n';

    Trace trace;
    lcm::LcmClient<TracedTransport> client({.source = "lcm-demo"},
                                           traced(lcm::websocket({.url = simulator.url()}), trace));
    const auto start = std::chrono::steady_clock::now();
    const auto result = client.call_and_wait(sample);
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    client.close();

    std::cout << "\nWhat went out over the WebSocket:\n\n";
    print_messages(trace.sent);
    std::cout << "\nWhat came back:\n\n";
    print_messages(trace.received);
    std::cout << "\nHow it ended: ";
    if (!result) {
        std::cout << result.error().message() << '\n';
        return status_of(result.error().delivery);
    }
    std::cout << "accepted, after " << std::fixed << std::setprecision(1) << elapsed.count()
              << " ms. The server has set the outcomes of call " << simulator.acted_on().at(0) << ".\n";
    return status_accepted;
}

} // namespace

void add_demo(CLI::App& lcm, Status& status) {
    auto* const command =
        lcm.add_subcommand("demo", "send the specification's sample to a simulated server, and show what happens");
    command->callback([&status] { status = demonstrate(); });
}

} // namespace lcm_command
