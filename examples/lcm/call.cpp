// SPDX-License-Identifier: BSL-1.0
// `lcm call OPERATION`: sends one request and prints how it ended, as one line of JSON.
#include "commands.hpp"
#include "connection.hpp"
#include "flags.hpp"
#include "report.hpp"
#include "status.hpp"

#include <lcm_client.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

namespace lcm_command {

namespace {

lcm::Client make_client(const ConnectionFlags& flags) {
    try {
        return {{.source = flags.source, .deadline = flags.deadline}, make_transport(flags)};
    } catch (const lcm::LcmError& problem) {
        throw UsageError(problem.error().detail);
    }
}

template <lcm::Request R> Status call(const R& request, const ConnectionFlags& flags) {
    lcm::Client client = make_client(flags);
    const auto start = std::chrono::steady_clock::now();
    const auto result = client.call_and_wait(request);
    const auto elapsed = std::chrono::steady_clock::now() - start;

    std::cout << to_line(report(request, result, std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)))
              << std::endl;
    if (result) return status_accepted;
    std::cerr << "lcm: " << result.error().message() << '\n';
    return status_of(result.error().delivery);
}

template <lcm::Request R> void add_operation(CLI::App& parent, Status& status) {
    auto* const command = parent.add_subcommand(std::string(R::operation.subtopic), std::string(R::operation.summary));
    const auto request = std::make_shared<R>();
    const auto connection = std::make_shared<ConnectionFlags>();
    add_flags(*command, *request);
    add_connection_flags(*command, *connection);
    command->footer(explain_statuses);
    command->callback([&status, request, connection] { status = call(*request, *connection); });
}

template <lcm::Request... Rs> void add_operations(CLI::App& parent, Status& status) {
    (add_operation<Rs>(parent, status), ...);
}

} // namespace

void add_call(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("call", "send one request, and print how it ended as one line of JSON");
    command->require_subcommand(1);
    command->footer(explain_statuses);
    add_operations<lcm::SetBusinessOutcomeWithCallOutcome>(*command, status);
}

} // namespace lcm_command
