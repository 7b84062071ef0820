// SPDX-License-Identifier: BSL-1.0
// The memory that goes from ended requests to new ones.
#include <support/catch.hpp>

#include <lcm_client/client/recycler.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

using lcm::detail::Recycler;

TEST_CASE("A block that was given back is the next one of its size") {
    Recycler recycler;
    for (const std::size_t size : {1U, 64U, 65U, 300U, 1024U}) {
        void* const block = recycler.allocate(size);
        std::memset(block, 0xAA, size);
        recycler.deallocate(block, size);
        CHECK(recycler.allocate(size) == block);
        recycler.deallocate(block, size);
    }
}

TEST_CASE("A block that was given back serves no larger one") {
    Recycler recycler;
    for (const std::size_t most : {72U, 504U, 568U}) { // what a block for one byte less has room for
        void* const small = recycler.allocate(most - 1);
        recycler.deallocate(small, most - 1);
        void* const large = recycler.allocate(most + 1);
        CHECK(large != small);
        recycler.deallocate(large, most + 1);
        CHECK(recycler.allocate(most) == small);
        recycler.deallocate(small, most);
    }
}

TEST_CASE("More blocks than are kept, and larger ones, go back to the heap") {
    Recycler recycler; // the address sanitizer sees what is lost or freed twice
    std::vector<std::pair<void*, std::size_t>> blocks;
    for (std::size_t i = 0; i < 1000; ++i) {
        const std::size_t size = 1 + i * 7 % 3000;
        blocks.emplace_back(recycler.allocate(size), size);
        std::memset(blocks.back().first, 0xAA, size);
    }
    for (const auto& [block, size] : blocks) recycler.deallocate(block, size);
    CHECK(blocks.size() == 1000);
}

TEST_CASE("A text that was given back comes empty, with its room; one of unusual size does not come back") {
    Recycler recycler;
    CHECK(recycler.take_text().capacity() < 100);
    recycler.give_text(std::string(500, 'x'));
    recycler.give_text(std::string(100'000, 'x'));
    const std::string text = recycler.take_text();
    CHECK(text.empty());
    CHECK(text.capacity() >= 500);
    CHECK(text.capacity() < 100'000);
    CHECK(recycler.take_text().capacity() < 100);
}
