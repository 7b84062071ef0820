// SPDX-License-Identifier: BSL-1.0
// Internal: the date of a cookie's Expires attribute, which servers write in many forms (RFC 6265, 5.1.1).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_COOKIE_DATE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_COOKIE_DATE_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/http/retry_after.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Collects the parts of a date, in whatever order they come; of each kind the first one counts.
class CookieDate {
public:
    void note(std::string_view part) {
        if (!time_ && (time_ = read_time(part))) return;
        const auto number = small_number(part);
        if (number && !day_ && part.size() <= 2) day_ = *number;
        else if (number && !year_ && (part.size() == 2 || part.size() == 4)) year_ = full_year(*number, part.size());
        else if (!month_ && part.size() >= 3) month_ = read_month(part);
    }

    [[nodiscard]] std::optional<std::chrono::sys_seconds> result() const {
        if (!time_ || !day_ || !month_ || !year_) return std::nullopt;
        const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year_)), *month_,
                                               std::chrono::day(*day_));
        if (!date.ok() || *year_ < 1601) return std::nullopt;
        return std::chrono::sys_days(date) + *time_;
    }

private:
    // "8:49:37", with one or two digits each.
    static std::optional<std::chrono::seconds> read_time(std::string_view part) {
        std::array<unsigned, 3> fields{};
        for (std::size_t i = 0; i < 3; ++i) {
            const std::size_t end = i < 2 ? part.find(':') : part.size();
            if (end > 2) return std::nullopt;
            const auto number = small_number(part.substr(0, end));
            if (!number) return std::nullopt;
            fields[i] = *number;
            part.remove_prefix(i < 2 ? end + 1 : end);
        }
        if (fields[0] > 23 || fields[1] > 59 || fields[2] > 59) return std::nullopt;
        return std::chrono::hours(fields[0]) + std::chrono::minutes(fields[1]) + std::chrono::seconds(fields[2]);
    }

    static unsigned full_year(unsigned year, std::size_t digits) noexcept {
        if (digits == 4) return year;
        return year >= 70 ? 1900 + year : 2000 + year;
    }

    static std::optional<std::chrono::month> read_month(std::string_view part) {
        std::string name = fold(part.substr(0, 3));
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
        const std::chrono::month month = month_called(name);
        return month.ok() ? std::optional(month) : std::nullopt;
    }

    std::optional<std::chrono::seconds> time_;
    std::optional<unsigned> day_;
    std::optional<std::chrono::month> month_;
    std::optional<unsigned> year_;
};

/// Nothing if `text` is no date.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text) {
    const auto is_part = [](char c) {
        return is_digit(c) || c == ':' || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
               static_cast<unsigned char>(c) > '~';
    };
    CookieDate date;
    for (auto begin = text.begin(); begin != text.end();) {
        begin = std::find_if(begin, text.end(), is_part);
        const auto end = std::find_if_not(begin, text.end(), is_part);
        if (begin != end) date.note(std::string_view(&*begin, static_cast<std::size_t>(end - begin)));
        begin = end;
    }
    return date.result();
}

} // namespace lcm::detail

#endif
