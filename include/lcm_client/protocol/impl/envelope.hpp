// SPDX-License-Identifier: BSL-1.0
// What a message from the server is: a reply or an event with its payload, or an error and the call it names.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_ENVELOPE_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_ENVELOPE_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A message that is no error: a reply, or an event. Points into the message that it was read from.
struct Incoming {
    std::string_view subtopic;
    std::optional<std::string_view> callid; ///< under `callid` of the payload
    JsonView payload;                       ///< under `message`, or else under `data`
    bool is_under_data = false; ///< as in a request, and so in an echo of one; some replies have it there too
};

/// A message of the topic `Error`.
struct IncomingError {
    ServerTexts texts;
    std::optional<std::string> callid; ///< the call after "Invalid Call ID:", if one is named

    /// Whether it is an error of the call interface at all; others share the topic.
    [[nodiscard]] bool is_ws_error() const noexcept { return same_name(texts.type, "WS_Error"); }

    /// Whether the call id is what the server refused.
    [[nodiscard]] Errc code() const noexcept { return callid ? Errc::invalid_call_id : code_of(texts); }
};

/// The text after "Invalid Call ID:" in `text`; nothing if it is not there or names no call.
inline std::optional<std::string> find_refused_call(std::string_view text) {
    static constexpr std::string_view mark = "invalid call id:";
    const std::string lower = fold(text);
    const auto at = lower.find(mark);
    if (at == std::string::npos) return std::nullopt;
    const std::string_view call = trim(trim(text).substr(at + mark.size()));
    if (call.empty()) return std::nullopt;
    return std::string(call);
}

/// Where the members of a message are that say what it is. Names and nesting alone decide that, so that it holds for
/// each message whose text has the same `JsonDocument::index()`.
struct Envelope {
    Found topic, subtopic, message, data;
    Payload payload; ///< under `message`, or else under `data`
};

[[nodiscard]] inline Envelope open_envelope(JsonView document) noexcept {
    const auto [topic, subtopic, message, data] = look_up<"topic", "subtopic", "message", "data">(document);
    const JsonView payload = message.only() ? message.only() : data.only();
    return {topic, subtopic, message, data, payload};
}

/// Whether a message is an error: any whose topic is `Error`, on any channel.
[[nodiscard]] inline bool is_error(const Envelope& envelope, LenientReader& reader) {
    return same_name(reader.take_only(envelope.topic, "topic").string(), "Error");
}

[[nodiscard]] inline bool is_error(JsonView document, LenientReader& reader) {
    return is_error(open_envelope(document), reader);
}

/// Reads an error. Its texts stand under `data` or `message`, or one level deeper under `data` again
/// (api-structure, error-api, set-api-error).
[[nodiscard]] inline IncomingError read_error(JsonView document, LenientReader& reader) {
    IncomingError error;
    for (const char* place : {"data", "message"}) {
        const JsonView payload = reader.find_only(document, place);
        if (!payload) continue;
        error.texts = read_deciding_texts(payload, reader);
        if (!error.texts.empty()) break;
        if (const JsonView inner = reader.find_only(payload, "data")) error.texts = read_deciding_texts(inner, reader);
        if (!error.texts.empty()) break;
    }
    error.callid = find_refused_call(error.texts.actual);
    if (!error.callid) error.callid = find_refused_call(error.texts.message);
    return error;
}

/// Reads a message that is no error. Nothing of it is certain if the reader is in doubt then: see `Doubtful`.
[[nodiscard]] inline Incoming read_incoming(const Envelope& envelope, LenientReader& reader) {
    Incoming incoming;
    incoming.subtopic = reader.take_only(envelope.subtopic, "subtopic").string();
    incoming.payload = reader.take_only(envelope.message, "message");
    if (!incoming.payload) {
        incoming.payload = reader.take_only(envelope.data, "data");
        incoming.is_under_data = static_cast<bool>(incoming.payload);
    }
    incoming.callid = detail::read_callid(envelope.payload.callid, reader); // of the same payload
    return incoming;
}

[[nodiscard]] inline Incoming read_incoming(JsonView document, LenientReader& reader) {
    return read_incoming(open_envelope(document), reader);
}

} // namespace lcm::detail

#endif
