// SPDX-License-Identifier: BSL-1.0
// The memory of requests that have ended, for those that follow: in the steady state a request asks the heap for
// nothing.
#ifndef LCM_CLIENT_CLIENT_REQUEST_POOL_HPP
#define LCM_CLIENT_CLIENT_REQUEST_POOL_HPP

#include <lcm_client/client/message_text.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Keeps a bounded number of small blocks of each size, and of texts. Thread-safe.
class RequestPool {
public:
    RequestPool() = default;
    RequestPool(const RequestPool&) = delete;
    RequestPool& operator=(const RequestPool&) = delete;
    ~RequestPool() {
        for (Block* list : free_)
            while (list != nullptr) ::operator delete(std::exchange(list, list->next));
    }

    /// A block of at least `size` bytes, for any type that is not over-aligned.
    [[nodiscard]] void* allocate(std::size_t size) {
        const std::size_t kind = kind_of(size);
        if (kind >= free_.size()) return ::operator new(size);
        if (void* const block = take_block(kind)) return block;
        return ::operator new(size_of(kind));
    }

    /// Takes back a block of `allocate(size)`.
    void deallocate(void* memory, std::size_t size) noexcept {
        const std::size_t kind = kind_of(size);
        if (kind >= free_.size() || !keep_block(kind, memory)) ::operator delete(memory);
    }

    /// An empty text, which has room already if one was given back.
    [[nodiscard]] MessageText take_text() {
        const Turn turn(is_busy_);
        if (!turn || texts_.empty()) return {};
        return pop_text();
    }

    /// Takes the memory of a text, which is empty then.
    void give_text(MessageText& text) noexcept {
        text.clear();
        if (!keep_text(text)) text = {};
    }

private:
    struct Block {
        Block* next;
    };

    // Nobody waits here: who comes while another thread is in here does without, and uses the heap.
    class Turn {
    public:
        explicit Turn(std::atomic_flag& is_busy) noexcept
            : is_busy_(is_busy), is_mine_(!is_busy.test_and_set(std::memory_order_acquire)) {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() {
            if (is_mine_) is_busy_.clear(std::memory_order_release);
        }

        [[nodiscard]] explicit operator bool() const noexcept { return is_mine_; }

    private:
        std::atomic_flag& is_busy_;
        const bool is_mine_;
    };

    [[nodiscard]] void* take_block(std::size_t kind) noexcept {
        const Turn turn(is_busy_);
        if (!turn || free_[kind] == nullptr) return nullptr;
        --counts_[kind];
        return std::exchange(free_[kind], free_[kind]->next);
    }

    [[nodiscard]] bool keep_block(std::size_t kind, void* memory) noexcept {
        const Turn turn(is_busy_);
        if (!turn || counts_[kind] == max_blocks) return false;
        ++counts_[kind];
        free_[kind] = ::new (memory) Block{free_[kind]};
        return true;
    }

    [[nodiscard]] MessageText pop_text() {
        MessageText text = std::move(texts_.back());
        texts_.pop_back();
        return text;
    }

    [[nodiscard]] bool keep_text(MessageText& text) noexcept {
        if (text.capacity() < min_text || text.capacity() > max_text) return false;
        const Turn turn(is_busy_);
        if (!turn || texts_.size() >= max_texts) return false;
        try {
            texts_.push_back(std::move(text));
            return true;
        } catch (const std::bad_alloc&) {
            return false;
        }
    }

    // Sizes in steps: small ones, since many requests may be pending, and few kinds of large ones. All are sizes that
    // an allocator gives which aligns to 16 bytes and takes eight for itself.
    static constexpr std::size_t header = 8;
    static constexpr std::size_t fine = 16;
    static constexpr std::size_t fine_kinds = 32;
    static constexpr std::size_t fine_end = fine * fine_kinds;
    static constexpr std::size_t coarse = 64;
    static constexpr std::size_t kinds = fine_kinds + 9;
    static constexpr std::uint8_t max_blocks = 32; // of a size
    static constexpr std::size_t max_texts = 256;  // as many as wait for one write, as a rule
    static constexpr std::size_t min_text = 16;    // no message is shorter
    static constexpr std::size_t max_text = 1024;

    static constexpr std::size_t kind_of(std::size_t size) noexcept {
        const std::size_t all = size + header;
        return all <= fine_end ? (all - 1) / fine : fine_kinds + (all - fine_end - 1) / coarse;
    }
    static constexpr std::size_t size_of(std::size_t kind) noexcept {
        const std::size_t all = kind < fine_kinds ? (kind + 1) * fine : fine_end + (kind + 1 - fine_kinds) * coarse;
        return all - header;
    }

    std::atomic_flag is_busy_;
    std::array<Block*, kinds> free_{};
    std::array<std::uint8_t, kinds> counts_{};
    std::vector<MessageText> texts_;
};

} // namespace lcm::detail

#endif
