// SPDX-License-Identifier: BSL-1.0
// Fields whose value is any JSON, with nlohmann's type.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_JSON_FIELD_IPP
#define LCM_CLIENT_PROTOCOL_IMPL_JSON_FIELD_IPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/json.hpp>
#include <lcm_client/protocol/impl/json_field.hpp>

#include <cmath>
#include <span>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL std::string dump(JsonView json) { return json.to_json().dump(); }
LCM_CLIENT_DECL std::string dump(const Json& json) { return json.dump(); }

LCM_CLIENT_DECL bool is_null(const Json& json) noexcept { return json.is_null(); }

LCM_CLIENT_DECL bool can_be_dumped(const Json& json) {
    if (json.is_string()) return is_utf8(json.get_ref<const std::string&>());
    if (json.is_number_float()) return (std::isfinite)(json.get<double>());
    if (!json.is_structured()) return true;
    for (const auto& item : json.items())
        if ((json.is_object() && !is_utf8(item.key())) || !can_be_dumped(item.value())) return false;
    return true;
}

LCM_CLIENT_DECL void copy_json(JsonView json, Json& value) { value = json.to_json(); }
LCM_CLIENT_DECL void copy_json(JsonView json, Sensitive<Json>& value) { value = json.to_json(); }

LCM_CLIENT_DECL void add_others(JsonView object, std::span<const JsonView> taken, Sensitive<Json>& others) {
    Json left; // in nlohmann's order, as the names of those that are there twice depend on it
    for (const auto [key, value] : object.members())
        if (!is_among(value, taken)) left[std::string(key)] = value.to_json();
    Json all = others.reveal();
    for (auto& [key, value] : left.get_ref<Json::object_t&>())
        all[all.contains(key) ? "message." + key : key] = std::move(value);
    others = std::move(all);
}

} // namespace lcm::detail

#endif
