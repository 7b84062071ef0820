// SPDX-License-Identifier: BSL-1.0
// Internal: the status line and the header of an HTTP answer (RFC 9112), taken apart.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_HTTP_ANSWER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_HTTP_ANSWER_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/token.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Takes the first line off `text`, without its end. Nothing if it is not complete.
constexpr std::optional<std::string_view> take_line(std::string_view& text) noexcept {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

struct StatusLine {
    bool is_http_1_1; ///< the version that WebSocket needs
    unsigned status;  ///< 100 to 999

    /// Another answer follows this one.
    [[nodiscard]] constexpr bool is_interim() const noexcept { return status < 200 && status != 101; }
};

/// Reads "HTTP/1.1 101 Switching Protocols"; the text behind the status may be missing. Nothing if it is something
/// else.
constexpr std::optional<StatusLine> parse_status_line(std::string_view line) noexcept {
    if (!line.starts_with("HTTP/")) return std::nullopt;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const std::string_view version = line.substr(5, space - 5);
    const std::string_view rest = line.substr(space + 1);
    const std::string_view digits = rest.substr(0, rest.find(' '));
    const auto is_number = [](char c) { return c >= '0' && c <= '9'; };
    if (digits.size() != 3 || digits[0] == '0' || !std::all_of(digits.begin(), digits.end(), is_number))
        return std::nullopt;
    unsigned status = 0;
    for (const char c : digits) status = status * 10 + static_cast<unsigned>(c - '0');
    return StatusLine{version == "1.1", status};
}

/// Calls `look(name, value)` for each complete line "name: value" of `lines`, up to a blank one. Returns whether all of
/// them have this form.
template <class Look> constexpr bool for_each_field(std::string_view lines, Look look) {
    bool is_well_formed = true;
    for (auto line = take_line(lines); line && !line->empty(); line = take_line(lines)) {
        const std::size_t colon = (std::min)(line->find(':'), line->size());
        const std::string_view name = line->substr(0, colon);
        if (colon == line->size() || !is_token(name)) is_well_formed = false;
        else look(name, trim(line->substr(colon + 1)));
    }
    return is_well_formed;
}

/// Whether `list`, a field's value, has `token` among its parts, in whatever letter case.
constexpr bool has_token(std::string_view list, std::string_view token) noexcept {
    while (!list.empty()) {
        const std::size_t comma = (std::min)(list.find(','), list.size());
        if (same_name(list.substr(0, comma), token)) return true;
        list.remove_prefix((std::min)(comma + 1, list.size()));
    }
    return false;
}

} // namespace lcm::detail

#endif
