// SPDX-License-Identifier: BSL-1.0
// The trace of a request, from its field table.
#ifndef LCM_CLIENT_SESSION_TRACE_OF_HPP
#define LCM_CLIENT_SESSION_TRACE_OF_HPP

#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/session/request_trace.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Whether a server can show requests of this type as the last one for a call.
template <Request R> consteval bool leaves_trace() {
    return !R::operation.is_read_only && requires(const R& request) { request.callid; };
}

/// The JSON of a field as the message has it; empty if it has none.
template <class R, class Row> [[nodiscard]] std::string text_of(const R& request, const Row& field) {
    std::string text;
    const bool is_there = field.presence == Presence::may_be_empty || has_value(request.*field.member);
    if (is_there) write_value(text, request.*field.member, field.options.form);
    return text;
}

/// Of a valid request.
template <Request R> [[nodiscard]] RequestTrace trace_of(const R& request) {
    const R fresh{};
    RequestTrace trace{std::string(R::operation.subtopic)};
    for_each_field<R>([&](const auto& field) {
        if (same_key(field.name, "callid")) return;
        const std::string text = text_of(request, field);
        if (text.empty()) return;
        trace.fields.push_back({std::string(field.name), trace_value(text), text != text_of(fresh, field)});
    });
    return trace;
}

} // namespace lcm::detail

#endif
