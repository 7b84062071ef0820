// SPDX-License-Identifier: BSL-1.0
// The request of all clients but for its call id: the specification's sample.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_SAMPLE_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_SAMPLE_HPP

#include <string_view>

namespace lcm::bench {

/// With a call id of 12 characters the message has 286 bytes.
struct Sample {
    std::string_view source = "gateway";
    std::string_view callid;
    std::string_view account_number = "5|3|1|0|0|44|1";
    int business_outcome = 101;
    int call_outcome = 0;
    int lead_score = 0;
    std::string_view user_id = "1234";
    std::string_view agent_comments = "Test comment";
    int target_amount = 0;
};

} // namespace lcm::bench

#endif
