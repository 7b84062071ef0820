// SPDX-License-Identifier: BSL-1.0
// The operations that ask about campaigns: their time zone, their details, and where else a contact is open.
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

namespace lcm {

/// The time zone of a campaign. The format of its times is not published.
struct CampaignTimeZone {
    std::string zone_name{};     ///< the zone's name
    std::string campaign_time{}; ///< the time in it
    std::string server_time{};   ///< the time on the server
    Sensitive<Json> others{};    ///< what else the server says of it; null if nothing

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
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty

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

    using Self = GetCampaignTimeZone;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
    }
};

/// The settings of campaigns. The records of campaigns, with `CampaignKey`, `CampaignName` and more, are in `others`:
/// under which name, and with which fields, is not published.
struct AllCampaignDetails {
    std::string runtime_scheduling{};       ///< RuntimeScheduling, as text
    std::string contact_mode_scheduling{};  ///< ContactModeScheduling, as text
    std::string holiday{};                  ///< Holiday, as text
    std::string business_outcome_details{}; ///< BusinessOutcomeDetails, as text
    std::string campaign_key_fields{};      ///< CampaignKeyFields, as text
    std::string category_details{};         ///< CategoryDetails, as text
    Sensitive<Json> others{};               ///< the records of campaigns, and what is not published
    Sensitive<Json> raw{};                  ///< the whole payload

    using Self = AllCampaignDetails;
    static constexpr void fields(auto&& field) {
        field("RuntimeScheduling", &Self::runtime_scheduling, Presence::optional, "of that name, not explained");
        field("ContactModeScheduling", &Self::contact_mode_scheduling, Presence::optional,
              "of that name, not explained");
        field("Holiday", &Self::holiday, Presence::optional, "of that name, not explained");
        field("BusinessOutcomeDetails", &Self::business_outcome_details, Presence::optional,
              "of that name, not explained");
        field("CampaignKeyFields", &Self::campaign_key_fields, Presence::optional, "of that name, not explained");
        field("CategoryDetails", &Self::category_details, Presence::optional, "of that name, not explained");
    }
};

/// Asks for the details of all campaigns. The agent must be on an active call, or logged in.
///
/// Not published: the fields of the campaigns' records, errors and samples. Page: get-all-campaign-details.
struct GetAllCampaignDetails {
    Id callid{};                             ///< the call's id, made by the application; not empty
    Sensitive<std::string> account_number{}; ///< the LCM key; not empty
    bool is_offline_transaction = false;     ///< the flag isOfflineTransaction

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

    using Self = GetAllCampaignDetails;
    static constexpr void fields(auto&& field) {
        field("callid", &Self::callid, Presence::required, "the call's id, made by the application");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key");
        field("isOfflineTransaction", &Self::is_offline_transaction, Presence::required,
              "the flag of that name, which the page does not explain");
    }
};

/// A contact that is open in another campaign.
struct OpenContact {
    Id campaign_id{};                        ///< the campaign
    std::string campaign_name{};             ///< its name
    Number contact_id{};                     ///< the contact
    std::string call_type{};                 ///< the type of its call
    Id agent_id{};                           ///< the agent
    std::string mode{};                      ///< the mode
    Sensitive<std::string> phone_no{};       ///< the contact's telephone number
    Sensitive<std::string> account_number{}; ///< the LCM key
    Sensitive<Json> others{};                ///< the fields that are not published; null if none

    using Self = OpenContact;
    static constexpr void fields(auto&& field) {
        field("CampaignId", &Self::campaign_id, Presence::optional, "the campaign");
        field("CampaignName", &Self::campaign_name, Presence::optional, "the campaign's name");
        field("ContactID", &Self::contact_id, Presence::optional, "the contact");
        field("CallType", &Self::call_type, Presence::optional, "the type of its call");
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
    Sensitive<Number> ani{};                                 ///< the caller's telephone number, without leading zeros
    Sensitive<std::string> dnis{};                           ///< the number that was called; left out if empty
    Sensitive<std::string> lcm_key{};                        ///< the LCM key; left out if empty
    Text call_type{};                                        ///< "INBOUND" or "OUTBOUND"
    Sensitive<std::string> business_field_query_to_search{}; ///< the query for business fields; left out if empty

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

    using Self = GetCampaignsForMCDRequest;
    static constexpr void fields(auto&& field) {
        field("ANI", &Self::ani, Presence::required, "the caller's telephone number");
        field("DNIS", &Self::dnis, Presence::optional, "the number that was called");
        field("LCMKey", &Self::lcm_key, Presence::optional, "the LCM key");
        field("CallType", &Self::call_type, Presence::required, "the direction of the call",
              {.allowed = "INBOUND|OUTBOUND"});
        field("BusinessFieldQueryToSearch", &Self::business_field_query_to_search, Presence::optional,
              "the query for business fields");
    }
};

/// The operations of this file, for lists of all.
struct CampaignGroup {
    static constexpr std::string_view name = "campaigns";
    static constexpr std::string_view summary = "ask about campaigns";
    using Operations = OperationList<GetCampaignTimeZone, GetAllCampaignDetails, GetCampaignsForMCDRequest>;
};

} // namespace lcm

#endif
