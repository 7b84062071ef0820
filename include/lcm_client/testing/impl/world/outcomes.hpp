// SPDX-License-Identifier: BSL-1.0
// The outcomes of the simulator's world. The operations that only set one get a plain success.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_OUTCOMES_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_OUTCOMES_HPP

#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/testing/impl/world/callbacks.hpp>
#include <lcm_client/testing/impl/world/world.hpp>

#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

inline List<CallOutcome> list_call_outcomes() {
    List<CallOutcome> list;
    int id = 0;
    for (const char* name : {"Success", "Abandoned", "Invalid", "Busy", "CallBack", "DNC", "Fax", "Answering Machine",
                             "No Answer", "Reject"})
        list.records.push_back({.outcome_id = id++, .description = name});
    return list;
}

inline BusinessOutcome make_business_outcome(int id, const char* description, Number parent_id) {
    return {.outcome_id = id,
            .description = description,
            .campaign_id = campaign_id,
            .lead_score = 0,
            .parent_id = parent_id};
}

inline List<BusinessOutcome> list_business_outcomes() {
    return {.records = {make_business_outcome(100, "Payment", {}), make_business_outcome(101, "Payment Done", 100),
                        make_business_outcome(102, "Payment Failure", 100)}};
}

/// Those that can be chosen: a parent alone is not enough.
inline List<BusinessOutcome> list_children() {
    List<BusinessOutcome> list = list_business_outcomes();
    std::erase_if(list.records, [](const BusinessOutcome& outcome) { return !outcome.parent_id.is_set(); });
    return list;
}

inline List<CallOutcome> answer(World&, const GetCallOutCome&) { return list_call_outcomes(); }
inline List<CallOutcome> answer(World&, const SetCallOutComeOffline&) { return list_call_outcomes(); }
inline List<BusinessOutcome> answer(World&, const GetBusinessOutCome&) { return list_business_outcomes(); }
inline List<BusinessOutcome> answer(World&, const GetOutcomeByOutcomegroup&) { return list_children(); }

inline List<BusinessOutcome> answer(World&, const GetBusinessOutcomeParent& request) {
    List<BusinessOutcome> list = list_children();
    std::erase_if(list.records, [&](const BusinessOutcome& outcome) {
        return outcome.parent_id != request.parent_business_outcome_id;
    });
    return list;
}

inline List<ParentOutcome> answer(World&, const GetBOGroupParent&) {
    return {.records = {{.parent_id = 100, .parent_name = "Payment"}}};
}

/// A callback is the agent's own if an agent is named.
inline UnpublishedOutcomeResponse answer(World& world, const SetCallResult& request) {
    if (request.callback_mode_id.is_set()) book(world, request, !request.user_id.empty());
    return {.success = true};
}

} // namespace lcm::testing::detail

#endif
