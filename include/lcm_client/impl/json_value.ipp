// SPDX-License-Identifier: BSL-1.0
// What personal JSON needs of nlohmann's type.
#ifndef LCM_CLIENT_IMPL_JSON_VALUE_IPP
#define LCM_CLIENT_IMPL_JSON_VALUE_IPP

#include <lcm_client/json_value.hpp>

#include <nlohmann/json.hpp>

#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

LCM_CLIENT_DECL Sensitive<Json>::Sensitive(const Json& value) : value_(value.is_null() ? nullptr : new Json(value)) {}

LCM_CLIENT_DECL Sensitive<Json>::Sensitive(Json&& value)
    : value_(value.is_null() ? nullptr : new Json(std::move(value))) {}

LCM_CLIENT_DECL Sensitive<Json>::Sensitive(const Sensitive& other)
    : value_(other.value_ == nullptr ? nullptr : new Json(*other.value_)) {}

LCM_CLIENT_DECL Sensitive<Json>::~Sensitive() { delete value_; }

LCM_CLIENT_DECL const Json& Sensitive<Json>::reveal() const noexcept {
    static const Json null;
    return value_ == nullptr ? null : *value_;
}

LCM_CLIENT_DECL bool operator==(const Sensitive<Json>& a, const Sensitive<Json>& b) { return a.reveal() == b.reveal(); }

} // namespace lcm

#endif
