// SPDX-License-Identifier: BSL-1.0
// Replies in WebSocket frames of a server (RFC 6455, 5.2), read by hand where they lie.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_PLAIN_FRAMES_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_PLAIN_FRAMES_HPP

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace lcm::bench {

/// One flat buffer, which is read into and taken from.
class PlainFrames {
public:
    /// Where to read to. What was taken is gone.
    std::span<char> room() {
        std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        return std::span(bytes_).subspan(end_);
    }
    void commit(std::size_t count) { end_ += count; }

    /// The text of the next frame; nothing while it is not complete. The benchmark's server sends whole texts alone.
    std::optional<std::string_view> take() {
        const std::size_t left = end_ - begin_;
        if (left < 2) return std::nullopt;
        std::size_t length = byte(1);
        if (byte(0) != 0x81 || length > 126) throw std::runtime_error("not the expected frame");
        const std::size_t header = length == 126 ? 4 : 2;
        if (left < header) return std::nullopt;
        if (header == 4) length = byte(2) << 8U | byte(3);
        if (left - header < length) return std::nullopt;
        const std::string_view text(bytes_.data() + begin_ + header, length);
        begin_ += header + length;
        return text;
    }

private:
    [[nodiscard]] std::size_t byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[begin_ + at]); }

    std::vector<char> bytes_ = std::vector<char>(128 * 1024); // more than the largest frame
    std::size_t begin_ = 0;                                   // what has been read and not taken is from here
    std::size_t end_ = 0;                                     // to here
};

} // namespace lcm::bench

#endif
