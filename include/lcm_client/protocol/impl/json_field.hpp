// SPDX-License-Identifier: BSL-1.0
// Fields whose value is any JSON: what reading, checking and writing need of nlohmann's type, which is only declared here.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_JSON_FIELD_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_JSON_FIELD_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <span>
#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The JSON of a value, as the user would have it.
[[nodiscard]] LCM_CLIENT_DECL std::string dump(JsonView json);
/// Must be `can_be_dumped`.
[[nodiscard]] LCM_CLIENT_DECL std::string dump(const Json& json);

[[nodiscard]] LCM_CLIENT_DECL bool is_null(const Json& json) noexcept;

/// Whether `json` can be written as it is: nlohmann throws for texts that are not UTF-8, and writes null for numbers that
/// are not finite.
[[nodiscard]] LCM_CLIENT_DECL bool can_be_dumped(const Json& json);

/// Makes `value` what `json` is; null if it is none.
LCM_CLIENT_DECL void copy_json(JsonView json, Json& value);
LCM_CLIENT_DECL void copy_json(JsonView json, Sensitive<Json>& value);

[[nodiscard]] inline bool is_among(JsonView value, std::span<const JsonView> taken) noexcept {
    for (const JsonView other : taken)
        if (other.is_same_as(value)) return true;
    return false;
}

[[nodiscard]] inline bool are_all_among(JsonView object, std::span<const JsonView> taken) noexcept {
    for (const auto [key, value] : object.members())
        if (!is_among(value, taken)) return false;
    return true;
}

LCM_CLIENT_DECL void add_others(JsonView object, std::span<const JsonView> taken, Sensitive<Json>& others);

/// Adds the members of `object` that are not among `taken`, of which there are none most often. Where the name is there
/// already, from inside the response, this one is called "message." and the name.
inline void keep_others(JsonView object, std::span<const JsonView> taken, Sensitive<Json>& others) {
    if (!are_all_among(object, taken)) add_others(object, taken, others);
}

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/protocol/impl/json_field.ipp>
#endif

#endif
