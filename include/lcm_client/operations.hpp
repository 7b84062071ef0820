// SPDX-License-Identifier: BSL-1.0
// All operations. A source that uses few of them includes their group's header alone.
#ifndef LCM_CLIENT_OPERATIONS_HPP
#define LCM_CLIENT_OPERATIONS_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/operations/callbacks.hpp>
#include <lcm_client/operations/campaigns.hpp>
#include <lcm_client/operations/compliance.hpp>
#include <lcm_client/operations/contacts.hpp>
#include <lcm_client/operations/manual_dial.hpp>
#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/operations/state.hpp>
#include <lcm_client/protocol/field.hpp>

namespace lcm::inline LCM_CLIENT_ABI {

/// All operations by group, for lists and pages of all.
using OperationGroups =
    GroupList<OutcomeGroup, CallbackGroup, ContactGroup, CampaignGroup, ComplianceGroup, ManualDialGroup, StateGroup>;

} // namespace lcm

#endif
