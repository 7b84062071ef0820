// SPDX-License-Identifier: BSL-1.0
// The operations that book callbacks and list them.
//
// A regular callback goes to any agent who is free, a personal one to the agent who booked it. The interface states no
// time zone for the windows of callbacks; `GetCampaignTimeZone` asks for that of the campaign.
//
// What a field means stands in its row of the table below the members, and nowhere else.
#ifndef LCM_CLIENT_OPERATIONS_CALLBACKS_HPP
#define LCM_CLIENT_OPERATIONS_CALLBACKS_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/operations/impl/checks.hpp>
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

namespace lcm::inline LCM_CLIENT_ABI {

/// Sets a business outcome, which counts for reports only, and books a regular callback. The agent must be on an
/// active call, or logged in.
///
/// Errors: not published. Page: set-business-outcome-with-callback.
struct SetBusinessOutcomeWithCallback {
    Id callid{};
    Sensitive<std::string> account_number{};
    Number outcome_id{};
    Number business_outcome{};
    Date start_date{};
    Date end_date{};
    TimeOfDay start_time{};
    TimeOfDay end_time{};
    Number callback_mode_id{};
    Id user_id{};
    Sensitive<std::string> agent_comments{};
    Number lead_score = 0;
    Number target_amount = 0;

    using Self = SetBusinessOutcomeWithCallback;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("OutcomeId", &Self::outcome_id, Presence::required, "the callback outcome's id",
              {.is_telephony_outcome = true});
        field("BusinessOutcome", &Self::business_outcome, Presence::required, "the business outcome's id");
        field("StartDate", &Self::start_date, Presence::required, "the day on which the callback's window starts");
        field("EndDate", &Self::end_date, Presence::required, "the day on which the callback's window ends");
        field("StartTime", &Self::start_time, Presence::required, "the time at which the callback's window starts");
        field("EndTime", &Self::end_time, Presence::required, "the time at which the callback's window ends");
        field("CallbackModeID", &Self::callback_mode_id, Presence::required,
              "the id of the mode by which to call back");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty,
              "the agent's comment, any text, also none");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetBusinessOutcomeWithCallback",
        .reply_subtopic = "SetBusinessOutcomeWithCallbackResult",
        .reply_callid = ReplyCallid::present,
        .settled_by = "OutcomeSetForCall",
        .page = "set-business-outcome-with-callback",
        .summary = "set a business outcome and book a regular callback",
        .unpublished = "errors and samples",
    };

    /// The window ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const { return detail::check_callback_window(*this); }
};

/// Sets a business outcome, which counts for reports only, and books a personal callback. The agent must be on an
/// active call, or logged in.
///
/// Not published: the reply, errors and samples. The reply's subtopic here is inferred from those of the sister
/// operations: if it is another one, the request ends as unknown at its deadline. Page:
/// set-business-outcome-with-personal-callback.
struct SetBusinessOutcomeWithPersonalCallback {
    Id callid{};
    Sensitive<std::string> account_number{};
    Number outcome_id{};
    Number business_outcome{};
    Date start_date{};
    Date end_date{};
    TimeOfDay start_time{};
    TimeOfDay end_time{};
    Number callback_mode_id{};
    Id user_id{};
    Sensitive<std::string> agent_comments{};
    Number lead_score = 0;
    Number target_amount = 0;

    using Self = SetBusinessOutcomeWithPersonalCallback;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("OutcomeId", &Self::outcome_id, Presence::required, "the callback outcome's id",
              {.is_telephony_outcome = true});
        field("BusinessOutcome", &Self::business_outcome, Presence::required, "the business outcome's id");
        field("StartDate", &Self::start_date, Presence::required, "the day on which the callback's window starts");
        field("EndDate", &Self::end_date, Presence::required, "the day on which the callback's window ends");
        field("StartTime", &Self::start_time, Presence::required, "the time at which the callback's window starts");
        field("EndTime", &Self::end_time, Presence::required, "the time at which the callback's window ends");
        field("CallbackModeID", &Self::callback_mode_id, Presence::required,
              "the id of the mode by which to call back");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty,
              "the agent's comment, any text, also none");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }

    using Response = UnpublishedOutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetBusinessOutcomeWithPersonalCallback",
        .reply_subtopic = "SetBusinessOutcomeWithPersonalCallbackResult",
        .reply_callid = ReplyCallid::unknown,
        .settled_by = "OutcomeSetForCall",
        .page = "set-business-outcome-with-personal-callback",
        .summary = "set a business outcome and book a personal callback",
        .unpublished = "the reply (its subtopic is inferred), errors and samples",
    };

    /// The window ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const { return detail::check_callback_window(*this); }
};

/// Books a regular callback, with the agent's comment, the lead's score and the target amount. The agent must be on an
/// active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-callback.
struct SetCallbackWithComments {
    Id callid{};
    Sensitive<std::string> account_number{};
    Date start_date{};
    Date end_date{};
    TimeOfDay start_time{};
    TimeOfDay end_time{};
    Number callback_mode_id{};
    Id user_id{};
    Sensitive<std::string> agent_comments{};
    Number lead_score = 0;
    Number target_amount = 0;

    using Self = SetCallbackWithComments;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("StartDate", &Self::start_date, Presence::required, "the day on which the callback's window starts");
        field("EndDate", &Self::end_date, Presence::required, "the day on which the callback's window ends");
        field("StartTime", &Self::start_time, Presence::required, "the time at which the callback's window starts");
        field("EndTime", &Self::end_time, Presence::required, "the time at which the callback's window ends");
        field("CallbackModeId", &Self::callback_mode_id, Presence::required,
              "the id of the mode by which to call back");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty,
              "the agent's comment, any text, also none");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetCallbackWithComments",
        .reply_subtopic = "SetCallbackWithCommentsResult",
        .reply_callid = ReplyCallid::present,
        .settled_by = "OutcomeSetForCall",
        .page = "set-callback",
        .summary = "book a regular callback",
        .unpublished = "samples",
    };

    /// The window ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const { return detail::check_callback_window(*this); }
};

/// Books a personal callback, with the agent's comment, the lead's score and the target amount. The agent must be on
/// an active call, or logged in.
///
/// Errors: not published. Page: set-personal-callback.
struct SetPersonalCallbackWithComments {
    Id callid{};
    Sensitive<std::string> account_number{};
    Date start_date{};
    Date end_date{};
    TimeOfDay start_time{};
    TimeOfDay end_time{};
    Number callback_mode_id{};
    Id user_id{};
    Sensitive<std::string> agent_comments{};
    Number lead_score = 0;
    Number target_amount = 0;

    using Self = SetPersonalCallbackWithComments;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("StartDate", &Self::start_date, Presence::required, "the day on which the callback's window starts");
        field("EndDate", &Self::end_date, Presence::required, "the day on which the callback's window ends");
        field("StartTime", &Self::start_time, Presence::required, "the time at which the callback's window starts");
        field("EndTime", &Self::end_time, Presence::required, "the time at which the callback's window ends");
        field("CallbackModeID", &Self::callback_mode_id, Presence::required,
              "the id of the mode by which to call back");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AgentComments", &Self::agent_comments, Presence::may_be_empty,
              "the agent's comment, any text, also none");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("TargetAmount", &Self::target_amount, Presence::required, "the target achieved");
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetPersonalCallbackWithComments",
        .reply_subtopic = "SetPersonalCallbackWithCommentsResult",
        .reply_callid = ReplyCallid::present,
        .settled_by = "OutcomeSetForCall",
        .page = "set-personal-callback",
        .summary = "book a personal callback",
        .unpublished = "errors and samples",
    };

    /// The window ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const { return detail::check_callback_window(*this); }
};

/// Lists the modes of the contact by which a callback can be made. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-callback-modes.
struct GetCallBackModes {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetCallBackModes;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = List<Mode>;

    static constexpr Operation operation{
        .subtopic = "GetCallBackModes",
        .reply_subtopic = "CallBackModes",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-callback-modes",
        .summary = "list the contact's modes for a callback",
        .unpublished = "the end of the sample reply",
    };
};

/// A personal callback that is booked. The formats of its days and times are not published.
struct PersonalCallback {
    Number row_number{};
    Id campaign_id{};
    Id contact_id{};
    Number mode_id{};
    std::string mode_description{};
    Sensitive<std::string> cvalue{};
    std::string call_start_date{};
    std::string call_end_date{};
    std::string call_start_time{};
    std::string call_end_time{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = PersonalCallback;
    static constexpr void fields(auto&& field) {
        field("RowNumber", &Self::row_number, Presence::optional, "the number of the callback's row",
              {.form = Form::text});
        field("CampaignID", &Self::campaign_id, Presence::optional, "the campaign");
        field("ContactID", &Self::contact_id, Presence::optional, "the contact");
        field("ModeID", &Self::mode_id, Presence::optional, "the id of the mode by which to call",
              {.form = Form::text});
        field("ModeDescription", &Self::mode_description, Presence::optional, "the name of the mode by which to call");
        field("CValue", &Self::cvalue, Presence::optional, "the contact's telephone number");
        field("CallStartDate", &Self::call_start_date, Presence::optional,
              "the day on which the callback's window starts");
        field("CallEndDate", &Self::call_end_date, Presence::optional, "the day on which the callback's window ends");
        field("CallStartTime", &Self::call_start_time, Presence::optional,
              "the time at which the callback's window starts");
        field("CallEndTime", &Self::call_end_time, Presence::optional, "the time at which the callback's window ends");
    }
};

/// Lists a part of an agent's personal callbacks. The agent must be on an active call, or logged in.
///
/// The format of the two days is not published, so they are texts that leave as they are. Errors: the page lists none.
/// Page: get-personal-callback-list.
struct GetPersonalCallbackList {
    Id user_id{};
    Text from_date{};
    Text to_date{};
    Number starting_no_of_record{};
    Number no_of_records{};

    using Self = GetPersonalCallbackList;
    static constexpr void fields(auto&& field) {
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("FromDate", &Self::from_date, Presence::required, "the first day, in a format that is not published");
        field("ToDate", &Self::to_date, Presence::required, "the last day, in a format that is not published");
        field("StartingNoOfRecord", &Self::starting_no_of_record, Presence::required,
              "the number of the first record to list", {.form = Form::text});
        field("NoofRecords", &Self::no_of_records, Presence::required, "how many records to list",
              {.form = Form::text});
    }

    using Response = List<PersonalCallback>;

    static constexpr Operation operation{
        .subtopic = "GetPersonalCallbackList",
        .reply_subtopic = "PersonalCallbackList",
        .reply_callid = ReplyCallid::absent,
        .is_read_only = true,
        .page = "get-personal-callback-list",
        .summary = "list an agent's personal callbacks",
        .unpublished = "the format of the dates and times, samples",
    };
};

/// Whether a window meets with a callback that is booked.
struct CallbackOverlap {
    bool request_result = false;
    bool is_overlap = false;
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing

    using Self = CallbackOverlap;
    static constexpr void fields(auto&& field) {
        field("RequestResult", &Self::request_result, Presence::required,
              "whether the server could tell; false ends the request as refused");
        field("IsOverlap", &Self::is_overlap, Presence::required, "whether there is a callback that overlaps");
    }

    /// What the reply means for its request.
    [[nodiscard]] Verdict verdict() const { return {request_result ? Delivery::accepted : Delivery::refused, {}}; }
};

/// Asks whether the window of a callback overlaps with one that is booked. The agent must be on an active outbound
/// call, or logged in.
///
/// Errors: the page lists none; `RequestResult: false` is a refusal. Page: check-scheduled-callback-overlap.
struct ScheduledCallBackOverlap {
    Id callid{};
    Sensitive<std::string> account_number{};
    Date start_from_date{};
    Date start_to_date{};
    TimeOfDay start_from_time{};
    TimeOfDay start_to_time{};
    Id user_id{};

    using Self = ScheduledCallBackOverlap;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("StartFromDate", &Self::start_from_date, Presence::required, "the day on which the window starts");
        field("StartToDate", &Self::start_to_date, Presence::required, "the day on which the window ends");
        field("StartFromTime", &Self::start_from_time, Presence::required, "the time at which the window starts");
        field("StartToTime", &Self::start_to_time, Presence::required, "the time at which the window ends");
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
    }

    using Response = CallbackOverlap;

    static constexpr Operation operation{
        .subtopic = "ScheduledCallBackOverlap",
        .reply_subtopic = "ScheduledCallBackOverlapResult",
        .reply_also = "ScheduledCallBackOverlap",
        .reply_callid = ReplyCallid::absent,
        .is_read_only = true,
        .page = "check-scheduled-callback-overlap",
        .summary = "ask whether a callback's window overlaps with one that is booked",
    };

    /// The window ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const {
        return detail::check_order({"StartFromDate", start_from_date}, {"StartToDate", start_to_date},
                                   {"StartFromTime", start_from_time}, {"StartToTime", start_to_time});
    }
};

/// The operations of this file, for lists of all.
struct CallbackGroup {
    static constexpr std::string_view name = "callbacks";
    static constexpr std::string_view summary = "book callbacks, list them, look for overlaps";
    using Operations = OperationList<SetBusinessOutcomeWithCallback, SetBusinessOutcomeWithPersonalCallback,
                                     SetCallbackWithComments, SetPersonalCallbackWithComments, GetCallBackModes,
                                     GetPersonalCallbackList, ScheduledCallBackOverlap>;
};

} // namespace lcm

#endif
