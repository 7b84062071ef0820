// SPDX-License-Identifier: BSL-1.0
// Outcome ids: numbers stay numbers, texts stay texts, and 0 is an id like any other.
#include <support/catch.hpp>

#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/validate.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using lcm::OutcomeId;
using lcm::TelephonyOutcome;

TEST_CASE("An outcome's id keeps the form in which it was given") {
    struct Row {
        OutcomeId id;
        bool is_text;
        std::string text;
    };
    const std::vector<Row> rows{
        {0, false, "0"},
        {101, false, "101"},
        {std::uint64_t{18446744073709551615U}, false, "18446744073709551615"},
        {TelephonyOutcome::dnc, false, "5"},
        {TelephonyOutcome::reject, false, "9"},
        {lcm::Number(101), false, "101"},
        {lcm::CallOutcome{.outcome_id = 7}.outcome_id, false, "7"},
        {"0", true, "0"},
        {"007", true, "007"},
        {std::string("Payment Done"), true, "Payment Done"},
        {std::string_view("9"), true, "9"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(row.id.is_set());
        CHECK(row.id.is_text() == row.is_text);
        CHECK(row.id.text() == row.text);
    }
}

TEST_CASE("An outcome that was not given is not set, and is not Success") {
    const OutcomeId none;
    CHECK_FALSE(none.is_set());
    CHECK(none.text().empty());
    CHECK_FALSE(none == OutcomeId(0));
    CHECK_FALSE(none == OutcomeId(""));
    CHECK_FALSE(OutcomeId(lcm::Number()).is_set());
    CHECK(OutcomeId(TelephonyOutcome::success).is_set());
}

TEST_CASE("The number 0 and the text 0 are different ids") {
    CHECK(OutcomeId(0) == OutcomeId(TelephonyOutcome::success));
    CHECK_FALSE(OutcomeId(0) == OutcomeId("0"));
}

TEST_CASE("The known telephony outcomes have the ids of the interface's pages") {
    struct Row {
        TelephonyOutcome outcome;
        std::string id;
    };
    const std::vector<Row> rows{
        {TelephonyOutcome::success, "0"},   {TelephonyOutcome::abandoned, "1"},
        {TelephonyOutcome::invalid, "2"},   {TelephonyOutcome::busy, "3"},
        {TelephonyOutcome::callback, "4"},  {TelephonyOutcome::dnc, "5"},
        {TelephonyOutcome::fax, "6"},       {TelephonyOutcome::answering_machine, "7"},
        {TelephonyOutcome::no_answer, "8"}, {TelephonyOutcome::reject, "9"},
    };
    for (const Row& row : rows) CHECK(OutcomeId(row.outcome).text() == row.id);
}

TEST_CASE("Truth values, letters and decimals are no outcome ids") {
    STATIC_REQUIRE_FALSE(std::constructible_from<OutcomeId, bool>);
    STATIC_REQUIRE_FALSE(std::constructible_from<OutcomeId, char>);
    STATIC_REQUIRE_FALSE(std::constructible_from<OutcomeId, double>);
    STATIC_REQUIRE_FALSE(std::constructible_from<OutcomeId, std::nullptr_t>);
    STATIC_REQUIRE(std::convertible_to<lcm::Number, OutcomeId>);
    STATIC_REQUIRE(std::convertible_to<int, OutcomeId>);
    STATIC_REQUIRE(std::convertible_to<const char*, OutcomeId>);
}

TEST_CASE("A number that is no whole one is no outcome's id") {
    lcm::SetBusinessOutcomeWithCallOutcome request{
        .callid = 1, .account_number = "5|3|1|0|0|44|1", .business_outcome = 101, .user_id = 2};
    for (const lcm::Number number : {lcm::Number(19.5), lcm::Number(1e300), lcm::Number(std::nan(""))}) {
        request.call_outcome = number;
        CHECK_FALSE(request.call_outcome.is_set());
        const auto problems = lcm::validate(request);
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].field == "CallOutcome");
        CHECK(problems[0].reason == "must be set (0 is valid)");
    }
    for (const lcm::Number number : {lcm::Number(5.0), lcm::Number(-1), lcm::Number(~std::uint64_t{0})}) {
        request.call_outcome = number;
        CHECK(lcm::validate(request).empty());
    }
}
