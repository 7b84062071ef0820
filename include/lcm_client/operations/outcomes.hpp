// SPDX-License-Identifier: BSL-1.0
// The operations that set the outcome of a call, and those that list the outcomes to choose from.
#ifndef LCM_CLIENT_OPERATIONS_OUTCOMES_HPP
#define LCM_CLIENT_OPERATIONS_OUTCOMES_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/operations/checks.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lcm {

/// Sets a business outcome and a telephony outcome of one call together, with the agent's comment, the lead's score
/// and the target amount. The agent must be on an active call, or logged in.
///
/// The server refuses an empty or unknown call with `WS_Error` ("Invalid Call ID."), which ends the request with
/// `Errc::invalid_call_id`. Page: set-telephony-outcome-with-business-outcome.
struct SetBusinessOutcomeWithCallOutcome {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key, such as "5|3|1|0|0|44|1"; not empty
    Number business_outcome{};               ///< the business outcome's id
    OutcomeId call_outcome{};                ///< the telephony outcome's id, number or text; 0 is valid (Success)
    Number lead_score = 0;                   ///< the lead's score
    Id user_id{};                            ///< the agent's id; not empty
    Sensitive<std::string> agent_comments{}; ///< any text in UTF-8, also none
    Number target_amount = 0;                ///< the target achieved

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetBusinessOutcomeWithCallOutcome",
        .reply_subtopic = "SetBusinessOutcomeWithCallOutcomeResult",
        .reply_callid = ReplyCallid::present,
        .settled_by = "OutcomeSetForCall",
        .page = "set-telephony-outcome-with-business-outcome",
        .summary = "set a business outcome and a telephony outcome of one call",
    };

    using Self = SetBusinessOutcomeWithCallOutcome;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("BusinessOutcome", &Self::business_outcome, Presence::required, "the business outcome's id");
        field("CallOutcome", &Self::call_outcome, Presence::required, "the telephony outcome's id, 0 is Success");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty, "the agent's comment");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }
};

/// Sets the business outcome of a call, with the agent's comment, the lead's score and the target amount. The agent
/// must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-business-outcomes.
struct SetBusinessOutcomeWithComments {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty
    Number outcome_id{};                     ///< the business outcome's id
    Id user_id{};                            ///< the agent's id; not empty
    Sensitive<std::string> agent_comments{}; ///< any text, also none
    Number lead_score = 0;                   ///< the lead's score
    Number target_amount = 0;                ///< the target achieved

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetBusinessOutcomeWithComments",
        .reply_subtopic = "SetBusinessOutcomeWithCommentsResult",
        .reply_callid = ReplyCallid::present,
        .settled_by = "OutcomeSetForCall",
        .page = "set-business-outcomes",
        .summary = "set the business outcome of a call",
        .unpublished = "the sample reply",
    };

    using Self = SetBusinessOutcomeWithComments;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("OutcomeId", &Self::outcome_id, Presence::required, "the business outcome's id");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty, "the agent's comment");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }
};

/// Sets the telephony outcome of a call, with the agent's comment, the lead's score and the target amount. The agent
/// must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-telephony-outcome.
struct SetCallOutcomeWithComments {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty
    OutcomeId outcome_id{};                  ///< the telephony outcome's id, number or text; 0 is valid (Success)
    Number lead_score = 0;                   ///< the lead's score
    Id user_id{};                            ///< the agent's id; not empty
    Sensitive<std::string> agent_comments{}; ///< any text, also none
    Number target_amount = 0;                ///< the target achieved

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetCallOutcomeWithComments",
        .reply_subtopic = "SetCallOutcomeWithCommentsResult",
        .reply_callid = ReplyCallid::present,
        .settled_by = "OutcomeSetForCall",
        .page = "set-telephony-outcome",
        .summary = "set the telephony outcome of a call",
        .unpublished = "the end of the sample request, the sample reply",
    };

    using Self = SetCallOutcomeWithComments;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("OutcomeId", &Self::outcome_id, Presence::required, "the telephony outcome's id, 0 is Success");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty, "the agent's comment");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }
};

/// Sets any outcome of a call, with or without a callback: one operation for all that the others set. The agent must
/// be on an active call, or logged in.
///
/// For a callback, its mode and both ends of its window are set; without one, none of them. The page marks the window
/// mandatory and the mode not, which fits neither case. Not published: the fields after `EndTime`, the reply, errors
/// and samples. The reply's subtopic here is inferred from those of the sister operations: if it is another one, the
/// request ends as unknown at its deadline. Page: set-call-result.
struct SetCallResult {
    Id user_id{};                            ///< the agent's id; not needed for a callback to any agent
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty
    Sensitive<std::string> agent_comments{}; ///< the agent's comment; left out if empty
    Number target_amount{};                  ///< the target achieved; left out if not set
    Number lead_score{};                     ///< the lead's score; left out if not set
    Number outcome_id{};                     ///< the id of a telephony or a business outcome; 0 is valid (Success)
    Number callback_mode_id{};               ///< the id of the mode by which to call back
    Date start_date{};                       ///< the day on which the callback's window starts
    Date end_date{};                         ///< the day on which it ends
    TimeOfDay start_time{};                  ///< the time at which it starts; the time zone is not published
    TimeOfDay end_time{};                    ///< the time at which it ends

    using Response = UnpublishedOutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetCallResult",
        .reply_subtopic = "SetCallResultResult",
        .reply_callid = ReplyCallid::unknown,
        .settled_by = "OutcomeSetForCall",
        .page = "set-call-result",
        .summary = "set any outcome of a call, with or without a callback",
        .unpublished = "the fields after EndTime, the reply (its subtopic is inferred), errors and samples",
    };

    using Self = SetCallResult;
    static constexpr void fields(auto&& field) {
        field("UserID", &Self::user_id, Presence::optional, "the agent's id");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("AgentComments", &Self::agent_comments, Presence::optional, "the agent's comment");
        field("TargetAmount", &Self::target_amount, Presence::optional, "the target achieved");
        field("LeadScore", &Self::lead_score, Presence::optional, "the lead's score");
        field("OutcomeId", &Self::outcome_id, Presence::required, "the id of a telephony or a business outcome");
        field("CallbackModeID", &Self::callback_mode_id, Presence::optional, "the mode by which to call back");
        field("StartDate", &Self::start_date, Presence::optional, "the day on which the callback's window starts");
        field("EndDate", &Self::end_date, Presence::optional, "the day on which it ends");
        field("StartTime", &Self::start_time, Presence::optional, "the time at which it starts");
        field("EndTime", &Self::end_time, Presence::optional, "the time at which it ends");
    }

    /// A callback has all its pieces, and ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const {
        auto problem = detail::check_all_or_none({{"CallbackModeID", callback_mode_id.is_set()},
                                                  {"StartDate", start_date.is_set()},
                                                  {"EndDate", end_date.is_set()},
                                                  {"StartTime", start_time.is_set()},
                                                  {"EndTime", end_time.is_set()}},
                                                 "must be set: a callback needs its mode and both ends of its window");
        return problem ? problem : detail::check_callback_window(*this);
    }
};

/// What the server answers to `SetDialerOutcomeForMCDRequest`: a bare `true` or `false`, where the sister operations
/// answer an object with `success`.
struct DialerOutcomeResponse {
    bool success = false;     ///< the entry was created
    Sensitive<Json> others{}; ///< what the reply holds beyond it; null if nothing

    static constexpr bool may_be_bare = true; ///< a Boolean without its object is the answer

    using Self = DialerOutcomeResponse;
    static constexpr void fields(auto&& field) {
        field("success", &Self::success, Presence::required, "the entry was created");
    }
};

/// Creates the dialer's entry for a contact of another campaign, found with `GetCampaignsForMCDRequest`, so that an
/// outcome can be set for it without dialing. The agent must be logged in.
///
/// Errors: the page lists none. Page: set-dialer-outcome-for-mcd-request.
struct SetDialerOutcomeForMCDRequest {
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty
    Id agent_id{};                           ///< the agent's id; not empty
    Sensitive<std::string> phone_number{};   ///< the contact's telephone number; not empty
    Id callid{};                             ///< the call's id; empty in the page's sample
    bool is_offline_transaction = false;     ///< the flag isOfflineTransaction

    using Response = DialerOutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetDialerOutcomeForMCDRequest",
        .reply_subtopic = "SetDialerOutcomeForMCDResponse",
        .reply_callid = ReplyCallid::absent,
        .page = "set-dialer-outcome-for-mcd-request",
        .summary = "create the dialer's entry for a contact of another campaign",
    };

    using Self = SetDialerOutcomeForMCDRequest;
    static constexpr void fields(auto&& field) {
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
        field("PhoneNumber", &Self::phone_number, Presence::required, "the contact's telephone number");
        field("callid", &Self::callid, Presence::may_be_empty, "the call's id");
        field("isOfflineTransaction", &Self::is_offline_transaction, Presence::required,
              "the flag of that name, which the page does not explain");
    }
};

/// Lists the telephony outcomes of the system. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-available-outcomes.
struct GetCallOutCome {
    Id callid{}; ///< the call's id, made by the application; not empty

    using Response = List<CallOutcome>;

    static constexpr Operation operation{
        .subtopic = "GetCallOutCome",
        .reply_subtopic = "CallOutCome",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-available-outcomes",
        .summary = "list the telephony outcomes",
    };

    using Self = GetCallOutCome;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
    }
};

/// Lists the business outcomes of the campaign. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-business-outcomes.
struct GetBusinessOutCome {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

    using Response = List<BusinessOutcome>;

    static constexpr Operation operation{
        .subtopic = "GetBusinessOutCome",
        .reply_subtopic = "BusinessOutCome",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-business-outcomes",
        .summary = "list the business outcomes of the campaign",
    };

    using Self = GetBusinessOutCome;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// Lists the business outcomes that are children of one parent. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-business-outcome-by-parent.
struct GetBusinessOutcomeParent {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty
    Number parent_business_outcome_id{};     ///< the parent's id, as `GetBOGroupParent` lists it

    using Response = List<BusinessOutcome>;

    static constexpr Operation operation{
        .subtopic = "GetBusinessOutcomeParent",
        .reply_subtopic = "BusinessOutcomeParent",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-business-outcome-by-parent",
        .summary = "list the business outcomes under one parent",
        .unpublished = "the end of the sample reply",
    };

    using Self = GetBusinessOutcomeParent;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("ParentBusinessOutcomeId", &Self::parent_business_outcome_id, Presence::required, "the parent's id",
              {.form = Form::text});
    }
};

/// A business outcome that has others under it.
struct ParentOutcome {
    Number parent_id{};        ///< its id
    std::string parent_name{}; ///< its name
    Id campaign_key{};         ///< the campaign; empty in the page's sample
    Sensitive<Json> others{};  ///< what else the server says of it; null if nothing

    using Self = ParentOutcome;
    static constexpr void fields(auto&& field) {
        field("ParentId", &Self::parent_id, Presence::optional, "the parent's id", {.form = Form::text});
        field("ParentName", &Self::parent_name, Presence::optional, "the parent's name");
        field("CampaignKey", &Self::campaign_key, Presence::optional, "the campaign");
    }
};

/// Lists the parents in the campaign's group of business outcomes. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-parent-outcomes.
struct GetBOGroupParent {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

    using Response = List<ParentOutcome>;

    static constexpr Operation operation{
        .subtopic = "GetBOGroupParent",
        .reply_subtopic = "BOGroupParent",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-parent-outcomes",
        .summary = "list the parents among the business outcomes",
    };

    using Self = GetBOGroupParent;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// Lists the business outcomes of the outcome group that the layout's settings name, for manual and inbound calls. The
/// agent must be on an active call, or logged in.
///
/// Errors: the page lists none. The reply has the subtopic of `GetBusinessOutCome`'s, and no call id. Page:
/// get-business-outcome-by-outcome-group.
struct GetOutcomeByOutcomegroup {
    Id callid{}; ///< the call's id; empty in the page's sample
    Text type{}; ///< the kind of call: "MANUAL" in the sample, the table names inbound and outbound; not empty

    using Response = List<BusinessOutcome>;

    static constexpr Operation operation{
        .subtopic = "GetOutcomeByOutcomegroup",
        .reply_subtopic = "BusinessOutCome",
        .reply_callid = ReplyCallid::absent,
        .is_read_only = true,
        .page = "get-business-outcome-by-outcome-group",
        .summary = "list the business outcomes for manual or inbound calls",
        .unpublished = "the end of the sample reply",
    };

    using Self = GetOutcomeByOutcomegroup;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::may_be_empty, "the call's id");
        field("type", &Self::type, Presence::required, "the kind of call, such as MANUAL");
    }
};

/// Lists the telephony outcomes for an LCM key: a read, in spite of its name. The agent must be on an active call, or
/// logged in.
///
/// Errors: the page lists none. Page: set-call-outcome-offline.
struct SetCallOutComeOffline {
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

    using Response = List<CallOutcome>;

    static constexpr Operation operation{
        .subtopic = "SetCallOutComeOffline",
        .reply_subtopic = "SetCallOutComeOfflineResponse",
        .reply_callid = ReplyCallid::absent,
        .is_read_only = true,
        .page = "set-call-outcome-offline",
        .summary = "list the telephony outcomes for an LCM key",
        .unpublished = "the end of the sample reply",
    };

    using Self = SetCallOutComeOffline;
    static constexpr void fields(auto&& field) {
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// The operations of this file, for lists of all.
struct OutcomeGroup {
    static constexpr std::string_view name = "outcomes";
    static constexpr std::string_view summary = "set the outcome of a call, and list the outcomes to choose from";
    using Operations =
        OperationList<SetBusinessOutcomeWithCallOutcome, SetBusinessOutcomeWithComments, SetCallOutcomeWithComments,
                      SetCallResult, SetDialerOutcomeForMCDRequest, GetCallOutCome, GetBusinessOutCome,
                      GetBusinessOutcomeParent, GetBOGroupParent, GetOutcomeByOutcomegroup, SetCallOutComeOffline>;
};

} // namespace lcm

#endif
