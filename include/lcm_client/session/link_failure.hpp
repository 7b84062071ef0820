// SPDX-License-Identifier: BSL-1.0
// Why a link ended, or why there is none.
#ifndef LCM_CLIENT_SESSION_LINK_FAILURE_HPP
#define LCM_CLIENT_SESSION_LINK_FAILURE_HPP

#include <lcm_client/link_status.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/session/reconnector.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

struct LinkFailure {
    LinkError error;                       ///< for the requests that it ends, and for `LinkStatus`
    LinkFault fault{};                     ///< for the next attempt
    bool message_too_large = false;        ///< the server sent a message over the limit, and that is why
    Sensitive<std::string> message_head{}; ///< how that message began, as far as that is known
};

} // namespace lcm::detail

#endif
