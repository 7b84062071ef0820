// SPDX-License-Identifier: BSL-1.0
// The operations that set the outcome of a call, and those that list the outcomes to choose from.
//
// What a field means stands in its row of the table below the members, and nowhere else.
#ifndef LCM_CLIENT_OPERATIONS_OUTCOMES_HPP
#define LCM_CLIENT_OPERATIONS_OUTCOMES_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/operations/impl/checks.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

/// Sets a business outcome and a telephony outcome of one call together, with the agent's comment, the lead's score
/// and the target amount. The agent must be on an active call, or logged in.
///
/// The server refuses an empty or unknown call with `WS_Error` ("Invalid Call ID."), which ends the request with
/// `Errc::invalid_call_id`. Page: set-telephony-outcome-with-business-outcome.
struct SetBusinessOutcomeWithCallOutcome {
    Id callid{};
    Sensitive<std::string> account_number{};
    Number business_outcome{};
    OutcomeId call_outcome{};
    Number lead_score = 0;
    Id user_id{};
    Sensitive<std::string> agent_comments{};
    Number target_amount = 0;

    using Self = SetBusinessOutcomeWithCallOutcome;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key, numbers with | between them",
              {.subject = SubjectKind::lcm_key});
        field("BusinessOutcome", &Self::business_outcome, Presence::required, "the business outcome's id");
        field("CallOutcome", &Self::call_outcome, Presence::required,
              "the telephony outcome's id, a number or a text; 0 is valid (Success)", {.is_telephony_outcome = true});
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty,
              "the agent's comment, any text, also none");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetBusinessOutcomeWithCallOutcome",
        .reply_subtopic = "SetBusinessOutcomeWithCallOutcomeResult",
        .reply_callid = ReplyCallid::present,
        .settled_by = "OutcomeSetForCall",
        .page = "set-telephony-outcome-with-business-outcome",
        .summary = "set a business outcome and a telephony outcome of one call",
    };
};

/// Sets the business outcome of a call, with the agent's comment, the lead's score and the target amount. The agent
/// must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-business-outcomes.
struct SetBusinessOutcomeWithComments {
    Id callid{};
    Sensitive<std::string> account_number{};
    Number outcome_id{};
    Id user_id{};
    Sensitive<std::string> agent_comments{};
    Number lead_score = 0;
    Number target_amount = 0;

    using Self = SetBusinessOutcomeWithComments;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("OutcomeId", &Self::outcome_id, Presence::required, "the business outcome's id");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty,
              "the agent's comment, any text, also none");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }

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
};

/// Sets the telephony outcome of a call, with the agent's comment, the lead's score and the target amount. The agent
/// must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-telephony-outcome.
struct SetCallOutcomeWithComments {
    Id callid{};
    Sensitive<std::string> account_number{};
    OutcomeId outcome_id{};
    Number lead_score = 0;
    Id user_id{};
    Sensitive<std::string> agent_comments{};
    Number target_amount = 0;

    using Self = SetCallOutcomeWithComments;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("OutcomeId", &Self::outcome_id, Presence::required,
              "the telephony outcome's id, a number or a text; 0 is valid (Success)", {.is_telephony_outcome = true});
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty,
              "the agent's comment, any text, also none");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }

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
};

/// Sets any outcome of a call, with or without a callback: one operation for all that the others set. The agent must
/// be on an active call, or logged in.
///
/// For a callback, its mode and both ends of its window are set; without one, none of them. The page marks the window
/// mandatory and the mode not, which fits neither case. Not published: the fields after `EndTime`, the reply, errors
/// and samples. The reply's subtopic here is inferred from those of the sister operations: if it is another one, the
/// request ends as unknown at its deadline. Page: set-call-result.
struct SetCallResult {
    Id user_id{};
    Sensitive<std::string> account_number{};
    Sensitive<std::string> agent_comments{};
    Number target_amount{};
    Number lead_score{};
    Number outcome_id{};
    Number callback_mode_id{};
    Date start_date{};
    Date end_date{};
    TimeOfDay start_time{};
    TimeOfDay end_time{};

    using Self = SetCallResult;
    static constexpr void fields(auto&& field) {
        field("UserID", &Self::user_id, Presence::optional, "the agent's id; not needed for a callback to any agent");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("AgentComments", &Self::agent_comments, Presence::optional, "the agent's comment");
        field("TargetAmount", &Self::target_amount, Presence::optional, "the target achieved");
        field("LeadScore", &Self::lead_score, Presence::optional, "the lead's score");
        field("OutcomeId", &Self::outcome_id, Presence::required,
              "the id of a telephony or a business outcome; 0 is valid (Success)", {.is_telephony_outcome = true});
        field("CallbackModeID", &Self::callback_mode_id, Presence::optional,
              "the id of the mode by which to call back");
        field("StartDate", &Self::start_date, Presence::optional, "the day on which the callback's window starts");
        field("EndDate", &Self::end_date, Presence::optional, "the day on which the callback's window ends");
        field("StartTime", &Self::start_time, Presence::optional,
              "the time at which the callback's window starts; the time zone is not published");
        field("EndTime", &Self::end_time, Presence::optional, "the time at which the callback's window ends");
    }

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

    /// A callback has all its pieces, and ends no earlier than it starts.
    [[nodiscard]] FieldProblems cross_check() const {
        auto problems = detail::check_all_or_none({{"CallbackModeID", callback_mode_id.is_set()},
                                                   {"StartDate", start_date.is_set()},
                                                   {"EndDate", end_date.is_set()},
                                                   {"StartTime", start_time.is_set()},
                                                   {"EndTime", end_time.is_set()}},
                                                  "must be set: a callback needs its mode and both ends of its window");
        if (auto order = detail::check_callback_window(*this)) problems.push_back(*std::move(order));
        return problems;
    }
};

/// What the server answers to `SetDialerOutcomeForMCDRequest`: a bare `true` or `false`, where the sister operations
/// answer an object with `success`.
struct DialerOutcomeResponse {
    bool success = false;
    Sensitive<Json> others{}; ///< what the reply holds beyond it; null if nothing

    static constexpr bool may_be_bare = true; ///< a Boolean without its object is the answer

    using Self = DialerOutcomeResponse;
    static constexpr void fields(auto&& field) {
        field("success", &Self::success, Presence::required, "whether the entry was created");
    }
};

/// Creates the dialer's entry for a contact of another campaign, found with `GetCampaignsForMCDRequest`, so that an
/// outcome can be set for it without dialing. The agent must be logged in.
///
/// Errors: the page lists none. Page: set-dialer-outcome-for-mcd-request.
struct SetDialerOutcomeForMCDRequest {
    Sensitive<std::string> account_number{};
    Id agent_id{};
    Sensitive<std::string> phone_number{};
    Id callid{};
    bool is_offline_transaction = false;

    using Self = SetDialerOutcomeForMCDRequest;
    static constexpr void fields(auto&& field) {
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
        field("PhoneNumber", &Self::phone_number, Presence::required, "the contact's telephone number",
              {.subject = SubjectKind::telephone_number});
        field("callid", &Self::callid, Presence::may_be_empty, "the call's id; empty in the page's sample",
              {.subject = SubjectKind::call});
        field("isOfflineTransaction", &Self::is_offline_transaction, Presence::required,
              "a flag that the page does not explain");
    }

    using Response = DialerOutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetDialerOutcomeForMCDRequest",
        .reply_subtopic = "SetDialerOutcomeForMCDResponse",
        .reply_callid = ReplyCallid::absent,
        .page = "set-dialer-outcome-for-mcd-request",
        .summary = "create the dialer's entry for a contact of another campaign",
    };
};

/// Lists the telephony outcomes of the system. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-available-outcomes.
struct GetCallOutCome {
    Id callid{};

    using Self = GetCallOutCome;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
    }

    using Response = List<CallOutcome>;

    static constexpr Operation operation{
        .subtopic = "GetCallOutCome",
        .reply_subtopic = "CallOutCome",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-available-outcomes",
        .summary = "list the telephony outcomes",
    };
};

/// Lists the business outcomes of the campaign. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-business-outcomes.
struct GetBusinessOutCome {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetBusinessOutCome;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = List<BusinessOutcome>;

    static constexpr Operation operation{
        .subtopic = "GetBusinessOutCome",
        .reply_subtopic = "BusinessOutCome",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-business-outcomes",
        .summary = "list the business outcomes of the campaign",
    };
};

/// Lists the business outcomes that are children of one parent. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-business-outcome-by-parent.
struct GetBusinessOutcomeParent {
    Id callid{};
    Sensitive<std::string> account_number{};
    Number parent_business_outcome_id{};

    using Self = GetBusinessOutcomeParent;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("ParentBusinessOutcomeId", &Self::parent_business_outcome_id, Presence::required,
              "the parent's id, as GetBOGroupParent lists it", {.form = Form::text});
    }

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
};

/// A business outcome that has others under it.
struct ParentOutcome {
    Number parent_id{};
    std::string parent_name{};
    Id campaign_key{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = ParentOutcome;
    static constexpr void fields(auto&& field) {
        field("ParentId", &Self::parent_id, Presence::optional, "the parent's id", {.form = Form::text});
        field("ParentName", &Self::parent_name, Presence::optional, "the parent's name");
        field("CampaignKey", &Self::campaign_key, Presence::optional, "the campaign; empty in the page's sample");
    }
};

/// Lists the parents in the campaign's group of business outcomes. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-parent-outcomes.
struct GetBOGroupParent {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetBOGroupParent;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = List<ParentOutcome>;

    static constexpr Operation operation{
        .subtopic = "GetBOGroupParent",
        .reply_subtopic = "BOGroupParent",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-parent-outcomes",
        .summary = "list the parents among the business outcomes",
    };
};

/// Lists the business outcomes of the outcome group that the layout's settings name, for manual and inbound calls. The
/// agent must be on an active call, or logged in.
///
/// Errors: the page lists none. The reply has the subtopic of `GetBusinessOutCome`'s, and no call id. Page:
/// get-business-outcome-by-outcome-group.
struct GetOutcomeByOutcomegroup {
    Id callid{};
    Text type{};

    using Self = GetOutcomeByOutcomegroup;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::may_be_empty, "the call's id; empty in the page's sample",
              {.subject = SubjectKind::call});
        field("type", &Self::type, Presence::required,
              "the kind of call: MANUAL in the page's sample; its table names inbound and outbound");
    }

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
};

/// Lists the telephony outcomes for an LCM key: a read, in spite of its name. The agent must be on an active call, or
/// logged in.
///
/// Errors: the page lists none. Page: set-call-outcome-offline.
struct SetCallOutComeOffline {
    Sensitive<std::string> account_number{};

    using Self = SetCallOutComeOffline;
    static constexpr void fields(auto&& field) {
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

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
