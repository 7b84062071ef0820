// SPDX-License-Identifier: BSL-1.0
// The operations on the state of calls and of the agent.
//
// What a field means stands in its row of the table below the members, and nowhere else.
#ifndef LCM_CLIENT_OPERATIONS_STATE_HPP
#define LCM_CLIENT_OPERATIONS_STATE_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// The last request that set something for a call: what was asked, not what became of it. Fields of other requests
/// than the page's sample are in `others`.
struct StoredData {
    Id callid{};
    Sensitive<std::string> account_number{};
    Number business_outcome{};
    Date start_date{};
    Date end_date{};
    TimeOfDay start_time{};
    TimeOfDay end_time{};
    Number mode_id{};
    Id user_id{};
    Sensitive<std::string> agent_comment{};
    Number target_amount{};
    std::optional<bool> target_amount_specified{};
    std::string api{};
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing

    using Self = StoredData;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::optional, "the call");
        field("AccountNumber", &Self::account_number, Presence::optional, "the LCM key");
        field("BusinessOutcome", &Self::business_outcome, Presence::optional, "the business outcome's id",
              {.form = Form::text});
        field("StartDate", &Self::start_date, Presence::optional, "the day on which the callback's window starts");
        field("EndDate", &Self::end_date, Presence::optional, "the day on which the callback's window ends");
        field("StartTime", &Self::start_time, Presence::optional, "the time at which the callback's window starts");
        field("EndTime", &Self::end_time, Presence::optional, "the time at which the callback's window ends");
        field("ModeID", &Self::mode_id, Presence::optional, "the id of the mode by which to call back",
              {.form = Form::text, .also = "CallbackModeID"});
        field("UserID", &Self::user_id, Presence::optional, "the agent's id", {.also = "AgentID"});
        field("AgentComment", &Self::agent_comment, Presence::optional, "the agent's comment",
              {.also = "AgentComments"});
        field("TargetAmount", &Self::target_amount, Presence::optional, "the target achieved");
        field("TargetAmountSpecified", &Self::target_amount_specified, Presence::optional,
              "whether the request named a target");
        field("api", &Self::api, Presence::optional, "the subtopic of the request");
    }
};

/// Asks for the last request that set something for a call, to fill a refreshed form again. The agent must be on an
/// active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-local-stored-data.
struct GetStoredData {
    Id callid{};

    using Self = GetStoredData;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
    }

    using Response = StoredData;

    static constexpr Operation operation{
        .subtopic = "GetStoredData",
        .reply_subtopic = "StoredData",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-local-stored-data",
        .summary = "show the last request that set something for a call",
    };
};

/// The state of one call. The table's `businessfields`, whose form is not published, are in `others`.
struct CallState {
    Id callid{};
    std::vector<Mode> campaign_modes{};
    NamedValues optional_business_fields{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = CallState;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::optional, "the call");
        field("campaignmodes", &Self::campaign_modes, Presence::optional, "the modes of the call's campaign");
        field("optionalbussinessfields", &Self::optional_business_fields, Presence::optional,
              "the optional business fields of the call's contact", {.also = "optionalbusinessfields"});
    }
};

/// Asks for the state of all calls. The application must be registered. Has no fields.
///
/// Errors: not published. Page: state-synchronization.
struct StateSync {
    using Response = List<CallState>;

    static constexpr Operation operation{
        .subtopic = "StateSync",
        .reply_subtopic = "StateSync",
        .reply_callid = ReplyCallid::absent,
        .is_read_only = true,
        .page = "state-synchronization",
        .summary = "show the state of all calls",
        .unpublished = "the form of businessfields, the end of the sample reply, errors",
    };

    static constexpr void fields(auto&&) {}
};

/// Reports the agent's state to the LCM database. The agent must be logged in.
///
/// The server never replies: the request ends as accepted for sending. Errors: the page lists none. Page:
/// send-agent-state.
struct SendAgentState {
    Id agent_id{};
    Text agent_state{};

    using Self = SendAgentState;
    static constexpr void fields(auto&& field) {
        field("agentID", &Self::agent_id, Presence::required, "the agent's id");
        field("agentState", &Self::agent_state, Presence::required,
              "the state, such as NOT_READY; other states are not published");
    }

    using Response = AcceptedForSending;

    static constexpr Operation operation{
        .subtopic = "SendAgentState",
        .reply_callid = ReplyCallid::absent,
        .page = "send-agent-state",
        .summary = "report the agent's state",
    };
};

/// The operations of this file, for lists of all.
struct StateGroup {
    static constexpr std::string_view name = "state";
    static constexpr std::string_view summary = "the state of calls and of the agent";
    using Operations = OperationList<GetStoredData, StateSync, SendAgentState>;
};

} // namespace lcm

#endif
