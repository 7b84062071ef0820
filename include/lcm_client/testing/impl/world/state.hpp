// SPDX-License-Identifier: BSL-1.0
// The calls of the simulator's world, and what was last set for each.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_STATE_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_STATE_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/operations/state.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/testing/impl/world/contacts.hpp>
#include <lcm_client/testing/impl/world/world.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

inline Call* find_call(World& world, std::string_view callid) {
    return world.calls.find([&](const Call& call) { return call.callid == callid; });
}

/// Keeps the fields of a request that has set something for the call, as far as they are shown.
inline void remember(World& world, const std::string& callid, std::string_view api, JsonView data, StoredFields shows) {
    StoredData stored;
    LenientReader reader;
    static_cast<void>(read_fields(data, stored, reader)); // what it cannot read is left out
    if (shows != StoredFields::all) stored.others = Json();
    stored.callid = callid;
    stored.target_amount_specified = stored.target_amount.to_double() != 0; // as in the page's sample
    stored.api = api;
    Call* known = find_call(world, callid);
    Call& call = known != nullptr ? *known : world.calls.add({.callid = callid});
    if (shows != StoredFields::none) call.stored[world.node] = std::move(stored);
}

inline StoredData answer(World& world, const GetStoredData& request) {
    Call* const call = find_call(world, request.callid);
    StoredData stored = call != nullptr ? call->stored[world.node] : StoredData();
    stored.callid = request.callid;
    return stored;
}

inline List<CallState> answer(World& world, const StateSync&) {
    List<CallState> list;
    for (Call& call : world.calls)
        list.records.push_back({.callid = call.callid,
                                .campaign_modes = campaign_modes(),
                                .optional_business_fields =
                                    named_values(contact_of(world, call.stored[world.node].account_number.reveal()))});
    return list;
}

} // namespace lcm::testing::detail

#endif
