// SPDX-License-Identifier: BSL-1.0
// What is wrong with a command line.
#include "command_line.hpp"

#include "catalogue.hpp"
#include "nearest_name.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lcm_command {

namespace {

std::vector<std::string> commands_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

std::vector<std::string> flags_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::string describe_flag(std::string flag, const CLI::App& app) {
    flag = flag.substr(0, flag.find('='));
    return "unknown flag " + flag + did_you_mean(flag, flags_of(app));
}

std::string describe_command(const std::string& word, const CLI::App& app) {
    if (app.get_parent() != nullptr) return "unknown operation '" + word + '\'' + did_you_mean_operation(word);
    if (const AnyOperation* const operation = find_operation(word))
        return "unknown command '" + word + "', which is an operation; did you mean lcm call " +
               std::string(operation->names().subtopic) + '?';
    return "unknown command '" + word + '\'' + did_you_mean(word, commands_of(app));
}

// A word after one dash can be part of a text, so that it is not repeated.
std::string describe_argument(const std::string& word, const CLI::App& app) {
    if (word.starts_with('-')) {
        const std::string meant = did_you_mean('-' + word.substr(0, word.find('=')), flags_of(app));
        if (!meant.empty()) return "a flag has two dashes" + meant;
    }
    return "an argument that belongs to no flag; put quotes around a text with spaces";
}

} // namespace

std::string full_name(const CLI::App& app) {
    return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + ' ' + app.get_name();
}

const CLI::App& innermost(const CLI::App& app) {
    const auto parsed = app.get_subcommands();
    return parsed.empty() ? app : innermost(*parsed.back());
}

// CLI11's own text would repeat every argument that it did not expect.
std::string describe(const CLI::ParseError& problem, const CLI::App& app) {
    const auto unexpected = app.remaining(true);
    if (unexpected.empty()) return problem.what();
    const std::string& first = unexpected.front();
    const CLI::App& command = innermost(app);
    if (first.starts_with("--")) return describe_flag(first, command);
    if (!first.starts_with('-') && !commands_of(command).empty()) return describe_command(first, command);
    return describe_argument(first, command);
}

} // namespace lcm_command
