// SPDX-License-Identifier: BSL-1.0
// The texts that the system gives and takes, where they are bytes and pass through as they are.
#ifndef LCM_COMMAND_SYSTEM_TEXT_POSIX_HPP
#define LCM_COMMAND_SYSTEM_TEXT_POSIX_HPP

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lcm_command {

/// The arguments of the command, without its name.
[[nodiscard]] inline std::vector<std::string> arguments(int argc, char** argv) { return {argv + 1, argv + argc}; }

/// What the environment holds under the name, if anything.
[[nodiscard]] inline std::optional<std::string> environment_variable(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// The file that an argument names.
[[nodiscard]] inline std::filesystem::path file_path(const std::string& name) { return name; }

/// To be called before anything is written.
inline void prepare_output() {}

} // namespace lcm_command

#endif
