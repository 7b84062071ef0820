// SPDX-License-Identifier: BSL-1.0
// The list of Do Not Call of the simulator's world.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_COMPLIANCE_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_COMPLIANCE_HPP

#include <lcm_client/json.hpp>
#include <lcm_client/operations/compliance.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/subjects.hpp>
#include <lcm_client/testing/impl/world/world.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

/// Blocks the contact's number, and the number and the values of business fields that the request names.
inline UnpublishedOutcomeResponse answer(World& world, const SetDNC& request) {
    world.do_not_call.add(number_of(contact_of(world, request.account_number.reveal()), 1));
    const std::string& by = request.blocked_by.reveal();
    if (lcm::detail::is_telephone_number(by)) world.do_not_call.add(by);
    for (const auto* const value : {&request.bussfld_dnc_value, &request.bussfld_dnc_value1})
        if (!value->reveal().empty()) world.do_not_call.add(value->reveal());
    return {.success = true};
}

inline AddComplianceResponse answer(World& world, const AddCompliance& request) {
    world.do_not_call.add(request.cvalue.reveal());
    return {.status = "success"};
}

inline List<Sensitive<std::string>> answer(World& world, const GetDNCBussField& request) {
    List<Sensitive<std::string>> list;
    for (const BusinessField& field : contact_of(world, request.account_number.reveal()).fields)
        list.records.emplace_back(field.field_name);
    return list;
}

/// The form of this reply is not published. Here each contact comes back with the lists on which it stands.
inline CheckContactsResponse answer(World& world, const GetCheckContacts& request) {
    Json contacts = Json::array();
    for (const ContactToCheck& contact : request.contacts) {
        const std::string& value = contact.mode_value.reveal();
        const bool blocked = world.do_not_call.find([&](const std::string& one) { return one == value; }) != nullptr;
        Json found = Json::array();
        if (blocked) found.push_back("DNC");
        contacts.push_back(
            {{"id", contact.id}, {"channel", contact.channel}, {"modeValue", value}, {"compliance", found}});
    }
    return {.raw = Json{{"contacts", contacts}}};
}

} // namespace lcm::testing::detail

#endif
