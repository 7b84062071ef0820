// SPDX-License-Identifier: BSL-1.0
// `lcm list`: all operations by group, and the events.
#include "catalogue.hpp"
#include "commands.hpp"
#include "event_name.hpp"
#include "status.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <string_view>

namespace lcm_command {

namespace {

std::size_t longest_name() {
    std::size_t longest = 0;
    for (const OperationGroup& group : catalogue())
        for (const auto& operation : group.operations)
            longest = (std::max)(longest, operation->names().subtopic.size());
    return longest;
}

void print_row(std::size_t width, std::string_view name, std::string_view summary) {
    std::cout << "  " << std::left << std::setw(static_cast<int>(width) + 2) << name << summary << '\n';
}

Status list() {
    const std::size_t width = longest_name();
    for (const OperationGroup& group : catalogue()) {
        std::cout << group.name << ": " << group.summary << '\n';
        for (const auto& operation : group.operations)
            print_row(width, operation->names().subtopic, operation->names().summary);
        std::cout << '\n';
    }
    std::cout << "events: what the server sends on its own; see lcm watch\n";
    lcm::Events::for_each([width]<class E>() { print_row(width, event_name<E>(), E::event.summary); });
    return status_accepted;
}

} // namespace

void add_list(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("list", "list all operations and events");
    command->footer("See lcm help OPERATION for one of them.");
    command->callback([&status] { status = list(); });
}

} // namespace lcm_command
