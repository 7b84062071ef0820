// SPDX-License-Identifier: BSL-1.0
// A secret that a flag names by its environment variable.
#ifndef LCM_COMMAND_SECRET_VARIABLE_HPP
#define LCM_COMMAND_SECRET_VARIABLE_HPP

#include "status.hpp"
#include "system_text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm_command {

/// Whether `word` is what systems and shells call their variables, as LCM_TOKEN.
inline bool is_usual_variable(std::string_view word) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    return !word.empty() && letters.find(word.front()) != std::string_view::npos &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return letters.find(c) != std::string_view::npos || (c >= '0' && c <= '9'); });
}

/// What the variable holds that was given with `flag`. Throws `UsageError` without it, which repeats no word that may be
/// the secret itself, given in place of a name.
inline std::string read_variable(const std::string& flag, const std::string& variable) {
    auto value = environment_variable(variable);
    if (value) return *std::move(value);
    if (is_usual_variable(variable)) throw UsageError(flag + ": there is no environment variable " + variable);
    throw UsageError(flag + ": there is no such environment variable; give its name, not what it holds");
}

} // namespace lcm_command

#endif
