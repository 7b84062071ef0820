// SPDX-License-Identifier: BSL-1.0
// The outer packet in which some installations carry each message (page api-structure).
#ifndef LCM_CLIENT_PROTOCOL_PACKET_HPP
#define LCM_CLIENT_PROTOCOL_PACKET_HPP

#include <lcm_client/protocol/text_value.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI {

/// Who speaks in a packet. Both come from the registration of the application, which is not a part of this interface.
struct Packet {
    std::string response_url{}; ///< `ResponseUrl`: the address of the application's own page; not empty
    Id subscriber_id{};         ///< `subscriberID`: the number that registration gave; not empty
    std::string channel{};      ///< of all packets; if empty, each has that of its message
    /// Whether a reply in a packet with another `subscriberID` is nobody's here: an event like any other message that
    /// no request waits for. Published is only whose id a packet to the server carries. If those from the server carry
    /// that of the receiver, this keeps replies to others on the same bus apart from one's own; if it is the sender's,
    /// it refuses every reply: look at `Stats::replies_to_others` first, which counts them in any case. A packet
    /// without an id is never refused.
    bool refuse_other_subscribers = false;
};

} // namespace lcm

#endif
