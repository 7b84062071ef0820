// SPDX-License-Identifier: BSL-1.0
// Small questions about texts: letter case, outer space, UTF-8.
#ifndef LCM_CLIENT_PROTOCOL_TEXT_HPP
#define LCM_CLIENT_PROTOCOL_TEXT_HPP

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::detail {

constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// `text` without outer white space.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// Equal without regard to the case of ASCII letters and to outer white space.
[[nodiscard]] constexpr bool same_name(std::string_view a, std::string_view b) noexcept {
    a = trim(a);
    b = trim(b);
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

/// Equal without regard to the case of ASCII letters and to white space anywhere.
[[nodiscard]] constexpr bool same_key(std::string_view a, std::string_view b) noexcept {
    const auto skip = [](std::string_view& text) {
        while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    };
    for (;; a.remove_prefix(1), b.remove_prefix(1)) {
        skip(a);
        skip(b);
        if (a.empty() || b.empty()) return a.empty() && b.empty();
        if (to_lower(a.front()) != to_lower(b.front())) return false;
    }
}

/// The form in which names that are `same_name` are equal.
[[nodiscard]] inline std::string fold(std::string_view text) {
    std::string folded(trim(text));
    std::transform(folded.begin(), folded.end(), folded.begin(), to_lower);
    return folded;
}

/// Whether `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t at) {
            return at < text.size() ? static_cast<unsigned char>(text[at]) : static_cast<unsigned char>(0);
        };
        const unsigned char lead = byte(i);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4) return false;
        // The second byte's range is narrower after four of the leads.
        const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (byte(i + 1) < low || byte(i + 1) > high) return false;
        for (std::size_t k = 2; k < length; ++k)
            if (byte(i + k) < 0x80 || byte(i + k) > 0xBF) return false;
        i += length;
    }
    return true;
}

} // namespace lcm::detail

#endif
