// SPDX-License-Identifier: BSL-1.0
// The operations for contacts that the agent dials by hand: manual dial, and its predecessor, the non-PEWC contacts,
// which the interface keeps up to Campaign Manager 2308.
//
// What a field means stands in its row of the table below the members, and nowhere else.
#ifndef LCM_CLIENT_OPERATIONS_MANUAL_DIAL_HPP
#define LCM_CLIENT_OPERATIONS_MANUAL_DIAL_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

// --- Manual dial ----------------------------------------------------------------------------------------------------

/// A campaign in a group for manual dial.
struct GroupCampaign {
    Id id{};
    Number pct{};
    std::string status{};
    Sensitive<Json> others{}; ///< the fields that are not published; null if none

    using Self = GroupCampaign;
    static constexpr void fields(auto&& field) {
        field("ID", &Self::id, Presence::optional, "the campaign's id");
        field("Pct", &Self::pct, Presence::optional, "a number that the page does not explain");
        field("Status", &Self::status, Presence::optional, "the campaign's status");
    }
};

/// An agent in a group for manual dial.
struct GroupAgent {
    Id id{};
    Sensitive<std::string> name{};
    Sensitive<Json> others{}; ///< what else the server says of the agent; null if nothing

    using Self = GroupAgent;
    static constexpr void fields(auto&& field) {
        field("ID", &Self::id, Presence::optional, "the agent's id");
        field("Name", &Self::name, Presence::optional, "the agent's name");
    }
};

/// A group of campaigns for manual dial.
struct DialingGroup {
    std::string name{};
    std::string type{};
    std::string status{};
    std::vector<GroupCampaign> campaigns{};
    std::vector<GroupAgent> agents{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = DialingGroup;
    static constexpr void fields(auto&& field) {
        field("Name", &Self::name, Presence::optional, "the group's name");
        field("Type", &Self::type, Presence::optional, "the group's type");
        field("Status", &Self::status, Presence::optional, "the group's status");
        field("Campaigns", &Self::campaigns, Presence::optional, "the group's campaigns");
        field("Agents", &Self::agents, Presence::optional, "the group's agents");
    }
};

/// The groups of campaigns for manual dial.
struct DialingGroups {
    std::vector<DialingGroup> groups{};
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing
    Sensitive<Json> raw{};    ///< the whole payload

    using Self = DialingGroups;
    static constexpr void fields(auto&& field) {
        field("CampaignGroups", &Self::groups, Presence::optional, "the groups");
    }
};

/// Lists the groups of campaigns for manual dial. The agent must be logged in.
///
/// Errors: the page lists none. Page: get-campaign-groups.
struct GetCampaignGroups {
    Id user_id{};

    using Self = GetCampaignGroups;
    static constexpr void fields(auto&& field) {
        field("userID", &Self::user_id, Presence::optional, "the agent's id");
    }

    using Response = DialingGroups;

    static constexpr Operation operation{
        .subtopic = "GetCampaignGroups",
        .reply_subtopic = "SetCampaignGroup",
        .reply_callid = ReplyCallid::absent,
        .is_read_only = true,
        .page = "get-campaign-groups",
        .summary = "list the groups for manual dial",
        .unpublished = "the sample reply after the first campaign of a group",
    };
};

/// A contact that was fetched to be dialed. The page of each operation lists a part of these fields; the formats of
/// the times are not published.
struct ContactToDial {
    Sensitive<std::string> phone_number{};
    Sensitive<std::string> account_number{};
    Id campaign_id{};
    std::string mode{};
    Id contact_id{};
    std::string expiry_time{};
    std::string callback_time{};
    std::string call_type{};
    std::string consent{};
    std::string prefix{};
    std::string suffix{};
    std::string queue{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = ContactToDial;
    static constexpr void fields(auto&& field) {
        field("PhoneNumber", &Self::phone_number, Presence::optional, "the contact's telephone number");
        field("AccountNumber", &Self::account_number, Presence::optional, "the LCM key");
        field("CampaignId", &Self::campaign_id, Presence::optional, "the campaign");
        field("Mode", &Self::mode, Presence::optional, "the mode");
        field("ContactId", &Self::contact_id, Presence::optional, "the contact");
        field("ExpiryTime", &Self::expiry_time, Presence::optional, "when the contact expires");
        field("CallbackTime", &Self::callback_time, Presence::optional, "the time of the contact's callback");
        field("CallType", &Self::call_type, Presence::optional, "the type of the contact's call, a text or a digit");
        field("Consent", &Self::consent, Presence::optional, "the contact's consent; for manual dial only");
        field("Prefix", &Self::prefix, Presence::optional, "not explained by the page; for non-PEWC contacts only");
        field("Suffix", &Self::suffix, Presence::optional, "not explained by the page; for non-PEWC contacts only");
        field("Queue", &Self::queue, Presence::optional, "the queue; for non-PEWC contacts only");
    }
};

/// Fetches one contact of a group to dial. The server reserves it for the agent, so this is no mere read. The agent
/// must be logged in.
///
/// Errors: the page lists none. Page: get-download-contacts-for-dialing.
struct GetDownloadContactsForDialing {
    Text campaign_group{};
    Number number_of_contacts_required = 1;
    bool consent = false;
    Id agent_id{};
    bool reserved_contacts = false;

    using Self = GetDownloadContactsForDialing;
    static constexpr void fields(auto&& field) {
        field("CampaignGroup", &Self::campaign_group, Presence::required, "the group's name");
        field("NumberOfContactsRequired", &Self::number_of_contacts_required, Presence::required, "always 1",
              {.form = Form::text, .allowed = "1"});
        field("Consent", &Self::consent, Presence::required, "a flag that the page does not explain",
              {.form = Form::text});
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
        field("ReservedContacts", &Self::reserved_contacts, Presence::required, "whether reserved contacts are wanted",
              {.form = Form::text});
    }

    using Response = ContactToDial;

    static constexpr Operation operation{
        .subtopic = "GetDownloadContactsForDialing",
        .reply_subtopic = "DownloadContactsForDialing",
        .reply_callid = ReplyCallid::absent,
        .page = "get-download-contacts-for-dialing",
        .summary = "fetch one contact of a group to dial",
        .unpublished = "samples",
    };
};

/// One of many contacts that were fetched to be dialed. Its fields after `ContactStrategyName` are not published.
struct DownloadedContact {
    std::string campaign_group{};
    Number campaign_group_id{};
    Id campaign_id{};
    Id campaign_key{};
    std::string contact_strategy_name{};
    Sensitive<Json> others{}; ///< the fields that are not published; null if none

    using Self = DownloadedContact;
    static constexpr void fields(auto&& field) {
        field("CampaignGroup", &Self::campaign_group, Presence::optional, "the group's name");
        field("CampaignGroupID", &Self::campaign_group_id, Presence::optional, "the group's id");
        field("CampaignID", &Self::campaign_id, Presence::optional, "the campaign");
        field("CampaignKey", &Self::campaign_key, Presence::optional, "the campaign's key");
        field("ContactStrategyName", &Self::contact_strategy_name, Presence::optional, "the strategy's name");
    }
};

/// Contacts that were fetched to be dialed. A reply with a reason of failure is a refusal with that text.
struct DownloadedContacts {
    std::vector<DownloadedContact> contacts{};
    std::string request_failure_reason{};
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing
    Sensitive<Json> raw{};    ///< the whole payload

    using Self = DownloadedContacts;
    static constexpr void fields(auto&& field) {
        field("Contacts", &Self::contacts, Presence::optional, "the contacts");
        field("RequestFailureReason", &Self::request_failure_reason, Presence::optional,
              "why there are no contacts; empty in a reply that was accepted");
    }

    /// What the reply means for its request.
    [[nodiscard]] Verdict verdict() const {
        const bool has_reason = !detail::trim(request_failure_reason).empty();
        return {has_reason ? Delivery::refused : Delivery::accepted, request_failure_reason};
    }
};

/// Fetches many contacts of a group to dial. The server reserves them for the agent, so this is no mere read. The
/// agent must be logged in.
///
/// Not published: the fields of a contact after `ContactStrategyName`, errors and samples. Page:
/// get-download-all-contacts.
struct GetDownloadAllContactsForDialing {
    Text campaign_group{};
    Number number_of_contacts_required{};
    bool consent = false;
    Id agent_id{};
    bool reserved_contacts = false;

    using Self = GetDownloadAllContactsForDialing;
    static constexpr void fields(auto&& field) {
        field("CampaignGroup", &Self::campaign_group, Presence::required, "the group's name");
        field("NumberOfContactsRequired", &Self::number_of_contacts_required, Presence::required, "how many are wanted",
              {.form = Form::text});
        field("Consent", &Self::consent, Presence::required, "a flag that the page does not explain",
              {.form = Form::text});
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
        field("ReservedContacts", &Self::reserved_contacts, Presence::required, "whether reserved contacts are wanted",
              {.form = Form::text});
    }

    using Response = DownloadedContacts;

    static constexpr Operation operation{
        .subtopic = "GetDownloadAllContactsForDialing",
        .reply_subtopic = "DownloadAllContactsForDialing",
        .reply_callid = ReplyCallid::absent,
        .page = "get-download-all-contacts",
        .summary = "fetch many contacts of a group to dial",
        .unpublished = "the fields of a contact after ContactStrategyName, errors and samples",
    };
};

/// Fetches contacts that are reserved for the agent, or new ones. The server reserves them, so this is no mere read.
/// The agent must be logged in.
///
/// Errors: the page lists none. Page: get-reserved-manual-dial-contact.
struct GetReservedManualDialContact {
    Id agent_id{};
    Number number_of_contacts_required{};
    bool consent = false;
    bool reserved_contacts = false;

    using Self = GetReservedManualDialContact;
    static constexpr void fields(auto&& field) {
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
        field("NumberOfContactsRequired", &Self::number_of_contacts_required, Presence::required, "how many are wanted",
              {.form = Form::text});
        field("Consent", &Self::consent, Presence::required, "a flag that the page does not explain");
        field("ReservedContacts", &Self::reserved_contacts, Presence::required, "whether reserved contacts are wanted");
    }

    using Response = List<ContactToDial>;

    static constexpr Operation operation{
        .subtopic = "GetReservedManualDialContact",
        .reply_subtopic = "DownloadContactsForDialing",
        .reply_callid = ReplyCallid::absent,
        .page = "get-reserved-manual-dial-contact",
        .summary = "fetch contacts that are reserved for the agent, or new ones",
        .unpublished = "samples",
    };
};

/// Skips and closes a contact after its outcome was set. The agent must be logged in, and the contact open and fetched
/// with `GetDownloadAllContactsForDialing`.
///
/// Errors: the page lists none. Page: skip-manual-dial-contact.
struct SkipManualDialContact {
    Number outcome_id{};
    Id user_id{};
    Sensitive<std::string> account_number{};
    Sensitive<std::string> phone_number{};

    using Self = SkipManualDialContact;
    static constexpr void fields(auto&& field) {
        field("OutcomeId", &Self::outcome_id, Presence::required,
              "the id of a telephony or a business outcome; 0 is valid (Success)", {.is_telephony_outcome = true});
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("PhoneNumber", &Self::phone_number, Presence::required, "the contact's telephone number",
              {.subject = SubjectKind::telephone_number});
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SkipManualDialContact",
        .reply_subtopic = "SkipManualDialContactResult",
        .reply_callid = ReplyCallid::absent,
        .page = "skip-manual-dial-contact",
        .summary = "skip and close a contact",
    };
};

/// A reply that repeats the request. It says that the request arrived, and no more.
struct EchoResponse {
    std::string subtopic{};
    std::string topic{};
    std::string channel{};
    Sensitive<Json> data{};
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing

    using Self = EchoResponse;
    static constexpr void fields(auto&& field) {
        field("subtopic", &Self::subtopic, Presence::optional, "the request's subtopic");
        field("topic", &Self::topic, Presence::optional, "the request's topic");
        field("channel", &Self::channel, Presence::optional, "the request's channel");
        field("data", &Self::data, Presence::optional, "the request's data");
    }
};

/// Hands a number to the softphone to dial. The agent must be logged in.
///
/// The page's table has this on channel LCM, its sample on Amazon, where this sends it. Errors: the page lists none.
/// Page: manual-dial-call.
struct ManualDialCall {
    Sensitive<std::string> phone_number{};

    using Self = ManualDialCall;
    static constexpr void fields(auto&& field) {
        field("PhoneNumber", &Self::phone_number, Presence::required, "the number to dial",
              {.subject = SubjectKind::telephone_number});
    }

    using Response = EchoResponse;

    static constexpr Operation operation{
        .subtopic = "ManualDialCall",
        .reply_subtopic = "ManualDialCall",
        .reply_callid = ReplyCallid::absent,
        .channel = "Amazon",
        .topic = "InboundCall",
        .page = "manual-dial-call",
        .summary = "hand a number to the softphone to dial",
    };
};

/// Copies a number to the softphone. The agent must be logged in.
///
/// The page's table has this on channel LCM, its sample on Amazon, where this sends it. Errors: the page lists none.
/// Page: manual-dial-copy-contact.
struct ManualDialCopyContact {
    Sensitive<std::string> phone_number{};

    using Self = ManualDialCopyContact;
    static constexpr void fields(auto&& field) {
        field("PhoneNumber", &Self::phone_number, Presence::required, "the number to copy",
              {.subject = SubjectKind::telephone_number});
    }

    using Response = EchoResponse;

    static constexpr Operation operation{
        .subtopic = "ManualDialCopyContact",
        .reply_subtopic = "ManualDialCopyContact",
        .reply_callid = ReplyCallid::absent,
        .channel = "Amazon",
        .topic = "InboundCall",
        .page = "manual-dial-copy-contact",
        .summary = "copy a number to the softphone",
    };
};

// --- Non-PEWC contacts ----------------------------------------------------------------------------------------------

/// Creates the dialer's entry that an outcome of a non-PEWC contact needs: to be called along with the operation that
/// sets the outcome. The agent must be on an active call, or logged in.
///
/// Errors: the page lists none. Its table and its sample contradict each other on the reply's call id. Page:
/// set-non-pewc-contact-outcome.
struct SetNonPEWCContactOutcome {
    Sensitive<std::string> account_number{};
    Id agent_id{};
    Sensitive<std::string> phone_number{};

    using Self = SetNonPEWCContactOutcome;
    static constexpr void fields(auto&& field) {
        field("AccountNumber", &Self::account_number, Presence::required, "the LCM key",
              {.subject = SubjectKind::lcm_key});
        field("AgentID", &Self::agent_id, Presence::required, "the agent's id");
        field("PhoneNumber", &Self::phone_number, Presence::required, "the contact's telephone number",
              {.subject = SubjectKind::telephone_number});
    }

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "SetNonPEWCContactOutcome",
        .reply_subtopic = "SetNonPEWCContactOutcomeResult",
        .reply_callid = ReplyCallid::unknown,
        .page = "set-non-pewc-contact-outcome",
        .summary = "create the dialer's entry for a non-PEWC contact's outcome",
    };
};

/// Fetches one non-PEWC contact. The server reserves it for the agent, so this is no mere read. The agent must be
/// logged in.
///
/// Errors: the page lists none. Page: get-non-pewc-contact.
struct GetContactOD {
    Id user_id{};
    Id is_reserved_by{};

    using Self = GetContactOD;
    static constexpr void fields(auto&& field) {
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
        field("isReservedBy", &Self::is_reserved_by, Presence::optional, "not described by the page");
    }

    using Response = ContactToDial;

    static constexpr Operation operation{
        .subtopic = "GetContactOD",
        .reply_subtopic = "ContactOD",
        .reply_callid = ReplyCallid::absent,
        .page = "get-non-pewc-contact",
        .summary = "fetch one non-PEWC contact to dial",
        .unpublished = "what isReservedBy means, the sample reply",
    };
};

/// Fetches the non-PEWC contact that is reserved for the agent. The agent must be logged in.
///
/// Errors: the page lists none. Page: get-reserved-non-pewc-contact.
struct GetReservedContactOD {
    Id user_id{};

    using Self = GetReservedContactOD;
    static constexpr void fields(auto&& field) {
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
    }

    using Response = ContactToDial;

    static constexpr Operation operation{
        .subtopic = "GetReservedContactOD",
        .reply_subtopic = "ContactOD",
        .reply_callid = ReplyCallid::absent,
        .page = "get-reserved-non-pewc-contact",
        .summary = "fetch the non-PEWC contact that is reserved for the agent",
        .unpublished = "the sample reply",
    };
};

/// What the server answers to `SkipNonPEWCContact`. `success: false` is a refusal, with `msg` as the server's text.
struct SkipNonPEWCContactResponse {
    bool success = false;
    std::string msg{};
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing

    using Self = SkipNonPEWCContactResponse;
    static constexpr void fields(auto&& field) {
        field("success", &Self::success, Presence::required, "whether the contact was skipped");
        field("msg", &Self::msg, Presence::optional, "the server's text, if there is one");
    }
};

/// Skips the non-PEWC contact that is reserved for the agent. The agent must be logged in, and on such a contact.
///
/// Errors: the page lists none; without such a contact the server refuses ("Contact not found"). Page:
/// skip-non-pewc-contact.
struct SkipNonPEWCContact {
    Id user_id{};

    using Self = SkipNonPEWCContact;
    static constexpr void fields(auto&& field) {
        field("userID", &Self::user_id, Presence::required, "the agent's id");
    }

    using Response = SkipNonPEWCContactResponse;

    static constexpr Operation operation{
        .subtopic = "SkipNonPEWCContact",
        .reply_subtopic = "SkipNonPEWCContactResult",
        .reply_callid = ReplyCallid::absent,
        .page = "skip-non-pewc-contact",
        .summary = "skip the non-PEWC contact that is reserved for the agent",
    };
};

/// How many non-PEWC contacts there are for an agent.
struct AgentCallCount {
    Number pcb_count{};
    Number regular_count{};
    std::optional<bool> is_agent_reserved{};
    Sensitive<Json> others{}; ///< what else the reply holds; null if nothing

    using Self = AgentCallCount;
    static constexpr void fields(auto&& field) {
        field("PCBCount", &Self::pcb_count, Presence::optional, "the personal callbacks", {.form = Form::text});
        field("RegularCount", &Self::regular_count, Presence::optional, "the regular contacts", {.form = Form::text});
        field("IsAgentReserved", &Self::is_agent_reserved, Presence::optional, "whether the agent is reserved",
              {.form = Form::inverted});
    }
};

/// Counts the non-PEWC contacts for an agent. The agent must be logged in.
///
/// Errors: the page lists none. Page: get-agent-call-count.
struct GetAgentCallCount {
    Id user_id{};

    using Self = GetAgentCallCount;
    static constexpr void fields(auto&& field) {
        field("UserID", &Self::user_id, Presence::required, "the agent's id");
    }

    using Response = AgentCallCount;

    static constexpr Operation operation{
        .subtopic = "GetAgentCallCount",
        .reply_subtopic = "AgentCallCount",
        .reply_callid = ReplyCallid::absent,
        .is_read_only = true,
        .page = "get-agent-call-count",
        .summary = "count the non-PEWC contacts for an agent",
    };
};

/// The operations of this file, for lists of all.
struct ManualDialGroup {
    static constexpr std::string_view name = "manual-dial";
    static constexpr std::string_view summary = "contacts that the agent dials by hand";
    using Operations = OperationList<GetCampaignGroups, GetDownloadContactsForDialing, GetDownloadAllContactsForDialing,
                                     GetReservedManualDialContact, SkipManualDialContact, ManualDialCall,
                                     ManualDialCopyContact, SetNonPEWCContactOutcome, GetContactOD,
                                     GetReservedContactOD, SkipNonPEWCContact, GetAgentCallCount>;
};

} // namespace lcm

#endif
