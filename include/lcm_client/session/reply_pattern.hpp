// SPDX-License-Identifier: BSL-1.0
// What a request is recognised by when the server speaks of it: its reply, and the event that it causes.
#ifndef LCM_CLIENT_SESSION_REPLY_PATTERN_HPP
#define LCM_CLIENT_SESSION_REPLY_PATTERN_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/session/match_key.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/settling_event.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// How the reply to a request is recognised.
struct ReplyPattern {
    std::string_view subtopic{}; ///< if empty, there is no reply: the request ends when it has been written
    std::string_view also{};     ///< another subtopic that it may come with
    bool names_call = true;      ///< else the request has to be alone in the subtopic
    bool may_name_call = false;  ///< the reply names no call as a rule, and one that names it is the reply as well
    bool repeats_name = false;   ///< the reply has the request's own subtopic, so that an echo looks like it
};

[[nodiscard]] inline bool reply_names_call(const Operation& operation, std::string_view callid) noexcept {
    return operation.reply_callid == ReplyCallid::present && !callid.empty();
}

[[nodiscard]] inline ReplyPattern reply_pattern(const Operation& operation, std::string_view callid) noexcept {
    const bool names_call = reply_names_call(operation, callid);
    return {.subtopic = operation.reply_subtopic,
            .also = operation.reply_also,
            .names_call = names_call,
            .may_name_call = !names_call && operation.reply_callid != ReplyCallid::absent,
            .repeats_name = same_name(operation.subtopic, operation.reply_subtopic)};
}

/// The key of a request's reply.
[[nodiscard]] inline MatchKey reply_key(const RequestEntry& request) {
    const Operation& operation = *request.operation;
    if (operation.reply_subtopic.empty()) return MatchKey::of_no_reply(request.id);
    return {operation.reply_subtopic,
            reply_names_call(operation, request.callid) ? std::optional<std::string>(request.callid) : std::nullopt};
}

/// The event that tells that a request was carried out. Whatever changes something for its LCM key may have caused one,
/// also if its pages do not say so.
[[nodiscard]] inline SettlingEvent settling_event(const RequestEntry& request) {
    return {request.operation->settled_by, std::string(request.lcm_key())};
}

} // namespace lcm::detail

#endif
