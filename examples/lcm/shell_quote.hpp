// SPDX-License-Identifier: BSL-1.0
// Texts as words of a shell's command line.
#ifndef LCM_COMMAND_SHELL_QUOTE_HPP
#define LCM_COMMAND_SHELL_QUOTE_HPP

#include <string>
#include <string_view>

namespace lcm_command {

/// `text` as one word: as it is if no shell finds anything special in it, else in single quotes.
inline std::string shell_quote(std::string_view text) {
    static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,+@%";
    if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) return std::string(text);
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'') quoted += R"('\'')";
        else quoted += c;
    }
    return quoted += '\'';
}

} // namespace lcm_command

#endif
