// SPDX-License-Identifier: BSL-1.0
// The request written by hand into a buffer, as fast as is sensible: the measure for every encoder.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_HAND_WRITER_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_HAND_WRITER_HPP

#include "sample.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lcm::bench {

/// The buffer must have room for six times the texts, and eight bytes more.
class HandWriter {
public:
    explicit HandWriter(char* at) : at_(at) {}

    void raw(std::string_view text) {
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }

    void number(int value) { at_ = std::to_chars(at_, at_ + 12, value).ptr; }

    /// Eight bytes a step, as long as none of them needs an escape.
    void escaped(std::string_view text) {
        std::size_t i = 0;
        for (; i + 8 <= text.size(); i += 8) {
            std::uint64_t bytes = 0;
            std::memcpy(&bytes, text.data() + i, 8);
            if (needs_escape(bytes)) break;
            std::memcpy(at_, &bytes, 8);
            at_ += 8;
        }
        for (; i < text.size(); ++i) put(text[i]);
    }

    [[nodiscard]] char* end() const noexcept { return at_; }

private:
    static constexpr std::uint64_t ones = 0x0101010101010101U;
    static constexpr std::uint64_t tops = 0x8080808080808080U;

    static bool has_zero(std::uint64_t bytes) { return ((bytes - ones) & ~bytes & tops) != 0; }
    static bool needs_escape(std::uint64_t bytes) {
        const bool is_control = ((bytes - ones * 0x20U) & ~bytes & tops) != 0;
        return is_control || has_zero(bytes ^ ones * '"') || has_zero(bytes ^ ones * '\\');
    }

    void put(char c) {
        static constexpr std::string_view hex = "0123456789abcdef";
        const auto code = static_cast<unsigned char>(c);
        if (code >= 0x20 && c != '"' && c != '\\') {
            *at_++ = c;
            return;
        }
        *at_++ = '\\';
        if (code >= 0x20) {
            *at_++ = c;
            return;
        }
        raw("u00");
        *at_++ = hex[code >> 4U];
        *at_++ = hex[code & 0x0fU];
    }

    char* at_;
};

/// Writes the message to `out` and returns its size.
inline std::size_t write_request(char* out, const Sample& sample) {
    HandWriter writer(out);
    writer.raw(R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcome","source":")");
    writer.escaped(sample.source);
    writer.raw(R"(","data":{"callid":")");
    writer.escaped(sample.callid);
    writer.raw(R"(","AccountNumber":")");
    writer.escaped(sample.account_number);
    writer.raw(R"(","BusinessOutcome":)");
    writer.number(sample.business_outcome);
    writer.raw(R"(,"CallOutcome":)");
    writer.number(sample.call_outcome);
    writer.raw(R"(,"LeadScore":)");
    writer.number(sample.lead_score);
    writer.raw(R"(,"UserID":")");
    writer.escaped(sample.user_id);
    writer.raw(R"(","AgentComments":")");
    writer.escaped(sample.agent_comments);
    writer.raw(R"(","TargetAmount":)");
    writer.number(sample.target_amount);
    writer.raw("}}");
    return static_cast<std::size_t>(writer.end() - out);
}

} // namespace lcm::bench

#endif
