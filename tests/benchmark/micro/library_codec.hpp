// SPDX-License-Identifier: BSL-1.0
// The library's codec as the micro-benchmarks call it: the only place here that knows its inner functions.
#ifndef LCM_CLIENT_BENCHMARK_MICRO_LIBRARY_CODEC_HPP
#define LCM_CLIENT_BENCHMARK_MICRO_LIBRARY_CODEC_HPP

#include "../client/sample.hpp"

#include <lcm_client/config.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/read_reply.hpp>

#include <cstdint>
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

/// The codec as a client uses it, which keeps its buffers from one message to the next.
class LibraryCodec {
public:
    /// From the struct of a request to its text, which is valid until the next call.
    const std::string& encode(const Request& request) {
        text_.clear();
        lcm::detail::encode_to(text_, request, Sample().source);
        return text_;
    }

    /// From the text of a reply to the typed response: whether it says yes, for this call.
    bool decode(std::string_view text, std::string_view callid) {
        lcm::LenientReader reader;
        document_.clear();
        if (!document_.parse(text, lcm::Limits().json_depth)) return false;
        if (opened_ != document_.index()) envelope_ = lcm::detail::open_envelope(document_.root());
        opened_ = document_.index();
        if (lcm::detail::is_error(envelope_, reader)) return false;
        const lcm::detail::Incoming incoming = lcm::detail::read_incoming(envelope_, reader);
        if (!incoming.payload || incoming.callid != callid) return false;
        Request::Response response;
        return !lcm::detail::read_reply_into(response, envelope_.payload, reader) && response.success;
    }

private:
    std::string text_;
    lcm::JsonDocument document_;
    lcm::detail::Envelope envelope_{};
    std::uint64_t opened_ = 0; // the index by which the envelope was opened
};

} // namespace lcm::bench

#endif
