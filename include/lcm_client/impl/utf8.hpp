// SPDX-License-Identifier: BSL-1.0
// Looks through texts eight bytes at a time: how far they may stand in JSON as they are, and whether they are UTF-8.
#ifndef LCM_CLIENT_IMPL_UTF8_HPP
#define LCM_CLIENT_IMPL_UTF8_HPP

#include <lcm_client/impl/abi.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// Eight bytes as one word, the first of them lowest. A search marks the high bit of each byte that it looks for; above
// the lowest marked byte, others may be marked by its carry.
inline constexpr std::uint64_t each_byte = 0x0101010101010101U;
inline constexpr std::uint64_t high_bits = each_byte * 0x80U;

/// Marks quotes, backslashes and control characters, which JSON does not let stand in a text; and any of the bytes that
/// are not ASCII.
constexpr std::uint64_t mark_escaped_roughly(std::uint64_t word) noexcept {
    // With that bit turned, the quote is next to the control characters, and the space and '!' are not.
    const std::uint64_t quote_or_control = (word ^ (each_byte * 0x02U)) - each_byte * 0x21U;
    const std::uint64_t backslash = (word ^ (each_byte * '\\')) - each_byte;
    return (quote_or_control | backslash) & high_bits;
}
constexpr std::uint64_t mark_escaped(std::uint64_t word) noexcept { return mark_escaped_roughly(word) & ~word; }
constexpr std::uint64_t mark_not_ascii(std::uint64_t word) noexcept { return word & high_bits; }
constexpr std::uint64_t mark_not_plain(std::uint64_t word) noexcept {
    return mark_escaped_roughly(word) | mark_not_ascii(word);
}

/// A word that was loaded from memory, with the first byte lowest also where the machine has it highest.
template <class Word> constexpr Word in_order(Word word) noexcept {
    if constexpr (std::endian::native == std::endian::little) return word;
    Word turned = 0;
    for (std::size_t i = 0; i < sizeof(Word); ++i, word >>= 8U) turned = (turned << 8U) | (word & 0xFFU);
    return turned;
}

template <class Word = std::uint64_t> Word load_word(const char* at) noexcept {
    Word word = 0;
    std::memcpy(&word, at, sizeof word);
    return in_order(word);
}

/// The `size` bytes at `at`, from one to seven, with letters above them.
[[gnu::always_inline]] inline std::uint64_t load_tail(const char* at, std::size_t size) noexcept {
    const std::uint64_t letters = (each_byte * 'x') << (8 * size);
    if (size >= 4) { // two halves, which may overlap
        const std::uint64_t high = load_word<std::uint32_t>(at + size - 4);
        return letters | load_word<std::uint32_t>(at) | (high << (8 * (size - 4)));
    }
    const auto byte = [at](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i); };
    return letters | byte(0) | byte(size / 2) | byte(size - 1);
}

constexpr std::ptrdiff_t first_marked(std::uint64_t marked) noexcept { return std::countr_zero(marked) / 8; }

/// The first byte from `at` on that `mark` marks, or `end`, where less than a word is left.
template <class Mark> const char* find_marked_in_tail(const char* at, const char* end, Mark mark) noexcept {
    if (at == end) return end;
    const std::uint64_t marked = mark(load_tail(at, static_cast<std::size_t>(end - at)));
    return marked != 0 ? at + first_marked(marked) : end;
}

/// The first byte from `at` on that `mark` marks, or `end`.
template <class Mark>
[[gnu::always_inline]] inline const char* find_marked(const char* at, const char* end, Mark mark) noexcept {
    for (; end - at >= 8; at += 8)
        if (const std::uint64_t marked = mark(load_word(at))) return at + first_marked(marked);
    return find_marked_in_tail(at, end, mark);
}

/// The first byte that JSON does not let stand in a text, or that is not ASCII.
[[gnu::always_inline]] inline const char* find_not_plain(const char* at, const char* end) noexcept {
    return find_marked(at, end, [](std::uint64_t word) { return mark_not_plain(word); });
}

/// Whether JSON lets all of a text stand in it as it is, and all of it is ASCII.
[[gnu::always_inline, nodiscard]] inline bool is_plain(std::string_view text) noexcept {
    if (text.size() < 8) return text.empty() || mark_not_plain(load_tail(text.data(), text.size())) == 0;
    const std::size_t last = text.size() - 8; // this word may overlap the one before
    std::uint64_t marked = mark_not_plain(load_word(text.data() + last));
    for (std::size_t at = 0; at < last; at += 8) marked |= mark_not_plain(load_word(text.data() + at));
    return marked == 0;
}

inline const char* find_not_ascii(const char* at, const char* end) noexcept {
    return find_marked(at, end, [](std::uint64_t word) { return mark_not_ascii(word); });
}

/// Copies from `at` up to the first byte that JSON does not let stand in a text, where `at` is then, and returns the end
/// of the copy. There must be room for seven bytes more than there are.
inline char* copy_unescaped(const char*& at, const char* end, char* to) noexcept {
    for (; end - at >= 8; at += 8, to += 8) {
        std::memcpy(to, at, 8);
        if (const std::uint64_t marked = mark_escaped(load_word(at))) {
            at += first_marked(marked);
            return to + first_marked(marked);
        }
    }
    if (at == end) return to;
    const std::uint64_t tail = load_tail(at, static_cast<std::size_t>(end - at));
    const std::uint64_t marked = mark_escaped(tail);
    const std::ptrdiff_t count = marked != 0 ? first_marked(marked) : end - at;
    const std::uint64_t bytes = in_order(tail);
    std::memcpy(to, &bytes, 8);
    at += count;
    return to + count;
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

[[nodiscard]] inline bool is_ascii(std::string_view text) noexcept {
    if (text.size() < 8) return text.empty() || mark_not_ascii(load_tail(text.data(), text.size())) == 0;
    const auto load = [text](std::size_t at) { return load_word(text.data() + at); };
    const std::size_t last = text.size() - 8; // this word may overlap the one before
    std::uint64_t all = load(0) | load(last);
    std::size_t at = 8;
    for (; at + 32 <= last; at += 32) all |= load(at) | load(at + 8) | load(at + 16) | load(at + 24);
    for (; at < last; at += 8) all |= load(at);
    return mark_not_ascii(all) == 0;
}

[[gnu::noinline, nodiscard]] inline bool is_utf8_beyond_ascii(std::string_view text) noexcept {
    const char* const end = text.data() + text.size();
    const char* at = find_not_ascii(text.data(), end);
    while (at != end) {
        if (!skip_character(at, end)) return false;
        at = find_not_ascii(at, end);
    }
    return true;
}

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
    return is_ascii(text) || is_utf8_beyond_ascii(text);
}

} // namespace lcm::detail

#endif
