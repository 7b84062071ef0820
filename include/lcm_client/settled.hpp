// SPDX-License-Identifier: BSL-1.0
// The truth about a request that had been reported as unknown, when it comes to light later.
#ifndef LCM_CLIENT_SETTLED_HPP
#define LCM_CLIENT_SETTLED_HPP

#include <lcm_client/result.hpp>

namespace lcm {

/// How the truth about a request came to light.
enum class SettledBy {
    late_reply, ///< the server's answer to it arrived after all
    event,      ///< the event that the server sends when it has been carried out (`Operation::settled_by`)
};

/// A request that had ended as unknown, and what has become of it in fact.
struct Settled {
    Error reported;    ///< as the caller got it: operation, call, code
    Delivery delivery; ///< `accepted` or `refused`
    SettledBy by;      ///< how it came to light
};

} // namespace lcm

#endif
