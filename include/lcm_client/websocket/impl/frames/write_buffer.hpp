// SPDX-License-Identifier: BSL-1.0
// Internal: memory for bytes that are to be written, whose new bytes have no value before they are written.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_WRITE_BUFFER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_WRITE_BUFFER_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Not a vector, which would clear the bytes first.
class WriteBuffer {
public:
    [[nodiscard]] unsigned char* data() const noexcept { return bytes_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// Adds so many bytes, and returns where they are to be written. Without memory nothing has changed.
    [[nodiscard]] unsigned char* extend(std::size_t count) {
        if (count > capacity_ - size_) grow(size_ + count);
        size_ += count;
        return bytes_.get() + size_ - count;
    }

    /// Leaves the first bytes only.
    void truncate(std::size_t size) noexcept { size_ = size; }
    void clear() noexcept { size_ = 0; }

    /// Gives all memory back.
    void release() noexcept {
        bytes_.reset();
        size_ = capacity_ = 0;
    }

    void swap(WriteBuffer& other) noexcept {
        bytes_.swap(other.bytes_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

private:
    void grow(std::size_t least) {
        const std::size_t capacity = (std::max)(least, 2 * capacity_);
        auto bytes = std::make_unique_for_overwrite<unsigned char[]>(capacity);
        if (size_ != 0) std::memcpy(bytes.get(), bytes_.get(), size_);
        bytes_ = std::move(bytes);
        capacity_ = capacity;
    }

    std::unique_ptr<unsigned char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace lcm::detail

#endif
