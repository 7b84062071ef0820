// SPDX-License-Identifier: BSL-1.0
// The outer packet in which some installations carry each message (page api-structure).
#ifndef LCM_CLIENT_PROTOCOL_PACKET_HPP
#define LCM_CLIENT_PROTOCOL_PACKET_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/protocol/text_value.hpp>

#include <string>
#include <string_view>

namespace lcm {

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

/// The packet around `message`, a JSON object of `channel`, in the spelling of the page's example. The texts must be
/// UTF-8.
[[nodiscard]] inline std::string wrap(std::string_view message, std::string_view channel, const Packet& packet) {
    std::string out = R"({"channel":)";
    detail::write_json(out, packet.channel.empty() ? channel : packet.channel);
    out += R"(,"topic":"","subTopic":"","ResponseUrl":)";
    detail::write_json(out, packet.response_url);
    out += R"(,"subscriberID":)";
    detail::write_json(out, packet.subscriber_id);
    out += R"(,"message":)";
    out += message;
    return out += '}';
}

/// The message inside `document`, if that is a packet: under `message` as in the page's example, or under `okmessage`
/// as in its table. Else `document` itself.
[[nodiscard]] inline JsonView unwrap(JsonView document, LenientReader& reader) {
    const JsonView ok = reader.find_only(document, "okmessage");
    if (ok.is_object()) return ok;
    const bool is_packet = reader.find(document, "subscriberID") || reader.find(document, "ResponseUrl");
    const JsonView inner = is_packet ? reader.find_only(document, "message") : JsonView();
    return inner.is_object() ? inner : document;
}

/// Whether `document`, a packet, carries the id of another subscriber. Letter case and outer space make no other id,
/// nor does a number in the place of its digits; what is no id at all is none.
[[nodiscard]] inline bool is_of_other_subscriber(JsonView document, const Packet& packet, LenientReader& reader) {
    const JsonView id = reader.find(document, "subscriberID");
    if (!id.is_string() && !id.is_integer()) return false;
    const std::string_view text = id.text();
    return !detail::trim(text).empty() && !detail::same_name(text, packet.subscriber_id);
}

} // namespace lcm

#endif
