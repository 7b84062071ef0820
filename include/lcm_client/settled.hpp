// SPDX-License-Identifier: BSL-1.0
// The truth about a request that had been reported as unknown, when it comes to light later, or evidence of it.
#ifndef LCM_CLIENT_SETTLED_HPP
#define LCM_CLIENT_SETTLED_HPP

#include <lcm_client/evidence.hpp>
#include <lcm_client/result.hpp>

#include <optional>

namespace lcm::inline LCM_CLIENT_ABI {

/// How the truth about a request came to light.
enum class SettledBy {
    late_reply, ///< the server's answer to it arrived after all
    event,      ///< the event that the server sends when it has been carried out (`Operation::settled_by`)
    inquiry,    ///< not at all: the client has asked by itself, and what it found is `Settled::evidence`
};

/// A request that had ended as unknown, and what has become of it in fact; or what the server shows of it.
struct Settled {
    Error reported;    ///< as the caller got it: operation, call, code
    Delivery delivery; ///< `accepted` or `refused`; `unknown` as before if there is no more than evidence
    SettledBy by;      ///< how it came to light
    std::optional<Evidence> evidence{}; ///< with `SettledBy::inquiry`
};

} // namespace lcm

#endif
