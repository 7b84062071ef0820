// SPDX-License-Identifier: BSL-1.0
// The contacts of the simulator's world that wait to be dialed by hand.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_MANUAL_DIAL_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_MANUAL_DIAL_HPP

#include <lcm_client/json.hpp>
#include <lcm_client/operations/manual_dial.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/testing/impl/world/world.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

/// Up to `count` contacts that are reserved for the agent, or free ones, which are reserved for the agent then.
inline std::vector<WaitingContact> fetch(Recent<WaitingContact>& queue, const std::string& agent, double count,
                                         bool reserved) {
    std::vector<WaitingContact> fetched;
    const std::string holder = reserved ? agent : std::string();
    for (WaitingContact& contact : queue) {
        if (static_cast<double>(fetched.size()) >= count) break;
        if (contact.reserved_for != holder) continue;
        contact.reserved_for = agent;
        fetched.push_back(contact);
    }
    return fetched;
}

inline std::vector<WaitingContact> fetch_of_group(World& world, const std::string& group, const std::string& agent,
                                                  const Number& count, bool reserved) {
    if (group != campaign_group) return {};
    return fetch(world.manual_dial, agent, count.to_double(), reserved);
}

inline ContactToDial make_contact_to_dial(const WaitingContact& contact) {
    return {.phone_number = contact.phone_number,
            .account_number = contact.key,
            .campaign_id = campaign_id,
            .mode = mode_name(1),
            .contact_id = std::to_string(contact.id),
            .expiry_time = now_text,
            .call_type = "0"};
}

// --- Manual dial ----------------------------------------------------------------------------------------------------

inline DialingGroups answer(World&, const GetCampaignGroups& request) {
    return {.groups = {{.name = campaign_group,
                        .type = "Manual",
                        .status = "Active",
                        .campaigns = {{.id = campaign_id, .pct = 100, .status = "Active"}},
                        .agents = {{.id = request.user_id, .name = "Agent One"}}}}};
}

inline ContactToDial make_manual_contact(const WaitingContact& contact) {
    ContactToDial made = make_contact_to_dial(contact);
    made.consent = "true";
    return made;
}

/// None left: an empty contact, since the page has no other word for it.
inline ContactToDial answer(World& world, const GetDownloadContactsForDialing& request) {
    const auto fetched = fetch_of_group(world, request.campaign_group, request.agent_id, 1, request.reserved_contacts);
    return fetched.empty() ? ContactToDial() : make_manual_contact(fetched.front());
}

/// Number and key stand among the fields that are not published: without them the contact could not be dialed.
inline DownloadedContacts answer(World& world, const GetDownloadAllContactsForDialing& request) {
    const auto fetched = fetch_of_group(world, request.campaign_group, request.agent_id,
                                        request.number_of_contacts_required, request.reserved_contacts);
    if (fetched.empty()) return {.request_failure_reason = "No contacts available"};
    DownloadedContacts response;
    for (const WaitingContact& contact : fetched)
        response.contacts.push_back(
            {.campaign_group = campaign_group,
             .campaign_group_id = 1,
             .campaign_id = campaign_id,
             .campaign_key = campaign_id,
             .contact_strategy_name = "Strategy1",
             .others = Json{{"PhoneNumber", contact.phone_number}, {"AccountNumber", contact.key}}});
    return response;
}

inline List<ContactToDial> answer(World& world, const GetReservedManualDialContact& request) {
    List<ContactToDial> list;
    for (const WaitingContact& contact :
         fetch(world.manual_dial, request.agent_id, request.number_of_contacts_required.to_double(),
               request.reserved_contacts))
        list.records.push_back(make_manual_contact(contact));
    return list;
}

/// A contact that does not wait cannot be skipped.
inline OutcomeResponse answer(World& world, const SkipManualDialContact& request) {
    const std::string& key = request.account_number.reveal();
    return {.success = world.manual_dial.remove([&](const WaitingContact& contact) { return contact.key == key; })};
}

template <class Request> EchoResponse echo(const Request& request) {
    return {.subtopic = std::string(Request::operation.subtopic),
            .topic = std::string(Request::operation.topic),
            .channel = std::string(Request::operation.channel),
            .data = Json{{"PhoneNumber", request.phone_number.reveal()}}};
}

inline EchoResponse answer(World&, const ManualDialCall& request) { return echo(request); }
inline EchoResponse answer(World&, const ManualDialCopyContact& request) { return echo(request); }

// --- Non-PEWC contacts ----------------------------------------------------------------------------------------------

inline ContactToDial fetch_non_pewc(World& world, const std::string& agent, bool reserved) {
    const auto fetched = fetch(world.non_pewc, agent, 1, reserved);
    if (fetched.empty()) return {};
    ContactToDial made = make_contact_to_dial(fetched.front());
    made.prefix = "9";
    made.queue = "Queue1";
    return made;
}

inline ContactToDial answer(World& world, const GetContactOD& request) {
    return fetch_non_pewc(world, request.user_id, false);
}

inline ContactToDial answer(World& world, const GetReservedContactOD& request) {
    return fetch_non_pewc(world, request.user_id, true);
}

inline SkipNonPEWCContactResponse answer(World& world, const SkipNonPEWCContact& request) {
    const auto is_reserved = [&](const WaitingContact& contact) { return contact.reserved_for == request.user_id; };
    if (!world.non_pewc.remove(is_reserved)) return {.success = false, .msg = "Contact not found"};
    return {.success = true};
}

inline AgentCallCount answer(World& world, const GetAgentCallCount& request) {
    const auto is_own = [&](const Callback& one) { return one.is_personal && one.user_id == request.user_id; };
    const auto is_reserved = [&](const WaitingContact& one) { return one.reserved_for == request.user_id; };
    return {.pcb_count = std::count_if(world.callbacks.begin(), world.callbacks.end(), is_own),
            .regular_count = world.non_pewc.size(),
            .is_agent_reserved = world.non_pewc.find(is_reserved) != nullptr};
}

} // namespace lcm::testing::detail

#endif
