// SPDX-License-Identifier: BSL-1.0
// Internal: an HTTP answer up to the end of its header, whatever is asked for by the request.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_ANSWER_HEADER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_ANSWER_HEADER_HPP

#include <lcm_client/websocket/impl/http/header_end.hpp>
#include <lcm_client/websocket/impl/http/http_answer.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Takes the answer in pieces of any size, and passes over the interim ones before it.
class AnswerHeader {
public:
    static constexpr std::size_t max_size = 64 * 1024; ///< of one answer's, with its status line
    static constexpr int max_interim = 16;             ///< answers before the one that counts

    enum class State {
        incomplete,
        whole,
        no_http, ///< also interim answers without end
        too_long,
    };

    /// The next bytes, also those behind the header.
    void append(std::string_view bytes) {
        text_.append(bytes);
        while (state_ == State::incomplete && look()) {}
    }

    [[nodiscard]] State state() const noexcept { return state_; }

    /// Whether anything at all has come.
    [[nodiscard]] bool has_begun() const noexcept { return !text_.empty() || interims_ != 0; }

    /// All that has come of the answer that counts, or of an interim one.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

    /// The lines behind the status line. When it is whole.
    [[nodiscard]] std::string_view fields() const noexcept {
        std::string_view lines = std::string_view(text_).substr(0, size_);
        static_cast<void>(take_line(lines));
        return lines;
    }

    /// The bytes behind the header. When it is whole.
    [[nodiscard]] std::string_view rest() const noexcept { return std::string_view(text_).substr(size_); }

private:
    // Returns whether there is more to see, behind an interim answer.
    bool look() {
        size_ += end_.take(std::string_view(text_).substr(size_));
        if (cannot_be_http()) return finish(State::no_http);
        if (size_ > max_size) return finish(State::too_long);
        if (!end_.is_found()) return false;
        std::string_view lines = text_;
        return parse_status_line(*take_line(lines))->is_interim() ? pass_over() : finish(State::whole);
    }

    // A server of mail, or one that wants TLS, waits for the client after its first line. Nobody has to wait for it.
    [[nodiscard]] bool cannot_be_http() const noexcept {
        constexpr std::string_view begin = "HTTP/";
        std::string_view head = text_;
        if (!head.starts_with(begin.substr(0, head.size()))) return true;
        const auto line = take_line(head);
        return line && !parse_status_line(*line);
    }

    bool pass_over() {
        if (++interims_ > max_interim) return finish(State::no_http);
        text_.erase(0, size_);
        size_ = 0;
        end_ = {};
        return !text_.empty();
    }

    bool finish(State state) noexcept {
        state_ = state;
        return false;
    }

    State state_ = State::incomplete;
    std::string text_;
    std::size_t size_ = 0; // of what has been looked at of it: of the header, when that is whole
    HeaderEnd end_;
    int interims_ = 0;
};

} // namespace lcm::detail

#endif
