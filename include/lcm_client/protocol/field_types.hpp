// SPDX-License-Identifier: BSL-1.0
// All types that a field can have by itself: `FieldType` for each of them.
#ifndef LCM_CLIENT_PROTOCOL_FIELD_TYPES_HPP
#define LCM_CLIENT_PROTOCOL_FIELD_TYPES_HPP

#include <lcm_client/protocol/fields/date_time.hpp>
#include <lcm_client/protocol/fields/flag.hpp>
#include <lcm_client/protocol/fields/json.hpp>
#include <lcm_client/protocol/fields/list.hpp>
#include <lcm_client/protocol/fields/number.hpp>
#include <lcm_client/protocol/fields/text.hpp>
#include <lcm_client/protocol/fields/wrapped.hpp>

#endif
