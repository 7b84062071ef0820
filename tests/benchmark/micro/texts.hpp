// SPDX-License-Identifier: BSL-1.0
// What the codecs write and read in the micro-benchmarks.
#ifndef LCM_CLIENT_BENCHMARK_MICRO_TEXTS_HPP
#define LCM_CLIENT_BENCHMARK_MICRO_TEXTS_HPP

#include "../client/callid.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::bench {

inline constexpr std::string_view sample_callid = "000000000001";

struct ReplyText {
    std::string callid;
    std::string text;
};

/// Replies to the sample, each for another call: as those of one operation come, or each with its members in another
/// order than the one before, so that nothing that was found out about that helps.
class Replies {
public:
    explicit Replies(bool are_alike) {
        for (std::size_t i = 0; i < count; ++i) replies_[i] = make(i, are_alike || i % 2 == 0);
    }

    const ReplyText& next() noexcept { return replies_[next_++ % count]; }

private:
    static constexpr std::size_t count = 16;

    static ReplyText make(std::size_t number, bool is_usual) {
        const std::string callid(CallId(number).text());
        const std::string call = R"("callid":")" + callid + '"';
        const std::string response = R"("response":{"success":true})";
        const std::string message = is_usual ? call + ',' + response : response + ',' + call;
        return {callid, R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
                        R"("message":{)" +
                            message + "}}"};
    }

    std::array<ReplyText, count> replies_;
    std::size_t next_ = 0;
};

} // namespace lcm::bench

#endif
