// SPDX-License-Identifier: BSL-1.0
// Internal: text messages as the frames that a client sends (RFC 6455, 5.2 and 5.3).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAME_WRITER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAME_WRITER_HPP

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

/// Writes the message as one final text frame to `to`, which has room for the header and the payload.
inline void write_text_frame(std::string_view text, MaskingKeys::Key key, unsigned char* to) noexcept {
    constexpr unsigned char final_text = 0x81;
    constexpr unsigned char masked = 0x80;
    const std::size_t header = frame_header_size(text.size());
    const std::size_t length_bytes = header == 6 ? 0 : header == 8 ? 2 : 8;
    to[0] = final_text;
    to[1] = static_cast<unsigned char>(masked | (header == 6 ? text.size() : header == 8 ? 126U : 127U));
    for (std::size_t i = 0; i < length_bytes; ++i)
        to[1 + length_bytes - i] = static_cast<unsigned char>(std::uint64_t{text.size()} >> (8 * i));
    std::memcpy(to + header - key.size(), key.data(), key.size());

    to += header;
    std::uint64_t twice = 0; // the key, for eight bytes at a time
    std::memcpy(&twice, key.data(), key.size());
    std::memcpy(reinterpret_cast<unsigned char*>(&twice) + key.size(), key.data(), key.size());
    std::size_t done = 0;
    for (; text.size() - done >= sizeof(twice); done += sizeof(twice)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + done, sizeof(word));
        word ^= twice;
        std::memcpy(to + done, &word, sizeof(word));
    }
    for (; done != text.size(); ++done)
        to[done] = static_cast<unsigned char>(static_cast<unsigned char>(text[done]) ^ key[done % key.size()]);
}

} // namespace lcm::detail

#endif
