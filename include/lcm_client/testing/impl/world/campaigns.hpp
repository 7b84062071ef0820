// SPDX-License-Identifier: BSL-1.0
// The one campaign of the simulator's world.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_CAMPAIGNS_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_CAMPAIGNS_HPP

#include <lcm_client/operations/campaigns.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/testing/impl/world/world.hpp>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

inline List<CampaignTimeZone> answer(World&, const GetCampaignTimeZone&) {
    return {.records = {{.zone_name = zone_name, .campaign_time = now_text, .server_time = now_text}}};
}

inline AllCampaignDetails answer(World&, const GetAllCampaignDetails&) {
    return {.runtime_scheduling = "true",
            .contact_mode_scheduling = "false",
            .holiday = "false",
            .business_outcome_details = "101",
            .campaign_key_fields = "City",
            .category_details = campaign_name};
}

/// Those who wait to be dialed by hand under the number.
inline List<OpenContact> answer(World& world, const GetCampaignsForMCDRequest& request) {
    List<OpenContact> list;
    for (const WaitingContact& contact : world.manual_dial)
        if (contact.phone_number == request.ani.reveal().text())
            list.records.push_back({.campaign_id = campaign_id,
                                    .campaign_name = campaign_name,
                                    .contact_id = contact.id,
                                    .call_type = request.call_type,
                                    .agent_id = contact.reserved_for,
                                    .mode = mode_name(1),
                                    .phone_no = contact.phone_number,
                                    .account_number = contact.key});
    return list;
}

} // namespace lcm::testing::detail

#endif
