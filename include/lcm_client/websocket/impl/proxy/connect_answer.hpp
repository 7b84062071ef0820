// SPDX-License-Identifier: BSL-1.0
// Internal: whether a proxy's answer to CONNECT opens a tunnel, and what it asks if not (RFC 9110, 9.3.6 and 11.7).
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_PROXY_CONNECT_ANSWER_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_PROXY_CONNECT_ANSWER_HPP

#include <lcm_client/errc.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/http/answer_header.hpp>
#include <lcm_client/websocket/impl/http/http_answer.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_challenges.hpp>
#include <lcm_client/websocket/proxy.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What the header of a 407 says: the ways to sign on, and whether another request may follow on the connection.
class ChallengeFields {
public:
    ChallengeFields(std::string_view lines, bool is_http_1_1) : is_kept_(is_http_1_1) {
        for_each_field(lines, [this](auto name, auto value) { note(name, value); });
    }

    [[nodiscard]] const std::vector<ProxyChallenge>& challenges() const noexcept { return challenges_; }

    /// How long the body is, if another request may follow behind it.
    [[nodiscard]] std::optional<std::size_t> body_before_next() const noexcept {
        return is_kept_ && !is_closed_ && !is_chunked_ ? length_ : std::nullopt;
    }

private:
    void note(std::string_view name, std::string_view value) {
        if (same_name(name, "Proxy-Authenticate") || same_name(name, "WWW-Authenticate"))
            add_challenges(value, challenges_);
        else if (same_name(name, "Transfer-Encoding")) is_chunked_ = true;
        else if (same_name(name, "Content-Length")) note_length(value);
        else if (same_name(name, "Connection") || same_name(name, "Proxy-Connection")) {
            is_closed_ = is_closed_ || has_token(value, "close");
            is_kept_ = is_kept_ || has_token(value, "keep-alive");
        }
    }

    void note_length(std::string_view value) {
        std::size_t length = 0;
        const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), length);
        const bool is_number = ec == std::errc() && end == value.data() + value.size();
        if (!is_number || (length_ && *length_ != length)) is_closed_ = true; // its end cannot be known
        length_ = length;
    }

    std::vector<ProxyChallenge> challenges_;
    bool is_kept_;
    bool is_closed_ = false;
    bool is_chunked_ = false;
    std::optional<std::size_t> length_;
};

/// Whether a proxy wants to know who asks, or does not believe it. Some answer 401 to wrong credentials, as tinyproxy.
[[nodiscard]] constexpr bool is_question(unsigned status) noexcept { return status == 407 || status == 401; }

/// Takes the answer in pieces of any size. A body is waited for only if it is short and another request may follow.
class ConnectAnswer {
public:
    static constexpr std::size_t max_body = 64 * 1024; ///< which is read, of a 407
    static constexpr int max_interim = AnswerHeader::max_interim;

    enum class State {
        incomplete,
        open,       ///< what follows comes through the tunnel
        challenged, ///< it wants credentials, or other ones
        refused,    ///< any other status
        garbage,    ///< it is no HTTP, or its header has no end
    };

    /// `awaits_body`: of a 407, where another request may follow it.
    explicit ConnectAnswer(bool awaits_body) : awaits_body_(awaits_body) {}

    /// The proxy's next bytes, while the answer is incomplete.
    State take(std::string_view bytes) {
        header_.append(bytes);
        if (state_ == State::incomplete) look();
        return state_;
    }

    /// Nothing more will come.
    void end() noexcept {
        if (state_ == State::incomplete && declines())
            state_ = is_question(status()) ? State::challenged : State::refused;
    }

    [[nodiscard]] State state() const noexcept { return state_; }

    /// Whether anything at all has come.
    [[nodiscard]] bool has_begun() const noexcept { return header_.has_begun(); }

    /// The bytes behind the header: the first ones of the tunnel. When it is open.
    [[nodiscard]] std::string_view rest() const noexcept { return header_.rest(); }

    /// The ways to sign on. When it is challenged.
    [[nodiscard]] const std::vector<ProxyChallenge>& challenges() const noexcept { return challenges_; }

    /// Whether the next request may follow on the same connection. When it is challenged.
    [[nodiscard]] bool keeps_connection() const noexcept { return keeps_connection_; }

    /// As far as its line has come; 0 if it has not.
    [[nodiscard]] unsigned status() const noexcept {
        const auto line = status_line();
        const auto parsed = line ? parse_status_line(*line) : std::nullopt;
        return parsed && !parsed->is_interim() ? parsed->status : 0;
    }

    /// The text behind the status, as the proxy wrote it.
    [[nodiscard]] std::string_view reason() const noexcept {
        const std::string_view line = status_line().value_or(std::string_view());
        const std::size_t status = (std::min)(line.find(' '), line.size());
        const std::size_t behind = (std::min)(line.find(' ', (std::min)(status + 1, line.size())), line.size());
        return line.substr(behind);
    }

    /// Whether an answer that ends too early, or not at all, says why there is no tunnel.
    [[nodiscard]] bool declines() const noexcept { return status() != 0 && !is_success(status()); }

    /// Why it is garbage.
    [[nodiscard]] error_code breach() const noexcept { return breach_; }

private:
    static constexpr bool is_success(unsigned status) noexcept { return status >= 200 && status < 300; }

    [[nodiscard]] std::optional<std::string_view> status_line() const noexcept {
        std::string_view text = header_.text();
        return take_line(text);
    }

    void look() {
        switch (header_.state()) {
        case AnswerHeader::State::incomplete: return;
        case AnswerHeader::State::no_http: return end_as_garbage(boost::system::errc::bad_message);
        case AnswerHeader::State::too_long:
            return declines() ? end() : end_as_garbage(boost::system::errc::message_size);
        case AnswerHeader::State::whole: break;
        }
        if (body_ || judge()) look_at_body();
    }

    // Returns whether the body is to be looked at.
    bool judge() {
        const StatusLine status = *parse_status_line(*status_line());
        if (is_success(status.status)) return end(State::open);
        if (!is_question(status.status)) return end(State::refused);
        const ChallengeFields fields(header_.fields(), status.is_http_1_1);
        challenges_ = fields.challenges();
        const auto body = fields.body_before_next();
        if (!awaits_body_ || !body || *body > max_body) return end(State::challenged);
        body_ = body;
        return true;
    }

    void look_at_body() {
        if (rest().size() < *body_) return;
        keeps_connection_ = rest().size() == *body_; // what is behind it was not asked for
        end(State::challenged);
    }

    void end_as_garbage(boost::system::errc::errc_t why) {
        breach_ = make_error_code(why);
        end(State::garbage);
    }

    bool end(State state) noexcept {
        state_ = state;
        return false;
    }

    bool awaits_body_;
    State state_ = State::incomplete;
    AnswerHeader header_;
    std::optional<std::size_t> body_; // the size of that of a 407 which is awaited
    bool keeps_connection_ = false;
    std::vector<ProxyChallenge> challenges_;
    error_code breach_{};
};

} // namespace lcm::detail

#endif
