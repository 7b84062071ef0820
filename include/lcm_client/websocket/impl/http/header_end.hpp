// SPDX-License-Identifier: BSL-1.0
// Internal: finds the blank line at which the header of an HTTP answer ends.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_HEADER_END_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_HEADER_END_HPP

#include <lcm_client/impl/abi.hpp>

#include <cstddef>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The answer comes in pieces of any size. A line may end without the carriage return (RFC 9112, 2.2).
class HeaderEnd {
public:
    /// How many bytes of the next piece belong to the header, with the blank line; none when it has ended before.
    [[nodiscard]] std::size_t take(std::string_view piece) noexcept {
        std::size_t taken = 0;
        while (taken < piece.size() && !is_found()) look_at(piece[taken++]);
        return taken;
    }

    [[nodiscard]] bool is_found() const noexcept { return state_ == State::found; }

private:
    enum class State {
        in_line,
        at_begin,      // of a line
        behind_return, // with which the line began
        found,
    };

    void look_at(char c) noexcept {
        if (c == '\n') state_ = state_ == State::in_line ? State::at_begin : State::found;
        else state_ = c == '\r' && state_ == State::at_begin ? State::behind_return : State::in_line;
    }

    State state_ = State::in_line; // the status line cannot be blank
};

} // namespace lcm::detail

#endif
