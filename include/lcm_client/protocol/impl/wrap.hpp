// SPDX-License-Identifier: BSL-1.0
// Puts a message into an outer packet, and takes it out again.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_WRAP_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_WRAP_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/json_writer.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>
#include <lcm_client/protocol/packet.hpp>

#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The packet around `message`, a JSON object of `channel`, in the spelling of the page's example. The texts must be
/// UTF-8.
[[nodiscard]] inline std::string wrap(std::string_view message, std::string_view channel, const Packet& packet) {
    std::string out = R"({"channel":)";
    write_json(out, packet.channel.empty() ? channel : packet.channel);
    out += R"(,"topic":"","subTopic":"","ResponseUrl":)";
    write_json(out, packet.response_url);
    out += R"(,"subscriberID":)";
    write_json(out, packet.subscriber_id);
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
    return !trim(text).empty() && !same_name(text, packet.subscriber_id);
}

} // namespace lcm::detail

#endif
