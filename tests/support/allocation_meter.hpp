// SPDX-License-Identifier: BSL-1.0
// Counts what this program allocates with `new`, if one of its sources includes support/allocation_operators.hpp.
#ifndef LCM_CLIENT_TESTS_SUPPORT_ALLOCATION_METER_HPP
#define LCM_CLIENT_TESTS_SUPPORT_ALLOCATION_METER_HPP

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace lcm::tests {

/// Bytes that are allocated now, and the most that were at one time since `most_allocated` was set. Other threads count
/// as well.
inline std::atomic<std::size_t> allocated{0};
inline std::atomic<std::size_t> most_allocated{0};

/// How much more than before was allocated at one time during `action`.
template <class Action> std::size_t peak_of(Action action) {
    const std::size_t before = allocated;
    most_allocated = before;
    action();
    return most_allocated - before;
}

// The size stands in front of the memory.
inline constexpr std::size_t size_header = alignof(std::max_align_t);

inline void* allocate(std::size_t size) noexcept {
    void* const start = std::malloc(size_header + size);
    if (start == nullptr) return nullptr;
    *static_cast<std::size_t*>(start) = size;
    const std::size_t now = allocated += size;
    std::size_t most = most_allocated;
    while (most < now && !most_allocated.compare_exchange_weak(most, now)) {}
    return static_cast<char*>(start) + size_header;
}

inline void* allocate_or_throw(std::size_t size) {
    if (void* const memory = allocate(size)) return memory;
    throw std::bad_alloc();
}

inline void release(void* memory) noexcept {
    if (memory == nullptr) return;
    void* const start = static_cast<char*>(memory) - size_header;
    allocated -= *static_cast<std::size_t*>(start);
    std::free(start);
}

} // namespace lcm::tests

#endif
