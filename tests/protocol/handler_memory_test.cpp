// SPDX-License-Identifier: BSL-1.0
// The memory of a connection's operations: the same blocks again and again.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/handler_memory.hpp>

#include <cstring>
#include <memory>
#include <set>
#include <utility>
#include <vector>

using lcm::detail::HandlerAllocator;
using lcm::detail::HandlerMemory;

TEST_CASE("What an operation gives back the next one gets, if it is large enough") {
    HandlerMemory memory;
    void* const first = memory.allocate(100);
    std::memset(first, 1, 100);
    HandlerMemory::release(first);
    CHECK(memory.allocate(50) == first);
    HandlerMemory::release(first);
    void* const larger = memory.allocate(200);
    std::memset(larger, 1, 200);
    HandlerMemory::release(larger);
    CHECK(memory.allocate(100) == larger);
    HandlerMemory::release(larger);
}

TEST_CASE("More operations than usual at one time have memory of their own") {
    HandlerMemory memory;
    std::vector<void*> blocks;
    for (int i = 0; i < 20; ++i) {
        blocks.push_back(memory.allocate(64));
        std::memset(blocks.back(), i, 64);
    }
    CHECK(std::set<void*>(blocks.begin(), blocks.end()).size() == 20);
    for (void* const block : blocks) HandlerMemory::release(block);
    CHECK(memory.allocate(64) == blocks.front());
    HandlerMemory::release(blocks.front());
}

TEST_CASE("The memory lives as long as one of its allocators") {
    auto memory = std::make_shared<HandlerMemory>();
    HandlerAllocator<char> allocator(memory);
    char* const text = allocator.allocate(10);
    const std::weak_ptr<HandlerMemory> watched = std::exchange(memory, nullptr);
    {
        HandlerAllocator<int> other(allocator);
        CHECK(other == allocator);
        allocator.deallocate(text, 10);
    }
    CHECK_FALSE(watched.expired());
}
