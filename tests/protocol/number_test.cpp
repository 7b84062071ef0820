// SPDX-License-Identifier: BSL-1.0
// Numbers: what is one, how it leaves, and what can be read as one.
#include <support/catch.hpp>

#include <lcm_client/protocol/number.hpp>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using lcm::Number;

namespace {

template <class T> constexpr T highest = (std::numeric_limits<T>::max)();
template <class T> constexpr T lowest = std::numeric_limits<T>::lowest();

} // namespace

TEST_CASE("An integer leaves with all its digits") {
    struct Row {
        Number number;
        std::string text;
    };
    const std::vector<Row> rows{
        {0, "0"},
        {101, "101"},
        {-1, "-1"},
        {short{7}, "7"},
        {std::uint8_t{65}, "65"},
        {std::int8_t{-65}, "-65"},
        {9007199254740993, "9007199254740993"}, // 2^53 + 1, which no double holds
        {highest<std::int64_t>, "9223372036854775807"},
        {lowest<std::int64_t>, "-9223372036854775808"},
        {highest<std::uint64_t>, "18446744073709551615"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(row.number.text() == row.text);
        CHECK(row.number.is_set());
        CHECK(row.number.is_finite());
    }
}

TEST_CASE("A decimal leaves as the shortest text that reads back the same") {
    struct Row {
        double value;
        std::string text;
    };
    const std::vector<Row> rows{
        {19.99, "19.99"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {-2.5, "-2.5"},
        {0.0, "0"},
        {-0.0, "0"},
        {5.0, "5"},
        {100000.0, "100000"},
        {1234567.25, "1234567.25"},
        {1e20, "100000000000000000000"},
        {1e21, "1e+21"},
        {1e-6, "0.000001"},
        {1e-7, "1e-07"},
        {1.0 / 3, "0.3333333333333333"},
        {highest<double>, "1.7976931348623157e+308"},
        {std::numeric_limits<double>::denorm_min(), "5e-324"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(Number(row.value).text() == row.text);
    }
}

TEST_CASE("Every decimal reads back the same") {
    for (int exponent = -1074; exponent <= 1023; ++exponent) {
        for (const double digits : {1.0, 1.1, 1.9999999999999998, -1.2345678901234567}) {
            const double value = std::ldexp(digits, exponent);
            const std::string text = Number(value).text();
            CAPTURE(text);
            double read = 0; // not by strtod, which is off by a bit in msvcrt
            std::from_chars(text.data(), text.data() + text.size(), read);
            CHECK(read == value);
            REQUIRE(Number(value).to_double() == value);
        }
    }
}

TEST_CASE("A number of lower precision leaves as it was written") {
    CHECK(Number(19.99F).text() == "19.99");
    CHECK(Number(0.1F).text() == "0.1");
    CHECK(Number(16777216.0F).text() == "16777216");
}

TEST_CASE("A number that was not given is not set, and is not 0") {
    const Number none;
    CHECK_FALSE(none.is_set());
    CHECK(none.text().empty());
    CHECK_FALSE(none == Number(0));
    CHECK(Number(0).is_set());
}

TEST_CASE("Infinities and what is not a number are set but not finite") {
    for (const double value : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()}) {
        CHECK(Number(value).is_set());
        CHECK_FALSE(Number(value).is_finite());
    }
}

TEST_CASE("Numbers are equal if they leave as the same text") {
    CHECK(Number(5) == Number(5.0));
    CHECK(Number(std::int64_t{5}) == Number(std::uint64_t{5}));
    CHECK_FALSE(Number(5) == Number(5.5));
    CHECK_FALSE(Number(9007199254740993) == Number(9007199254740992));
}

TEST_CASE("Truth values, letters, enumerations and texts are no numbers") {
    enum Plain { plain };
    STATIC_REQUIRE_FALSE(std::constructible_from<Number, bool>);
    STATIC_REQUIRE_FALSE(std::constructible_from<Number, char>);
    STATIC_REQUIRE_FALSE(std::constructible_from<Number, wchar_t>);
    STATIC_REQUIRE_FALSE(std::constructible_from<Number, char8_t>);
    STATIC_REQUIRE_FALSE(std::constructible_from<Number, char32_t>);
    STATIC_REQUIRE_FALSE(std::constructible_from<Number, Plain>);
    STATIC_REQUIRE_FALSE(std::constructible_from<Number, const char*>);
    STATIC_REQUIRE(std::convertible_to<int, Number>);
}

TEST_CASE("A text in JSON's notation is read as a number") {
    struct Row {
        std::string_view text;
        Number number;
    };
    const std::vector<Row> rows{
        {"0", 0},
        {"-0", 0},
        {"101", 101},
        {"19.99", 19.99},
        {"-2.50", -2.5},
        {"1e5", 100000},
        {"1E+2", 100},
        {"25e-1", 2.5},
        {"9223372036854775807", highest<std::int64_t>},
        {"-9223372036854775808", lowest<std::int64_t>},
        {"18446744073709551615", highest<std::uint64_t>},
        {"18446744073709551616", 18446744073709551616.0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto number = Number::parse(row.text);
        REQUIRE(number.has_value());
        CHECK(*number == row.number);
    }
}

TEST_CASE("A text that is no number of JSON's is not read as one") {
    const std::vector<std::string_view> texts{
        "",    " ",        "-",   "+1",  "01",  "-01",  "1.",    ".5",     "1e",
        "1e+", "1.e1",     "1,5", " 1",  "1 ",  "1\n",  "0x1",   "1_0",    "--1",
        "1-",  "infinity", "inf", "NaN", "nan", "true", "1e400", "-1e400", std::string_view("1\0", 2),
    };
    for (const std::string_view text : texts) {
        CAPTURE(text);
        CHECK(Number::parse(text) == std::nullopt);
    }
}

TEST_CASE("A number gives its integer, or nothing where that would be another number") {
    struct Row {
        Number number;
        std::optional<std::int64_t> integer;
    };
    const std::vector<Row> rows{
        {{}, std::nullopt},
        {0, 0},
        {-101, -101},
        {101U, 101},
        {5.0, 5},
        {-0.0, 0},
        {highest<std::int64_t>, highest<std::int64_t>},
        {lowest<std::int64_t>, lowest<std::int64_t>},
        {(std::uint64_t{1} << 63U) - 1, highest<std::int64_t>},
        {std::uint64_t{1} << 63U, std::nullopt},
        {highest<std::uint64_t>, std::nullopt},
        {19.99, std::nullopt},
        {-0.5, std::nullopt},
        {9223372036854774784.0, 9223372036854774784},
        {9223372036854775808.0, std::nullopt},
        {-9223372036854775808.0, lowest<std::int64_t>},
        {1e300, std::nullopt},
        {std::numeric_limits<double>::infinity(), std::nullopt},
        {std::numeric_limits<double>::quiet_NaN(), std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.number.text());
        CHECK(row.number.integer() == row.integer);
    }
}
