// SPDX-License-Identifier: BSL-1.0
// JSON from the wire: what is read, what is refused, and that neither costs more than it should.
#include <support/catch.hpp>

#include <lcm_client/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace std::string_literals;
using lcm::Json;
using lcm::parse_json;

namespace {

std::string repeat(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

std::string arrays(std::size_t depth) { return repeat("[", depth) + repeat("]", depth); }
std::string objects(std::size_t depth) { return repeat(R"({"a":)", depth) + "1" + repeat("}", depth); }

} // namespace

TEST_CASE("JSON of every kind is read") {
    const std::vector<std::string> texts{
        "null",
        "true",
        "-12",
        "18446744073709551615",
        "1.5e3",
        R"("")",
        R"("text")",
        "[]",
        "{}",
        R"([1,[2,[3]],{"a":[{}]}])",
        R"({"a":{"b":{"c":[1,"2",null,true]}},"d":0})",
        " \t\r\n{ \"a\" : 1 } \n",
        R"("\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t")",
        R"({"":1,"nul\u0000":2})",
    };
    for (const std::string& text : texts) {
        CAPTURE(text);
        const auto parsed = parse_json(text, 8);
        REQUIRE(parsed);
        CHECK(parsed.value == Json::parse(text));
    }
}

TEST_CASE("What is not JSON is refused") {
    const std::vector<std::string> texts{
        "",
        " ",
        "{",
        "[1,",
        R"({"a":1)",
        R"({"a":)",
        R"({"a")",
        R"({a:1})",
        R"({'a':1})",
        R"({"a":1,})",
        "[1,]",
        "[1 2]",
        R"("open)",
        "tru",
        "01",
        "1.",
        "NaN",
        "Infinity",
        "{}{}",
        "{} x",
        "{}]",
        "// comment\n1",
        "\"line\nend\"",
        R"("\x41")",
        "\0"s,
        "{}\0"s,
        "{}\0{}"s,
        "{\"a\":1}\0trailing garbage"s,
        "\"a\0b\""s,
    };
    for (const std::string& text : texts) {
        CAPTURE(text);
        CHECK_FALSE(parse_json(text, 8));
    }
}

TEST_CASE("Text that is not UTF-8 is refused") {
    for (const char* bytes : {"\xE9", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) {
        CHECK_FALSE(parse_json('"' + std::string(bytes) + '"', 8));
        CHECK_FALSE(parse_json("{\"" + std::string(bytes) + "\":1}", 8));
        CHECK_FALSE(parse_json("{}" + std::string(bytes), 8));
    }
}

TEST_CASE("Half a pair of surrogates is refused") {
    for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\ud800")", R"("\ud800\u0041")",
                             R"("\udc00\ud800")", R"("\ud83d\ude0")"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_json(text, 8));
    }
}

TEST_CASE("A key that occurs twice in one object is refused, at any depth") {
    CHECK_FALSE(parse_json(R"({"success":true,"success":false})", 8));
    CHECK_FALSE(parse_json(R"({"success":true,"success":true})", 8));
    CHECK_FALSE(parse_json(R"([{"x":{"a":{},"b":1,"a":{}}}])", 8));
    CHECK_FALSE(parse_json(R"({"a":1,"\u0061":1})", 8));
    CHECK(parse_json(R"({"a":{"a":{"a":1}},"b":{"a":1}})", 8));
    CHECK(parse_json(R"({"a":1,"A":1})", 8)); // whoever looks for one of them sees both
}

TEST_CASE("Nesting is read up to the limit and refused beyond it") {
    for (const std::size_t limit : {1U, 2U, 64U}) {
        CAPTURE(limit);
        CHECK(parse_json("1", limit));
        CHECK(parse_json(arrays(limit), limit));
        CHECK(parse_json(objects(limit), limit));
        CHECK_FALSE(parse_json(arrays(limit + 1), limit));
        CHECK_FALSE(parse_json(objects(limit + 1), limit));
        CHECK(parse_json("[1" + repeat("," + arrays(limit - 1), limit > 1 ? 100 : 0) + "]", limit)); // wide, not deep
    }
}

TEST_CASE("Deep nesting is refused before it costs anything") {
    for (const std::string& text : {repeat("[", 100'000), arrays(100'000), repeat(R"({"a":)", 100'000)}) {
        const auto parsed = parse_json(text, 64);
        CHECK(parsed.problem == "nested deeper than 64 levels");
    }
}

TEST_CASE("A number that no double holds is refused, one of any length that a double holds is read") {
    const std::string digits(10'000, '9');
    CHECK_FALSE(parse_json(digits, 8));
    CHECK_FALSE(parse_json("-" + digits, 8));
    CHECK_FALSE(parse_json("[1e400]", 8));
    CHECK_FALSE(parse_json("1" + digits + "e-9000", 8));
    const auto small = parse_json("0." + digits, 8);
    REQUIRE(small);
    CHECK(small.value.get<double>() == 1.0);
}

TEST_CASE("An integer of more than 64 bits keeps its digits, as a text") {
    for (const std::string digits : {"18446744073709551616", "-9223372036854775809", "98765432109876543210"}) {
        const auto parsed = parse_json(digits, 8);
        REQUIRE(parsed);
        CHECK(parsed.value == lcm::Json(digits));
    }
    CHECK(parse_json("18446744073709551615", 8).value.is_number_unsigned());
    CHECK(parse_json("1e30", 8).value.is_number_float());
}

TEST_CASE("A text of one megabyte is read") {
    const std::string megabyte(1024 * 1024, 'x');
    const auto parsed = parse_json(R"({"text":")" + megabyte + R"("})", 8);
    REQUIRE(parsed);
    CHECK((parsed.value.at("text").get_ref<const std::string&>() == megabyte));
}

TEST_CASE("What is wrong with a text is said without repeating it") {
    struct Row {
        std::string text;
        std::string problem;
    };
    const std::vector<Row> rows{
        {R"({"secret":"secret",})", "no valid JSON near byte 20"},
        {R"({"secret":1,"secret":2})", "a key occurs twice in one object"},
        {R"({"secret":[[1]]})", "nested deeper than 2 levels"},
        {R"(["secret",1e999])", "a number out of range near byte 15"},
        {"\"secret\xE9\"", "no valid JSON near byte 9"},
    };
    for (const Row& row : rows) CHECK(parse_json(row.text, 2).problem == row.problem);
}
