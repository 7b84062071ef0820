// SPDX-License-Identifier: BSL-1.0
// The specification's sample request, and the event about it.
#ifndef LCM_CLIENT_TESTS_SUPPORT_SAMPLE_HPP
#define LCM_CLIENT_TESTS_SUPPORT_SAMPLE_HPP

#include <lcm_client/operations/outcomes.hpp>

#include <string>
#include <utility>

namespace lcm::tests {

using SetOutcome = SetBusinessOutcomeWithCallOutcome;

inline SetOutcome sample(std::string callid = "12345") {
    return {.callid = std::move(callid),
            .account_number = "5|3|1|0|0|44|1",
            .business_outcome = 101,
            .call_outcome = 0,
            .lead_score = 0,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .target_amount = 0};
}

/// The event that tells all that an outcome was set for this LCM key.
inline std::string outcome_was_set(const std::string& contact) {
    return R"({"channel":"LCM","topic":"WebService","subtopic":"OutcomeSetForCall","message":")" + contact + "\"}";
}

} // namespace lcm::tests

#endif
