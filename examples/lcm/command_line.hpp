// SPDX-License-Identifier: BSL-1.0
// What is wrong with a command line, in one sentence that names the nearest command, operation or flag.
#ifndef LCM_COMMAND_COMMAND_LINE_HPP
#define LCM_COMMAND_COMMAND_LINE_HPP

#include <CLI/CLI.hpp>

#include <string>

namespace lcm_command {

/// The words of `app` and of the commands above it, as "lcm call SetDNC".
[[nodiscard]] std::string full_name(const CLI::App& app);

/// The command that the user means: the innermost one that was recognised.
[[nodiscard]] const CLI::App& innermost(const CLI::App& app);

/// What `problem` says of the line that `app` has parsed. Repeats no argument that can be personal data.
[[nodiscard]] std::string describe(const CLI::ParseError& problem, const CLI::App& app);

} // namespace lcm_command

#endif
