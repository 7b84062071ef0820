// SPDX-License-Identifier: BSL-1.0
// The reply read by hand: a strict pull parser that takes the call id and `success` on its way through the text. The
// measure for every decoder.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_PULL_PARSER_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_PULL_PARSER_HPP

#include <optional>
#include <string_view>

namespace lcm::bench {

struct HandReply {
    std::string_view callid;
    bool success = false;
};

/// Understands all of JSON, but takes texts as they stand, with their escapes.
class PullParser {
public:
    explicit PullParser(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    /// The reply, or nothing if the text is no JSON.
    std::optional<HandReply> read() {
        const bool good = object([this](std::string_view name) {
            return name == "message" ? object([this](std::string_view key) { return payload(key); }) : skip_value();
        });
        skip_space();
        return good && at_ == end_ ? std::optional(reply_) : std::nullopt;
    }

private:
    static constexpr int max_depth = 64;

    bool payload(std::string_view name) {
        if (name == "callid") return string(reply_.callid);
        if (name != "response") return skip_value();
        return object([this](std::string_view key) {
            if (key != "success") return skip_value();
            skip_space();
            reply_.success = at_ != end_ && *at_ == 't';
            return skip_value();
        });
    }

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }

    bool take(char c) {
        skip_space();
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }

    /// Calls `member(name)` before each value, which it has to read.
    template <class Member> bool object(Member member) {
        if (!take('{') || ++depth_ > max_depth) return false;
        if (take('}')) return leave();
        do {
            std::string_view name;
            if (!string(name) || !take(':') || !member(name)) return false;
        } while (take(','));
        return take('}') && leave();
    }

    bool array() {
        if (!take('[') || ++depth_ > max_depth) return false;
        if (take(']')) return leave();
        do {
            if (!skip_value()) return false;
        } while (take(','));
        return take(']') && leave();
    }

    bool leave() {
        --depth_;
        return true;
    }

    bool string(std::string_view& text) {
        if (!take('"')) return false;
        const char* const begin = at_;
        for (; at_ != end_; ++at_) {
            if (*at_ == '"') {
                text = {begin, static_cast<std::string_view::size_type>(at_ - begin)};
                ++at_;
                return true;
            }
            if (static_cast<unsigned char>(*at_) < 0x20) return false;
            if (*at_ == '\\' && !escape()) return false;
        }
        return false;
    }

    // Leaves the last character of the escape to the caller.
    bool escape() {
        if (++at_ == end_) return false;
        if (*at_ != 'u') return std::string_view(R"("\/bfnrt)").find(*at_) != std::string_view::npos;
        for (int i = 0; i < 4; ++i)
            if (++at_ == end_ || std::string_view("0123456789abcdefABCDEF").find(*at_) == std::string_view::npos)
                return false;
        return true;
    }

    bool literal(std::string_view word) {
        if (std::string_view(at_, static_cast<std::string_view::size_type>(end_ - at_)).substr(0, word.size()) != word)
            return false;
        at_ += word.size();
        return true;
    }

    bool digits() {
        const char* const begin = at_;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
        return at_ != begin;
    }

    bool number() {
        if (at_ != end_ && *at_ == '-') ++at_;
        if (at_ != end_ && *at_ == '0') ++at_;
        else if (!digits()) return false;
        if (at_ != end_ && *at_ == '.' && (++at_, !digits())) return false;
        if (at_ == end_ || (*at_ != 'e' && *at_ != 'E')) return true;
        ++at_;
        if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
        return digits();
    }

    bool skip_value() {
        skip_space();
        if (at_ == end_) return false;
        std::string_view ignored;
        switch (*at_) {
        case '"': return string(ignored);
        case '{': return object([this](std::string_view) { return skip_value(); });
        case '[': return array();
        case 't': return literal("true");
        case 'f': return literal("false");
        case 'n': return literal("null");
        default: return number();
        }
    }

    const char* at_;
    const char* end_;
    int depth_ = 0;
    HandReply reply_{};
};

} // namespace lcm::bench

#endif
