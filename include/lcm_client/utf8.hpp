// SPDX-License-Identifier: BSL-1.0
// Looks through texts eight bytes at a time: how far they may stand in JSON as they are, and whether they are UTF-8.
#ifndef LCM_CLIENT_UTF8_HPP
#define LCM_CLIENT_UTF8_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lcm::detail {

// Eight bytes as one word, the first of them lowest. A search marks the high bit of each byte that it looks for; above
// the lowest marked byte, others may be marked by its carry.
inline constexpr std::uint64_t each_byte = 0x0101010101010101U;
inline constexpr std::uint64_t high_bits = each_byte * 0x80U;

constexpr std::uint64_t mark_zero(std::uint64_t word) noexcept { return (word - each_byte) & ~word & high_bits; }
constexpr std::uint64_t mark_control(std::uint64_t word) noexcept {
    return (word - each_byte * 0x20U) & ~word & high_bits;
}

/// Marks what JSON does not let stand in a text: quotes, backslashes, control characters.
constexpr std::uint64_t mark_escaped(std::uint64_t word) noexcept {
    return mark_zero(word ^ (each_byte * '"')) | mark_zero(word ^ (each_byte * '\\')) | mark_control(word);
}
constexpr std::uint64_t mark_not_ascii(std::uint64_t word) noexcept { return word & high_bits; }

/// The first byte from `at` on that `mark` marks, or `end`.
template <class Mark> const char* find_marked(const char* at, const char* end, Mark mark) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        for (; end - at >= 8; at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            if (const std::uint64_t marked = mark(word)) return at + std::countr_zero(marked) / 8;
        }
    }
    while (at != end && (mark(static_cast<unsigned char>(*at)) & 0x80U) == 0) ++at;
    return at;
}

/// The first byte that JSON does not let stand in a text.
inline const char* find_escaped(const char* at, const char* end) noexcept {
    return find_marked(at, end, [](std::uint64_t word) { return mark_escaped(word); });
}

/// The same, or the first that is not ASCII.
inline const char* find_not_plain(const char* at, const char* end) noexcept {
    return find_marked(at, end, [](std::uint64_t word) { return mark_escaped(word) | mark_not_ascii(word); });
}

inline const char* find_not_ascii(const char* at, const char* end) noexcept {
    return find_marked(at, end, [](std::uint64_t word) { return mark_not_ascii(word); });
}

/// Goes over the character at `at`, which is not ASCII, by RFC 3629: no overlong forms, no surrogates, nothing above
/// U+10FFFF. If it is not well-formed, stops at the byte where that can be seen, and says no.
inline bool skip_character(const char*& at, const char* end) noexcept {
    const auto lead = static_cast<unsigned char>(*at);
    if (lead < 0xC2 || lead > 0xF4) return false;
    // The second byte's range is narrower after four of the leads.
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    for (int i = 0; i < more; ++i) {
        ++at;
        if (at == end || static_cast<unsigned char>(*at) < low || static_cast<unsigned char>(*at) > high) return false;
        low = 0x80;
        high = 0xBF;
    }
    ++at;
    return true;
}

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
    const char* const end = text.data() + text.size();
    const char* at = find_not_ascii(text.data(), end);
    while (at != end) {
        if (!skip_character(at, end)) return false;
        at = find_not_ascii(at, end);
    }
    return true;
}

} // namespace lcm::detail

#endif
