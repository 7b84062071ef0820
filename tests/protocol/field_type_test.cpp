// SPDX-License-Identifier: BSL-1.0
// Single values by the type of their field.
#include <support/catch.hpp>

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using lcm::Form;

/// How a value that was read from `text` is written; "none" if there is no such value.
template <class T> std::string again(std::string_view text, Form form = Form::natural) {
    lcm::JsonDocument document;
    REQUIRE(document.parse(text, 8));
    T value{};
    return lcm::decode_value(document.root(), value, form) ? lcm::encode_value(value, form) : "none";
}

} // namespace

TEST_CASE("A single value is read in the spelling of the wire or the natural one, and in no other") {
    CHECK(again<std::string>(R"("5")") == R"("5")");
    CHECK(again<std::string>("5") == "none");
    CHECK(again<lcm::Text>("true") == "none");

    CHECK(again<lcm::Number>("19.99") == "19.99");
    CHECK(again<lcm::Number>(R"("5")") == "none");
    CHECK(again<lcm::Number>("true") == "none");
    CHECK(again<lcm::Number>(R"("5")", Form::text) == R"("5")");
    CHECK(again<lcm::Number>("5", Form::text) == R"("5")");

    CHECK(again<bool>("true") == "true");
    CHECK(again<bool>(R"("true")") == "none");
    CHECK(again<bool>("1") == "none");
    CHECK(again<bool>(R"("false")", Form::text) == R"("false")");
    CHECK(again<bool>("false", Form::text) == R"("false")");
    CHECK(again<bool>(R"("1")", Form::text) == "none");
    CHECK(again<bool>(R"("0")", Form::inverted) == R"("0")");
    CHECK(again<bool>("true", Form::inverted) == "none");

    CHECK(again<lcm::OutcomeId>("0") == "0");
    CHECK(again<lcm::OutcomeId>(R"("0")") == R"("0")");
    CHECK(again<lcm::OutcomeId>("1.5") == "none");

    CHECK(again<lcm::Date>(R"("13/01/2021")") == R"("13/01/2021")");
    CHECK(again<lcm::Date>(R"("31/02/2021")") == "none");
    CHECK(again<lcm::TimeOfDay>(R"("24:00")") == "none");
    CHECK(again<lcm::Sensitive<std::vector<lcm::Number>>>("[1,2]") == "[1,2]");
}

TEST_CASE("Every type of single values has words, and an example that has a value and is read as it is written") {
    const auto check = []<class T>(T, const lcm::FieldExample& wanted) {
        using Type = lcm::FieldType<T>;
        const T value = Type::example(wanted);
        CHECK(Type::has_value(value));
        for (const Form form : {Form::natural, Form::text, Form::inverted}) {
            const lcm::FieldWords words = Type::describe(form);
            CHECK_FALSE((words.type.empty() || words.wire.empty() || words.argument.empty() || words.value.empty()));
        }
        CHECK(again<T>(lcm::encode_value(value)) == lcm::encode_value(value));
    };
    for (const bool is_end : {false, true})
        for (const std::string_view word : {"101", "Test comment"}) {
            const lcm::FieldExample wanted{.word = word, .is_end = is_end};
            check(std::string(), wanted);
            check(lcm::Text(), wanted);
            check(lcm::Number(), wanted);
            check(lcm::OutcomeId(), wanted);
            check(bool(), wanted);
            check(lcm::Date(), wanted);
            check(lcm::TimeOfDay(), wanted);
            check(lcm::DateTime(), wanted);
        }
}
