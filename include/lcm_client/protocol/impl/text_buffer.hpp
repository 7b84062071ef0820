// SPDX-License-Identifier: BSL-1.0
// Puts a text together from many small pieces.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_TEXT_BUFFER_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_TEXT_BUFFER_HPP

#include <lcm_client/impl/abi.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Appends to a string, or what else has its `append`, by way of a buffer of its own, which is faster for small pieces,
/// and lets a new string have just the size that it needs.
///
/// Where the next piece goes is not kept here, but handed from function to function, which take it and return what is
/// behind them: so it stays in a register. In memory, each piece would have to wait for the one before.
class TextBuffer {
public:
    template <class Text> explicit TextBuffer(Text& out) noexcept : out_(&out), append_(&append<Text>) {}
    TextBuffer(const TextBuffer&) = delete;
    TextBuffer& operator=(const TextBuffer&) = delete;

    /// How many characters can be written at once.
    static constexpr std::size_t capacity = 1024;

    /// Where the first piece goes.
    [[nodiscard]] char* begin() noexcept { return buffer_.data(); }

    /// Whether `size` characters can be written after what ends at `to`.
    [[nodiscard]] bool has_room(const char* to, std::size_t size) const noexcept {
        return size <= static_cast<std::size_t>(buffer_.data() + capacity - to);
    }

    /// Where to write `size` characters, at most `capacity`, after what ends at `to`.
    [[nodiscard]] char* make_room(char* to, std::size_t size) { return has_room(to, size) ? to : flush(to); }

    [[nodiscard]] char* write(char* to, char c) {
        to = make_room(to, 1);
        *to = c;
        return to + 1;
    }

    [[nodiscard]] char* write(char* to, std::string_view text) {
        if (text.size() > capacity) return write_long(to, text);
        to = make_room(to, text.size());
        std::memcpy(to, text.data(), text.size());
        return to + text.size();
    }

    /// Everything up to `to` is in the string when this returns, and the buffer is empty; to be called at the end.
    [[gnu::noinline]] char* flush(char* to) {
        append_(out_, {buffer_.data(), static_cast<std::size_t>(to - buffer_.data())});
        return buffer_.data();
    }

private:
    [[gnu::noinline]] char* write_long(char* to, std::string_view text) {
        to = flush(to);
        append_(out_, text);
        return to;
    }

    template <class Text> static void append(void* out, std::string_view piece) {
        static_cast<Text*>(out)->append(piece);
    }

    void* out_;
    void (*append_)(void* out, std::string_view piece);
    std::array<char, capacity> buffer_; // not filled before it is written
};

} // namespace lcm::detail

#endif
