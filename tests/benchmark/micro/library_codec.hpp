// SPDX-License-Identifier: BSL-1.0
// The library's codec as the micro-benchmarks call it: the only place here that knows its inner functions.
#ifndef LCM_CLIENT_BENCHMARK_MICRO_LIBRARY_CODEC_HPP
#define LCM_CLIENT_BENCHMARK_MICRO_LIBRARY_CODEC_HPP

#include "../client/sample.hpp"

#include <lcm_client/config.hpp>
#include <lcm_client/json.hpp>
#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/envelope.hpp>
#include <lcm_client/protocol/read_reply.hpp>

#include <string>
#include <string_view>

namespace lcm::bench {

using Request = lcm::SetBusinessOutcomeWithCallOutcome;

inline Request make_request(std::string_view callid) {
    const Sample sample;
    return {.callid = std::string(callid),
            .account_number = std::string(sample.account_number),
            .business_outcome = sample.business_outcome,
            .call_outcome = sample.call_outcome,
            .lead_score = sample.lead_score,
            .user_id = std::string(sample.user_id),
            .agent_comments = std::string(sample.agent_comments),
            .target_amount = sample.target_amount};
}

/// What a request costs from its struct to its text.
inline std::string encode_request(const Request& request) { return lcm::encode(request, Sample().source); }

/// What a reply costs from its text to the typed response: whether it says yes, for this call.
inline bool decode_reply(std::string_view text, std::string_view callid) {
    lcm::LenientReader reader;
    const lcm::ParsedJson document = lcm::parse_json(text, lcm::Limits().json_depth);
    if (!document || lcm::is_error(document.value, reader)) return false;
    const lcm::Incoming incoming = lcm::read_incoming(document.value, reader);
    if (incoming.payload == nullptr || incoming.callid != callid) return false;
    const auto response = lcm::read_reply<Request::Response>(*incoming.payload, reader);
    return response.has_value() && response->success;
}

} // namespace lcm::bench

#endif
