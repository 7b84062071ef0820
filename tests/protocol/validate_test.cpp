// SPDX-License-Identifier: BSL-1.0
// What may not leave: the field is named as on the wire, and its value is not repeated.
#include <support/catch.hpp>
#include <support/sample.hpp>

#include <lcm_client/protocol/validate.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace std::string_literals;
using namespace lcm::tests;

namespace {

/// "Field: reason", for each field that is wrong; empty if the request may leave.
std::string problem_of(const SetOutcome& request) { return lcm::detail::in_one_line(lcm::validate(request)); }

struct TextField {
    std::string name;
    std::function<void(SetOutcome&, std::string)> set;
};

const std::vector<TextField>& text_fields() {
    static const std::vector<TextField> fields{
        {"callid", [](SetOutcome& r, std::string text) { r.callid = std::move(text); }},
        {"AccountNumber", [](SetOutcome& r, std::string text) { r.account_number = std::move(text); }},
        {"CallOutcome", [](SetOutcome& r, std::string text) { r.call_outcome = std::move(text); }},
        {"UserID", [](SetOutcome& r, std::string text) { r.user_id = std::move(text); }},
        {"AgentComments", [](SetOutcome& r, std::string text) { r.agent_comments = std::move(text); }},
    };
    return fields;
}

struct NumberField {
    std::string name;
    lcm::Number SetOutcome::*member;
};

const std::vector<NumberField>& number_fields() {
    static const std::vector<NumberField> fields{
        {"BusinessOutcome", &SetOutcome::business_outcome},
        {"LeadScore", &SetOutcome::lead_score},
        {"TargetAmount", &SetOutcome::target_amount},
    };
    return fields;
}

} // namespace

TEST_CASE("The specification's sample may leave") { CHECK(problem_of(sample()).empty()); }

TEST_CASE("A text that is empty is refused, except for the comment") {
    for (const TextField& field : text_fields()) {
        SetOutcome request = sample();
        field.set(request, "");
        CHECK(problem_of(request) == (field.name == "AgentComments" ? "" : field.name + ": must not be empty"));
    }
}

TEST_CASE("A number that is not set, not a number or infinite is refused") {
    using Limits = std::numeric_limits<double>;
    for (const NumberField& field : number_fields()) {
        SetOutcome request = sample();
        request.*field.member = lcm::Number();
        CHECK(problem_of(request) == field.name + ": must be set");
        for (const double value : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
            request.*field.member = value;
            CHECK(problem_of(request) == field.name + ": must be a finite number");
        }
    }
}

TEST_CASE("An outcome that is not set is refused, and 0 is not") {
    SetOutcome request = sample();
    request.call_outcome = {};
    CHECK(problem_of(request) == "CallOutcome: must be set (0 is valid)");
    request.call_outcome = 0;
    CHECK(problem_of(request).empty());
    request.call_outcome = "0";
    CHECK(problem_of(request).empty());
}

TEST_CASE("All problems are named, in the order of the wire") {
    CHECK(problem_of(SetOutcome{.callid = "1", .account_number = "2", .agent_comments = "caf\xE9"}) ==
          "BusinessOutcome: must be set; CallOutcome: must be set (0 is valid); UserID: must not be empty; "
          "AgentComments: must be text in UTF-8");
    const auto problems = lcm::validate(SetOutcome{});
    REQUIRE(problems.size() == 5);
    CHECK(problems.front().field == "callid");
    CHECK(problems.front().reason == "must not be empty");
    CHECK(problems.back().field == "UserID");
}

namespace {

struct Piece {
    std::string text{};

    using Self = Piece;
    static constexpr void fields(auto&& field) { field("text", &Self::text, lcm::Presence::required, "a text"); }
};

struct Whole {
    std::vector<Piece> pieces{};
    std::map<std::string, lcm::Number> values{};
    lcm::Number first{};
    lcm::Number second{};
    bool asks_for_all = false; // of the rules

    using Self = Whole;
    static constexpr void fields(auto&& field) {
        field("pieces", &Self::pieces, lcm::Presence::required, "pieces");
        field("values", &Self::values, lcm::Presence::optional, "values");
        field("first", &Self::first, lcm::Presence::required, "a number");
        field("second", &Self::second, lcm::Presence::required, "a number");
    }

    [[nodiscard]] lcm::FieldProblems cross_check() const {
        if (!asks_for_all) return {};
        return {{"first", "must not be alone"}, {"second", "must not be alone"}};
    }
};

} // namespace

TEST_CASE("In a list and among values each one that is wrong is named with its place") {
    const Whole whole{.pieces = {{"a"}, {""}, {"b"}, {"\x80"}},
                      .values = {{"x", std::numeric_limits<double>::infinity()}, {"\x80", 1}, {"y", 2}},
                      .first = 1,
                      .second = 2};
    CHECK(lcm::detail::in_one_line(lcm::validate(whole)) ==
          "pieces[1].text: must not be empty; pieces[3].text: must be text in UTF-8; "
          "values[\"x\"]: must be a finite number; values: must have names in UTF-8");
}

TEST_CASE("The rules between fields are told beside those of each field, and no field twice") {
    const Whole whole{.pieces = {{"a"}}, .second = 2, .asks_for_all = true};
    CHECK(lcm::detail::in_one_line(lcm::validate(whole)) == "first: must be set; second: must not be alone");
}

TEST_CASE("Problems beyond what a line holds are counted") {
    const Whole whole{.pieces = std::vector<Piece>(100'000), .first = 1, .second = 2};
    const auto problems = lcm::validate(whole);
    REQUIRE(problems.size() == 100'000);
    const std::string line = lcm::detail::in_one_line(problems);
    CHECK(line.size() < 1100);
    CHECK(line.starts_with("pieces[0].text: must not be empty; pieces[1].text: must not be empty; "));
    const auto named = std::count(line.begin(), line.end(), '[');
    CHECK(line.ends_with("; and " + std::to_string(100'000 - named) + " more"));
}

TEST_CASE("A text that is not UTF-8 is refused in every field, and not repeated") {
    struct Row {
        std::string_view what;
        std::string text;
    };
    const std::vector<Row> rows{
        {"Windows-1252", "caf\xE9"},
        {"Windows-1252, more text behind it", "caf\xE9 au lait"},
        {"a byte that begins nothing", "\x80"},
        {"a byte that begins nothing", "\xBF"},
        {"a byte too much", "\xC3\xA9\xA9"},
        {"overlong, two bytes", "\xC0\x80"},
        {"overlong, two bytes", "\xC1\xBF"},
        {"overlong, three bytes", "\xE0\x80\x80"},
        {"overlong, three bytes", "\xE0\x9F\xBF"},
        {"overlong, four bytes", "\xF0\x80\x80\x80"},
        {"overlong, four bytes", "\xF0\x8F\xBF\xBF"},
        {"the first surrogate", "\xED\xA0\x80"},
        {"the last surrogate", "\xED\xBF\xBF"},
        {"a pair of surrogates", "\xED\xA0\xBD\xED\xB8\x80"},
        {"above U+10FFFF", "\xF4\x90\x80\x80"},
        {"above U+10FFFF", "\xF5\x80\x80\x80"},
        {"five bytes", "\xF8\x88\x80\x80\x80"},
        {"bytes that are never used", "\xFE\xFF"},
        {"cut off after one of two", "\xC3"},
        {"cut off after one of three", "\xE2"},
        {"cut off after two of three", "\xE2\x82"},
        {"cut off after three of four", "\xF0\x9F\x98"},
        {"cut off by a letter", "\xE2\x82z"},
        {"cut off by another character", "\xF0\x9F\x98\xC3\xA9"},
        {"cut off by a byte that is never used", "\xE2\x82\xFF"},
        {"cut off by NUL", "\xC3\0"s},
    };
    for (const TextField& field : text_fields()) {
        for (const Row& row : rows) {
            SetOutcome request = sample();
            field.set(request, "secret" + row.text);
            CAPTURE(field.name, row.what);
            CHECK(problem_of(request) == field.name + ": must be text in UTF-8");
        }
    }
}

TEST_CASE("The first and the last character of each length in UTF-8 may leave") {
    for (const char* text : {"\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                             "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        SetOutcome request = sample();
        request.agent_comments = text;
        CAPTURE(text);
        CHECK(problem_of(request).empty());
    }
}
