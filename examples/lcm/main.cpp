// SPDX-License-Identifier: BSL-1.0
// The command `lcm`: speaks the whole interface from a shell, and plays the server for tests.
#include "check_output.hpp"
#include "command_line.hpp"
#include "commands.hpp"
#include "nearest_name.hpp"
#include "system_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

std::string describe(const CLI::ParseError& problem, const CLI::App& app) {
    return lcm_command::refer(lcm_command::describe(problem, app),
                              lcm_command::full_name(lcm_command::innermost(app)) + " --help");
}

int run(std::vector<std::string> arguments) {
    auto status = lcm_command::status_accepted;
    CLI::App app("Talk to the LCM message interface.", "lcm");
    app.set_version_flag("--version", "lcm " LCM_COMMAND_VERSION)->description("print the version and end");
    app.set_help_flag("--help,-h", "print this help and end");
    app.require_subcommand(1);
    app.allow_windows_style_options(false); // a path and a text may begin with a slash
    lcm_command::add_demo(app, status);
    lcm_command::add_list(app, status);
    lcm_command::add_help(app, status);
    lcm_command::add_call(app, status);
    lcm_command::add_batch(app, status);
    lcm_command::add_watch(app, status);
#if defined(LCM_COMMAND_HAS_OUTBOX)
    lcm_command::add_outbox(app, status);
#endif
    lcm_command::add_sim(app, status);
    lcm_command::add_completion(app, status);
    try {
        std::reverse(arguments.begin(), arguments.end()); // as CLI11 wants them
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& problem) {
        if (problem.get_exit_code() == 0) return app.exit(problem); // help or version
        throw lcm_command::UsageError(describe(problem, app));
    }
    return status;
}

} // namespace

int main(int argc, char** argv) {
    try {
        lcm_command::prepare_output();
        const int status = run(lcm_command::arguments(argc, argv));
        lcm_command::check_output();
        return status;
    } catch (const lcm_command::UsageError& problem) {
        std::cerr << "lcm: " << problem.what() << '\n';
        return lcm_command::status_wrong_usage;
    } catch (const std::exception& problem) {
        std::cerr << "lcm: " << problem.what() << '\n';
        return lcm_command::status_failed;
    }
}
