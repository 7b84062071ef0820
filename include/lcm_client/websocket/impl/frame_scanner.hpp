// SPDX-License-Identifier: BSL-1.0
// Internal: finds the frames in the bytes that a WebSocket server sends, and tells what kind each is.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAME_SCANNER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAME_SCANNER_HPP

// Beast reads messages out of memory and fails for good when it wants more bytes than there are. So somebody has to
// know beforehand where a message ends. Whether a message is valid, Beast decides.

#include <cstddef>
#include <cstdint>
#include <span>

namespace lcm::detail {

enum class FrameKind {
    incomplete,     ///< more bytes are needed
    fragment,       ///< of a message that goes on
    end_of_message, ///< a whole message, or its last fragment
    nothing,        ///< an empty fragment in the middle of a message: may be left out
    ping,
    pong,
    close,
    refused, ///< Beast refuses the frame, and needs no more of it for that
    too_big, ///< the message that it belongs to is over the limit
};

struct Frame {
    FrameKind kind;
    std::size_t header = 0; ///< the size of what stands before the payload; for complete frames only
    std::size_t size = 0;   ///< of header and payload; for complete frames only
};

/// A complete frame of a message, as it was found before.
struct DataFrame {
    bool is_final;
    bool is_whole; ///< a message in one frame
    bool is_text;  ///< and not binary, or a continuation
    std::size_t header;
    std::size_t size; ///< of header and payload
};

/// Knows where in a message the next frame stands. `limit` is the size of the largest message.
class FrameScanner {
public:
    explicit FrameScanner(std::size_t limit) noexcept : limit_(limit) {}

    /// The frame at the beginning of `bytes`. Unless it is incomplete, the next call is about what follows.
    [[nodiscard]] Frame next(std::span<const unsigned char> bytes) noexcept {
        if (bytes.size() < 2) return {FrameKind::incomplete};
        const Header header(bytes);
        if (bytes.size() < header.size) return {FrameKind::incomplete};
        if (header.is_masked || header.reserved_bits != 0) return {FrameKind::refused};
        return header.opcode >= close ? control(header, bytes.size()) : data(header, bytes);
    }

    /// The frame at the beginning of `bytes`, which `next` has found to be part of a message.
    [[nodiscard]] static DataFrame look_at(std::span<const unsigned char> bytes) noexcept {
        const Header header(bytes);
        return {.is_final = header.is_final,
                .is_whole = header.is_final && header.opcode != continuation,
                .is_text = header.opcode == text,
                .header = header.size,
                .size = header.size + (payload_length(header, bytes) & (std::numeric_limits<std::size_t>::max)())};
    }

private:
    static constexpr unsigned continuation = 0;
    static constexpr unsigned text = 1;
    static constexpr unsigned binary = 2;
    static constexpr unsigned close = 8;
    static constexpr unsigned ping = 9;
    static constexpr unsigned pong = 10;

    // RFC 6455, 5.2.
    struct Header {
        explicit Header(std::span<const unsigned char> bytes) noexcept
            : is_final((bytes[0] & 0x80) != 0), is_masked((bytes[1] & 0x80) != 0), reserved_bits(bytes[0] & 0x70u),
              opcode(bytes[0] & 0x0fu), short_length(bytes[1] & 0x7fu) {
            if (short_length == 126) size += 2;
            if (short_length == 127) size += 8;
            if (is_masked) size += 4;
        }
        bool is_final;
        bool is_masked;
        unsigned reserved_bits;
        unsigned opcode;
        unsigned short_length;
        std::size_t size = 2;
    };

    [[nodiscard]] static Frame control(const Header& header, std::size_t available) noexcept {
        if (header.opcode > pong || !header.is_final || header.short_length > 125) return {FrameKind::refused};
        const std::size_t size = header.size + header.short_length;
        if (available < size) return {FrameKind::incomplete};
        if (header.opcode == ping) return {FrameKind::ping, header.size, size};
        if (header.opcode == pong) return {FrameKind::pong, header.size, size};
        return {FrameKind::close, header.size, size};
    }

    [[nodiscard]] Frame data(const Header& header, std::span<const unsigned char> bytes) noexcept {
        const bool begins = header.opcode != continuation;
        if (header.opcode > binary || begins == in_message_) return {FrameKind::refused};
        const std::uint64_t length = payload_length(header, bytes);
        if (length < least_length(header)) return {FrameKind::refused};

        const std::size_t before = begins ? 0 : size_;
        if (length > limit_ - before) return {FrameKind::too_big};
        if (bytes.size() - header.size < length) return {FrameKind::incomplete};
        in_message_ = !header.is_final;
        size_ = before + static_cast<std::size_t>(length);
        return {kind_of(header, begins), header.size, header.size + static_cast<std::size_t>(length)};
    }

    [[nodiscard]] static FrameKind kind_of(const Header& header, bool begins) noexcept {
        if (header.is_final) return FrameKind::end_of_message;
        return header.short_length == 0 && !begins ? FrameKind::nothing : FrameKind::fragment;
    }

    [[nodiscard]] static std::uint64_t payload_length(const Header& header,
                                                      std::span<const unsigned char> bytes) noexcept {
        if (header.short_length < 126) return header.short_length;
        std::uint64_t length = 0;
        for (const unsigned char byte : bytes.subspan(2, header.size - 2)) length = length << 8 | byte;
        return length;
    }

    // What may be written shorter must be.
    [[nodiscard]] static std::uint64_t least_length(const Header& header) noexcept {
        if (header.short_length < 126) return 0;
        return header.short_length == 126 ? 126 : 65'536;
    }

    std::size_t limit_;
    bool in_message_ = false; // a continuation comes next
    std::size_t size_ = 0;    // of the payload of its fragments so far
};

} // namespace lcm::detail

#endif
