// SPDX-License-Identifier: BSL-1.0
// The bytes of WebSocket frames as a server sends them.
#ifndef LCM_CLIENT_TESTS_SUPPORT_SERVER_FRAME_HPP
#define LCM_CLIENT_TESTS_SUPPORT_SERVER_FRAME_HPP

#include <cstdint>
#include <initializer_list>
#include <string>

namespace lcm::tests {

inline constexpr unsigned fin = 0x80;  // the first byte of a frame: this is the message's last one
inline constexpr unsigned rsv1 = 0x40; // it is compressed, which nobody has agreed on

inline std::string raw(std::initializer_list<int> bytes) {
    std::string text;
    for (const int byte : bytes) text += static_cast<char>(byte);
    return text;
}

/// Unmasked, its length written as short as possible.
inline std::string frame(unsigned first, const std::string& payload) {
    const std::uint64_t size = payload.size();
    const int octets = size < 126 ? 0 : size < 65'536 ? 2 : 8;
    std::string bytes(1, static_cast<char>(first));
    bytes += static_cast<char>(octets == 0 ? size : octets == 2 ? 126 : 127);
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 0xff);
    return bytes + payload;
}

} // namespace lcm::tests

#endif
