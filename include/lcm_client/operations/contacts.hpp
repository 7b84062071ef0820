// SPDX-License-Identifier: BSL-1.0
// The operations on contacts: the modes by which they are reached, their business fields, and new ones.
#ifndef LCM_CLIENT_OPERATIONS_CONTACTS_HPP
#define LCM_CLIENT_OPERATIONS_CONTACTS_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/operations/checks.hpp>
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

namespace lcm {

/// Lists the modes of the campaign. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-campaign-modes.
struct GetCampaignModes {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

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

    using Self = GetCampaignModes;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// The campaign, mode, contact, time zone and telephone number that belong to an LCM key.
struct ModeInformation {
    Id campaign_id{};                              ///< the campaign
    std::string mode_name{};                       ///< the mode
    Id contact_id{};                               ///< the contact
    std::string timezone{};                        ///< the contact's time zone
    Sensitive<std::string> contact_number{};       ///< the contact's telephone number
    std::string campaign_category_name{};          ///< the campaign's category
    Id callid{};                                   ///< the call
    Number gmt_deviation{};                        ///< the distance from GMT; its unit is not published
    std::optional<bool> disposition_required{};    ///< whether an outcome must be set
    std::string dnc_period_type{};                 ///< "Permanent", "Specific Days" or "Agent Selection"
    Number dnc_days{};                             ///< a number of days
    std::optional<bool> dnc_eod{};                 ///< the flag DNCEOD
    std::optional<bool> customer_dnc_tz_enabled{}; ///< the flag CustomerDNCTZEnabled
    Sensitive<Json> others{};                      ///< the fields that are not published; null if none
    Sensitive<Json> raw{};                         ///< the whole payload

    using Self = ModeInformation;
    static constexpr void fields(auto&& field) {
        field("CampaignId", &Self::campaign_id, Presence::optional, "the campaign");
        field("ModeName", &Self::mode_name, Presence::optional, "the mode");
        field("ContactID", &Self::contact_id, Presence::optional, "the contact");
        field("Timezone", &Self::timezone, Presence::optional, "the contact's time zone");
        field("ContactNumber", &Self::contact_number, Presence::optional, "the contact's telephone number");
        field("CampaignCategoryName", &Self::campaign_category_name, Presence::optional, "the campaign's category");
        field("CallId", &Self::callid, Presence::optional, "the call");
        field("GMTDeviation", &Self::gmt_deviation, Presence::optional, "the distance from GMT");
        field("DispositionRequired", &Self::disposition_required, Presence::optional, "whether an outcome must be set");
        field("DNCPeriodType", &Self::dnc_period_type, Presence::optional,
              "Permanent, Specific Days or Agent Selection");
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
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

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

    using Self = GetModeInformation;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// A mode of a contact, with its number.
struct ContactMode {
    Number mode_id{};                      ///< its id
    std::string mode_desc{};               ///< its name
    Id campaign_id{};                      ///< described as the campaign's name
    Sensitive<std::string> cvalue{};       ///< the contact's telephone number
    std::string mode_dialing_start_time{}; ///< from when it may be dialed; the format is not published
    std::string mode_dialing_end_time{};   ///< until when it may be dialed; the format is not published
    std::string time_zone{};               ///< the time zone
    std::string time_zone1{};              ///< another time zone
    std::string time_zone2{};              ///< another time zone
    std::string time_zone3{};              ///< another time zone
    std::string pewc{};                    ///< the flag PEWC, as text
    Sensitive<std::string> area_code{};    ///< the number's area code
    Sensitive<std::string> zip_code{};     ///< the contact's ZIP code
    Sensitive<Json> others{};              ///< what else the server says of it; null if nothing

    using Self = ContactMode;
    static constexpr void fields(auto&& field) {
        field("ModeID", &Self::mode_id, Presence::optional, "the mode's id", {.form = Form::text});
        field("ModeDesc", &Self::mode_desc, Presence::optional, "the mode's name");
        field("CampaignID", &Self::campaign_id, Presence::optional, "described as the campaign's name");
        field("CValue", &Self::cvalue, Presence::optional, "the contact's telephone number");
        field("ModeDialingStartTime", &Self::mode_dialing_start_time, Presence::optional, "from when it may be dialed");
        field("ModeDialingEndTime", &Self::mode_dialing_end_time, Presence::optional, "until when it may be dialed");
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
    std::vector<ContactMode> contact_modes{}; ///< the modes
    Sensitive<Json> others{};                 ///< what else the reply holds; null if nothing
    Sensitive<Json> raw{};                    ///< the whole payload

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
    Id callid{};                             ///< the call's id; not mandatory, and empty in the page's sample
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

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

    using Self = GetContactModes;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::may_be_empty, "the call's id");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// Adds a number of a contact under a mode, or changes it. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: set-new-mode-number.
struct SetNewModeNumber {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty
    Number mode_id{};                        ///< the mode's id
    Sensitive<std::string> contact_number{}; ///< the contact's telephone number; not empty
    bool delete_other_modes = false;         ///< whether the contact's other modes are deleted
    Id agent_id{};                           ///< the agent's id; not empty

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetNewModeNumber",
        .reply_subtopic = "SetNewModeNumberResult",
        .reply_callid = ReplyCallid::present,
        .page = "set-new-mode-number",
        .summary = "add or change a contact's number",
        .unpublished = "the sample reply",
    };

    using Self = SetNewModeNumber;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("ModeID", &Self::mode_id, Presence::required, "the mode's id");
        field("ContactNumber", &Self::contact_number, Presence::required, "the contact's telephone number");
        field("DeleteOtherModes", &Self::delete_other_modes, Presence::required,
              "whether the contact's other modes are deleted");
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
    }
};

/// A business field of a contact.
struct BusinessField {
    std::string field_name{};       ///< its name
    Sensitive<std::string> value{}; ///< its value
    std::string data_type{};        ///< such as "String"
    std::string format{};           ///< how the value is written
    std::optional<bool> editable{}; ///< whether the agent may change it
    Sensitive<Json> others{};       ///< what else the server says of it; null if nothing

    using Self = BusinessField;
    static constexpr void fields(auto&& field) {
        field("FieldName", &Self::field_name, Presence::optional, "the field's name");
        field("Value", &Self::value, Presence::optional, "the field's value");
        field("DataType", &Self::data_type, Presence::optional, "the type of the value");
        field("Format", &Self::format, Presence::optional, "how the value is written");
        field("Editable", &Self::editable, Presence::optional, "whether the agent may change it");
    }
};

/// Lists the business fields of the contact. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-business-fields.
struct GetContactDetail {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

    using Response = List<BusinessField>;

    static constexpr Operation operation{
        .subtopic = "GetContactDetail",
        .reply_subtopic = "ContactDetail",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-business-fields",
        .summary = "list the business fields of a contact",
    };

    using Self = GetContactDetail;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// The new value of a business field. Name, type and format are those that `GetContactDetail` lists.
struct BusinessFieldChange {
    Text field_name{};              ///< the field's name; not empty
    Sensitive<std::string> value{}; ///< the new value, also an empty one
    Text data_type{};               ///< such as "String"
    Text format{};                  ///< how the value is written

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
    Id callid{};                                        ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{};            ///< the LCM key; not empty
    Id agent_id{};                                      ///< the agent's id; not empty
    std::vector<BusinessFieldChange> business_fields{}; ///< the new values, at least one

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetContactBusinessFields",
        .reply_subtopic = "SetContactBusinessFieldsResult",
        .reply_callid = ReplyCallid::present,
        .page = "set-business-fields",
        .summary = "change business fields of a contact",
        .unpublished = "the end of the sample request, the sample reply",
    };

    using Self = SetContactBusinessFields;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
        field("businessField", &Self::business_fields, Presence::required, "the new values");
    }
};

/// Asks for the optional business fields of the contact, which a screen pop shows. The agent must be on an active
/// call, or logged in.
///
/// The page's sample replies with one object of names and values, which is a list of one; its table speaks of a list.
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-optional-business-fields.
struct GetScreenPopData {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

    using Response = List<NamedValues>;

    static constexpr Operation operation{
        .subtopic = "GetScreenPopData",
        .reply_subtopic = "ScreenPopData",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-optional-business-fields",
        .summary = "show the optional business fields of a contact",
    };

    using Self = GetScreenPopData;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// Adds a contact to a campaign. The agent must be on an active call, or logged in.
///
/// `business_fields` and `modes` are XML; the examples of it on the page are malformed. Not published: the types of
/// the fields from `SMSData` on and any after `ContactDetail`, the reply, errors and samples. The reply's subtopic
/// here is inferred: if it is another one, the request ends as unknown at its deadline. Page: create-contact.
struct CreateContact {
    Id campaign_id{};                         ///< the campaign's id; not empty
    Text call_type{};                         ///< "0" for a fresh contact; not empty
    DateTime call_start_date_time{};          ///< from when the contact may be called
    DateTime call_end_date_time{};            ///< until when the contact may be called
    Sensitive<std::string> business_fields{}; ///< the contact's business fields, in XML; not empty
    Number priority{};                        ///< the contact's priority; left out if not set
    Sensitive<std::string> modes{};           ///< the contact's modes, in XML; not empty
    Id agent_id{};                            ///< always empty
    Sensitive<std::string> sms_data{};        ///< left out if empty
    Sensitive<std::string> mail_subject{};    ///< left out if empty
    Sensitive<std::string> mail_msg{};        ///< left out if empty
    Sensitive<std::string> mail_attachment{}; ///< left out if empty
    Sensitive<std::string> zip_code{};        ///< left out if empty
    Sensitive<std::string> contact_detail{};  ///< left out if empty

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

    using Self = CreateContact;
    static constexpr void fields(auto&& field) {
        field("CampaignID", &Self::campaign_id, Presence::required, "the campaign's id");
        field("Calltype", &Self::call_type, Presence::required, "the type of call, 0 for a fresh contact");
        field("callStartDateTime", &Self::call_start_date_time, Presence::required,
              "from when the contact may be called");
        field("callEndDateTime", &Self::call_end_date_time, Presence::required, "until when the contact may be called");
        field("BussinessFields", &Self::business_fields, Presence::required, "the business fields, in XML");
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

    /// The interface fixes `AgentID` to an empty text, and the time to call ends no earlier than it starts.
    [[nodiscard]] std::optional<FieldProblem> cross_check() const {
        if (!agent_id.empty()) return FieldProblem{"AgentID", "must be empty"};
        return detail::check_order<DateTime>({"callStartDateTime", call_start_date_time},
                                             {"callEndDateTime", call_end_date_time});
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
