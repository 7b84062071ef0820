// SPDX-License-Identifier: BSL-1.0
// Internal: the header of a frame as a server sends it, and the rules that it has to keep (RFC 6455, 5.2 to 5.5).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_FRAME_HEADER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_FRAME_HEADER_HPP

#include <lcm_client/websocket/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

enum class Opcode : unsigned char {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

constexpr bool is_control_frame(Opcode opcode) noexcept { return opcode >= Opcode::close; }

/// A control frame has no more payload than this.
inline constexpr std::size_t max_control_payload = 125;

struct FrameHeader {
    bool is_final;
    bool has_reserved_bits;
    bool is_masked;
    bool is_shortest; ///< the length could not be written in fewer bytes
    Opcode opcode;    ///< or a number that is none of them
    std::size_t size; ///< of the header itself
    std::uint64_t length;
};

/// The number that `bytes` are, the highest first.
template <std::size_t Count>
[[nodiscard]] constexpr std::uint64_t read_number(std::span<const unsigned char, Count> bytes) noexcept {
    std::uint64_t number = 0;
    for (const unsigned char byte : bytes) number = number << 8U | byte;
    return number;
}

/// The header at the beginning of `bytes`; nothing if it is not complete.
[[nodiscard]] inline std::optional<FrameHeader> read_frame_header(std::span<const unsigned char> bytes) noexcept {
    if (bytes.size() < 2) return std::nullopt;
    const unsigned first = bytes[0];
    const unsigned second = bytes[1];
    FrameHeader header{.is_final = (first & 0x80U) != 0,
                       .has_reserved_bits = (first & 0x70U) != 0,
                       .is_masked = (second & 0x80U) != 0,
                       .is_shortest = true,
                       .opcode = static_cast<Opcode>(first & 0x0FU),
                       .size = 2,
                       .length = second & 0x7FU};
    if (header.length >= 126) {
        const bool is_long = header.length == 127;
        header.size = is_long ? 10 : 4;
        if (bytes.size() < header.size) return std::nullopt;
        header.length = is_long ? read_number(bytes.subspan<2, 8>()) : read_number(bytes.subspan<2, 2>());
        header.is_shortest = header.length >= (is_long ? 65'536U : 126U);
    }
    if (header.is_masked) header.size += 4;
    if (bytes.size() < header.size) return std::nullopt;
    return header;
}

/// Which rule the header breaks, if any, behind a message that is complete, or within one that is not.
[[nodiscard]] constexpr std::optional<WebSocketErrc> breach_of(const FrameHeader& header, bool in_message) noexcept {
    if (header.has_reserved_bits) return WebSocketErrc::bad_reserved_bits;
    if (header.is_masked) return WebSocketErrc::masked_frame;
    switch (header.opcode) {
    case Opcode::continuation:
        if (!in_message) return WebSocketErrc::unexpected_continuation;
        break;
    case Opcode::text:
    case Opcode::binary:
        if (in_message) return WebSocketErrc::unexpected_data_frame;
        break;
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
        if (!header.is_final) return WebSocketErrc::fragmented_control_frame;
        if (header.length > max_control_payload || !header.is_shortest) return WebSocketErrc::bad_control_size;
        break;
    default: return WebSocketErrc::bad_opcode;
    }
    if (!header.is_shortest) return WebSocketErrc::bad_length;
    return std::nullopt;
}

/// A copy of the payload of a control frame.
class ControlPayload {
public:
    explicit ControlPayload(std::string_view payload) noexcept : size_((std::min)(payload.size(), bytes_.size())) {
        std::copy_n(payload.data(), size_, bytes_.data());
    }
    [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }

private:
    std::array<char, max_control_payload> bytes_;
    std::size_t size_;
};

} // namespace lcm::detail

#endif
