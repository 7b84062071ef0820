// SPDX-License-Identifier: BSL-1.0
// From JSON to values: keys without regard to letter case and outer space, numbers also as text, replies by their
// field table. What cannot be read with certainty is not read.
#ifndef LCM_CLIENT_PROTOCOL_DECODE_HPP
#define LCM_CLIENT_PROTOCOL_DECODE_HPP

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm {

/// Looks members up leniently, and counts how often leniency was needed.
class LenientReader {
public:
    /// The member of `object` called `name` without regard to letter case and outer space. None if `object` is no
    /// object, has no such member, or has several: which of them is meant cannot be known.
    [[nodiscard]] const Json* find(const Json& object, std::string_view name) {
        if (!object.is_object()) return nullptr;
        const Json* found = nullptr;
        bool exact = false;
        for (const auto& [key, value] : object.get_ref<const Json::object_t&>()) {
            if (!detail::same_name(key, name)) continue;
            if (found != nullptr) return nullptr;
            found = &value;
            exact = key == name;
        }
        if (found != nullptr && !exact) ++deviations_;
        return found;
    }

    /// The text of the member of `object` called `name`, empty if there is none.
    [[nodiscard]] std::string_view find_text(const Json& object, std::string_view name) {
        const Json* value = find(object, name);
        return value != nullptr && value->is_string() ? std::string_view(value->get_ref<const std::string&>())
                                                      : std::string_view();
    }

    /// Notes a deviation of another kind that was tolerated.
    void tolerate() noexcept { ++deviations_; }

    [[nodiscard]] std::uint64_t deviations() const noexcept { return deviations_; }

private:
    std::uint64_t deviations_ = 0;
};

namespace detail {

// --- One overload per type that a field can have: the value, or nothing if `json` is not such a value ---------------

inline bool read_value(const Json& json, bool& value, LenientReader&) {
    if (!json.is_boolean()) return false; // also not "true" as a text: a success must be beyond doubt
    value = json.get<bool>();
    return true;
}

inline bool read_value(const Json& json, std::string& value, LenientReader&) {
    if (!json.is_string()) return false;
    value = json.get_ref<const std::string&>();
    return true;
}

inline bool read_value(const Json& json, Number& value, LenientReader& reader) {
    if (json.is_number_unsigned()) value = json.get<std::uint64_t>();
    else if (json.is_number_integer()) value = json.get<std::int64_t>();
    else if (json.is_number_float()) value = json.get<double>();
    else if (json.is_string()) {
        value = Number::parse(json.get_ref<const std::string&>()).value_or(Number());
        reader.tolerate();
    } else return false;
    return value.is_set();
}

inline bool read_value(const Json& json, OutcomeId& value, LenientReader&) {
    if (json.is_string()) value = json.get_ref<const std::string&>();
    else if (json.is_number_unsigned()) value = json.get<std::uint64_t>();
    else if (json.is_number_integer()) value = json.get<std::int64_t>();
    else return false;
    return true;
}

template <class T> bool read_value(const Json& json, Sensitive<T>& value, LenientReader& reader) {
    T inner{};
    if (!read_value(json, inner, reader)) return false;
    value = std::move(inner);
    return true;
}

} // namespace detail

/// Fills `target` from `object` by its field table. Returns what is wrong, naming the field, or an empty text.
template <class Struct>
[[nodiscard]] std::string read_fields(const Json& object, Struct& target, LenientReader& reader) {
    std::string problem;
    for_each_field<Struct>([&](const auto& field) {
        if (!problem.empty()) return;
        const Json* value = reader.find(object, field.name);
        if (value == nullptr) problem = std::string(field.name) + ": missing";
        else if (!detail::read_value(*value, target.*field.member, reader))
            problem = std::string(field.name) + ": not of the documented type";
    });
    return problem;
}

/// The call id under `callid` of a payload; a JSON integer counts as its text.
[[nodiscard]] inline std::optional<std::string> read_callid(const Json& payload, LenientReader& reader) {
    const Json* value = reader.find(payload, "callid");
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    if (!value->is_number_integer()) return std::nullopt;
    reader.tolerate();
    return value->dump();
}

/// The server's texts at `object`, as far as they are there.
[[nodiscard]] inline ServerTexts read_server_texts(const Json& object, LenientReader& reader) {
    return {std::string(reader.find_text(object, "errorType")), std::string(reader.find_text(object, "errorMessage")),
            std::string(reader.find_text(object, "msg"))};
}

/// The ending that `message`, the payload of a reply, means for a request whose reply has the form
/// `{ callid, response: { success, … } }`: the response if `success` is true; an error with `Delivery::refused` and the
/// server's texts if it is false; else one with `Errc::bad_reply` and `Delivery::unknown`, naming what is wrong.
template <class Response> [[nodiscard]] Result<Response> read_reply(const Json& message, LenientReader& reader) {
    const auto bad = [](std::string detail) {
        return Error{.code = Errc::bad_reply, .delivery = Delivery::unknown, .detail = std::move(detail)};
    };
    const Json* body = reader.find(message, "response");
    if (body == nullptr) return bad("response: missing");
    if (!body->is_object()) return bad("response: not an object");

    Response response;
    if (std::string problem = read_fields(*body, response, reader); !problem.empty()) return bad("response." + problem);
    if (response.success) return response;

    ServerTexts texts = read_server_texts(*body, reader);
    if (texts.empty()) texts = read_server_texts(message, reader);
    return Error{.code = Errc::server_error,
                 .delivery = Delivery::refused,
                 .detail = "success: false",
                 .server = std::move(texts)};
}

} // namespace lcm

#endif
