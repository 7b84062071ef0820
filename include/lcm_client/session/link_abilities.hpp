// SPDX-License-Identifier: BSL-1.0
// What the transport of a client can do beyond what each must.
#ifndef LCM_CLIENT_SESSION_LINK_ABILITIES_HPP
#define LCM_CLIENT_SESSION_LINK_ABILITIES_HPP

#include <lcm_client/impl/abi.hpp>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Each is one of the optional concepts in lcm_client/transport.hpp.
struct LinkAbilities {
    bool probes = false;              ///< it can ask its peer for a sign of life (`ProbesPeer`)
    bool tells_signs_of_life = false; ///< it says when one has come (`WatchesPeer`)
    bool confirms_delivery = false;   ///< it can tell whether what was sent has arrived (`ConfirmsDelivery`)
    bool aborts = false;              ///< it gives up so that nothing is delivered later (`AbortsConnection`)
};

} // namespace lcm::detail

#endif
