// SPDX-License-Identifier: BSL-1.0
// Internal: the memory into which a socket reads; it grows with what comes, and an idle connection keeps little of it.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_READ_BUFFER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_READ_BUFFER_HPP

#include <lcm_client/websocket/impl/frames/lean_capacity.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A part of the buffer.
struct ByteRange {
    std::size_t begin = 0;
    std::size_t size = 0;
    [[nodiscard]] std::size_t end() const noexcept { return begin + size; }
};

class ReadBuffer {
public:
    [[nodiscard]] std::size_t end() const noexcept { return end_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    [[nodiscard]] std::span<const unsigned char> from(std::size_t begin) const noexcept {
        return {bytes_.get() + begin, end_ - begin};
    }

    [[nodiscard]] std::string_view text(ByteRange range) const noexcept {
        return {reinterpret_cast<const char*>(bytes_.get()) + range.begin, range.size};
    }

    /// Moves a part down to `to`.
    void move_down(ByteRange range, std::size_t to) noexcept {
        if (range.size != 0 && range.begin != to)
            std::memmove(bytes_.get() + to, bytes_.get() + range.begin, range.size);
    }

    /// Room for what comes next, behind `first` and `second`, which then stand at the beginning, without a gap. All
    /// else is forgotten. Without memory nothing has changed.
    [[nodiscard]] std::span<unsigned char> prepare(ByteRange first, ByteRange second) {
        const std::size_t used = first.size + second.size;
        const std::size_t capacity = next_capacity(used);
        if (capacity != capacity_) {
            auto bytes = std::make_unique_for_overwrite<unsigned char[]>(capacity);
            copy(first, bytes.get());
            copy(second, bytes.get() + first.size);
            bytes_ = std::move(bytes);
            capacity_ = capacity;
        } else {
            move_down(first, 0);
            move_down(second, first.size);
        }
        end_ = used;
        return {bytes_.get() + end_, capacity_ - end_};
    }

    /// That many bytes have come into the room.
    void commit(std::size_t count) noexcept {
        was_filled_ = count == capacity_ - end_;
        end_ += count;
        lean_.note(end_);
    }

    /// The first bytes, which are there already.
    void assign(std::string_view bytes) {
        const std::size_t capacity = (std::max)(LeanCapacity::least, bytes.size());
        bytes_ = std::make_unique_for_overwrite<unsigned char[]>(capacity);
        capacity_ = capacity;
        if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
        commit(bytes.size());
    }

private:
    static constexpr std::size_t usual = 64 * 1024; // more is kept only as long as one message needs it

    [[nodiscard]] std::size_t next_capacity(std::size_t used) const noexcept {
        if (capacity_ == 0 || (used == 0 && lean_.is_excessive(capacity_))) return LeanCapacity::least;
        if (used == 0 && capacity_ > usual) return usual;
        if (used == capacity_ || (was_filled_ && capacity_ < usual)) return 2 * capacity_;
        return capacity_;
    }

    void copy(ByteRange range, unsigned char* to) const noexcept {
        if (range.size != 0) std::memcpy(to, bytes_.get() + range.begin, range.size);
    }

    std::unique_ptr<unsigned char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t end_ = 0;
    bool was_filled_ = false; // by what came last
    LeanCapacity lean_;
};

} // namespace lcm::detail

#endif
