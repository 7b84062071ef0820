// SPDX-License-Identifier: BSL-1.0
// The texts that the simulated server sends, in the forms of the interface's samples.
#ifndef LCM_CLIENT_TESTING_IMPL_REPLY_TEXT_HPP
#define LCM_CLIENT_TESTING_IMPL_REPLY_TEXT_HPP

#include <lcm_client/json.hpp>
#include <lcm_client/operations/callbacks.hpp>
#include <lcm_client/operations/compliance.hpp>
#include <lcm_client/operations/contacts.hpp>
#include <lcm_client/operations/manual_dial.hpp>
#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/operations/state.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/value.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

inline std::string to_json_text(std::string_view text) {
    std::string json;
    lcm::detail::write_json(json, text);
    return json;
}

/// Where the response of an operation stands in its message.
struct ReplyForm {
    std::string_view channel = "LCM";
    std::string_view topic = "WebService";
    std::string_view payload_key = "message";
    std::string_view response_key = "response"; ///< empty if the payload is the response
};

template <class R> constexpr ReplyForm form_of() {
    using Response = typename R::Response;
    if constexpr (std::same_as<Response, EchoResponse>) {
        return {.channel = "UI", .topic = "InboundCall", .response_key = ""};
    } else if constexpr (std::same_as<Response, CheckContactsResponse>) {
        return {.payload_key = "data", .response_key = ""};
    } else if constexpr (std::same_as<Response, AddComplianceResponse>) {
        return {.response_key = "Response"};
    } else if constexpr (std::same_as<Response, CallbackOverlap> || std::same_as<Response, StoredData> ||
                         std::same_as<Response, ContactModes> || std::same_as<R, StateSync>) {
        return {.response_key = ""};
    } else return {};
}

// --- Responses ------------------------------------------------------------------------------------------------------

/// A member's name, and what separates it from the member before.
inline void write_name(std::string& out, std::string_view name) {
    if (out.back() != '{') out += ',';
    lcm::detail::write_json(out, name);
    out += ':';
}

inline void write_others(std::string& out, const Json& others) {
    if (!others.is_object()) return;
    for (const auto& [name, value] : others.get_ref<const Json::object_t&>()) {
        write_name(out, name);
        out += value.dump();
    }
}

/// As the library writes requests, and with the members of `others` at the end of their object.
template <class T> void write_value(std::string& out, const T& value, Form form = Form::natural) {
    if constexpr (lcm::detail::is_vector<T>) {
        out += '[';
        for (const auto& item : value) {
            if (&item != &value.front()) out += ',';
            write_value(out, item, form);
        }
        out += ']';
    } else if constexpr (Described<T>) {
        out += '{';
        for_each_field<T>([&](const auto& field) {
            const auto& member = value.*field.member;
            if (field.presence == Presence::optional && !lcm::detail::has_value(member)) return;
            write_name(out, field.name);
            write_value(out, member, field.options.form);
        });
        if constexpr (requires { value.others.reveal(); }) write_others(out, value.others.reveal());
        out += '}';
    } else lcm::detail::write_value(out, value, form);
}

/// The response as JSON. Some samples do not have the form that their type suggests.
template <class R> std::string write_response(const typename R::Response& response) {
    std::string out;
    if constexpr (std::same_as<R, SetDialerOutcomeForMCDRequest>) out = response.success ? "true" : "false";
    else if constexpr (std::same_as<R, GetScreenPopData>)
        write_value(out, response.records.empty() ? NamedValues() : response.records.front());
    else if constexpr (std::same_as<typename R::Response, CheckContactsResponse>) out = response.raw.reveal().dump();
    else if constexpr (requires { response.records; }) write_value(out, response.records);
    else write_value(out, response);
    return out;
}

// --- Messages -------------------------------------------------------------------------------------------------------

/// The message of a reply whose response is the JSON `response`.
inline std::string write_reply(const Operation& operation, const ReplyForm& form, std::string_view callid,
                               std::string_view response) {
    std::string text = R"({"channel":)" + to_json_text(form.channel);
    text += R"(,"topic":)" + to_json_text(form.topic);
    text += R"(,"subtopic":)" + to_json_text(operation.reply_subtopic);
    text += ',' + to_json_text(form.payload_key) + ':';
    if (form.response_key.empty()) return (text += response) += '}';
    text += '{';
    if (operation.reply_callid == ReplyCallid::present) text += R"("callid":)" + to_json_text(callid) + ',';
    text += to_json_text(form.response_key) + ':';
    return (text += response) += "}}";
}

inline std::string write_error(std::string_view error, std::string_view message) {
    std::string text = R"({"channel":"LCM","topic":"Error","subtopic":"ApiError","data":{"errorType":"WS_Error")";
    text += R"(,"errorMessage":)" + to_json_text(error);
    text += R"(,"msg":)" + to_json_text(message);
    return text += "}}";
}

/// The event that tells the other agents' applications, by its key alone, that an outcome was set.
inline std::string write_outcome_event(std::string_view subtopic, std::string_view key) {
    std::string text = R"({"channel":"LCM","topic":"WebService","subtopic":)" + to_json_text(subtopic);
    return (text += R"(,"message":)" + to_json_text(key)) += '}';
}

inline std::string swap_case(std::string text) {
    for (char& c : text) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_letter) c = static_cast<char>(c ^ 0x20);
    }
    return text;
}

inline Json swap_case_of_keys(const Json& json) {
    Json swapped = json;
    if (json.is_array())
        for (Json& item : swapped) item = swap_case_of_keys(item);
    if (!json.is_object()) return swapped;
    swapped = Json::object();
    for (const auto& [key, value] : json.get_ref<const Json::object_t&>())
        swapped[swap_case(key)] = swap_case_of_keys(value);
    return swapped;
}

/// The same message with all keys, and the names of channel, topic and subtopic, in another letter case.
inline std::string swap_case_of_names(const std::string& message) {
    static constexpr std::size_t max_depth = 128; // more than that of a request, of which a reply can hold parts
    Json swapped = swap_case_of_keys(parse_json(message, max_depth).value);
    for (const char* name : {"CHANNEL", "TOPIC", "SUBTOPIC"}) {
        Json& value = swapped[name];
        value = swap_case(value.get<std::string>());
    }
    return swapped.dump();
}

} // namespace lcm::testing::detail

#endif
