// SPDX-License-Identifier: BSL-1.0
// `lcm call OPERATION`: sends one request, or many, and prints how each ended, as one line of JSON.
#include "catalogue.hpp"
#include "commands.hpp"
#include "connect.hpp"
#include "connection.hpp"
#include "data_source.hpp"
#include "interrupt.hpp"
#include "many_calls.hpp"
#include "outbox_call.hpp"
#include "report.hpp"
#include "status.hpp"
#include "whole_number.hpp"

#include <boost/asio/io_context.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace lcm_command {

namespace {

/// What the command line of one operation says.
struct CallFlags {
    std::unique_ptr<AnyRequest> request;
    std::vector<const CLI::Option*> fields{}; ///< the flags of the request's fields
    std::string data{};                       ///< where the fields are, if not in their flags
    ConnectionFlags connection{};
    bool can_be_many = true; ///< false if many requests would all set the same
    std::uint64_t count = 0; ///< 0 if one request is to be sent, with its call as it is given
    std::size_t at_once = 64;
    OutboxFlags outbox{};
};

bool can_be_many(const AnyOperation& operation) {
    const auto fields = operation.fields();
    const bool names_call =
        std::any_of(fields.begin(), fields.end(), [](const FieldInfo& field) { return field.name == "callid"; });
    return names_call || operation.names().is_read_only;
}

Status call_once(const AnyRequest& request, const ConnectionFlags& flags) {
    boost::asio::io_context loop(1); // outlives the client, whose handler runs here
    const auto client = make_client({.while_offline = lcm::WhileOffline::fail}, flags);
    const Interrupt interrupt; // behind the client, which cannot do without its threads
    const auto start = std::chrono::steady_clock::now();
    Status status = status_unknown;
    request.start(*client, loop, interrupt.token(), [&](const Ending& ending) {
        const auto elapsed = std::chrono::steady_clock::now() - start;
        status = status_of(ending.delivery);
        print_report(report(request.subtopic(), request.callid(), ending,
                            std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)));
        if (status != status_accepted) std::cerr << "lcm: " << ending.error.message() << '\n';
    });
    loop.run();
    return status;
}

Status call_many(const CallFlags& flags) {
    ManyCalls calls(flags.connection, flags.at_once);
    std::uint64_t started = 0;
    const auto start_next = [&] {
        if (started < flags.count && !calls.is_interrupted()) calls.start(*flags.request->numbered(++started));
    };
    calls.on_end = start_next;
    for (std::size_t i = 0; i < flags.at_once; ++i) start_next();
    return calls.run("requests");
}

Status call(CallFlags& flags) {
    if (!flags.data.empty()) {
        const bool has_fields = std::any_of(flags.fields.begin(), flags.fields.end(),
                                            [](const CLI::Option* flag) { return flag->count() != 0; });
        if (has_fields) throw UsageError("--data: has all fields; leave their flags out");
        flags.request->read("--data", read_data("--data", flags.data));
    }
#if defined(LCM_COMMAND_HAS_OUTBOX)
    if (!flags.outbox.file.empty()) {
        if (flags.count != 0) throw UsageError("--outbox: keeps one request; leave --count out");
        return call_through_outbox(*flags.request, flags.connection, flags.outbox);
    }
#endif
    if (flags.count == 0) return call_once(*flags.request, flags.connection);
    if (!flags.can_be_many)
        throw UsageError("--count: the requests name no call, so all would set the same; use lcm batch");
    return call_many(flags);
}

// A flag that is not given leaves its field alone, so that the library itself says what is missing.
void add_field_flags(CLI::App& command, const AnyOperation& operation, CallFlags& flags) {
    for (const FieldInfo& field : operation.fields()) {
        const auto set = [&flags, name = field.name](const std::string& text) { flags.request->set(name, text); };
        auto* const flag = command.add_option_function<std::string>("--" + field.name, set, field.meaning);
        flags.fields.push_back(flag->type_name(field.flag_type)->group("Request"));
    }
    command
        .add_option_function<std::string>(
            "--data",
            [&flags](const std::string& text) {
                if (text.empty()) throw UsageError("--data: must be JSON, @FILE, or - for standard input");
                flags.data = text;
            },
            "all fields as one JSON object, instead of their flags: the object, @FILE, or - for standard input")
        ->type_name("JSON|@FILE|-")
        ->group("Request");
}

void add_many_flags(CLI::App& command, CallFlags& flags) {
    static constexpr std::uint64_t most = 10'000'000;
    auto* const count = command.add_option_function<std::string>(
        "--count", [&flags](const std::string& text) { flags.count = read_whole_number("--count", text, 1, most); },
        "send N requests, for the calls --callid with -1, -2 ... -N after it, and wait through breaks of the link");
    count->type_name("N")->group("Many requests");
    add_concurrency_flag(command, flags.at_once)->needs(count);
}

void add_operation(CLI::App& parent, const OperationGroup& group, const AnyOperation& operation, Status& status) {
    auto* const command =
        parent.add_subcommand(std::string(operation.names().subtopic), std::string(operation.names().summary));
    command->ignore_case()->group(std::string(group.name))->footer(explain_statuses);
    const auto flags = std::make_shared<CallFlags>(
        CallFlags{.request = operation.make_request(), .can_be_many = can_be_many(operation)});
    add_field_flags(*command, operation, *flags);
    add_connection_flags(*command, flags->connection);
    add_many_flags(*command, *flags);
#if defined(LCM_COMMAND_HAS_OUTBOX)
    if (!operation.names().is_read_only) {
        add_outbox_flags(*command, flags->outbox);
        command->footer(std::string(explain_statuses) + "\nWith --outbox, 6 kept: it waits there, and has not left.");
    }
#endif
    command->callback([&status, flags] { status = call(*flags); });
}

} // namespace

void add_call(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("call", "send a request, and print how it ended as one line of JSON");
    command->require_subcommand(1);
    command->footer(explain_statuses);
    for (const OperationGroup& group : catalogue())
        for (const auto& operation : group.operations) add_operation(*command, group, *operation, status);
}

} // namespace lcm_command
