// SPDX-License-Identifier: BSL-1.0
// The memory of a connection's operations: the same blocks again and again.
#include <support/catch.hpp>

#include <lcm_client/impl/handler_memory.hpp>

#include <cstring>
#include <set>
#include <thread>
#include <vector>

using lcm::detail::HandlerAllocator;
using lcm::detail::HandlerMemory;

TEST_CASE("What an operation gives back the next one gets, if it is large enough") {
    const HandlerMemory::Owner memory = HandlerMemory::make();
    void* const first = memory->allocate(100);
    std::memset(first, 1, 100);
    HandlerMemory::release(first);
    CHECK(memory->allocate(50) == first);
    HandlerMemory::release(first);
    void* const larger = memory->allocate(200);
    std::memset(larger, 1, 200);
    HandlerMemory::release(larger);
    CHECK(memory->allocate(100) == larger);
    HandlerMemory::release(larger);
}

TEST_CASE("More operations than usual at one time have memory of their own") {
    const HandlerMemory::Owner memory = HandlerMemory::make();
    std::vector<void*> blocks;
    for (int i = 0; i < 20; ++i) {
        blocks.push_back(memory->allocate(64));
        std::memset(blocks.back(), i, 64);
    }
    CHECK(std::set<void*>(blocks.begin(), blocks.end()).size() == 20);
    for (void* const block : blocks) HandlerMemory::release(block);
    CHECK(memory->allocate(64) == blocks.front());
    HandlerMemory::release(blocks.front());
}

TEST_CASE("A block may outlive the owner of the memory, in another thread as well") { // ASAN and TSAN look on
    HandlerMemory::Owner memory = HandlerMemory::make();
    HandlerAllocator<char> allocator(*memory);
    const HandlerAllocator<int> same(allocator);
    CHECK(same == allocator);
    char* const here = allocator.allocate(10);
    char* const there = allocator.allocate(10);
    std::thread thread([&] { allocator.deallocate(there, 10); });
    memory.reset();
    std::memset(here, 1, 10);
    allocator.deallocate(here, 10);
    thread.join();
}
