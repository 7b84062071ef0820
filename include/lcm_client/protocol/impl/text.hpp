// SPDX-License-Identifier: BSL-1.0
// Small questions about texts: letter case and space.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_TEXT_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_TEXT_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// `text` without the white space around it, however much there is.
[[gnu::noinline, nodiscard]] constexpr std::string_view trim_spaces(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// Whether there can be white space around `text`, as its first and last characters show; most texts have none.
[[nodiscard]] constexpr bool may_have_spaces(std::string_view text) noexcept {
    const auto may_be_space = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    return !text.empty() && (may_be_space(text.front()) || may_be_space(text.back()));
}

/// `text` without outer white space.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    return may_have_spaces(text) ? trim_spaces(text) : text;
}

/// Equal without regard to the case of ASCII letters.
[[nodiscard]] constexpr bool same_letters(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

// A function of its own, so that what is called for names without white space stays small.
[[gnu::noinline, nodiscard]] constexpr bool same_trimmed_name(std::string_view a, std::string_view b) noexcept {
    return same_letters(trim_spaces(a), trim_spaces(b));
}

/// Equal without regard to the case of ASCII letters and to outer white space.
[[nodiscard]] constexpr bool same_name(std::string_view a, std::string_view b) noexcept {
    if (may_have_spaces(a) || may_have_spaces(b)) return same_trimmed_name(a, b);
    return same_letters(a, b);
}

/// Whether `same_key` can be true, by the first characters alone: fast, and most often enough.
[[nodiscard]] constexpr bool may_be_same_key(std::string_view a, std::string_view b) noexcept {
    if (a.empty() || b.empty() || a.front() <= ' ' || b.front() <= ' ') return true;
    return ((a.front() ^ b.front()) & ~0x20) == 0; // the bit in which a letter's cases differ
}

/// Equal without regard to the case of ASCII letters and to white space anywhere.
[[gnu::noinline, nodiscard]] constexpr bool same_key(std::string_view a, std::string_view b) noexcept {
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

} // namespace lcm::detail

#endif
