// SPDX-License-Identifier: BSL-1.0
// The command `lcm`: speaks the whole interface from a shell, and plays the server for tests.
#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace {

// The command that the user means: the innermost one that was recognised.
const CLI::App& innermost(const CLI::App& app) {
    const auto parsed = app.get_subcommands();
    return parsed.empty() ? app : innermost(*parsed.back());
}

std::string full_name(const CLI::App& app) {
    return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + ' ' + app.get_name();
}

// CLI11's own text would repeat every argument that it did not expect, and those can be personal data.
std::string describe(const CLI::ParseError& problem, const CLI::App& app) {
    const auto unexpected = app.remaining(true);
    if (unexpected.empty()) return problem.what();
    const std::string& first = unexpected.front();
    if (first.starts_with("--")) return "unknown flag " + first.substr(0, first.find('='));
    const bool wants_command = !innermost(app).get_subcommands([](const CLI::App*) { return true; }).empty();
    if (wants_command) return "unknown command or operation " + first;
    return "an argument that belongs to no flag; put quotes around a text with spaces";
}

int run(int argc, char** argv) {
    auto status = lcm_command::status_accepted;
    CLI::App app("Talk to the LCM message interface.", "lcm");
    app.set_version_flag("--version", "lcm " LCM_COMMAND_VERSION)->description("print the version and end");
    app.set_help_flag("--help,-h", "print this help and end");
    app.require_subcommand(1);
    lcm_command::add_demo(app, status);
    lcm_command::add_list(app, status);
    lcm_command::add_help(app, status);
    lcm_command::add_call(app, status);
    lcm_command::add_batch(app, status);
    lcm_command::add_watch(app, status);
    lcm_command::add_sim(app, status);
    lcm_command::add_completion(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        if (problem.get_exit_code() == 0) return app.exit(problem); // help or version
        throw lcm_command::UsageError(describe(problem, app) + "; see " + full_name(innermost(app)) + " --help");
    }
    return status;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const lcm_command::UsageError& problem) {
        std::cerr << "lcm: " << problem.what() << '\n';
        return lcm_command::status_wrong_usage;
    } catch (const std::exception& problem) {
        std::cerr << "lcm: " << problem.what() << '\n';
        return lcm_command::status_failed;
    }
}
