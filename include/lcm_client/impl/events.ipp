// SPDX-License-Identifier: BSL-1.0
// How the events are read.
#ifndef LCM_CLIENT_IMPL_EVENTS_IPP
#define LCM_CLIENT_IMPL_EVENTS_IPP

#include <lcm_client/events.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/impl/text.hpp>

#include <optional>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

LCM_CLIENT_DECL std::optional<OutcomeSetForCall> OutcomeSetForCall::read(JsonView message, LenientReader& reader) {
    const detail::Incoming incoming = detail::read_incoming(message, reader);
    if (!detail::same_name(incoming.subtopic, event.subtopic) || incoming.is_under_data) return std::nullopt;
    if (!incoming.payload.is_string()) return std::nullopt;
    return OutcomeSetForCall{std::string(detail::trim(incoming.payload.text()))};
}

LCM_CLIENT_DECL std::optional<OutBoundCallStateChange> OutBoundCallStateChange::read(JsonView message,
                                                                                     LenientReader& reader) {
    const detail::Incoming incoming = detail::read_incoming(message, reader);
    if (!detail::same_name(incoming.subtopic, event.subtopic) || !incoming.payload) return std::nullopt;
    OutBoundCallStateChange change;
    if (!read_fields(incoming.payload, change, reader).empty()) return std::nullopt;
    return change;
}

LCM_CLIENT_DECL std::optional<ErrorEvent> ErrorEvent::read(JsonView message, LenientReader& reader) {
    if (!detail::is_error(message, reader)) return std::nullopt;
    detail::IncomingError error = detail::read_error(message, reader);
    return ErrorEvent{std::string(detail::trim(reader.find_text(message, "channel"))),
                      std::string(detail::trim(reader.find_text(message, "subtopic"))), std::move(error.texts),
                      std::move(error.callid)};
}

} // namespace lcm

#endif
