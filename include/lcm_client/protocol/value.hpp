// SPDX-License-Identifier: BSL-1.0
// The types that a field can have, and whether a value is there.
#ifndef LCM_CLIENT_PROTOCOL_VALUE_HPP
#define LCM_CLIENT_PROTOCOL_VALUE_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/json_field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace lcm::detail {

template <class T> inline constexpr bool is_sensitive = false;
template <class T> inline constexpr bool is_sensitive<Sensitive<T>> = true;

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;

template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;

template <class T> inline constexpr bool is_map = false;
template <class T> inline constexpr bool is_map<std::map<std::string, T>> = true;

template <class T> inline constexpr bool is_text = std::same_as<T, std::string> || std::same_as<T, Text>;

/// Values that are written as the text that they parse.
template <class T>
concept TextLike = std::same_as<T, Date> || std::same_as<T, TimeOfDay> || std::same_as<T, DateTime>;

/// Whether `T` is a record, which is what a field of none of the other types is.
template <class T> consteval bool is_record() {
    static_assert(Described<T>, "a field is a std::string, lcm::Text, lcm::Number, lcm::OutcomeId, bool, lcm::Date, "
                                "lcm::TimeOfDay, lcm::DateTime, lcm::Json, a record with a table of fields, or a "
                                "lcm::Sensitive, std::optional, std::vector or std::map of them");
    return Described<T>;
}

/// Whether there is something to send. A flag, and a record, always has a value.
template <class T> [[nodiscard]] bool has_value(const T& value) {
    if constexpr (is_sensitive<T>) return has_value(value.reveal());
    else if constexpr (is_optional<T>) return value.has_value();
    else if constexpr (is_text<T> || is_vector<T> || is_map<T>) return !value.empty();
    else if constexpr (std::same_as<T, Json>) return !is_null(value);
    else if constexpr (requires { value.is_set(); }) return value.is_set();
    else return true;
}

} // namespace lcm::detail

#endif
