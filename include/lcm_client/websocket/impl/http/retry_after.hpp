// SPDX-License-Identifier: BSL-1.0
// Internal: what a server asks for in HTTP's Retry-After header (RFC 9110, 10.2.3).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_RETRY_AFTER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_RETRY_AFTER_HPP

#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Nobody is sent away for longer, whatever the server says.
inline constexpr std::chrono::seconds max_retry_after = std::chrono::hours(24);

/// Whether `text` is like `pattern`, in which '0' stands for any digit and everything else for itself.
constexpr bool has_form(std::string_view text, std::string_view pattern) noexcept {
    return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(),
                      [](char c, char p) { return p == '0' ? is_digit(c) : c == p; });
}

/// The month called "Jan" to "Dec"; one that is not ok() for every other name.
constexpr std::chrono::month month_called(std::string_view name) noexcept {
    constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (unsigned i = 0; i < 12; ++i)
        if (names.substr(std::size_t{3} * i, 3) == name) return std::chrono::month(i + 1);
    return std::chrono::month(0);
}

/// The time written as "Fri, 31 Dec 1999 23:59:59 GMT", the one form that servers may send (RFC 9110, 5.6.7). The
/// weekday is not looked at, because the rest says it all.
constexpr std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept {
    if (text.size() != 29) return std::nullopt;
    if (!has_form(text.substr(3, 5), ", 00 ") || !has_form(text.substr(11), " 0000 00:00:00 GMT")) return std::nullopt;
    const auto number = [text](std::size_t first, std::size_t size) {
        return static_cast<int>(*small_number(text.substr(first, size)));
    };
    const std::chrono::year_month_day day(std::chrono::year(number(12, 4)), month_called(text.substr(8, 3)),
                                          std::chrono::day(static_cast<unsigned>(number(5, 2))));
    const std::chrono::hours hour(number(17, 2));
    const std::chrono::minutes minute(number(20, 2));
    const std::chrono::seconds second(number(23, 2)); // 60 in a leap second
    if (!day.ok() || hour.count() > 23 || minute.count() > 59 || second.count() > 60) return std::nullopt;
    return std::chrono::sys_days(day) + hour + minute + second;
}

/// A number of seconds, at most `longest`; nothing if `text` is none.
constexpr std::optional<std::chrono::seconds> parse_seconds(std::string_view text,
                                                            std::chrono::seconds longest) noexcept {
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    std::chrono::seconds time(0);
    for (const char c : text) time = (std::min)(time * 10 + std::chrono::seconds(c - '0'), longest);
    return time;
}

/// For how long the value of a Retry-After header asks to be left alone from `now` on: seconds, or a date. From zero to
/// `max_retry_after`; nothing if the value is neither.
constexpr std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                                std::chrono::system_clock::time_point now) noexcept {
    constexpr std::chrono::seconds none(0);
    if (const auto date = parse_http_date(text))
        return std::clamp(*date - std::chrono::floor<std::chrono::seconds>(now), none, max_retry_after);
    return parse_seconds(text, max_retry_after);
}

} // namespace lcm::detail

#endif
