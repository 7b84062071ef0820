// SPDX-License-Identifier: BSL-1.0
// Memory that cannot be had: the n-th allocation of chosen threads fails, and as many after it as a test wants. For one
// source of a program, whose operators `new` and `delete` these are.
#ifndef LCM_CLIENT_TESTS_MEMORY_FAILING_NEW_HPP
#define LCM_CLIENT_TESTS_MEMORY_FAILING_NEW_HPP

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace lcm::tests {

/// Which allocations fail, counted over all threads that may fail.
struct FailingNew {
    std::atomic<std::size_t> count{0};
    std::atomic<std::size_t> first{0}; ///< 1 for the next one; none fails if it is 0
    std::atomic<std::size_t> in_row{1};

    void start(std::size_t at, std::size_t so_many) noexcept {
        count = 0;
        in_row = so_many;
        first = at;
    }
    void stop() noexcept { first = 0; }
    [[nodiscard]] bool has_failed() const noexcept { return count >= first.load(); }

    [[nodiscard]] bool fails_now() noexcept {
        const std::size_t at = first;
        if (at == 0) return false;
        const std::size_t number = ++count;
        return number >= at && number < at + in_row;
    }
};

inline FailingNew failing_new;
inline thread_local bool may_fail = false;

/// Allocations of this thread may fail, or may not, while this is there.
class MayFail {
public:
    explicit MayFail(bool may) noexcept : before_(may_fail) { may_fail = may; }
    MayFail(const MayFail&) = delete;
    MayFail& operator=(const MayFail&) = delete;
    ~MayFail() { may_fail = before_; }

private:
    bool before_;
};

inline void* allocate(std::size_t size) noexcept {
    return may_fail && failing_new.fails_now() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

inline void* allocate_or_throw(std::size_t size) {
    if (void* const memory = allocate(size)) return memory;
    throw std::bad_alloc();
}

} // namespace lcm::tests

// All of them: a sanitizer brings its own for those that are missing. None is inlined: where one of a pair is, g++ takes the
// other one for the wrong way to free what `malloc` gave.
[[gnu::noinline]] void* operator new(std::size_t size) { return lcm::tests::allocate_or_throw(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return lcm::tests::allocate_or_throw(size); }
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return lcm::tests::allocate(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return lcm::tests::allocate(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

#endif
