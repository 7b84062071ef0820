// SPDX-License-Identifier: BSL-1.0
// All types that a field can have by itself: `FieldType` for each of them.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELD_TYPES_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELD_TYPES_HPP

#include <lcm_client/protocol/impl/fields/date_time.hpp>
#include <lcm_client/protocol/impl/fields/flag.hpp>
#include <lcm_client/protocol/impl/fields/json.hpp>
#include <lcm_client/protocol/impl/fields/list.hpp>
#include <lcm_client/protocol/impl/fields/number.hpp>
#include <lcm_client/protocol/impl/fields/text.hpp>
#include <lcm_client/protocol/impl/fields/wrapped.hpp>

#endif
