// SPDX-License-Identifier: BSL-1.0
// The memory of requests that have ended, for those that follow: in the steady state a request asks the heap for nothing.
#ifndef LCM_CLIENT_CLIENT_RECYCLER_HPP
#define LCM_CLIENT_CLIENT_RECYCLER_HPP

#include <array>
#include <cstddef>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace lcm::detail {

/// Keeps a bounded number of small blocks of each size, and of texts. Thread-safe.
class Recycler {
public:
    Recycler() = default;
    Recycler(const Recycler&) = delete;
    Recycler& operator=(const Recycler&) = delete;
    ~Recycler() {
        for (Block* list : free_)
            while (list != nullptr) ::operator delete(std::exchange(list, list->next));
    }

    /// A block of at least `size` bytes, for any type that is not over-aligned.
    [[nodiscard]] void* allocate(std::size_t size) {
        const std::size_t kind = kind_of(size);
        if (kind >= free_.size()) return ::operator new(size);
        {
            const std::lock_guard lock(mutex_);
            if (Block* const block = free_[kind]) {
                free_[kind] = block->next;
                --counts_[kind];
                return block;
            }
        }
        return ::operator new((kind + 1) * grain);
    }

    /// Takes back a block of `allocate(size)`.
    void deallocate(void* memory, std::size_t size) noexcept {
        const std::size_t kind = kind_of(size);
        if (kind < free_.size()) {
            const std::lock_guard lock(mutex_);
            if (counts_[kind] < max_blocks) {
                ++counts_[kind];
                free_[kind] = ::new (memory) Block{free_[kind]};
                return;
            }
        }
        ::operator delete(memory);
    }

    /// An empty text, which has room already if one was given back.
    [[nodiscard]] std::string take_text() {
        const std::lock_guard lock(mutex_);
        if (texts_.empty()) return {};
        std::string text = std::move(texts_.back());
        texts_.pop_back();
        return text;
    }

    void give_text(std::string text) {
        if (text.capacity() > max_text || text.capacity() == std::string().capacity()) return;
        text.clear();
        const std::lock_guard lock(mutex_);
        if (texts_.size() < max_texts) texts_.push_back(std::move(text));
    }

private:
    struct Block {
        Block* next;
    };

    static constexpr std::size_t grain = 64;
    static constexpr std::size_t max_blocks = 32; // of a size
    static constexpr std::size_t max_texts = 256; // as many as wait for one write, as a rule
    static constexpr std::size_t max_text = 1024;

    static constexpr std::size_t kind_of(std::size_t size) noexcept { return (size - 1) / grain; }

    std::mutex mutex_;
    std::array<Block*, 16> free_{}; // by size, in grains
    std::array<std::size_t, 16> counts_{};
    std::vector<std::string> texts_;
};

} // namespace lcm::detail

#endif
