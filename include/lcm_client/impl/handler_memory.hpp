// SPDX-License-Identifier: BSL-1.0
// Memory for Asio's operations of one connection or one client, used again and again.
#ifndef LCM_CLIENT_IMPL_HANDLER_MEMORY_HPP
#define LCM_CLIENT_IMPL_HANDLER_MEMORY_HPP

#include <lcm_client/impl/abi.hpp>

#include <boost/asio/bind_allocator.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What one operation gives back the next one gets. Asio's own memory for that belongs to a thread of the loop, so that
/// another thread has none, and keeps two blocks, which a read and a write at the same time exceed. Goes with its owner
/// or with the last of its blocks, whichever is later. Thread-safe, as an operation on a strand may end outside of it;
/// its owner must be there for `allocate()`, and `reserve()` comes before it.
class HandlerMemory {
public:
    struct Leave {
        void operator()(HandlerMemory* memory) const noexcept { memory->leave(owned); }
    };
    using Owner = std::unique_ptr<HandlerMemory, Leave>;

    [[nodiscard]] static Owner make() { return Owner(new HandlerMemory); }

    HandlerMemory(const HandlerMemory&) = delete;
    HandlerMemory& operator=(const HandlerMemory&) = delete;

    /// Gets the memory of so many operations at a time, which have up to `size` bytes: they cannot fail for want of it.
    void reserve(std::size_t operations, std::size_t size) {
        for (std::size_t i = 0; i != operations; ++i) {
            Slot& slot = slots_.at(i);
            slot.block = ::operator new(header_size + size);
            slot.size = size;
        }
    }

    [[nodiscard]] void* allocate(std::size_t size) {
        for (unsigned i = 0; i != slots_.size(); ++i)
            if (enter(1U << i)) return use(i, size);
        return begin_block(::operator new(header_size + size), {});
    }

    static void release(void* memory) noexcept {
        void* const block = static_cast<unsigned char*>(memory) - header_size;
        const Header header = *static_cast<Header*>(block);
        if (header.memory == nullptr) ::operator delete(block);
        else header.memory->leave(header.user);
    }

private:
    // Stands before the memory of a block; empty if that is in no slot.
    struct Header {
        HandlerMemory* memory = nullptr;
        unsigned user = 0;
    };
    struct Slot {
        std::size_t size = 0; // of its block, without the header
        void* block = nullptr;
    };

    static constexpr unsigned owned = 1U << 31U;
    static constexpr std::size_t header_size = alignof(std::max_align_t);
    static_assert(sizeof(Header) <= header_size);

    HandlerMemory() = default;
    ~HandlerMemory() {
        for (const Slot& slot : slots_) ::operator delete(slot.block);
    }

    [[nodiscard]] bool enter(unsigned user) noexcept {
        if ((users_.load(std::memory_order_relaxed) & user) != 0) return false;
        return (users_.fetch_or(user, std::memory_order_acquire) & user) == 0;
    }

    void leave(unsigned user) noexcept {
        if (users_.fetch_and(~user, std::memory_order_acq_rel) == user) delete this;
    }

    static void* begin_block(void* block, Header header) noexcept {
        ::new (block) Header(header);
        return static_cast<unsigned char*>(block) + header_size;
    }

    [[nodiscard]] void* use(unsigned index, std::size_t size) {
        Slot& slot = slots_[index];
        const Header header{this, 1U << index};
        if (slot.size >= size) return begin_block(slot.block, header);
        void* const block = ::operator new(header_size + size, std::nothrow);
        if (block == nullptr) {
            leave(header.user);
            throw std::bad_alloc();
        }
        ::operator delete(slot.block);
        slot.block = block;
        slot.size = size;
        return begin_block(block, header);
    }

    std::atomic<unsigned> users_{owned}; // a bit for each slot in use, and one for the owner
    std::array<Slot, 6> slots_;
};

/// For Asio, whose operations keep the owner of the memory as long as they need more of it.
template <class T> class HandlerAllocator {
public:
    using value_type = T;

    explicit HandlerAllocator(HandlerMemory& memory) noexcept : memory_(&memory) {}
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
    HandlerMemory* memory_;
};

/// The handler of an operation that takes its memory from `memory`, and keeps the owner of that.
template <class Handler> [[nodiscard]] auto with_memory(HandlerMemory& memory, Handler handler) {
    return boost::asio::bind_allocator(HandlerAllocator<void>(memory), std::move(handler));
}

} // namespace lcm::detail

#endif
