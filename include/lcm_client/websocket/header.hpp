// SPDX-License-Identifier: BSL-1.0
// One field of an HTTP header.
#ifndef LCM_CLIENT_WEBSOCKET_HEADER_HPP
#define LCM_CLIENT_WEBSOCKET_HEADER_HPP

#include <lcm_client/sensitive.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI {

/// One header of the HTTP request that opens the connection, or of its answer. The value may be a secret.
struct Header {
    std::string name;             ///< in any letter case
    Sensitive<std::string> value; ///< without control characters
};

} // namespace lcm

#endif
