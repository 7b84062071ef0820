// SPDX-License-Identifier: BSL-1.0
// `lcm call OPERATION`: sends one request, or many, and prints how each ended, as one line of JSON.
#include "client.hpp"
#include "commands.hpp"
#include "connection.hpp"
#include "flags.hpp"
#include "many_calls.hpp"
#include "report.hpp"
#include "status.hpp"
#include "whole_number.hpp"

#include <lcm_client.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

namespace lcm_command {

namespace {

template <lcm::Request R> Status call_once(const R& request, const ConnectionFlags& flags) {
    lcm::Client client = make_client({.while_offline = lcm::WhileOffline::fail}, flags);
    const auto start = std::chrono::steady_clock::now();
    const auto result = client.call_and_wait(request);
    const auto elapsed = std::chrono::steady_clock::now() - start;

    print_report(report<R>(request.callid, result, std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)));
    if (result) return status_accepted;
    std::cerr << "lcm: " << result.error().message() << '\n';
    return status_of(result.error().delivery);
}

void add_many_flags(CLI::App& command, ManyFlags& flags) {
    static constexpr std::uint64_t most = 10'000'000;
    static constexpr std::uint64_t most_at_once = 10'000;
    auto* const count = command.add_option_function<std::string>(
        "--count", [&flags](const std::string& text) { flags.count = read_whole_number("--count", text, 1, most); },
        "send N requests, for the calls --callid with -1, -2 ... -N after it, and wait through breaks of the link");
    auto* const concurrency = command.add_option_function<std::string>(
        "--concurrency",
        [&flags](const std::string& text) {
            flags.concurrency = static_cast<std::size_t>(read_whole_number("--concurrency", text, 1, most_at_once));
        },
        "at most so many of them at once [64]");
    count->type_name("N")->group("Many requests");
    concurrency->type_name("N")->needs(count)->group("Many requests");
}

template <lcm::Request R> Status call(const R& request, const ConnectionFlags& connection, const ManyFlags& many) {
    if (many.count == 0) return call_once(request, connection);
    return ManyCalls<R>(request, connection, many).run();
}

template <lcm::Request R> void add_operation(CLI::App& parent, Status& status) {
    auto* const command = parent.add_subcommand(std::string(R::operation.subtopic), std::string(R::operation.summary));
    const auto request = std::make_shared<R>();
    const auto connection = std::make_shared<ConnectionFlags>();
    const auto many = std::make_shared<ManyFlags>();
    add_flags(*command, *request);
    add_connection_flags(*command, *connection);
    add_many_flags(*command, *many);
    command->footer(explain_statuses);
    command->callback([&status, request, connection, many] { status = call(*request, *connection, *many); });
}

template <lcm::Request... Rs> void add_operations(CLI::App& parent, Status& status) {
    (add_operation<Rs>(parent, status), ...);
}

} // namespace

void add_call(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("call", "send a request, and print how it ended as one line of JSON");
    command->require_subcommand(1);
    command->footer(explain_statuses);
    add_operations<lcm::SetBusinessOutcomeWithCallOutcome>(*command, status);
}

} // namespace lcm_command
