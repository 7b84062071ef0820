// SPDX-License-Identifier: BSL-1.0
// The memory that goes from ended requests to new ones.
#include <support/catch.hpp>

#include <lcm_client/client/message_text.hpp>
#include <lcm_client/client/request_pool.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

using lcm::detail::MessageText;
using lcm::detail::RequestPool;

TEST_CASE("A block that was given back is the next one of its size") {
    RequestPool pool;
    for (const std::size_t size : {1U, 64U, 65U, 300U, 1024U}) {
        void* const block = pool.allocate(size);
        std::memset(block, 0xAA, size);
        pool.deallocate(block, size);
        CHECK(pool.allocate(size) == block);
        pool.deallocate(block, size);
    }
}

TEST_CASE("A block that was given back serves no larger one") {
    RequestPool pool;
    for (const std::size_t most : {72U, 504U, 568U}) { // what a block for one byte less has room for
        void* const small = pool.allocate(most - 1);
        pool.deallocate(small, most - 1);
        void* const large = pool.allocate(most + 1);
        CHECK(large != small);
        pool.deallocate(large, most + 1);
        CHECK(pool.allocate(most) == small);
        pool.deallocate(small, most);
    }
}

TEST_CASE("More blocks than are kept, and larger ones, go back to the heap") {
    RequestPool pool; // the address sanitizer sees what is lost or freed twice
    std::vector<std::pair<void*, std::size_t>> blocks;
    for (std::size_t i = 0; i < 1000; ++i) {
        const std::size_t size = 1 + i * 7 % 3000;
        blocks.emplace_back(pool.allocate(size), size);
        std::memset(blocks.back().first, 0xAA, size);
    }
    for (const auto& [block, size] : blocks) pool.deallocate(block, size);
    CHECK(blocks.size() == 1000);
}

TEST_CASE("A text that was given back comes empty, with its room; one of unusual size does not come back") {
    RequestPool pool;
    CHECK(pool.take_text().capacity() < 100);
    for (const std::size_t size : {500U, 100'000U, 3U}) {
        MessageText text;
        text.append(std::string(size, 'x'));
        pool.give_text(text);
        CHECK(text.empty());
        CHECK(text.capacity() == 0);
    }
    const MessageText text = pool.take_text();
    CHECK(text.empty());
    CHECK(text.capacity() >= 500);
    CHECK(text.capacity() < 100'000);
    CHECK(pool.take_text().capacity() < 100);
}
