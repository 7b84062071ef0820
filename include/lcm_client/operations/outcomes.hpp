// SPDX-License-Identifier: BSL-1.0
// The operations that set the outcome of a call.
#ifndef LCM_CLIENT_OPERATIONS_OUTCOMES_HPP
#define LCM_CLIENT_OPERATIONS_OUTCOMES_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/sensitive.hpp>

#include <string>
#include <tuple>

namespace lcm {

/// What the server answers to an operation that sets an outcome. A client gives it to the caller only when `success`
/// is true: `success: false` is an error with `Delivery::refused`, anything else one with `Delivery::unknown`.
struct OutcomeResponse {
    bool success = false; ///< the outcome was set

    static constexpr auto fields = std::tuple{
        Field{"success", &OutcomeResponse::success, Presence::required, "the outcome was set"},
    };
};

/// Sets a business outcome and a telephony outcome of one call together, with the agent's comment, the lead's score
/// and the target amount. The agent must be on an active call, or logged in.
///
/// The server refuses an empty or unknown call with `WS_Error` ("Invalid Call ID."), which ends the request with
/// `Errc::invalid_call_id`. Page: set-telephony-outcome-with-business-outcome.
struct SetBusinessOutcomeWithCallOutcome {
    std::string callid{};                    ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key, such as "5|3|1|0|0|44|1"; not empty
    Number business_outcome{};               ///< the business outcome's id
    OutcomeId call_outcome{};                ///< the telephony outcome's id, number or text; 0 is valid (Success)
    Number lead_score = 0;                   ///< the lead's score
    std::string user_id{};                   ///< the agent's id; not empty
    Sensitive<std::string> agent_comments{}; ///< any text in UTF-8, also none
    Number target_amount = 0;                ///< the target achieved

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetBusinessOutcomeWithCallOutcome",
        .reply_subtopic = "SetBusinessOutcomeWithCallOutcomeResult",
        .reply_carries_callid = true,
        .settled_by = "OutcomeSetForCall",
        .page = "set-telephony-outcome-with-business-outcome",
        .summary = "set a business outcome and a telephony outcome of one call",
    };

    using Self = SetBusinessOutcomeWithCallOutcome;
    static constexpr auto fields = std::tuple{
        Field{"callid", &Self::callid, Presence::required, "the call's id, made by the application"},
        Field{"AccountNumber", &Self::account_number, Presence::required, "the LCM key"},
        Field{"BusinessOutcome", &Self::business_outcome, Presence::required, "the business outcome's id"},
        Field{"CallOutcome", &Self::call_outcome, Presence::required, "the telephony outcome's id, 0 is Success"},
        Field{"LeadScore", &Self::lead_score, Presence::required, "the lead's score"},
        Field{"UserID", &Self::user_id, Presence::required, "the agent's id"},
        Field{"AgentComments", &Self::agent_comments, Presence::may_be_empty, "the agent's comment"},
        Field{"TargetAmount", &Self::target_amount, Presence::required, "the target achieved"},
    };
};

} // namespace lcm

#endif
