// SPDX-License-Identifier: BSL-1.0
// `lcm help OPERATION`: what an operation is, its fields, its reply, and a command line that calls it.
#include "catalogue.hpp"
#include "commands.hpp"
#include "nearest_name.hpp"
#include "shell_quote.hpp"
#include "status.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lcm_command {

namespace {

std::string name_presence(lcm::Presence presence) {
    switch (presence) {
    case lcm::Presence::required: return "mandatory";
    case lcm::Presence::may_be_empty: return "may be empty";
    case lcm::Presence::optional: return "optional";
    }
    return {};
}

// In a request the presence is a demand; in a reply, what is not certain goes without saying.
enum class Side { request, reply };

void print_fields(const std::vector<FieldInfo>& fields, Side side, const std::string& indent) {
    for (const FieldInfo& field : fields) {
        std::cout << indent << field.name << ": " << field.format;
        if (side == Side::request) std::cout << ", " << name_presence(field.presence);
        else if (field.presence != lcm::Presence::optional) std::cout << ", always there";
        if (!field.allowed.empty()) std::cout << ", must be " << field.allowed;
        std::cout << "; " << field.meaning << '\n';
        print_fields(field.members, side, indent + "  ");
    }
}

void print_request(const AnyOperation& operation) {
    const std::vector<FieldInfo> fields = operation.fields();
    std::cout << (fields.empty() ? "\nIt has no fields.\n" : "\nFields of the request:\n");
    print_fields(fields, Side::request, "  ");
}

void print_reply(const AnyOperation& operation) {
    const ReplyInfo reply = operation.reply();
    if (!reply.is_sent) {
        std::cout << "\nThe server never replies. accepted means accepted for sending: the request was handed to the "
                     "network.\nWhether the server took it cannot be known.\n";
        return;
    }
    std::cout << "\nThe reply, " << operation.names().reply_subtopic;
    if (reply.is_list) std::cout << (reply.fields.empty() ? ", has a list" : ", has a list; in each of its records");
    if (!reply.fields.empty()) std::cout << ':';
    std::cout << '\n';
    print_fields(reply.fields, Side::reply, "  ");
    if (reply.has_raw) std::cout << "  raw: the whole payload, since its form is not published to the end\n";
    if (reply.has_others) std::cout << "  others: what else the server sends, if anything\n";
}

void print_example(const AnyOperation& operation) {
    std::cout << "\nExample, with lcm sim --port 8080 in another terminal:\n  lcm call " << operation.names().subtopic
              << " --url ws://127.0.0.1:8080/";
    for (const FieldInfo& field : operation.fields())
        if (field.presence == lcm::Presence::required)
            std::cout << " --" << field.name << ' ' << shell_quote(field.example);
    std::cout << '\n';
}

Status help(const std::string& name) {
    const AnyOperation* const operation = find_operation(name);
    if (operation == nullptr)
        throw UsageError(refer("unknown operation '" + name + '\'' + did_you_mean_operation(name), "lcm list"));
    const lcm::Operation& names = operation->names();
    std::cout << names.subtopic << ": " << names.summary << '\n';
    std::cout << "Page of the interface's documentation: " << names.page << '\n';
    if (!names.unpublished.empty()) std::cout << "Not published: " << names.unpublished << '\n';
    if (names.is_read_only) std::cout << "It changes nothing, so it may be sent again after a lost link.\n";
    print_request(*operation);
    print_reply(*operation);
    print_example(*operation);
    return status_accepted;
}

} // namespace

void add_help(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("help", "explain an operation: its fields, its reply, an example");
    const auto name = std::make_shared<std::string>();
    command->add_option("OPERATION", *name, "in any letter case, see lcm list; or a command of lcm");
    command->callback([&lcm, &status, name] {
        // CLI11's help() would be that of the command that was recognised: this one.
        const auto print = [&lcm](const CLI::App& app, const std::string& full_name) {
            std::cout << lcm.get_formatter()->make_help(&app, full_name, CLI::AppFormatMode::Normal);
        };
        if (name->empty()) return print(lcm, lcm.get_name());
        const auto commands = lcm.get_subcommands([&name](const CLI::App* one) { return one->get_name() == *name; });
        if (!commands.empty()) return print(*commands.front(), lcm.get_name() + ' ' + *name);
        status = help(*name);
    });
}

} // namespace lcm_command
