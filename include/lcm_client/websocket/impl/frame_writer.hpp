// SPDX-License-Identifier: BSL-1.0
// Internal: the frames that a client sends, and the keys that mask them (RFC 6455, 5.2 and 5.3).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAME_WRITER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAME_WRITER_HPP

#include <lcm_client/websocket/impl/frame_header.hpp>

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lcm::detail {

/// The keys that mask frames. Nobody can guess one from those before it. One draw fetches many, since a draw costs more
/// than a frame.
class MaskingKeys {
public:
    using Key = std::array<unsigned char, 4>;

    /// Whether `take()` has a key to give; false if the system has no random bytes.
    [[nodiscard]] bool prepare() noexcept {
        if (next_ != drawn_.size()) return true;
        if (RAND_bytes(drawn_.data(), static_cast<int>(drawn_.size())) != 1) return false;
        next_ = 0;
        return true;
    }

    /// A key that has not been used. `prepare()` must have said that there is one.
    [[nodiscard]] Key take() noexcept {
        Key key;
        std::memcpy(key.data(), drawn_.data() + next_, key.size());
        next_ += key.size();
        return key;
    }

private:
    std::array<unsigned char, 256> drawn_;
    std::size_t next_ = drawn_.size();
};

/// How many bytes the header of a masked frame with such a payload has.
constexpr std::size_t frame_header_size(std::size_t payload) noexcept {
    return payload < 126 ? 6 : payload < 65'536 ? 8 : 14;
}
inline constexpr std::size_t max_frame_header = 14;

/// Writes `payload` to `to`, masked. The key is applied to 32 bytes at a time, then to 8. Returns where the next byte
/// goes.
inline unsigned char* write_masked(std::string_view payload, MaskingKeys::Key key, unsigned char* to) noexcept {
    std::array<std::uint64_t, 4> words; // of the payload
    std::uint32_t once = 0;             // the key
    std::memcpy(&once, key.data(), key.size());
    const std::uint64_t twice = std::uint64_t{once} << 32U | once;
    const char* from = payload.data();
    std::size_t left = payload.size();
    for (; left >= sizeof(words); left -= sizeof(words), from += sizeof(words), to += sizeof(words)) {
        std::memcpy(words.data(), from, sizeof(words));
        for (std::uint64_t& word : words) word ^= twice;
        std::memcpy(to, words.data(), sizeof(words));
    }
    for (; left >= sizeof(twice); left -= sizeof(twice), from += sizeof(twice), to += sizeof(twice)) {
        std::memcpy(words.data(), from, sizeof(twice));
        words[0] ^= twice;
        std::memcpy(to, words.data(), sizeof(twice));
    }
    for (std::size_t i = 0; i != left; ++i)
        to[i] = static_cast<unsigned char>(static_cast<unsigned char>(from[i]) ^ key[i % key.size()]);
    return to + left;
}

/// Writes the length of a payload, in the shortest of the three forms, with the bit that says that a key follows.
/// Returns where the next byte goes.
inline unsigned char* write_length(std::size_t length, unsigned char* to) noexcept {
    constexpr unsigned char masked = 0x80;
    if (length < 126) {
        *to++ = static_cast<unsigned char>(masked | length);
        return to;
    }
    const bool is_short = length < 65'536;
    *to++ = masked | (is_short ? 126 : 127);
    for (int shift = is_short ? 8 : 56; shift >= 0; shift -= 8)
        *to++ = static_cast<unsigned char>(std::uint64_t{length} >> static_cast<unsigned>(shift));
    return to;
}

/// Writes a final frame to `to`, which has room for the header and the payload. Returns where the next byte goes.
inline unsigned char* write_frame(Opcode opcode, std::string_view payload, MaskingKeys::Key key,
                                  unsigned char* to) noexcept {
    constexpr unsigned char final_frame = 0x80;
    *to++ = static_cast<unsigned char>(final_frame | static_cast<unsigned char>(opcode));
    to = write_length(payload.size(), to);
    std::memcpy(to, key.data(), key.size());
    return write_masked(payload, key, to + key.size());
}

} // namespace lcm::detail

#endif
