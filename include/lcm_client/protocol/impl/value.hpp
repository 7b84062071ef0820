// SPDX-License-Identifier: BSL-1.0
// Which types of fields are made of values of other fields.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_VALUE_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_VALUE_HPP

#include <lcm_client/sensitive.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

template <class T> inline constexpr bool is_sensitive = false;
template <class T> inline constexpr bool is_sensitive<Sensitive<T>> = true;

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;

template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;

} // namespace lcm::detail

#endif
