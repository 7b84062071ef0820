// SPDX-License-Identifier: BSL-1.0
// Names without regard to the case of their letters (those of ASCII).
#ifndef LCM_COMMAND_LETTER_CASE_HPP
#define LCM_COMMAND_LETTER_CASE_HPP

#include <algorithm>
#include <string>
#include <string_view>

namespace lcm_command {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

[[nodiscard]] inline std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return lower(c); });
    return text;
}

[[nodiscard]] inline bool same_letters(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace lcm_command

#endif
