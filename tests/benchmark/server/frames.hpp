// SPDX-License-Identifier: BSL-1.0
// WebSocket frames as a server sees them: finds a client's masked frame in what was read, and unmasks it.
#ifndef LCM_CLIENT_BENCHMARK_SERVER_FRAMES_HPP
#define LCM_CLIENT_BENCHMARK_SERVER_FRAMES_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace lcm::bench {

enum class Opcode : unsigned char { text = 1, close = 8, ping = 9 };

struct Frame {
    Opcode opcode;
    std::string_view payload; ///< unmasked
    std::size_t size;         ///< of the whole frame
};

inline void unmask(char* data, std::size_t size, const char* mask) {
    std::uint64_t word = 0;
    std::memcpy(&word, mask, 4);
    std::memcpy(reinterpret_cast<char*>(&word) + 4, mask, 4);
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, data + i, 8);
        bytes ^= word;
        std::memcpy(data + i, &bytes, 8);
    }
    for (; i < size; ++i) data[i] = static_cast<char>(data[i] ^ mask[i % 4]);
}

/// The frame that begins at `data`, unmasked in place; nothing while it is not complete. Frames of clients are masked.
inline std::optional<Frame> take_frame(char* data, std::size_t size) {
    if (size < 2) return std::nullopt;
    const auto byte = [data](std::size_t at) { return static_cast<unsigned char>(data[at]); };
    std::size_t length = byte(1) & 0x7fU;
    const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    const std::size_t header = 2 + extra + 4;
    if (size < header) return std::nullopt;
    if (extra != 0) length = 0;
    for (std::size_t i = 0; i < extra; ++i) length = length << 8U | byte(2 + i);
    if (size - header < length) return std::nullopt;
    unmask(data + header, length, data + header - 4);
    return Frame{static_cast<Opcode>(byte(0) & 0x0fU), {data + header, length}, header + length};
}

} // namespace lcm::bench

#endif
