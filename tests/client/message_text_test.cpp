// SPDX-License-Identifier: BSL-1.0
// The memory of a message's text.
#include <support/catch.hpp>

#include <lcm_client/client/message_text.hpp>

#include <cstddef>
#include <string>
#include <utility>

using lcm::detail::MessageText;

TEST_CASE("A text is what was appended, in order, and a first piece takes just the memory that it needs") {
    MessageText text;
    CHECK(text.empty());
    CHECK(text.view().empty());
    text.append("");
    CHECK(text.capacity() == 0);
    std::string expected;
    for (const std::size_t size : {286U, 1U, 0U, 5000U, 17U}) {
        const std::string piece(size, static_cast<char>('a' + size % 26));
        text.append(piece);
        expected += piece;
        if (expected.size() == 286) CHECK(text.capacity() == 286);
        CHECK(text.size() == expected.size());
        CHECK(text.view() == expected);
    }
}

TEST_CASE("A text that is cleared keeps its memory") {
    MessageText text;
    text.append(std::string(100, 'x'));
    const char* const memory = text.view().data();
    text.clear();
    CHECK(text.empty());
    CHECK(text.capacity() == 100);
    text.append("abc");
    CHECK(text.view() == "abc");
    CHECK(text.view().data() == memory);
}

TEST_CASE("A text that was moved has left nothing behind, and what was in its place is gone") {
    MessageText text;
    text.append("first");
    MessageText moved(std::move(text));
    CHECK(moved.view() == "first");
    MessageText other;
    other.append("other");
    other = std::move(moved);
    CHECK(other.view() == "first");
    for (MessageText* const left : {&text, &moved}) { // NOLINT(bugprone-use-after-move): that is what is asked
        CHECK(left->empty());
        CHECK(left->capacity() == 0);
        left->append("again");
        CHECK(left->view() == "again");
    }
    other = {};
    CHECK(other.capacity() == 0);
}
