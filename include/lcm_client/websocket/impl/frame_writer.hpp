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

/// Writes `payload` to `to`, masked. The word of the key is applied to 32 bytes at a time, then to 8.
inline void write_masked(std::string_view payload, MaskingKeys::Key key, unsigned char* to) noexcept {
    std::array<std::uint64_t, 4> words; // of the payload
    std::uint64_t twice = 0;            // the key
    std::memcpy(&twice, key.data(), key.size());
    std::memcpy(reinterpret_cast<unsigned char*>(&twice) + key.size(), key.data(), key.size());
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
}

/// Writes a final frame to `to`, which has room for the header and the payload.
inline void write_frame(Opcode opcode, std::string_view payload, MaskingKeys::Key key, unsigned char* to) noexcept {
    constexpr unsigned char final_frame = 0x80;
    constexpr unsigned char masked = 0x80;
    const std::size_t header = frame_header_size(payload.size());
    const std::size_t length_bytes = header == 6 ? 0 : header == 8 ? 2 : 8;
    to[0] = static_cast<unsigned char>(final_frame | static_cast<unsigned char>(opcode));
    to[1] = static_cast<unsigned char>(masked | (header == 6 ? payload.size() : header == 8 ? 126U : 127U));
    for (std::size_t i = 0; i < length_bytes; ++i)
        to[1 + length_bytes - i] = static_cast<unsigned char>(std::uint64_t{payload.size()} >> (8 * i));
    std::memcpy(to + header - key.size(), key.data(), key.size());
    write_masked(payload, key, to + header);
}

} // namespace lcm::detail

#endif
