// SPDX-License-Identifier: BSL-1.0
// A list of types, to be visited one by one.
#ifndef LCM_CLIENT_PROTOCOL_TYPE_LIST_HPP
#define LCM_CLIENT_PROTOCOL_TYPE_LIST_HPP

#include <lcm_client/impl/abi.hpp>

namespace lcm::inline LCM_CLIENT_ABI {

/// Types, in their order.
template <class... Ts> struct TypeList {
    /// Calls `visit.template operator()<T>()` for each of them.
    template <class Visitor> static constexpr void for_each(Visitor&& visit) { (visit.template operator()<Ts>(), ...); }
};

} // namespace lcm

#endif
