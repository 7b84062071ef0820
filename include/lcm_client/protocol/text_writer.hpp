// SPDX-License-Identifier: BSL-1.0
// Puts a text together from many small pieces.
#ifndef LCM_CLIENT_PROTOCOL_TEXT_WRITER_HPP
#define LCM_CLIENT_PROTOCOL_TEXT_WRITER_HPP

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace lcm::detail {

/// Appends to a string by way of a buffer of its own, which is faster than the string for small pieces, and lets a new
/// string have just the size that it needs.
class TextWriter {
public:
    explicit TextWriter(std::string& out) noexcept : out_(out) {}
    TextWriter(const TextWriter&) = delete;
    TextWriter& operator=(const TextWriter&) = delete;

    /// Everything is in the string when this returns; to be called at the end.
    void flush() {
        out_.append(buffer_.data(), at_);
        at_ = buffer_.data();
    }

    void operator+=(char c) {
        if (at_ == end()) flush();
        *at_++ = c;
    }

    void operator+=(std::string_view text) {
        if (text.size() > room()) return append(text);
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }

    /// How many characters can be written at once.
    static constexpr std::size_t capacity = 1024;

    /// Appends what `write(first)` writes from `first` on and returns the end of. It may use `size` characters there, at
    /// most `capacity`.
    template <class Write> void write(std::size_t size, Write write) {
        if (size > room()) flush();
        at_ = write(at_);
    }

private:
    [[nodiscard]] char* end() noexcept { return buffer_.data() + capacity; }
    [[nodiscard]] std::size_t room() noexcept { return static_cast<std::size_t>(end() - at_); }

    void append(std::string_view text) {
        flush();
        out_ += text;
    }

    std::string& out_;
    std::array<char, capacity> buffer_; // not filled before it is written
    char* at_ = buffer_.data();
};

} // namespace lcm::detail

#endif
