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

TEST_CASE("Half a pair of surrogates is read as the replacement character, and counted") {
    struct Row {
        std::string text;
        std::string meaning;
        std::size_t halves;
    };
    const std::string half = "\uFFFD";
    const std::string smiley = "\U0001F600";
    const std::vector<Row> rows{
        {R"(\ud800)", half, 1},
        {R"(\udc00)", half, 1},
        {R"(\uDBFF)", half, 1},
        {R"(\uDFFF)", half, 1},
        {R"(see you \ud83d)", "see you " + half, 1},
        {R"(\ude00 ok)", half + " ok", 1},
        {R"(\ud800x)", half + "x", 1},
        {R"(\ud800\ud800)", half + half, 2},
        {R"(\ud800\u0041)", half + "A", 1},
        {R"(\ud800\n)", half + "\n", 1},
        {R"(\ud800\\udc00)", half + R"(\udc00)", 1},
        {R"(\udc00\ud800)", half + half, 2},
        {R"(\ud83d\ud83d\ude00)", half + smiley, 1},
        {R"(\ud83d\ude00\ude00)", smiley + half, 1},
        {R"(\ud83d\ude00)", smiley, 0},
        {R"(\ud7ff\ue000)", "\uD7FF\uE000", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto text = parse_json('"' + row.text + '"', 8);
        REQUIRE(text);
        CHECK(text.value == Json(row.meaning));
        CHECK(text.deviations == row.halves);
        const auto name = parse_json("{\"" + row.text + "\":1}", 8);
        REQUIRE(name);
        CHECK(name.value == Json{{row.meaning, 1}});
        CHECK(name.deviations == row.halves);
    }
}

TEST_CASE("Behind half a pair of surrogates, an escape is still to be one, and bytes are still to be UTF-8") {
    for (const char* text :
         {R"("\ud83d\ude0")", R"("\ud83d\u")", R"("\ud83d\")", R"("\ud83d\x")", R"("\ud83d)", R"("\ud83)",
          "\"\xED\xA0\xBD\"", "\"\\ud83d\xED\xB8\x80\"", "\"\xED\xA0\xBD\xED\xB8\x80\""}) {
        CAPTURE(text);
        CHECK_FALSE(parse_json(text, 8));
    }
}

TEST_CASE("The last of equal names in an object counts, and each such object is counted, at any depth") {
    struct Row {
        std::string text;
        std::string meaning;
        std::size_t deviations;
    };
    const std::vector<Row> rows{
        {R"({"a":true,"a":false})", R"({"a":false})", 1},
        {R"({"a":1,"a":1})", R"({"a":1})", 1},
        {R"({"a":1,"a":2,"a":3,"b":4,"b":5})", R"({"a":3,"b":5})", 1},
        {R"([{"x":{"a":{},"b":1,"a":{"c":1}}}])", R"([{"x":{"a":{"c":1},"b":1}}])", 1},
        {R"([{"a":1,"a":2},{"a":{"b":1,"b":2},"a":3}])", R"([{"a":2},{"a":3}])", 3},
        {R"({"a":1,"\u0061":2})", R"({"a":2})", 1},
        {R"({"":1,"":2})", R"({"":2})", 1},
        {R"({"a":{"a":{"a":1}},"b":{"a":1}})", R"({"a":{"a":{"a":1}},"b":{"a":1}})", 0},
        {R"({"a":1,"A":1})", R"({"A":1,"a":1})", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto parsed = parse_json(row.text, 8);
        REQUIRE(parsed);
        CHECK(parsed.value == Json::parse(row.meaning));
        CHECK(parsed.deviations == row.deviations);
    }
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

TEST_CASE("A number that no double holds keeps its text, one of any length that a double holds is read") {
    const std::string digits(10'000, '9');
    for (const std::string& number :
         {digits, "-" + digits, "1" + digits + "e-9000", digits + ".5", std::string("1e400"), std::string("-1E+999"),
          std::string("1.7976931348623159e308")}) {
        const auto parsed = parse_json("[1," + number + "]", 8);
        REQUIRE(parsed);
        CHECK((parsed.value.at(1) == Json(number)));
        CHECK(parsed.deviations == 0);
    }
    for (const char* text : {"1e400.5", "1e400e5", "1e400x", "01e400", "1e", "-e400"}) CHECK_FALSE(parse_json(text, 8));
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
        {R"({"secret":[[1]]})", "nested deeper than 2 levels"},
        {"\"secret\xE9\"", "no valid JSON near byte 9"},
    };
    for (const Row& row : rows) CHECK(parse_json(row.text, 2).problem == row.problem);
}

TEST_CASE("Why and where a text is refused is told apart") {
    struct Row {
        std::string text;
        lcm::JsonProblem problem;
    };
    using lcm::JsonFault;
    const std::vector<Row> rows{
        {R"({"a":1,})", {JsonFault::syntax, 8}},
        {"{a:1}", {JsonFault::syntax, 2}},
        {"[tru]", {JsonFault::syntax, 5}},
        {"[NaN]", {JsonFault::syntax, 2}},
        {"ping", {JsonFault::syntax, 1}},
        {"", {JsonFault::ends_early, 1}},
        {"  ", {JsonFault::ends_early, 3}},
        {R"({"a":1)", {JsonFault::ends_early, 7}},
        {R"({"a)", {JsonFault::ends_early, 4}},
        {R"({"\)", {JsonFault::ends_early, 4}},
        {R"({"\u00)", {JsonFault::ends_early, 7}},
        {"\"\xC3", {JsonFault::ends_early, 3}},
        {"[-", {JsonFault::ends_early, 3}},
        {"{}{}", {JsonFault::goes_on, 3}},
        {"{}\n{}", {JsonFault::goes_on, 4}},
        {"{} x", {JsonFault::goes_on, 4}},
        {"{} \"", {JsonFault::goes_on, 5}},
        {"[\"a\tb\"]", {JsonFault::control_character, 4}},
        {"[\"\\n\tb\"]", {JsonFault::control_character, 5}},
        {"{\"a\nb\":1}", {JsonFault::control_character, 4}},
        {"[\"a\0b\"]"s, {JsonFault::nul, 4}},
        {"{}\0"s, {JsonFault::nul, 3}},
        {R"(["\x41"])", {JsonFault::escape, 4}},
        {R"(["\u12g4"])", {JsonFault::escape, 7}},
        {"[\"a\xFF\"]", {JsonFault::not_utf8, 4}},
        {"[\"\\n\xED\xA0\x80\"]", {JsonFault::not_utf8, 6}},
        {"[[[1]]]", {JsonFault::too_deep, 3}},
    };
    lcm::JsonDocument document;
    for (const Row& row : rows) {
        CAPTURE(row.text);
        REQUIRE_FALSE(document.parse(row.text, 2));
        CHECK(std::string(describe(document.fault().fault)) == describe(row.problem.fault));
        CHECK(document.fault().byte == row.problem.byte);
        REQUIRE(document.parse("[]", 2));
        CHECK(document.fault() == lcm::JsonProblem());
    }
}
