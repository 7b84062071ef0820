// SPDX-License-Identifier: BSL-1.0
// Internal: the frames that a client sends, and the keys that mask them (RFC 6455, 5.2 and 5.3).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_FRAME_WRITER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_FRAME_WRITER_HPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/websocket/impl/frames/frame_header.hpp>

#include <openssl/rand.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

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
    std::array<unsigned char, 512> drawn_;
    std::size_t next_ = drawn_.size();
};

/// How many bytes the header of a masked frame with such a payload has.
constexpr std::size_t frame_header_size(std::size_t payload) noexcept {
    return payload < 126 ? 6 : payload < 65'536 ? 8 : 14;
}
inline constexpr std::size_t max_frame_header = 14;

/// Copies `Count` words from `from` to `to`, masked by `key`. They may stand anywhere, but do not overlap.
template <std::size_t Count>
void mask_words(const char* __restrict from, std::uint64_t key, unsigned char* __restrict to) noexcept {
    for (std::size_t at = 0; at != Count * sizeof key; at += sizeof key) {
        std::uint64_t word = 0;
        std::memcpy(&word, from + at, sizeof word);
        word ^= key;
        std::memcpy(to + at, &word, sizeof word);
    }
}

/// Masks a payload of at least `Count` words, so many at a time. The last ones may begin among those before them, and
/// then the key, which is a word here, has to begin with another one of its bytes.
template <std::size_t Count>
void mask_in_steps(std::string_view payload, std::uint64_t key, unsigned char* to) noexcept {
    constexpr std::size_t step = Count * sizeof key;
    const std::size_t last = payload.size() - step;
    for (std::size_t at = 0; at < last; at += step) mask_words<Count>(payload.data() + at, key, to + at);
    const int turn = static_cast<int>(8 * (payload.size() % sizeof(MaskingKeys::Key)));
    mask_words<Count>(payload.data() + last, in_order(std::rotr(in_order(key), turn)), to + last);
}

/// Writes `payload` to `to`, masked. Returns where the next byte goes.
inline unsigned char* write_masked(std::string_view payload, MaskingKeys::Key key, unsigned char* to) noexcept {
    std::uint32_t once = 0;
    std::memcpy(&once, key.data(), key.size());
    const std::uint64_t twice = std::uint64_t{once} << 32U | once;
    if (payload.size() >= 32) mask_in_steps<4>(payload, twice, to);
    else if (payload.size() >= 8) mask_in_steps<1>(payload, twice, to);
    else
        for (std::size_t i = 0; i != payload.size(); ++i)
            to[i] = static_cast<unsigned char>(static_cast<unsigned char>(payload[i]) ^ key[i % key.size()]);
    return to + payload.size();
}

/// Writes the length of a payload, in the shortest of the three forms, with the bit that says that a key follows.
/// Returns where the next byte goes.
inline unsigned char* write_length(std::size_t length, unsigned char* to) noexcept {
    constexpr unsigned char masked = 0x80;
    if (length < 126) {
        *to++ = static_cast<unsigned char>(masked | length);
        return to;
    }
    if (length < 65'536) {
        *to++ = masked | 126;
        *to++ = static_cast<unsigned char>(length >> 8U);
        *to++ = static_cast<unsigned char>(length);
        return to;
    }
    *to++ = masked | 127;
    for (int shift = 56; shift >= 0; shift -= 8)
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
