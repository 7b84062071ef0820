// SPDX-License-Identifier: BSL-1.0
// The events that the server sends on its own, one struct each.
//
// What a field means stands in its row of the table below the members, if there is one, and nowhere else.
#ifndef LCM_CLIENT_EVENTS_HPP
#define LCM_CLIENT_EVENTS_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/impl/compilation.hpp>
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

namespace lcm::inline LCM_CLIENT_ABI {

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
    Sensitive<Json> items{};
    Number count{};
    Sensitive<Json> others{}; ///< what else the server sent

    using Self = ButtonStates;
    static constexpr void fields(auto&& field) {
        field("items", &Self::items, Presence::optional, "the buttons, in a form that the pages do not describe");
        field("count", &Self::count, Presence::optional, "how many buttons there are");
    }
};

/// Numbers, state and times of a call.
struct CallResponseFields {
    Sensitive<Json> participants{};
    Sensitive<Json> media_properties{};
    Sensitive<std::string> from_address{};
    Sensitive<std::string> to_address{};
    std::string call_state{};
    std::string type{};
    std::string call_start_time{};
    std::string current_state_time{};
    Number call_duration_in_seconds{};
    std::string state_duration{};
    Sensitive<Json> others{}; ///< what else the server sent

    using Self = CallResponseFields;
    static constexpr void fields(auto&& field) {
        constexpr auto optional = Presence::optional;
        field("Participants", &Self::participants, optional, "not described by the pages");
        field("MediaProperties", &Self::media_properties, optional, "not described by the pages");
        field("fromAddress", &Self::from_address, optional, "the agent's number");
        field("toAddress", &Self::to_address, optional, "the customer's number");
        field("CallState", &Self::call_state, optional, "the state of the call");
        field("Type", &Self::type, optional, "the type of the call: Outbound");
        field("CallStartTime", &Self::call_start_time, optional, "when the call began, UTC, as the server writes it");
        field("CurrentStateTime", &Self::current_state_time, optional,
              "when the state began, UTC, as the server writes it");
        field("CallDurationInSec", &Self::call_duration_in_seconds, optional,
              "how many seconds have passed since the start of the call", {.form = Form::text});
        field("StateDuration", &Self::state_duration, optional, "how long the state has lasted, HH:MM");
    }
};

/// The call that a state change is about.
struct OutboundCall {
    Id id{};
    std::string event{};
    std::string call_type{};
    Sensitive<Json> call_variables{};
    Sensitive<Json> extended_call_variables{};
    ButtonStates button_states{};
    Sensitive<Json> actions_allowed{};
    std::string response_type{};
    std::string response_text{};
    Sensitive<Json> response_actual{};
    CallResponseFields response_fields{};
    Sensitive<Json> user{};
    Sensitive<Json> others{}; ///< what else the server sent

    using Self = OutboundCall;
    static constexpr void fields(auto&& field) {
        constexpr auto optional = Presence::optional;
        field("ButtonStates", &Self::button_states, optional, "the buttons that the desktop shall offer");
        field("ActionsAllowed", &Self::actions_allowed, optional, "not described by the pages");
        field("ResponseType", &Self::response_type, optional, "not described by the pages");
        field("ResponseText", &Self::response_text, optional, "not described by the pages");
        field("ResponseActual", &Self::response_actual, optional, "not described by the pages");
        field("ExtendedCallVariables", &Self::extended_call_variables, optional, "not described by the pages");
        field("CallVariables", &Self::call_variables, optional, "the contact's business fields");
        field("ResponseFields", &Self::response_fields, optional, "numbers, state and times of the call");
        field("User", &Self::user, optional, "not described by the pages");
        field("id", &Self::id, optional,
              "the connection's id; by all appearances the callid of requests about this call");
        field("event", &Self::event, optional,
              "what has happened: CustAnswered, Hold, Preview, Initiate, Started, Ringing, Answered, ACW, DROPPED and "
              "others");
        field("CallType", &Self::call_type, optional, "the type of the call: Regular-Call or Consult");
    }
};

/// The state of an outbound call has changed. The pages spell its subtopic in three ways and put its payload under
/// `data` or `message`; all are read. Pages: get-call-information, outbound-call-event-parameters.
struct OutBoundCallStateChange {
    OutboundCall call{};
    Sensitive<Json> source{};
    Sensitive<Json> others{}; ///< what else the server sent

    /// What it is called.
    static constexpr EventInfo event{"OutBoundCallStateChange", "get-call-information",
                                     "the state of an outbound call has changed"};

    using Self = OutBoundCallStateChange;
    static constexpr void fields(auto&& field) {
        field("call", &Self::call, Presence::required, "the call whose state has changed");
        field("source", &Self::source, Presence::optional, "not described by the pages");
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
