// SPDX-License-Identifier: BSL-1.0
// The question for the last request of a call, which is asked to find out about one that ended as unknown.
#ifndef LCM_CLIENT_SESSION_QUESTION_HPP
#define LCM_CLIENT_SESSION_QUESTION_HPP

#include <lcm_client/evidence.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/request_trace.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The request that it is about.
struct Question {
    RequestId about = 0;
    std::string operation{};
    std::string callid{};
};

/// Who knows what was sent, and so what an answer proves.
class Weigher {
public:
    Weigher() = default;
    Weigher(const Weigher&) = delete;
    Weigher& operator=(const Weigher&) = delete;

    /// `shown` is the answer, which has just come, and `asked` is when the question was submitted.
    [[nodiscard]] virtual Evidence weigh(const Question& question, const StoredRequest& shown, TimePoint asked) = 0;

protected:
    ~Weigher() = default;
};

} // namespace lcm::detail

#endif
