// SPDX-License-Identifier: BSL-1.0
// The outer packet in which some installations carry each message (page api-structure).
#ifndef LCM_CLIENT_PROTOCOL_PACKET_HPP
#define LCM_CLIENT_PROTOCOL_PACKET_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/text_value.hpp>

#include <string>
#include <string_view>

namespace lcm {

/// Who speaks in a packet. Both come from the registration of the application, which is not a part of this interface.
struct Packet {
    std::string response_url{}; ///< `ResponseUrl`: the address of the application's own page; not empty
    Id subscriber_id{};         ///< `subscriberID`: the number that registration gave; not empty
    std::string channel{};      ///< of all packets; if empty, each has that of its message
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

/// The message inside `document`, if that is a packet: under `message` as in the page's example, or under `okmessage` as
/// in its table. Else `document` itself.
[[nodiscard]] inline JsonView unwrap(JsonView document, LenientReader& reader) {
    const JsonView ok = reader.find_only(document, "okmessage");
    if (ok.is_object()) return ok;
    const bool is_packet = reader.find(document, "subscriberID") || reader.find(document, "ResponseUrl");
    const JsonView inner = is_packet ? reader.find_only(document, "message") : JsonView();
    return inner.is_object() ? inner : document;
}

} // namespace lcm

#endif
