// SPDX-License-Identifier: BSL-1.0
// The events that the server sends on its own, one struct each.
#ifndef LCM_CLIENT_EVENTS_HPP
#define LCM_CLIENT_EVENTS_HPP

#include <lcm_client/compilation.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/type_list.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace lcm {

/// What an event is called, on the wire and in the interface's pages.
struct EventInfo {
    std::string_view subtopic;  ///< without regard to letter case; empty for those that are known by their topic
    std::string_view page{};    ///< the vendor's page that describes it
    std::string_view summary{}; ///< a few words for lists
};

/// A struct that can be read from a message of the server, for `LcmClient::on`. `event` names it, and `read` gives
/// nothing for a message that is no such event. It is called on the client's executor, or on `hooks_executor`.
template <class T>
concept Event = requires(JsonView message, LenientReader& reader) {
    { T::event } -> std::convertible_to<EventInfo>;
    { T::read(message, reader) } -> std::convertible_to<std::optional<T>>;
};

/// An agent has set an outcome. It names the contact attempt and nothing else: neither the call nor the outcome.
/// Page: outcome-set-event.
struct OutcomeSetForCall {
    Sensitive<std::string> account_number{}; ///< the LCM key

    /// What it is called.
    static constexpr EventInfo event{"OutcomeSetForCall", "outcome-set-event", "an agent has set an outcome"};

    /// Reads one from a message of the server; nothing if it is no such event.
    [[nodiscard]] LCM_CLIENT_DECL static std::optional<OutcomeSetForCall> read(JsonView message, LenientReader& reader);
};

/// The buttons that a desktop shall offer for a call.
struct ButtonStates {
    Sensitive<Json> items{};  ///< not described by the pages
    Number count{};           ///< how many
    Sensitive<Json> others{}; ///< what else the server sent

    using Self = ButtonStates;
    static constexpr void fields(auto&& field) {
        field("items", &Self::items, Presence::optional, "the buttons");
        field("count", &Self::count, Presence::optional, "how many");
    }
};

/// Numbers, state and times of a call.
struct CallResponseFields {
    Sensitive<Json> participants{};        ///< not described by the pages
    Sensitive<Json> media_properties{};    ///< not described by the pages
    Sensitive<std::string> from_address{}; ///< the agent's number
    Sensitive<std::string> to_address{};   ///< the customer's number
    std::string call_state{};              ///< the state of the call, as the server writes it
    std::string type{};                    ///< "Outbound"
    std::string call_start_time{};         ///< UTC, as the server writes it
    std::string current_state_time{};      ///< UTC, as the server writes it
    Number call_duration_in_seconds{};     ///< since the start of the call
    std::string state_duration{};          ///< HH:MM
    Sensitive<Json> others{};              ///< what else the server sent

    using Self = CallResponseFields;
    static constexpr void fields(auto&& field) {
        constexpr auto optional = Presence::optional;
        field("Participants", &Self::participants, optional, "not described");
        field("MediaProperties", &Self::media_properties, optional, "not described");
        field("fromAddress", &Self::from_address, optional, "the agent's number");
        field("toAddress", &Self::to_address, optional, "the customer's number");
        field("CallState", &Self::call_state, optional, "the state of the call");
        field("Type", &Self::type, optional, "Outbound");
        field("CallStartTime", &Self::call_start_time, optional, "when the call began, UTC");
        field("CurrentStateTime", &Self::current_state_time, optional, "when the state began, UTC");
        field("CallDurationInSec", &Self::call_duration_in_seconds, optional, "seconds since the start",
              {.form = Form::text});
        field("StateDuration", &Self::state_duration, optional, "HH:MM");
    }
};

/// The call that a state change is about.
struct OutboundCall {
    Id id{};             ///< the connection's id; by all appearances the `callid` of requests about this call
    std::string event{}; ///< CustAnswered, Hold, Preview, Initiate, Started, Ringing, Answered, ACW, DROPPED and others
    std::string call_type{};                   ///< Regular-Call, Consult
    Sensitive<Json> call_variables{};          ///< the contact's business fields
    Sensitive<Json> extended_call_variables{}; ///< not described by the pages
    ButtonStates button_states{};              ///< what the desktop shall offer
    Sensitive<Json> actions_allowed{};         ///< not described by the pages
    std::string response_type{};               ///< not described by the pages
    std::string response_text{};               ///< not described by the pages
    Sensitive<Json> response_actual{};         ///< not described by the pages
    CallResponseFields response_fields{};      ///< numbers, state and times
    Sensitive<Json> user{};                    ///< not described by the pages
    Sensitive<Json> others{};                  ///< what else the server sent

    using Self = OutboundCall;
    static constexpr void fields(auto&& field) {
        constexpr auto optional = Presence::optional;
        field("ButtonStates", &Self::button_states, optional, "what the desktop shall offer");
        field("ActionsAllowed", &Self::actions_allowed, optional, "not described");
        field("ResponseType", &Self::response_type, optional, "not described");
        field("ResponseText", &Self::response_text, optional, "not described");
        field("ResponseActual", &Self::response_actual, optional, "not described");
        field("ExtendedCallVariables", &Self::extended_call_variables, optional, "not described");
        field("CallVariables", &Self::call_variables, optional, "the contact's business fields");
        field("ResponseFields", &Self::response_fields, optional, "numbers, state and times");
        field("User", &Self::user, optional, "not described");
        field("id", &Self::id, optional, "the connection's id");
        field("event", &Self::event, optional, "what has happened");
        field("CallType", &Self::call_type, optional, "Regular-Call or Consult");
    }
};

/// The state of an outbound call has changed. The pages spell its subtopic in three ways and put its payload under
/// `data` or `message`; all are read. Pages: get-call-information, outbound-call-event-parameters.
struct OutBoundCallStateChange {
    OutboundCall call{};      ///< the call, and what has happened to it
    Sensitive<Json> source{}; ///< not described by the pages
    Sensitive<Json> others{}; ///< what else the server sent

    /// What it is called.
    static constexpr EventInfo event{"OutBoundCallStateChange", "get-call-information",
                                     "the state of an outbound call has changed"};

    using Self = OutBoundCallStateChange;
    static constexpr void fields(auto&& field) {
        field("call", &Self::call, Presence::required, "the call");
        field("source", &Self::source, Presence::optional, "not described");
    }

    /// Reads one from a message of the server; nothing if it is no such event.
    [[nodiscard]] LCM_CLIENT_DECL static std::optional<OutBoundCallStateChange> read(JsonView message,
                                                                                     LenientReader& reader);
};

/// An error of the server that refuses no request of this client: one about another channel, or one that could be meant
/// for any of several requests. Pages: error-api, set-api-error, api-structure.
struct ErrorEvent {
    std::string channel{};               ///< LCM, Amazon, Cisco
    std::string subtopic{};              ///< ApiError, SetAPIError
    ServerTexts texts{};                 ///< the server's own texts
    std::optional<std::string> callid{}; ///< the call that the texts name, if they do

    /// What it is called.
    static constexpr EventInfo event{"", "error-api", "an error that no request of this client was refused by"};

    /// Reads one from a message of the server; nothing if it is no such event.
    [[nodiscard]] LCM_CLIENT_DECL static std::optional<ErrorEvent> read(JsonView message, LenientReader& reader);
};

/// The events of this file, for lists of all.
using Events = TypeList<OutcomeSetForCall, OutBoundCallStateChange, ErrorEvent>;

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/events.ipp>
#include <lcm_client/protocol/text_value.hpp>
#endif

#endif
