// SPDX-License-Identifier: BSL-1.0
// Counts the heap calls of a program that runs with this library preloaded (LD_PRELOAD, glibc). See client/heap.hpp.
#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
}

namespace {

std::atomic<long long> calls;
std::atomic<long long> bytes;

void* count(void* block) {
    calls.fetch_add(1, std::memory_order_relaxed);
    bytes.fetch_add(static_cast<long long>(malloc_usable_size(block)), std::memory_order_relaxed);
    return block;
}

void discount(void* block) {
    bytes.fetch_sub(static_cast<long long>(malloc_usable_size(block)), std::memory_order_relaxed);
}

} // namespace

extern "C" {

long long lcm_bench_heap_calls() { return calls.load(std::memory_order_relaxed); }
long long lcm_bench_heap_bytes() { return bytes.load(std::memory_order_relaxed); }

void* malloc(std::size_t size) { return count(__libc_malloc(size)); }
void* calloc(std::size_t number, std::size_t size) { return count(__libc_calloc(number, size)); }
void* memalign(std::size_t alignment, std::size_t size) { return count(__libc_memalign(alignment, size)); }
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    *block = memalign(alignment, size);
    return *block != nullptr ? 0 : ENOMEM;
}

void* realloc(void* block, std::size_t size) {
    discount(block);
    return count(__libc_realloc(block, size));
}

void free(void* block) {
    discount(block);
    __libc_free(block);
}
}
