// SPDX-License-Identifier: BSL-1.0
// The operations on contacts: the modes by which they are reached, their business fields, and new ones.
//
// What a field means stands in its row of the table below the members, and nowhere else.
#ifndef LCM_CLIENT_OPERATIONS_CONTACTS_HPP
#define LCM_CLIENT_OPERATIONS_CONTACTS_HPP

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
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// Lists the modes of the campaign. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-campaign-modes.
struct GetCampaignModes {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetCampaignModes;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = List<Mode>;

    static constexpr Operation operation{
        .subtopic = "GetCampaignModes",
        .reply_subtopic = "CampaignModes",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-campaign-modes",
        .summary = "list the modes of the campaign",
        .unpublished = "the end of the sample reply",
    };
};

/// The campaign, mode, contact, time zone and telephone number that belong to an LCM key.
struct ModeInformation {
    Id campaign_id{};
    std::string mode_name{};
    Id contact_id{};
    std::string timezone{};
    Sensitive<std::string> contact_number{};
    std::string campaign_category_name{};
    Id callid{};
    Number gmt_deviation{};
    std::optional<bool> disposition_required{};
    std::string dnc_period_type{};
    Number dnc_days{};
    std::optional<bool> dnc_eod{};
    std::optional<bool> customer_dnc_tz_enabled{};
    Sensitive<Json> others{}; ///< the fields that are not published; null if none
    Sensitive<Json> raw{};    ///< the whole payload

    using Self = ModeInformation;
    static constexpr void fields(auto&& field) {
        field("CampaignId", &Self::campaign_id, Presence::optional, "the campaign");
        field("ModeName", &Self::mode_name, Presence::optional, "the mode");
        field("ContactID", &Self::contact_id, Presence::optional, "the contact");
        field("Timezone", &Self::timezone, Presence::optional, "the contact's time zone");
        field("ContactNumber", &Self::contact_number, Presence::optional, "the contact's telephone number");
        field("CampaignCategoryName", &Self::campaign_category_name, Presence::optional, "the campaign's category");
        field("CallId", &Self::callid, Presence::optional, "the call");
        field("GMTDeviation", &Self::gmt_deviation, Presence::optional,
              "the distance from GMT, in a unit that is not published");
        field("DispositionRequired", &Self::disposition_required, Presence::optional, "whether an outcome must be set");
        field("DNCPeriodType", &Self::dnc_period_type, Presence::optional,
              "the type of the period of Do Not Call: Permanent, Specific Days or Agent Selection");
        field("DNCDays", &Self::dnc_days, Presence::optional, "a number of days");
        field("DNCEOD", &Self::dnc_eod, Presence::optional, "the flag DNCEOD");
        field("CustomerDNCTZEnabled", &Self::customer_dnc_tz_enabled, Presence::optional,
              "the flag CustomerDNCTZEnabled");
    }
};

/// Asks for the campaign, mode, contact, time zone and telephone number of an LCM key. The agent must be logged in.
///
/// Not published: the reply's fields after `CustomerDNCTZEnabled`, errors and samples. Page: get-mode-information.
struct GetModeInformation {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetModeInformation;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = ModeInformation;

    static constexpr Operation operation{
        .subtopic = "GetModeInformation",
        .reply_subtopic = "GetModeInformationResult",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-mode-information",
        .summary = "show campaign, mode, contact and time zone of an LCM key",
        .unpublished = "the reply's fields after CustomerDNCTZEnabled, errors and samples",
    };
};

/// A mode of a contact, with its number.
struct ContactMode {
    Number mode_id{};
    std::string mode_desc{};
    Id campaign_id{};
    Sensitive<std::string> cvalue{};
    std::string mode_dialing_start_time{};
    std::string mode_dialing_end_time{};
    std::string time_zone{};
    std::string time_zone1{};
    std::string time_zone2{};
    std::string time_zone3{};
    std::string pewc{};
    Sensitive<std::string> area_code{};
    Sensitive<std::string> zip_code{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = ContactMode;
    static constexpr void fields(auto&& field) {
        field("ModeID", &Self::mode_id, Presence::optional, "the mode's id", {.form = Form::text});
        field("ModeDesc", &Self::mode_desc, Presence::optional, "the mode's name");
        field("CampaignID", &Self::campaign_id, Presence::optional, "described as the campaign's name");
        field("CValue", &Self::cvalue, Presence::optional, "the contact's telephone number");
        field("ModeDialingStartTime", &Self::mode_dialing_start_time, Presence::optional,
              "from when the mode may be dialed, in a format that is not published");
        field("ModeDialingEndTime", &Self::mode_dialing_end_time, Presence::optional,
              "until when the mode may be dialed, in a format that is not published");
        field("TimeZone", &Self::time_zone, Presence::optional, "the time zone");
        field("TimeZone1", &Self::time_zone1, Presence::optional, "another time zone");
        field("TimeZone2", &Self::time_zone2, Presence::optional, "another time zone");
        field("TimeZone3", &Self::time_zone3, Presence::optional, "another time zone");
        field("PEWC", &Self::pewc, Presence::optional, "the flag PEWC, as text");
        field("AreaCode", &Self::area_code, Presence::optional, "the number's area code");
        field("ZipCode", &Self::zip_code, Presence::optional, "the contact's ZIP code");
    }
};

/// The modes of a contact.
struct ContactModes {
    std::vector<ContactMode> contact_modes{};
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing
    Sensitive<Json> raw{};    ///< the whole payload

    using Self = ContactModes;
    static constexpr void fields(auto&& field) {
        field("Contactmodes", &Self::contact_modes, Presence::optional, "the modes");
    }
};

/// Lists the modes and numbers of a contact. The agent must be logged in.
///
/// Not published: the sample reply, so it is not known whether the reply has a call id, nor whether the list is under
/// `response`. Errors: the page lists none before its samples. Page: get-contact-modes.
struct GetContactModes {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetContactModes;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::may_be_empty,
              "the call's id; not mandatory, and empty in the page's sample", {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = ContactModes;

    static constexpr Operation operation{
        .subtopic = "GetContactModes",
        .reply_subtopic = "SetContactModes",
        .reply_callid = ReplyCallid::unknown,
        .is_read_only = true,
        .page = "get-contact-modes",
        .summary = "list the modes and numbers of a contact",
        .unpublished = "the sample reply: whether it has a call id, and whether the list is under response",
    };
};

/// Adds a number of a contact under a mode, or changes it. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-new-mode-number.
struct SetNewModeNumber {
    Id callid{};
    Sensitive<std::string> account_number{};
    Number mode_id{};
    Sensitive<std::string> contact_number{};
    bool delete_other_modes = false;
    Id agent_id{};

    using Self = SetNewModeNumber;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("ModeID", &Self::mode_id, Presence::required, "the mode's id");
        field("ContactNumber", &Self::contact_number, Presence::required, "the contact's telephone number",
              {.subject = SubjectKind::telephone_number});
        field("DeleteOtherModes", &Self::delete_other_modes, Presence::required,
              "whether the contact's other modes are deleted");
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetNewModeNumber",
        .reply_subtopic = "SetNewModeNumberResult",
        .reply_callid = ReplyCallid::present,
        .page = "set-new-mode-number",
        .summary = "add or change a contact's number",
        .unpublished = "the sample reply",
    };
};

/// A business field of a contact.
struct BusinessField {
    std::string field_name{};
    Sensitive<std::string> value{};
    std::string data_type{};
    std::string format{};
    std::optional<bool> editable{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = BusinessField;
    static constexpr void fields(auto&& field) {
        field("FieldName", &Self::field_name, Presence::optional, "the field's name");
        field("Value", &Self::value, Presence::optional, "the field's value");
        field("DataType", &Self::data_type, Presence::optional, "the type of the value, such as String");
        field("Format", &Self::format, Presence::optional, "how the value is written");
        field("Editable", &Self::editable, Presence::optional, "whether the agent may change the value");
    }
};

/// Lists the business fields of the contact. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-business-fields.
struct GetContactDetail {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetContactDetail;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = List<BusinessField>;

    static constexpr Operation operation{
        .subtopic = "GetContactDetail",
        .reply_subtopic = "ContactDetail",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-business-fields",
        .summary = "list the business fields of a contact",
    };
};

/// The new value of a business field. Name, type and format are those that `GetContactDetail` lists.
struct BusinessFieldChange {
    Text field_name{};
    Sensitive<std::string> value{};
    Text data_type{};
    Text format{};

    using Self = BusinessFieldChange;
    static constexpr void fields(auto&& field) {
        field("FieldName", &Self::field_name, Presence::required, "the field's name");
        field("Value", &Self::value, Presence::may_be_empty, "the new value");
        field("DataType", &Self::data_type, Presence::may_be_empty, "the type of the value, such as String");
        field("Format", &Self::format, Presence::may_be_empty, "how the value is written");
    }
};

/// Changes business fields of the contact. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-business-fields.
struct SetContactBusinessFields {
    Id callid{};
    Sensitive<std::string> account_number{};
    Id agent_id{};
    std::vector<BusinessFieldChange> business_fields{};

    using Self = SetContactBusinessFields;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
        field("businessField", &Self::business_fields, Presence::required, "the new values");
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetContactBusinessFields",
        .reply_subtopic = "SetContactBusinessFieldsResult",
        .reply_callid = ReplyCallid::present,
        .page = "set-business-fields",
        .summary = "change business fields of a contact",
        .unpublished = "the end of the sample request, the sample reply",
    };
};

/// Asks for the optional business fields of the contact, which a screen pop shows. The agent must be on an active
/// call, or logged in.
///
/// The page's sample replies with one object of names and values, which is a list of one; its table speaks of a list.
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-optional-business-fields.
struct GetScreenPopData {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetScreenPopData;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = List<NamedValues>;

    static constexpr Operation operation{
        .subtopic = "GetScreenPopData",
        .reply_subtopic = "ScreenPopData",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-optional-business-fields",
        .summary = "show the optional business fields of a contact",
    };
};

/// Adds a contact to a campaign. The agent must be on an active call, or logged in.
///
/// `business_fields` and `modes` are XML; the examples of it on the page are malformed. Not published: the types of
/// the fields from `SMSData` on and any after `ContactDetail`, the reply, errors and samples. The reply's subtopic
/// here is inferred: if it is another one, the request ends as unknown at its deadline. Page: create-contact.
struct CreateContact {
    Id campaign_id{};
    Text call_type{};
    DateTime call_start_date_time{};
    DateTime call_end_date_time{};
    Sensitive<std::string> business_fields{};
    Number priority{};
    Sensitive<std::string> modes{};
    Id agent_id{};
    Sensitive<std::string> sms_data{};
    Sensitive<std::string> mail_subject{};
    Sensitive<std::string> mail_msg{};
    Sensitive<std::string> mail_attachment{};
    Sensitive<std::string> zip_code{};
    Sensitive<std::string> contact_detail{};

    using Self = CreateContact;
    static constexpr void fields(auto&& field) {
        field("CampaignID", &Self::campaign_id, Presence::required, "the campaign's id");
        field("Calltype", &Self::call_type, Presence::required, "the type of call, 0 for a fresh contact");
        field("callStartDateTime", &Self::call_start_date_time, Presence::required,
              "from when the contact may be called");
        field("callEndDateTime", &Self::call_end_date_time, Presence::required, "until when the contact may be called");
        field("BussinessFields", &Self::business_fields, Presence::required, "the contact's business fields, in XML");
        field("priority", &Self::priority, Presence::optional, "the contact's priority");
        field("Modes", &Self::modes, Presence::required, "the contact's modes, in XML");
        field("AgentID", &Self::agent_id, Presence::may_be_empty, "always empty");
        field("SMSData", &Self::sms_data, Presence::optional, "not described by the page");
        field("MailSubject", &Self::mail_subject, Presence::optional, "not described by the page");
        field("MailMsg", &Self::mail_msg, Presence::optional, "not described by the page");
        field("MailAttachment", &Self::mail_attachment, Presence::optional, "not described by the page");
        field("ZipCode", &Self::zip_code, Presence::optional, "the contact's ZIP code");
        field("ContactDetail", &Self::contact_detail, Presence::optional, "not described by the page");
    }

    using Response = UnpublishedOutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "CreateContact",
        .reply_subtopic = "CreateContactResult",
        .reply_callid = ReplyCallid::unknown,
        .page = "create-contact",
        .summary = "add a contact to a campaign",
        .unpublished =
            "the types of the fields from SMSData on, fields after ContactDetail, the reply (its subtopic is "
            "inferred), errors and samples",
    };

    /// The interface fixes `AgentID` to an empty text, and the time to call ends no earlier than it starts.
    [[nodiscard]] FieldProblems cross_check() const {
        FieldProblems problems;
        if (!agent_id.empty()) problems.push_back({"AgentID", "must be empty"});
        if (auto order = detail::check_order<DateTime>({"callStartDateTime", call_start_date_time},
                                                       {"callEndDateTime", call_end_date_time}))
            problems.push_back(*std::move(order));
        return problems;
    }
};

/// The operations of this file, for lists of all.
struct ContactGroup {
    static constexpr std::string_view name = "contacts";
    static constexpr std::string_view summary = "contacts, their modes and their business fields";
    using Operations = OperationList<GetCampaignModes, GetModeInformation, GetContactModes, SetNewModeNumber,
                                     GetContactDetail, SetContactBusinessFields, GetScreenPopData, CreateContact>;
};

} // namespace lcm

#endif
