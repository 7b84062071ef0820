// SPDX-License-Identifier: BSL-1.0
// The operations that ask about campaigns: their time zone, their details, and where else a contact is open.
//
// What a field means stands in its row of the table below the members, and nowhere else.
#ifndef LCM_CLIENT_OPERATIONS_CAMPAIGNS_HPP
#define LCM_CLIENT_OPERATIONS_CAMPAIGNS_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

/// The time zone of a campaign. The format of its times is not published.
struct CampaignTimeZone {
    std::string zone_name{};
    std::string campaign_time{};
    std::string server_time{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = CampaignTimeZone;
    static constexpr void fields(auto&& field) {
        field("ZoneName", &Self::zone_name, Presence::optional, "the zone's name");
        field("CampaignTime", &Self::campaign_time, Presence::optional, "the time in the zone");
        field("ServerTime", &Self::server_time, Presence::optional, "the time on the server");
    }
};

/// Asks for the time zone of the campaign. The agent must be on an active call, or logged in.
///
/// Errors: an unknown call is refused with `Errc::invalid_call_id`. Page: get-campaign-time-zone.
struct GetCampaignTimeZone {
    Id callid{};
    Sensitive<std::string> account_number{};

    using Self = GetCampaignTimeZone;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
    }

    using Response = List<CampaignTimeZone>;

    static constexpr Operation operation{
        .subtopic = "GetCampaignTimeZone",
        .reply_subtopic = "CampaignTimeZone",
        .reply_callid = ReplyCallid::present,
        .is_read_only = true,
        .page = "get-campaign-time-zone",
        .summary = "show the time zone of the campaign",
        .unpublished = "the sample reply, so the format of the times",
    };
};

/// The settings of campaigns. The records of campaigns, with `CampaignKey`, `CampaignName` and more, are in `others`:
/// under which name, and with which fields, is not published.
struct AllCampaignDetails {
    std::string runtime_scheduling{};
    std::string contact_mode_scheduling{};
    std::string holiday{};
    std::string business_outcome_details{};
    std::string campaign_key_fields{};
    std::string category_details{};
    Sensitive<Json> others{}; ///< the records of campaigns, and what is not published
    Sensitive<Json> raw{};    ///< the whole payload

    using Self = AllCampaignDetails;
    static constexpr void fields(auto&& field) {
        field("RuntimeScheduling", &Self::runtime_scheduling, Presence::optional,
              "a text that the page does not explain");
        field("ContactModeScheduling", &Self::contact_mode_scheduling, Presence::optional,
              "a text that the page does not explain");
        field("Holiday", &Self::holiday, Presence::optional, "a text that the page does not explain");
        field("BusinessOutcomeDetails", &Self::business_outcome_details, Presence::optional,
              "a text that the page does not explain");
        field("CampaignKeyFields", &Self::campaign_key_fields, Presence::optional,
              "a text that the page does not explain");
        field("CategoryDetails", &Self::category_details, Presence::optional, "a text that the page does not explain");
    }
};

/// Asks for the details of all campaigns. The agent must be on an active call, or logged in.
///
/// Not published: the fields of the campaigns' records, errors and samples. Page: get-all-campaign-details.
struct GetAllCampaignDetails {
    Id callid{};
    Sensitive<std::string> account_number{};
    bool is_offline_transaction = false;

    using Self = GetAllCampaignDetails;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application",
              {.subject = SubjectKind::call});
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("isOfflineTransaction", &Self::is_offline_transaction, Presence::required,
              "a flag that the page does not explain");
    }

    using Response = AllCampaignDetails;

    static constexpr Operation operation{
        .subtopic = "GetAllCampaignDetails",
        .reply_subtopic = "AllCampaignDetails",
        .reply_callid = ReplyCallid::absent,
        .is_read_only = true,
        .page = "get-all-campaign-details",
        .summary = "show the details of all campaigns",
        .unpublished = "the fields of the campaigns' records, errors and samples",
    };
};

/// A contact that is open in another campaign.
struct OpenContact {
    Id campaign_id{};
    std::string campaign_name{};
    Number contact_id{};
    std::string call_type{};
    Id agent_id{};
    std::string mode{};
    Sensitive<std::string> phone_no{};
    Sensitive<std::string> account_number{};
    Sensitive<Json> others{}; ///< the fields that are not published; null if none

    using Self = OpenContact;
    static constexpr void fields(auto&& field) {
        field("CampaignId", &Self::campaign_id, Presence::optional, "the campaign");
        field("CampaignName", &Self::campaign_name, Presence::optional, "the campaign's name");
        field("ContactID", &Self::contact_id, Presence::optional, "the contact");
        field("CallType", &Self::call_type, Presence::optional, "the type of the contact's call");
        field("AgentID", &Self::agent_id, Presence::optional, "the agent");
        field("Mode", &Self::mode, Presence::optional, "the mode");
        field("PhoneNo", &Self::phone_no, Presence::optional, "the contact's telephone number");
        field("AccountNumber", &Self::account_number, Presence::optional, "the LCM key");
    }
};

/// Finds open contacts with the same telephone number or business field in other campaigns. The agent must be logged
/// in.
///
/// Not published: the reply's fields after `AccountNumber`, whether it has a call id, errors and samples. Page:
/// get-campaigns-for-mcd-request.
struct GetCampaignsForMCDRequest {
    Sensitive<Number> ani{};
    Sensitive<std::string> dnis{};
    Sensitive<std::string> lcm_key{};
    Text call_type{};
    Sensitive<std::string> business_field_query_to_search{};

    using Self = GetCampaignsForMCDRequest;
    static constexpr void fields(auto&& field) {
        field("ANI", &Self::ani, Presence::required, "the caller's telephone number, without leading zeros",
              {.subject = SubjectKind::telephone_number});
        field("DNIS", &Self::dnis, Presence::optional, "the number that was called",
              {.subject = SubjectKind::telephone_number});
        field("LCMKey", &Self::lcm_key, Presence::optional, "the LCM key", {.subject = SubjectKind::lcm_key});
        field("CallType", &Self::call_type, Presence::required, "the direction of the call",
              {.allowed = "INBOUND|OUTBOUND"});
        field("BusinessFieldQueryToSearch", &Self::business_field_query_to_search, Presence::optional,
              "the query for business fields");
    }

    using Response = List<OpenContact>;

    static constexpr Operation operation{
        .subtopic = "GetCampaignsForMCDRequest",
        .reply_subtopic = "SetCampaignsForMCDResponse",
        .reply_callid = ReplyCallid::unknown,
        .is_read_only = true,
        .page = "get-campaigns-for-mcd-request",
        .summary = "find open contacts of the same number in other campaigns",
        .unpublished = "where the records stand in the reply, the reply's fields after AccountNumber, whether it has a "
                       "call id, errors and samples",
    };
};

/// The operations of this file, for lists of all.
struct CampaignGroup {
    static constexpr std::string_view name = "campaigns";
    static constexpr std::string_view summary = "ask about campaigns";
    using Operations = OperationList<GetCampaignTimeZone, GetAllCampaignDetails, GetCampaignsForMCDRequest>;
};

} // namespace lcm

#endif
