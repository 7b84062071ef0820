// SPDX-License-Identifier: BSL-1.0
// Internal: the data of a request as they are on the wire, which is how an outbox keeps them.
#ifndef LCM_CLIENT_OUTBOX_IMPL_REQUEST_DATA_HPP
#define LCM_CLIENT_OUTBOX_IMPL_REQUEST_DATA_HPP

#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Empty if it has none.
template <Request R> [[nodiscard]] std::string data_of(const R& request) {
    std::string data;
    if constexpr (field_count<R>() != 0) write_object(data, request);
    return data;
}

} // namespace lcm::detail

#endif
