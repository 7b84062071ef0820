// SPDX-License-Identifier: BSL-1.0
// The pieces of JSON text that requests are put together from: texts with their escapes, and names.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_JSON_WRITER_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_JSON_WRITER_HPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/protocol/impl/text_buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// The functions here that take a `TextBuffer` write after what ends at `to`, and return the end of what they have
// written.

inline char* write_escaped(TextBuffer& out, char* to, char c) {
    static constexpr std::string_view hex = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    switch (c) {
    case '"': return out.write(to, "\\\"");
    case '\\': return out.write(to, "\\\\");
    case '\n': return out.write(to, "\\n");
    case '\r': return out.write(to, "\\r");
    case '\t': return out.write(to, "\\t");
    default: break;
    }
    to = out.write(to, "\\u00");
    to = out.write(to, hex[code >> 4U]);
    return out.write(to, hex[code & 0x0FU]);
}

// What a copy may use beyond its text, and two quotes.
inline constexpr std::size_t more_than_text = 7 + 2;

/// A text of any length, with escapes where it needs them.
[[gnu::noinline]] inline char* write_with_escapes(TextBuffer& out, char* to, std::string_view text) {
    constexpr std::size_t longest = TextBuffer::capacity - more_than_text;
    const char* at = text.data();
    const char* const end = at + text.size();
    to = out.write(to, '"');
    while (at != end) {
        const char* const piece = at + (std::min)(static_cast<std::size_t>(end - at), longest);
        to = out.make_room(to, static_cast<std::size_t>(piece - at) + more_than_text);
        to = copy_unescaped(at, piece, to);
        if (at != piece) to = write_escaped(out, to, *at++);
    }
    return out.write(to, '"');
}

// These copy a text, and return whether all of it may stand in JSON as it is. There must be room for seven bytes more
// than there are.

inline constexpr std::size_t word_size = sizeof(std::uint64_t);

[[gnu::always_inline]] inline std::uint64_t copy_marked(std::uint64_t word, char* to) noexcept {
    const std::uint64_t bytes = in_order(word);
    std::memcpy(to, &bytes, word_size);
    return mark_escaped(word);
}

/// A text of two words at most, which may overlap.
[[gnu::always_inline]] inline bool copy_short(std::string_view text, char* to) noexcept {
    if (text.empty()) return true;
    if (text.size() < word_size) return copy_marked(load_tail(text.data(), text.size()), to) == 0;
    const std::size_t last = text.size() - word_size;
    return (copy_marked(load_word(text.data()), to) | copy_marked(load_word(text.data() + last), to + last)) == 0;
}

/// A text of at least one word. The last one may overlap the one before.
[[gnu::always_inline]] inline bool copy_long(std::string_view text, char* to) noexcept {
    const std::size_t last = text.size() - word_size;
    std::uint64_t marked = copy_marked(load_word(text.data() + last), to + last);
    for (std::size_t at = 0; at < last; at += word_size) marked |= copy_marked(load_word(text.data() + at), to + at);
    return marked == 0;
}

/// Puts quotes around a text of this size, which stands behind the place for the first one.
[[gnu::always_inline]] inline char* put_quotes(char* to, std::size_t size) noexcept {
    *to = '"';
    to += 1 + size;
    *to = '"';
    return to + 1;
}

/// A text of at least one word.
[[gnu::noinline]] inline char* write_long_json(TextBuffer& out, char* to, std::string_view text) {
    if (!out.has_room(to, text.size() + more_than_text) || !copy_long(text, to + 1))
        return write_with_escapes(out, to, text);
    return put_quotes(to, text.size());
}

// Most texts are ids and names, and have nothing to escape. For them this has no loop and calls nothing.
[[gnu::noinline]] inline char* write_json(TextBuffer& out, char* to, std::string_view text) {
    constexpr std::size_t longest = 2 * word_size;
    if (text.size() > longest) return write_long_json(out, to, text);
    if (!out.has_room(to, longest + more_than_text) || !copy_short(text, to + 1))
        return write_with_escapes(out, to, text);
    return put_quotes(to, text.size());
}

/// Whether a name can stand between quotes as it is, and is as short as names are.
constexpr bool is_plain_name(std::string_view name) noexcept {
    constexpr std::size_t longest = 256;
    return name.size() <= longest && std::none_of(name.begin(), name.end(), [](char c) {
               return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
           });
}

/// The plain name of a member, with what separates it from the member before, up to its value.
inline char* write_name(TextBuffer& out, char* to, char separator, std::string_view name) {
    constexpr std::size_t signs = 4;
    to = out.make_room(to, name.size() + signs);
    *to++ = separator;
    *to++ = '"';
    std::memcpy(to, name.data(), name.size());
    to += name.size();
    *to++ = '"';
    *to++ = ':';
    return to;
}

/// Appends `text`, with quotes around it and escapes in it, to `out`.
inline void write_json(std::string& out, std::string_view text) {
    TextBuffer buffer(out);
    buffer.flush(write_json(buffer, buffer.begin(), text));
}

} // namespace lcm::detail

#endif
