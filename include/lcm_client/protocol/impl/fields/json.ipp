// SPDX-License-Identifier: BSL-1.0
// An example of any JSON, with nlohmann's type.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELDS_JSON_IPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELDS_JSON_IPP

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/impl/fields/json.hpp>

namespace lcm::inline LCM_CLIENT_ABI {

LCM_CLIENT_DECL Json FieldType<Json>::example(const FieldExample&) { return Json::object(); }

} // namespace lcm

#endif
