// SPDX-License-Identifier: BSL-1.0
// What the beginning of a message tells of it when the rest cannot be had, since it is larger than the limit.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_MESSAGE_HEAD_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_MESSAGE_HEAD_HPP

#include <lcm_client/protocol/impl/text.hpp>

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The names of a message, as far as they were found. They point into the text that was read.
struct MessageHead {
    std::string_view subtopic{};              ///< empty if it was not found
    std::optional<std::string_view> callid{}; ///< that of the payload; nothing if it was not found
};

/// Looks through a JSON text that is cut off somewhere, or is none at all, from its first letter to its last, without
/// memory of its own.
class HeadReader {
public:
    explicit HeadReader(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] MessageHead read() noexcept {
        while (!rest_.empty()) {
            const char letter = rest_.front();
            if (letter == '"') {
                read_text();
                continue;
            }
            rest_.remove_prefix(1);
            if (letter == '{' || letter == '[') open(letter == '[');
            else if (letter == '}' || letter == ']') close();
            else if (letter == ',') name_ = {};
        }
        return head_;
    }

private:
    static constexpr std::size_t deepest = 3; // the payload of a message in a packet
    static constexpr std::size_t nowhere = (std::numeric_limits<std::size_t>::max)();

    // What stands in a list, in the response itself or too deep says nothing of the message.
    void open(bool is_list) noexcept {
        const bool is_wanted = !is_list && depth_ < deepest && !same_key(name_, "response");
        if (!is_wanted && ignored_from_ == nowhere) ignored_from_ = depth_;
        ++depth_;
        name_ = {};
    }

    void close() noexcept {
        if (depth_ != 0) --depth_;
        if (depth_ <= ignored_from_ && ignored_from_ != nowhere) ignored_from_ = nowhere;
        name_ = {};
    }

    // A name, whose value is then looked at, or a text that nobody asks for.
    void read_text() noexcept {
        const auto text = take_text();
        skip_space();
        if (!text || rest_.empty() || rest_.front() != ':') return;
        rest_.remove_prefix(1);
        skip_space();
        name_ = *text;
        if (ignored_from_ == nowhere) read_value();
    }

    void read_value() noexcept {
        const bool is_subtopic = same_key(name_, "subtopic");
        if (!is_subtopic && !same_key(name_, "callid")) return;
        const auto value = take_value();
        if (!value) return;
        if (!is_subtopic) {
            if (depth_ > 1 && !head_.callid && !value->empty()) head_.callid = value;
        } else if (!trim(*value).empty() && depth_ < depth_of_subtopic_) { // that of a packet is empty
            head_.subtopic = trim(*value);
            depth_of_subtopic_ = depth_;
        }
    }

    // A text or a number that has come to its end.
    std::optional<std::string_view> take_value() noexcept {
        if (!rest_.empty() && rest_.front() == '"') return take_text();
        const std::size_t size = rest_.find_first_not_of("+-.0123456789eE");
        if (size == std::string_view::npos || size == 0) return std::nullopt;
        const std::string_view number = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return number;
    }

    // Without its quotes. Nothing if it is cut off, or has an escape: no name of the interface has one.
    std::optional<std::string_view> take_text() noexcept {
        bool has_escape = false;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '\\') {
                has_escape = true;
                ++at;
            } else if (rest_[at] == '"') {
                const std::string_view text = rest_.substr(1, at - 1);
                rest_.remove_prefix(at + 1);
                return has_escape ? std::nullopt : std::optional(text);
            }
        }
        rest_ = {};
        return std::nullopt;
    }

    void skip_space() noexcept {
        while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    }

    std::string_view rest_;
    std::string_view name_{};            // of the member whose value comes next
    std::size_t depth_ = 0;              // so many objects and lists are open
    std::size_t ignored_from_ = nowhere; // the depth of what holds something that is not looked at
    std::size_t depth_of_subtopic_ = nowhere;
    MessageHead head_{};
};

/// Reads subtopic and call of a message of which only the beginning is there, by the rules of whole messages: names in
/// any letter case, also within a packet. Whatever the text is, it finds them or does not.
[[nodiscard]] inline MessageHead read_message_head(std::string_view text) noexcept { return HeadReader(text).read(); }

} // namespace lcm::detail

#endif
