// SPDX-License-Identifier: BSL-1.0
// The operations for Do Not Call and other compliance.
//
// What a field means stands in its row of the table below the members, and nowhere else.
#ifndef LCM_CLIENT_OPERATIONS_COMPLIANCE_HPP
#define LCM_CLIENT_OPERATIONS_COMPLIANCE_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/operations/impl/checks.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// Marks a contact Do Not Call. The agent must be on an active call, or logged in.
///
/// Not published: the words for `BlockedBy`, the form of the reply, errors and samples. Page: set-dnc.
struct SetDNC {
    Sensitive<std::string> account_number{};
    Number outcome_id{};
    std::optional<bool> campaign_specific_dnc{};
    std::optional<bool> is_phone_no_dnc{};
    Sensitive<std::string> bussfld_dnc_value{};
    Sensitive<std::string> bussfld_dnc_value1{};
    Sensitive<std::string> blocked_by{};
    DateTime dnc_block_start_date{};
    DateTime dnc_block_end_date{};
    Sensitive<std::string> agent_comments{};
    Number target_amount{};
    Number business_outcome{};
    Number lead_score = 0;
    Id dnc_campaign_category_id{};

    using Self = SetDNC;
    static constexpr void fields(auto&& field) {
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("OutcomeID", &Self::outcome_id, Presence::required, "the id of the outcome Do Not Call");
        field("CampaignSpecificDNC", &Self::campaign_specific_dnc, Presence::optional,
              "whether the block holds for the campaign only");
        field("isPhoneNoDNC", &Self::is_phone_no_dnc, Presence::optional, "whether the number is blocked");
        field("BussfldDNCValue", &Self::bussfld_dnc_value, Presence::optional, "the business field's value to block");
        field("BussfldDNCValue1", &Self::bussfld_dnc_value1, Presence::optional,
              "another value of a business field to block");
        field("BlockedBy", &Self::blocked_by, Presence::optional,
              "the telephone number that is blocked, or a word for what it is blocked by; the words are not published",
              {.subject = SubjectKind::telephone_number, .may_be_word = true});
        field("DNCBlockStartDate", &Self::dnc_block_start_date, Presence::optional, "from when the block holds");
        field("DNCBlockEndDate", &Self::dnc_block_end_date, Presence::optional, "until when the block holds");
        field("AgentComments", &Self::agent_comments, Presence::optional, "the agent's comment");
        field("TargetAmount", &Self::target_amount, Presence::optional, "the target achieved");
        field("BusinessOutcome", &Self::business_outcome, Presence::required, "the business outcome's id");
        field("LeadScore", &Self::lead_score, Presence::required, "the lead's score");
        field("DNCCampaignCategoryID", &Self::dnc_campaign_category_id, Presence::optional,
              "the categories' ids, with commas between");
    }

    using Response = UnpublishedOutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetDNC",
        .reply_subtopic = "SetDNCResult",
        .reply_callid = ReplyCallid::unknown,
        .settled_by = "OutcomeSetForCall",
        .marks_do_not_call = true,
        .page = "set-dnc",
        .summary = "mark a contact Do Not Call",
        .unpublished = "the words for BlockedBy, the form of the reply, errors and samples",
    };

    /// The block ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const {
        return detail::check_order<DateTime>({"DNCBlockStartDate", dnc_block_start_date},
                                             {"DNCBlockEndDate", dnc_block_end_date});
    }
};

/// Lists the business fields for Do Not Call. The agent must be on an active outbound call, or logged in.
///
/// Errors: the page lists none. The reply is a list of texts. Page: get-dnc-business-fields.
struct GetDNCBussField {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetDNCBussField;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = List<Sensitive<std::string>>;

    static constexpr Operation operation{
        .subtopic = "GetDNCBussField",
        .reply_subtopic = "DNCBussField",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-dnc-business-fields",
        .summary = "list the business fields for Do Not Call",
    };
};

/// What the server answers to `AddCompliance`. The status "success" is a yes. Which other words mean yes or no is not
/// published, so anything else ends the request as unknown, with the status among the server's texts.
struct AddComplianceResponse {
    std::string status{};
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing

    using Self = AddComplianceResponse;
    static constexpr void fields(auto&& field) {
        field("Response", &Self::status, Presence::required, "the server's word, success for a yes");
    }

    /// What the reply means for its request.
    [[nodiscard]] Verdict verdict() const {
        return {detail::same_name(status, "success") ? Delivery::accepted : Delivery::unknown, status};
    }
};

/// Adds a value to the table of Do Not Call. The agent must be logged in.
///
/// Errors: the page lists none. Page: add-compliance.
struct AddCompliance {
    Sensitive<std::string> cvalue{};
    Text channel_type = "VOICE";
    Text upload_type = "DNC";
    Text upload_operation = "Append";
    Text campaign{};
    Text campaign_category{};
    Number callback_mode_id{};
    DateTime start_date{};
    DateTime end_date{};
    std::optional<bool> is_business_field_dnc{};

    using Self = AddCompliance;
    static constexpr void fields(auto&& field) {
        field("Cvalue", &Self::cvalue, Presence::required,
              "the telephone number, or the business field's value, to block",
              {.subject = SubjectKind::telephone_number});
        field("ChannelType", &Self::channel_type, Presence::required, "always VOICE", {.allowed = "VOICE"});
        field("UploadType", &Self::upload_type, Presence::required, "always DNC", {.allowed = "DNC"});
        field("Operation", &Self::upload_operation, Presence::required, "always Append", {.allowed = "Append"});
        field("Campaign", &Self::campaign, Presence::optional, "the campaign");
        field("CampaignCategory", &Self::campaign_category, Presence::optional, "the campaign's category");
        field("CallbackModeID", &Self::callback_mode_id, Presence::optional, "the mode's id");
        field("Startdate", &Self::start_date, Presence::optional, "from when the entry holds");
        field("EndDate", &Self::end_date, Presence::optional, "until when the entry holds");
        field("IsBusinessFieldDNC", &Self::is_business_field_dnc, Presence::optional,
              "whether the value is a business field's");
    }

    using Response = AddComplianceResponse;

    static constexpr Operation operation{
        .subtopic = "AddCompliance",
        .reply_subtopic = "AddComplianceResponse",
        .reply_callid = ReplyCallid::absent,
        .marks_do_not_call = true,
        .page = "add-compliance",
        .summary = "add a value to the table of Do Not Call",
        .unpublished = "the words for yes and no beside success, the sample reply",
    };

    /// The block ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const {
        return detail::check_order<DateTime>({"Startdate", start_date}, {"EndDate", end_date});
    }
};

/// A contact to check. Fields after `modeValue` are not published.
struct ContactToCheck {
    Id id{};
    Text channel{};
    Sensitive<std::string> mode_value{};

    using Self = ContactToCheck;
    static constexpr void fields(auto&& field) {
        field("id", &Self::id, Presence::required,
              "the contact's id, made by the application, another one for each contact");
        field("channel", &Self::channel, Presence::required, "the channel", {.allowed = "Voice|SMS|Email|VoiceMail"});
        field("modeValue", &Self::mode_value, Presence::required, "the telephone number or address",
              {.subject = SubjectKind::telephone_number});
    }
};

/// What the server answers to `GetCheckContacts`, in a form that is not published.
struct CheckContactsResponse {
    Sensitive<Json> raw{}; ///< the whole payload

    static constexpr void fields(auto&&) {}
};

/// Checks contacts against the lists of Do Not Call, NDNC and litigators. The agent must be on an active call, or
/// logged in.
///
/// The format of the two times is not published, so they are texts that leave as they are; in UTC, now if left out.
/// The page marks the types to check mandatory, and says as well that all are checked without them. Not published:
/// fields of a contact after `modeValue`, the reply, errors and samples. Page: check-contacts.
struct GetCheckContacts {
    std::vector<std::string> campaign_names{};
    std::vector<std::string> category_names{};
    Text dnc_start_date{};
    Text dnc_end_date{};
    bool include_global = false;
    std::vector<std::string> compliance_types{};
    std::vector<ContactToCheck> contacts{};

    using Self = GetCheckContacts;
    static constexpr void fields(auto&& field) {
        field("campaignname", &Self::campaign_names, Presence::required, "the campaigns");
        field("categoryname", &Self::category_names, Presence::optional, "the categories");
        field("dncStartDate", &Self::dnc_start_date, Presence::optional, "from when, in UTC; now if left out");
        field("dncEndDate", &Self::dnc_end_date, Presence::optional, "until when, in UTC; now if left out");
        field("includeGlobal", &Self::include_global, Presence::required, "whether global lists are checked too");
        field("checkForComplianceTypes", &Self::compliance_types, Presence::required,
              "what to check for: DNC, NDNC, Litigator", {.allowed = "DNC|NDNC|Litigator"});
        field("contacts", &Self::contacts, Presence::required, "the contacts");
    }

    using Response = CheckContactsResponse;

    static constexpr Operation operation{
        .subtopic = "GetCheckContacts",
        .reply_subtopic = "CheckContacts",
        .reply_callid = ReplyCallid::unknown,
        .is_read_only = true,
        .page = "check-contacts",
        .summary = "check contacts against DNC, NDNC and litigators",
        .unpublished = "the format of the times, fields of a contact after modeValue, the reply, errors and samples",
    };

    /// No two contacts have the same id.
    [[nodiscard]] FieldProblems cross_check() const {
        FieldProblems problems;
        std::set<std::string_view> ids;
        for (std::size_t i = 0; i < contacts.size(); ++i)
            if (!ids.insert(contacts[i].id).second)
                problems.push_back({"contacts[" + std::to_string(i) + "].id", "must be unique"});
        return problems;
    }
};

/// The operations of this file, for lists of all.
struct ComplianceGroup {
    static constexpr std::string_view name = "compliance";
    static constexpr std::string_view summary = "Do Not Call and other compliance";
    using Operations = OperationList<SetDNC, GetDNCBussField, AddCompliance, GetCheckContacts>;
};

} // namespace lcm

#endif
