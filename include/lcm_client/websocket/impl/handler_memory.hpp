// SPDX-License-Identifier: BSL-1.0
// Internal: memory for the operations of one connection, used again and again.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HANDLER_MEMORY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HANDLER_MEMORY_HPP

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace lcm::detail {

/// What one operation gives back the next one gets. Asio's own memory for that belongs to a thread and keeps two blocks,
/// which a read and a write at the same time exceed. Thread-safe, as an operation on a strand may end outside of it.
class HandlerMemory {
public:
    HandlerMemory() = default;
    HandlerMemory(const HandlerMemory&) = delete;
    HandlerMemory& operator=(const HandlerMemory&) = delete;
    ~HandlerMemory() {
        for (const Slot& slot : slots_) ::operator delete(slot.block);
    }

    [[nodiscard]] void* allocate(std::size_t size) {
        for (Slot& slot : slots_)
            if (!slot.is_used.exchange(true, std::memory_order_acquire)) return use(slot, size);
        return begin_block(::operator new(header_size + size), nullptr);
    }

    static void release(void* memory) noexcept {
        void* const block = static_cast<unsigned char*>(memory) - header_size;
        if (Slot* const slot = *static_cast<Slot**>(block)) slot->is_used.store(false, std::memory_order_release);
        else ::operator delete(block);
    }

private:
    struct Slot {
        std::atomic<bool> is_used{false};
        std::size_t size = 0; // of its block, without the header
        void* block = nullptr;
    };

    // The slot of a block stands before the memory; null if it has none.
    static constexpr std::size_t header_size = alignof(std::max_align_t);
    static_assert(sizeof(Slot*) <= header_size);

    static void* begin_block(void* block, Slot* slot) noexcept {
        ::new (block) Slot*(slot);
        return static_cast<unsigned char*>(block) + header_size;
    }

    [[nodiscard]] static void* use(Slot& slot, std::size_t size) {
        if (slot.size >= size) return begin_block(slot.block, &slot);
        void* const block = ::operator new(header_size + size, std::nothrow);
        if (block == nullptr) {
            slot.is_used = false;
            throw std::bad_alloc();
        }
        ::operator delete(slot.block);
        slot.block = block;
        slot.size = size;
        return begin_block(block, &slot);
    }

    std::array<Slot, 6> slots_;
};

/// For Asio. Each one owns the memory, because an operation gives back its own after its handler has gone.
template <class T> class HandlerAllocator {
public:
    using value_type = T;

    explicit HandlerAllocator(std::shared_ptr<HandlerMemory> memory) noexcept : memory_(std::move(memory)) {}
    template <class U>
    HandlerAllocator(const HandlerAllocator<U>& other) noexcept // NOLINT(google-explicit-constructor)
        : memory_(other.memory_) {}

    [[nodiscard]] T* allocate(std::size_t count) {
        static_assert(alignof(T) <= alignof(std::max_align_t));
        return static_cast<T*>(memory_->allocate(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t) noexcept { HandlerMemory::release(memory); }

    template <class U> [[nodiscard]] bool operator==(const HandlerAllocator<U>& other) const noexcept {
        return memory_ == other.memory_;
    }

private:
    template <class> friend class HandlerAllocator;
    std::shared_ptr<HandlerMemory> memory_;
};

} // namespace lcm::detail

#endif
