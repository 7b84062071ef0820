// SPDX-License-Identifier: BSL-1.0
// Internal: finds the blank line at which the header of an HTTP answer ends.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HEADER_END_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HEADER_END_HPP

#include <cstddef>
#include <span>
#include <string_view>

namespace lcm::detail {

/// The answer comes in pieces of any size.
class HeaderEnd {
public:
    /// How many bytes of the next piece belong to the header, with the blank line; none when it has ended before.
    [[nodiscard]] std::size_t take(std::span<const unsigned char> piece) noexcept {
        std::size_t taken = 0;
        while (taken < piece.size() && !is_found()) look_at(static_cast<char>(piece[taken++]));
        return taken;
    }

    [[nodiscard]] bool is_found() const noexcept { return matched_ == blank_line.size(); }

private:
    static constexpr std::string_view blank_line = "\r\n\r\n";

    void look_at(char c) noexcept {
        if (c == blank_line[matched_]) ++matched_;
        else matched_ = c == '\r' ? 1 : 0;
    }

    std::size_t matched_ = 0;
};

} // namespace lcm::detail

#endif
