// SPDX-License-Identifier: BSL-1.0
// Dates and times: which texts are some, which values are valid, and what they leave as.
#include <support/catch.hpp>

#include <lcm_client/protocol/date_time.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::Date;
using lcm::DateTime;
using lcm::TimeOfDay;

namespace {

template <class T> void check_are_read(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
        CAPTURE(text);
        const auto value = T::parse(text);
        REQUIRE(value);
        CHECK(value->is_set());
        CHECK(value->is_valid());
        CHECK(value->text() == text);
    }
}

template <class T> void check_are_none(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
        CAPTURE(text);
        CHECK_FALSE(T::parse(text));
    }
}

} // namespace

TEST_CASE("A day is read as DD/MM/YYYY if the calendar has it, and leaves as it was read") {
    check_are_read<Date>({"01/01/0000", "03/06/2030", "28/02/2021", "29/02/2024", "31/12/9999"});
    check_are_none<Date>({"", "1", "01/01/202", "01/01/20211", "01/01/2021 ", "1/01/2021", "01-01-2021", "0a/01/2021",
                          "29/02/2021", "00/01/2021", "01/00/2021", "01/13/2021", "32/01/2021", "01/01"});
}

TEST_CASE("A day is valid if the calendar has it, in a year of four digits") {
    CHECK(Date(2030y / 6 / 3).is_valid());
    CHECK(Date(0y / 1 / 1).is_valid());
    CHECK(Date(9999y / 12 / 31).is_valid());
    CHECK_FALSE(Date(-1y / 12 / 31).is_valid());
    CHECK_FALSE(Date(10'000y / 1 / 1).is_valid());
    CHECK_FALSE(Date(2021y / 2 / 29).is_valid());
    CHECK_FALSE(Date().is_valid());
    CHECK_FALSE(Date().is_set());
    CHECK(Date().text().empty());
}

TEST_CASE("A time is read as HH:mm if a day has it, and leaves as it was read") {
    check_are_read<TimeOfDay>({"00:00", "09:05", "13:59", "23:59"});
    check_are_none<TimeOfDay>(
        {"", "9", "9:05", "09:5", "09:050", "09:05:00", "09-05", "09:60", "24:00", "99:00", "-1:00"});
}

TEST_CASE(
    "A time is valid from midnight to the minute before the next one, and one that was forgotten is not midnight") {
    CHECK(TimeOfDay(0min).is_valid());
    CHECK(TimeOfDay(0min).is_set());
    CHECK(TimeOfDay(23h + 59min).is_valid());
    CHECK_FALSE(TimeOfDay(24h).is_valid());
    CHECK_FALSE(TimeOfDay(-1min).is_valid());
    CHECK_FALSE(TimeOfDay().is_valid());
    CHECK_FALSE(TimeOfDay().is_set());
    CHECK(TimeOfDay().text().empty());
}

TEST_CASE("A day and its time stand in one text, and neither is enough") {
    const auto both = DateTime::parse("03/06/2030 09:05");
    REQUIRE(both);
    CHECK(both->date == Date(2030y / 6 / 3));
    CHECK(both->time == TimeOfDay(9h + 5min));
    CHECK(both->text() == "03/06/2030 09:05");
    check_are_none<DateTime>({"", " ", "03/06/2030", "03/06/2030 ", "09:05", " 09:05", "03/06/2030T09:05",
                              "03/06/2030  09:05", "31/02/2030 09:05", "03/06/2030 24:00"});

    const Date date = 2030y / 6 / 3;
    const TimeOfDay time = 9h;
    CHECK(DateTime{date, time}.is_valid());
    CHECK_FALSE(DateTime{date, {}}.is_valid());
    CHECK_FALSE(DateTime{{}, time}.is_valid());
    CHECK(DateTime{date, {}}.is_set()); // half of it was given
    CHECK(DateTime{{}, time}.is_set());
    CHECK_FALSE(DateTime().is_set());
    CHECK(DateTime().text().empty());
}

TEST_CASE("No more of a text is read than there is") {
    STATIC_REQUIRE_FALSE(Date::parse("").has_value());
    STATIC_REQUIRE_FALSE(Date::parse("1").has_value());
    STATIC_REQUIRE_FALSE(Date::parse("01/01/2").has_value());
    STATIC_REQUIRE_FALSE(TimeOfDay::parse("09:5").has_value());
}
