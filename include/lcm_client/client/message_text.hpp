// SPDX-License-Identifier: BSL-1.0
// The text of a message while its request waits.
#ifndef LCM_CLIENT_CLIENT_MESSAGE_TEXT_HPP
#define LCM_CLIENT_CLIENT_MESSAGE_TEXT_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Each text is moved from the pool to its request and back. A string has a short form, which is asked for at each step,
/// and a vector appends by way of all that it can insert; this has neither.
class MessageText {
public:
    MessageText() noexcept = default;
    MessageText(MessageText&& other) noexcept { swap(other); } ///< leaves `other` without memory
    MessageText& operator=(MessageText other) noexcept {
        swap(other);
        return *this;
    }
    ~MessageText() = default;

    [[nodiscard]] std::string_view view() const noexcept { return {characters_.get(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// A first piece gets just the memory that it needs. Without memory nothing has changed.
    void append(std::string_view piece) {
        if (piece.size() > capacity_ - size_) grow(size_ + piece.size());
        if (!piece.empty()) std::memcpy(characters_.get() + size_, piece.data(), piece.size());
        size_ += piece.size();
    }

    /// Keeps the memory.
    void clear() noexcept { size_ = 0; }

private:
    void swap(MessageText& other) noexcept {
        characters_.swap(other.characters_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    [[gnu::noinline]] void grow(std::size_t least) {
        const std::size_t capacity = (std::max)(least, 2 * capacity_);
        auto characters = std::make_unique_for_overwrite<char[]>(capacity);
        if (size_ != 0) std::memcpy(characters.get(), characters_.get(), size_);
        characters_ = std::move(characters);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> characters_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace lcm::detail

#endif
