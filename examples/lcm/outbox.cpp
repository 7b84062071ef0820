// SPDX-License-Identifier: BSL-1.0
// `lcm outbox`: looks into an outbox's file, sends what waits there, and drops or exports entries.
#include "commands.hpp"
#include "connection.hpp"
#include "duration.hpp"
#include "outbox_flags.hpp"
#include "outbox_report.hpp"
#include "outbox_session.hpp"
#include "report.hpp"
#include "status.hpp"
#include "whole_number.hpp"

#include <lcm_client/outbox/file.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lcm_command {

namespace {

struct OutboxCommand {
    OutboxFlags outbox{};
    ConnectionFlags connection{};
    DoubtRule rule{};
    std::optional<std::chrono::milliseconds> time{};
    std::vector<std::string> entries{};
};

lcm::OutboxFile open_file(const OutboxFlags& flags) {
    return lcm::OutboxFile(existing_outbox(flags), make_seal("--key-env", flags.key_env));
}

// --- list ------------------------------------------------------------------------------------------------------------

Status list(const OutboxFlags& flags) {
    const lcm::OutboxFile file = open_file(flags);
    for (const lcm::OutboxEntry& entry : file.entries()) print_report(report(entry));
    for (const lcm::EntryEnding& ending : file.endings()) print_report(report(ending));
    if (!file.has_key()) std::cerr << "lcm: the entries are sealed; --key-env names the variable with their key\n";
    return status_accepted;
}

// --- export ----------------------------------------------------------------------------------------------------------

Status export_all(const OutboxFlags& flags) {
    const lcm::OutboxFile file = open_file(flags);
    if (!file.has_key())
        throw UsageError("--key-env: the entries are sealed, and this is not their key, or there is none");
    bool is_complete = true;
    for (const lcm::OutboxEntry& entry : file.entries()) {
        const std::optional<std::string> data = file.data(entry.id);
        if (!data) {
            std::cerr << "lcm: entry " << entry.id << " cannot be read\n";
            is_complete = false;
            continue;
        }
        OrderedJson line{{"operation", entry.operation}};
        if (!data->empty()) line["data"] = OrderedJson::parse(*data);
        print_report(line);
    }
    return is_complete ? status_accepted : status_failed;
}

// --- drop ------------------------------------------------------------------------------------------------------------

Status drop(const OutboxCommand& command) {
    std::vector<lcm::EntryId> ids;
    for (const std::string& text : command.entries)
        ids.push_back(read_whole_number("ENTRY", text, 1, std::numeric_limits<std::int64_t>::max()));
    lcm::OutboxFile file = open_file(command.outbox);
    Status status = status_accepted;
    for (const lcm::EntryId id : ids) {
        if (file.drop(id)) {
            print_report(report(file.endings().back()));
            continue;
        }
        std::cerr << "lcm: there is no entry " << id << '\n';
        status = status_failed;
    }
    return status;
}

// --- send ------------------------------------------------------------------------------------------------------------

// What stands behind another entry leaves when that has ended, and what cannot be read never.
bool can_go_on(const lcm::OutboxEntry& entry, const DoubtRule& rule) {
    if (entry.state == lcm::EntryState::handed_over) return true;
    if (entry.state == lcm::EntryState::unknown) return rule.decision != lcm::DoubtDecision::ask;
    return !entry.stands_behind && !entry.operation.empty();
}

Status send(const OutboxCommand& command) {
    static_cast<void>(existing_outbox(command.outbox));
    OutboxSession session(command.connection, command.outbox, make_seal("--key-env", command.outbox.key_env),
                          command.rule, command.time);
    const auto left = session.run([&](const OutboxSession::Entries& entries) {
        return std::none_of(entries.begin(), entries.end(),
                            [&](const auto& entry) { return can_go_on(entry, command.rule); });
    });
    Status status = session.totals().worst();
    for (const lcm::OutboxEntry& entry : left) {
        print_report(report(entry));
        status = (std::max)(status, status_of(entry));
    }
    std::cerr << "lcm: " << session.totals().count() << " entries ended: " << session.totals().to_string() << "; "
              << left.size() << " are left\n";
    return status;
}

// --- the command line ------------------------------------------------------------------------------------------------

CLI::App* add_command(CLI::App& outbox, const std::string& name, const std::string& summary, OutboxFlags& flags) {
    auto* const command = outbox.add_subcommand(name, summary);
    command->add_option("FILE", flags.file, "the outbox's file, which no application has open")->required();
    command
        ->add_option("--key-env", flags.key_env,
                     "the environment variable with the key that the contents are sealed with: 64 hexadecimal digits")
        ->type_name("VAR");
    return command;
}

void add_list_command(CLI::App& outbox, Status& status) {
    const auto flags = std::make_shared<OutboxCommand>();
    auto* const command = add_command(outbox, "list", "print each entry as one line of JSON", flags->outbox);
    command->footer("Without the key, what an entry holds is not shown. Entries that have ended are listed until an\n"
                    "application, or lcm outbox send, has been told.");
    command->callback([&status, flags] { status = list(flags->outbox); });
}

void add_export_command(CLI::App& outbox, Status& status) {
    const auto flags = std::make_shared<OutboxCommand>();
    auto* const command =
        add_command(outbox, "export", "print each entry that has not ended as a line for lcm batch", flags->outbox);
    command->footer("Shows all fields, also personal ones. Changes nothing: what is sent from such a line, and is not\n"
                    "dropped here, is sent twice.");
    command->callback([&status, flags] { status = export_all(flags->outbox); });
}

void add_drop_command(CLI::App& outbox, Status& status) {
    const auto flags = std::make_shared<OutboxCommand>();
    auto* const command = add_command(outbox, "drop", "end entries without sending them", flags->outbox);
    command->add_option("ENTRY", flags->entries, "its number, from lcm outbox list")->required();
    command->footer("The next application that opens the file is told. Needs no key.");
    command->callback([&status, flags] { status = drop(*flags); });
}

void add_rule_flags(CLI::App& command, OutboxCommand& flags) {
    command
        .add_option_function<std::string>(
            "--on-doubt",
            [&flags](const std::string& text) {
                if (text == "ask") flags.rule.decision = lcm::DoubtDecision::ask;
                else if (text == "resend") flags.rule.decision = lcm::DoubtDecision::resend;
                else if (text == "drop") flags.rule.decision = lcm::DoubtDecision::drop;
                else throw UsageError("--on-doubt: must be ask, resend or drop");
            },
            "what becomes of an entry of which nobody knows whether it was carried out: ask leaves it as it is, with "
            "all that share its call or contact behind it; resend may do it twice [ask]")
        ->type_name("RULE");
    command
        .add_option_function<std::string>(
            "--settle-time",
            [&flags](const std::string& text) {
                flags.rule.settle_time = std::chrono::seconds(read_whole_number("--settle-time", text, 0, 86'400));
            },
            "until then what has left may still arrive, so that no rule is followed [300]")
        ->type_name("SECONDS");
    command
        .add_option_function<std::string>(
            "--for", [&flags](const std::string& text) { flags.time = read_duration("--for", text); },
            "end after this time, whatever is left")
        ->type_name("SECONDS");
}

void add_send_command(CLI::App& outbox, Status& status) {
    const auto flags = std::make_shared<OutboxCommand>();
    auto* const command = add_command(
        outbox, "send", "send what waits, and print how each entry ended as one line of JSON", flags->outbox);
    command->footer("Waits through breaks of the link. What is left at the end has a line too.\n"
                    "Exit status: the highest of 0 accepted, 3 refused, 4 not sent, 5 unknown, 6 still waiting;\n"
                    "2 wrong usage, 1 any other failure.");
    add_connection_flags(*command, flags->connection);
    add_rule_flags(*command, *flags);
    command->callback([&status, flags] { status = send(*flags); });
}

} // namespace

void add_outbox(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("outbox", "look after requests that are kept on disk");
    command->require_subcommand(1);
    add_list_command(*command, status);
    add_send_command(*command, status);
    add_drop_command(*command, status);
    add_export_command(*command, status);
}

} // namespace lcm_command
