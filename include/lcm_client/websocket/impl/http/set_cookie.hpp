// SPDX-License-Identifier: BSL-1.0
// Internal: what a Set-Cookie header says (RFC 6265, 5.2), as far as a client with one server needs it.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_SET_COOKIE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_SET_COOKIE_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/check_header.hpp>
#include <lcm_client/websocket/impl/http/cookie_date.hpp>
#include <lcm_client/websocket/impl/http/retry_after.hpp>
#include <lcm_client/websocket/impl/token.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Views into the header's value.
struct SetCookie {
    std::string_view name{};
    std::string_view value{};
    std::string_view path{};   ///< empty if there is none that counts
    std::string_view domain{}; ///< without its dot; empty if there is none
    bool is_secure = false;
    std::optional<std::chrono::system_clock::time_point> expires{};
};

/// Takes the text up to the next `mark` off `text`, and the mark.
constexpr std::string_view take_until(std::string_view& text, char mark) noexcept {
    const std::size_t end = (std::min)(text.find(mark), text.size());
    const std::string_view first = text.substr(0, end);
    text.remove_prefix((std::min)(end + 1, text.size()));
    return first;
}

/// No cookie is kept for longer. Servers name years that the system's clock cannot count to.
inline constexpr std::chrono::seconds longest_cookie = std::chrono::hours(24 * 400);

/// The time at which Max-Age ends. Nothing if it is no number.
[[nodiscard]] inline std::optional<std::chrono::system_clock::time_point>
end_of_age(std::string_view age, std::chrono::system_clock::time_point now) {
    const bool is_negative = age.starts_with('-');
    if (is_negative) age.remove_prefix(1);
    const auto time = parse_seconds(age, longest_cookie);
    if (!time) return std::nullopt;
    return is_negative ? now : now + *time;
}

/// The time at which Expires ends; one that has passed is now.
[[nodiscard]] inline std::chrono::system_clock::time_point end_at(std::chrono::sys_seconds date,
                                                                  std::chrono::system_clock::time_point now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    return second + std::clamp(date - second, std::chrono::seconds(0), longest_cookie);
}

/// Nothing if it is no cookie that can be sent back.
[[nodiscard]] inline std::optional<SetCookie> parse_set_cookie(std::string_view text,
                                                               std::chrono::system_clock::time_point now) {
    if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; })) return std::nullopt;
    SetCookie cookie;
    std::string_view pair = take_until(text, ';');
    if (pair.find('=') == std::string_view::npos) return std::nullopt;
    cookie.name = trim(take_until(pair, '='));
    cookie.value = trim(pair);
    if (!is_token(cookie.name)) return std::nullopt;
    std::optional<std::chrono::system_clock::time_point> end_of_max_age;
    while (!text.empty()) {
        std::string_view value = take_until(text, ';');
        const std::string_view name = take_until(value, '=');
        value = trim(value);
        if (same_name(name, "Secure")) cookie.is_secure = true;
        else if (same_name(name, "Path")) cookie.path = value.starts_with('/') ? value : std::string_view();
        else if (same_name(name, "Domain")) cookie.domain = value.substr(value.starts_with('.') ? 1 : 0);
        else if (same_name(name, "Max-Age")) end_of_max_age = end_of_age(value, now);
        else if (same_name(name, "Expires"))
            if (const auto date = parse_cookie_date(value)) cookie.expires = end_at(*date, now);
    }
    if (end_of_max_age) cookie.expires = end_of_max_age;
    return cookie;
}

} // namespace lcm::detail

#endif
