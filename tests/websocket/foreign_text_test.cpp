// SPDX-License-Identifier: BSL-1.0
// What of a text that somebody else wrote stands in an error.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/http/foreign_text.hpp>

#include <string>

using lcm::detail::quote_foreign;

TEST_CASE("Foreign text is quoted, on one line, in printable ASCII") {
    CHECK(quote_foreign("Office Root CA 2") == "\"Office Root CA 2\"");
    CHECK(quote_foreign("") == "\"\"");
    CHECK(quote_foreign("a\"b\nc\x1b[31m\x7f\xc3\xa4") == "\"a?b?c?[31m???\"");
    CHECK(quote_foreign(std::string("a\0b", 3)) == "\"a?b\"");
}

TEST_CASE("Foreign text is cut after 64 characters, which is seen") {
    CHECK(quote_foreign(std::string(64, 'x')) == "\"" + std::string(64, 'x') + "\"");
    CHECK(quote_foreign(std::string(65, 'x')) == "\"" + std::string(64, 'x') + "...\"");
}
