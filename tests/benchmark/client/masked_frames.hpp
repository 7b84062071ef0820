// SPDX-License-Identifier: BSL-1.0
// Requests as WebSocket frames of a client (RFC 6455, 5.2), written by hand one behind the other into one flat buffer.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_MASKED_FRAMES_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_MASKED_FRAMES_HPP

#include "../server/frames.hpp"
#include "../server/wire_size.hpp"
#include "hand_writer.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace lcm::bench {

/// The keys of the masks, which nobody may foresee (RFC 6455, 5.3); random bytes cost least in large blocks.
class Masks {
public:
    static constexpr std::size_t size = 4;

    /// Valid until the next call.
    const char* next() {
        if (used_ == bytes_.size()) draw();
        used_ += size;
        return bytes_.data() + used_ - size;
    }

private:
    void draw() {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes_.data()), static_cast<int>(bytes_.size())) != 1)
            throw std::runtime_error("no random bytes");
        used_ = 0;
    }

    std::array<char, 4096> bytes_{};
    std::size_t used_ = bytes_.size();
};

class MaskedFrames {
public:
    /// Has room for so many requests.
    explicit MaskedFrames(std::size_t requests) : bytes_(requests * request_frame_size + room_to_write) {}

    void add(const Sample& sample, Masks& masks) {
        if (bytes_.size() - size_ < room_to_write) throw std::runtime_error("more requests than there is room for");
        char* const frame = bytes_.data() + size_;
        char* const text = frame + header_size;
        const std::size_t size = write_request(text, sample);
        if (size < 126 || size > 0xffff) throw std::runtime_error("not the size that the header is for");
        const std::array<unsigned char, 4> start{0x81, 0x80 | 126, static_cast<unsigned char>(size >> 8U),
                                                 static_cast<unsigned char>(size)};
        std::memcpy(frame, start.data(), start.size());
        std::memcpy(frame + start.size(), masks.next(), Masks::size);
        unmask(text, size, text - Masks::size); // which masks as well
        size_ += header_size + size;
    }

    void clear() { size_ = 0; }
    [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), size_}; }

private:
    static constexpr std::size_t header_size = 8;      // that of a text of 126 to 65535 bytes
    static constexpr std::size_t room_to_write = 2048; // of one request, as its writer wants it

    std::vector<char> bytes_;
    std::size_t size_ = 0;
};

} // namespace lcm::bench

#endif
