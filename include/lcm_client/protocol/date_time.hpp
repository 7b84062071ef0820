// SPDX-License-Identifier: BSL-1.0
// Dates and times as the wire writes them: DD/MM/YYYY, HH:mm, or both in one field. No time zone: the interface states
// none.
#ifndef LCM_CLIENT_PROTOCOL_DATE_TIME_HPP
#define LCM_CLIENT_PROTOCOL_DATE_TIME_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// Writes `value` to `out` with at least `width` digits, and returns its end. There must be room for 11 characters.
inline char* write_digits(char* out, int value, int width) noexcept {
    std::array<char, 11> digits; // and a sign
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    for (auto missing = width - (end - digits.data()); missing > 0; --missing) *out++ = '0';
    return std::copy(static_cast<const char*>(digits.data()), end, out);
}

/// Long enough for a day and a time in any form, also those that are not valid.
inline constexpr std::size_t max_time_text = 64;

template <class T> std::string text_of(const T& time) {
    std::array<char, max_time_text> buffer;
    return {buffer.data(), time.write_to(buffer.data())};
}

/// The number that the first `count` characters of `text` are, which are then taken off it.
constexpr std::optional<int> take_digits(std::string_view& text, std::size_t count) noexcept {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

constexpr bool take(std::string_view& text, char c) noexcept {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

} // namespace detail

/// A day of the calendar. A default-made one is not set.
class Date {
public:
    constexpr Date() noexcept = default;
    /// So that `2030y / 6 / 3` is a date.
    constexpr Date(std::chrono::year_month_day day) noexcept : day_(day) {} // NOLINT(google-explicit-constructor)

    /// Reads "DD/MM/YYYY"; nothing if it is no day of the calendar.
    [[nodiscard]] static constexpr std::optional<Date> parse(std::string_view text) noexcept {
        const auto day = detail::take_digits(text, 2);
        if (!day || !detail::take(text, '/')) return std::nullopt;
        const auto month = detail::take_digits(text, 2);
        if (!month || !detail::take(text, '/')) return std::nullopt;
        const auto year = detail::take_digits(text, 4);
        if (!year || !text.empty()) return std::nullopt;
        const std::chrono::year_month_day date{std::chrono::year(*year),
                                               std::chrono::month(static_cast<unsigned>(*month)),
                                               std::chrono::day(static_cast<unsigned>(*day))};
        if (!date.ok()) return std::nullopt;
        return Date(date);
    }

    /// Whether there is a day.
    [[nodiscard]] constexpr bool is_set() const noexcept { return day_ != std::chrono::year_month_day{}; }
    /// Whether the calendar has this day, in a year of four digits.
    [[nodiscard]] constexpr bool is_valid() const noexcept {
        return day_.ok() && day_.year() >= std::chrono::year(0) && day_.year() <= std::chrono::year(9999);
    }
    /// The day; of no meaning if not set.
    [[nodiscard]] constexpr std::chrono::year_month_day value() const noexcept { return day_; }

    /// "DD/MM/YYYY"; empty if not set. Must be valid.
    [[nodiscard]] std::string text() const { return detail::text_of(*this); }

    /// Writes that text to `out`, where there is room, and returns its end.
    char* write_to(char* out) const noexcept {
        if (!is_set()) return out;
        out = detail::write_digits(out, static_cast<int>(static_cast<unsigned>(day_.day())), 2);
        *out++ = '/';
        out = detail::write_digits(out, static_cast<int>(static_cast<unsigned>(day_.month())), 2);
        *out++ = '/';
        return detail::write_digits(out, static_cast<int>(day_.year()), 4);
    }

    /// The earlier day is less.
    friend constexpr auto operator<=>(const Date&, const Date&) noexcept = default;

private:
    std::chrono::year_month_day day_{};
};

/// Minutes since midnight, from 00:00 to 23:59. A default-made one is not set, so that a forgotten time does not leave
/// as midnight.
class TimeOfDay {
public:
    constexpr TimeOfDay() noexcept = default;
    /// Since midnight, so that `9h + 30min` is a time.
    template <class Rep, class Period>
    requires std::convertible_to<std::chrono::duration<Rep, Period>, std::chrono::minutes>
    constexpr TimeOfDay(std::chrono::duration<Rep, Period> time) noexcept : time_(time) {} // NOLINT: 13h is a time

    /// Reads "HH:mm", 24 hours; nothing if it is no time of a day.
    [[nodiscard]] static constexpr std::optional<TimeOfDay> parse(std::string_view text) noexcept {
        const auto hours = detail::take_digits(text, 2);
        if (!hours || !detail::take(text, ':')) return std::nullopt;
        const auto minutes = detail::take_digits(text, 2);
        if (!minutes || !text.empty() || *minutes > 59) return std::nullopt;
        const TimeOfDay time(std::chrono::hours(*hours) + std::chrono::minutes(*minutes));
        if (!time.is_valid()) return std::nullopt;
        return time;
    }

    /// Whether there is a time.
    [[nodiscard]] constexpr bool is_set() const noexcept { return time_ != unset; }
    /// Whether a day has this time.
    [[nodiscard]] constexpr bool is_valid() const noexcept {
        return time_ >= std::chrono::minutes(0) && time_ < std::chrono::hours(24);
    }
    /// Since midnight. Must be set.
    [[nodiscard]] constexpr std::chrono::minutes value() const noexcept { return time_; }

    /// "HH:mm"; empty if not set. Must be valid.
    [[nodiscard]] std::string text() const { return detail::text_of(*this); }

    /// Writes that text to `out`, where there is room, and returns its end.
    char* write_to(char* out) const noexcept {
        if (!is_set()) return out;
        out = detail::write_digits(out, static_cast<int>(time_.count() / 60), 2);
        *out++ = ':';
        return detail::write_digits(out, static_cast<int>(time_.count() % 60), 2);
    }

    /// The earlier time is less.
    friend constexpr auto operator<=>(const TimeOfDay&, const TimeOfDay&) noexcept = default;

private:
    static constexpr std::chrono::minutes unset = (std::chrono::minutes::min)();

    std::chrono::minutes time_ = unset;
};

/// A day and a time of it, in one field. Set if both are.
struct DateTime {
    Date date{};      ///< the day
    TimeOfDay time{}; ///< the time on that day

    /// Reads "DD/MM/YYYY HH:mm".
    [[nodiscard]] static constexpr std::optional<DateTime> parse(std::string_view text) noexcept {
        const std::size_t space = text.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        const auto date = Date::parse(text.substr(0, space));
        const auto time = TimeOfDay::parse(text.substr(space + 1));
        if (!date || !time) return std::nullopt;
        return DateTime{*date, *time};
    }

    /// Whether there is a day or a time.
    [[nodiscard]] constexpr bool is_set() const noexcept { return date.is_set() || time.is_set(); }
    /// Whether both are there and valid.
    [[nodiscard]] constexpr bool is_valid() const noexcept { return date.is_valid() && time.is_valid(); }

    /// "DD/MM/YYYY HH:mm"; empty if not set. Must be valid.
    [[nodiscard]] std::string text() const { return detail::text_of(*this); }

    /// Writes that text to `out`, where there is room, and returns its end.
    char* write_to(char* out) const noexcept {
        if (!is_set()) return out;
        out = date.write_to(out);
        *out++ = ' ';
        return time.write_to(out);
    }

    /// The earlier one is less.
    friend constexpr auto operator<=>(const DateTime&, const DateTime&) noexcept = default;
};

} // namespace lcm

#endif
