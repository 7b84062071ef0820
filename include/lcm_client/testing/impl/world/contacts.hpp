// SPDX-License-Identifier: BSL-1.0
// The contacts of the simulator's world, their modes and their business fields.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_CONTACTS_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_CONTACTS_HPP

#include <lcm_client/operations/contacts.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/testing/impl/world/world.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

inline std::vector<Mode> campaign_modes() {
    std::vector<Mode> modes;
    for (const int id : {1, 2, 3})
        modes.push_back({.mode_id = id,
                         .description = mode_name(id),
                         .channel_type = "2",
                         .min_length = 8,
                         .max_length = 12,
                         .pewc = false,
                         .campaign_pewc = false});
    return modes;
}

inline NamedValues named_values(const Contact& contact) {
    NamedValues values;
    for (const BusinessField& field : contact.fields) values[field.field_name] = field.value;
    return values;
}

inline List<Mode> answer(World&, const GetCampaignModes&) { return {.records = campaign_modes()}; }

inline ModeInformation answer(World& world, const GetModeInformation& request) {
    return {.campaign_id = campaign_id,
            .mode_name = mode_name(1),
            .contact_id = "1001",
            .timezone = zone_name,
            .contact_number = number_of(contact_of(world, request.account_number.reveal()), 1),
            .campaign_category_name = campaign_name,
            .callid = request.callid,
            .gmt_deviation = 60,
            .disposition_required = true,
            .dnc_period_type = "Permanent",
            .dnc_days = 0,
            .dnc_eod = false,
            .customer_dnc_tz_enabled = false};
}

inline ContactModes answer(World& world, const GetContactModes& request) {
    return {.contact_modes = contact_of(world, request.account_number.reveal()).modes};
}

inline OutcomeResponse answer(World& world, const SetNewModeNumber& request) {
    std::vector<ContactMode>& modes = change_contact(world, request.account_number.reveal()).modes;
    const auto is_meant = [&](const ContactMode& mode) { return mode.mode_id == request.mode_id; };
    if (request.delete_other_modes) std::erase_if(modes, [&](const ContactMode& mode) { return !is_meant(mode); });
    const auto at = std::find_if(modes.begin(), modes.end(), is_meant);
    if (at != modes.end()) at->cvalue = request.contact_number;
    else add_bounded(modes, make_mode(request.mode_id, request.contact_number.reveal()));
    return {.success = true};
}

inline List<BusinessField> answer(World& world, const GetContactDetail& request) {
    return {.records = contact_of(world, request.account_number.reveal()).fields};
}

inline void change_field(std::vector<BusinessField>& fields, const BusinessFieldChange& change) {
    const auto at = std::find_if(fields.begin(), fields.end(),
                                 [&](const BusinessField& field) { return field.field_name == change.field_name; });
    if (at != fields.end()) at->value = change.value;
    else
        add_bounded(fields, BusinessField{.field_name = change.field_name,
                                          .value = change.value,
                                          .data_type = change.data_type,
                                          .format = change.format,
                                          .editable = true});
}

inline OutcomeResponse answer(World& world, const SetContactBusinessFields& request) {
    Contact& contact = change_contact(world, request.account_number.reveal());
    for (const BusinessFieldChange& change : request.business_fields) change_field(contact.fields, change);
    return {.success = true};
}

inline List<NamedValues> answer(World& world, const GetScreenPopData& request) {
    return {.records = {named_values(contact_of(world, request.account_number.reveal()))}};
}

/// The new contact waits to be dialed by hand. Its XML is not read: the form of it is not published.
inline UnpublishedOutcomeResponse answer(World& world, const CreateContact& request) {
    const std::uint64_t id = world.next_contact_id++;
    const std::string key = request.campaign_id.text() + "|1|" + std::to_string(id) + "|0|0|44|1";
    world.manual_dial.add({.id = id, .key = key, .phone_number = number_of(make_contact(key), 1)});
    return {.success = true};
}

} // namespace lcm::testing::detail

#endif
