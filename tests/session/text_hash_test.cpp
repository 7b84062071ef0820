// SPDX-License-Identifier: BSL-1.0
// The keyed hash of texts that somebody else has chosen.
#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/session/text_hash.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using lcm::detail::TextHash;
using lcm::tests::Random;

TEST_CASE("The hash of a text is SipHash-1-3: the figures of another implementation") {
    struct Row {
        std::string_view text;
        std::uint64_t hash;
    };
    const std::array<Row, 5> rows{{{"a", 4644417185603328019U},
                                   {"abc", 13851880170939887858U},
                                   {"12345678", 3785724242978802311U},
                                   {"123456789012", 8431780145868695363U},
                                   {"abcdefghijklmnopqrstuvwxyz", 3619993805786647007U}}};
    const TextHash hash(0, 0);
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(hash(row.text) == row.hash);
    }
}

TEST_CASE("Texts that have one hash with one key have none with another, whatever their length") {
    const TextHash first(1);
    const TextHash second(2);
    std::set<std::uint64_t> seen;
    std::string text;
    for (std::size_t length = 0; length < 40; ++length) {
        for (char last = 'a'; last <= 'e'; ++last) {
            const std::string one = text + last;
            CHECK(seen.insert(first(one)).second);
            CHECK(seen.insert(second(one)).second);
        }
        text += '\0';
    }
}

TEST_CASE("Names have one hash just if they are one name") {
    const TextHash hash(7);
    Random random(lcm::tests::test_seed());
    const std::string letters = "aAzZmM@[`{ 09\xC1\xE1\x80\xFF";
    std::vector<std::string> names{"", "SetResult", " setRESULT\t", "SetResult8", "setresult8", "Setresult12345678"};
    for (int i = 0; i < 300; ++i) {
        std::string name(random.below(12), 'x');
        for (char& c : name) c = letters.at(random.below(letters.size()));
        names.push_back(name);
    }
    for (const std::string& a : names)
        for (const std::string& b : names)
            if ((hash.of_name(a) == hash.of_name(b)) != lcm::detail::same_name(a, b)) FAIL(a << " and " << b);
}
