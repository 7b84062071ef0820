// SPDX-License-Identifier: BSL-1.0
// The quick hash: equal for equal texts, and different in all likelihood for others.
#include <support/catch.hpp>

#include <lcm_client/session/quick_hash.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using lcm::detail::QuickHash;

TEST_CASE("Equal texts have one hash, wherever they lie") {
    const QuickHash hash(17);
    for (std::size_t size = 0; size != 40; ++size) {
        const std::string text(size, 'a');
        for (std::size_t at = 0; at != 9; ++at) { // what is around a text is of no account
            const std::string around = std::string(at, 'x') + text + std::string(at, 'y');
            CHECK(hash(std::string_view(around).substr(at, size)) == hash(text));
        }
    }
}

TEST_CASE("Texts that differ in their length, in one letter or in its place have different hashes") {
    const QuickHash hash(17);
    std::set<std::uint64_t> seen;
    std::size_t texts = 0;
    for (std::size_t size = 0; size != 40; ++size) {
        const std::string text(size, 'x');
        seen.insert(hash(text));
        ++texts;
        for (std::size_t at = 0; at != size; ++at)
            for (const char letter : {'w', 'y', 'X', '\0', '\xff'}) {
                std::string other = text;
                other[at] = letter;
                seen.insert(hash(other));
                ++texts;
            }
    }
    CHECK(seen.size() == texts);
}

TEST_CASE("Keys that follow one another spread over a small table") {
    const QuickHash hash(17);
    std::set<std::uint64_t> places;
    for (int number = 0; number != 1000; ++number)
        places.insert(hash(std::to_string(100'000 + number) + "|3|1|0|0|44|1") % 1024);
    CHECK(places.size() > 550); // by chance it would be 638
}

TEST_CASE("Another seed gives other hashes") { CHECK(QuickHash(1)("a key") != QuickHash(2)("a key")); }
