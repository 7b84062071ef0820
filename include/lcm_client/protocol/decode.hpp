// SPDX-License-Identifier: BSL-1.0
// From JSON to values by their field table: keys without regard to letter case and spaces, numbers also as text. What
// cannot be read with certainty is not read.
#ifndef LCM_CLIENT_PROTOCOL_DECODE_HPP
#define LCM_CLIENT_PROTOCOL_DECODE_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_types.hpp>
#include <lcm_client/protocol/impl/json_field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// Why none is taken where one has to be.
[[nodiscard]] inline const char* why_not_found(JsonView object, std::string_view name) {
    for (const auto [key, value] : object.members())
        if (same_key(key, name)) return ": stands twice";
    return ": missing";
}

/// The call id that stands under `callid` of a payload; a JSON integer counts as its text, an empty one as none.
[[nodiscard]] inline std::optional<std::string_view> read_callid(const Found& callid, LenientReader& reader) {
    const JsonView value = reader.take_only(callid, "callid");
    if (!value.string().empty()) return value.string();
    if (!value.is_integer()) return std::nullopt;
    reader.tolerate();
    return value.text();
}

[[nodiscard]] inline std::optional<std::string_view> read_callid(JsonView payload, LenientReader& reader) {
    return read_callid(look_up<"callid">(payload)[0], reader);
}

/// Why a value cannot be read. Most can, so that this is put into words only where they are needed.
struct ReadProblem {
    const char* place = "";       ///< where the field stands: "response."
    std::string_view field{};     ///< its name on the wire
    const char* reason = nullptr; ///< null if nothing is wrong

    [[nodiscard]] explicit operator bool() const noexcept { return reason != nullptr; }
    /// Empty if nothing is wrong.
    [[nodiscard]] std::string in_words() const {
        return reason == nullptr ? std::string() : std::string(place).append(field).append(reason);
    }
};

/// Fills `target` as `read_fields` does.
template <Described Struct>
[[nodiscard]] ReadProblem fill_fields(JsonView object, Struct& target, LenientReader& reader) {
    ReadProblem problem;
    constexpr bool has_verdict = requires { target.verdict(); };
    std::array<JsonView, field_count<Struct>()> taken; // one for each field, none where nothing was taken
    std::size_t row = 0;
    for_each_field<Struct>([&]<class Value>(const Field<Struct, Value>& field) {
        if (problem) return;
        JsonView& mine = taken[row++];
        const FieldOptions& options = field.options;
        const bool is_optional = field.presence == Presence::optional;
        const auto find = [&](std::string_view name) {
            return has_verdict || !is_optional ? reader.find_only(object, name) : reader.find(object, name);
        };
        JsonView value = find(field.name);
        if (!value && !options.also.empty()) value = find(options.also);
        if (!value) {
            if (!is_optional) problem = {.field = field.name, .reason = why_not_found(object, field.name)};
            return;
        }
        mine = value;
        if (is_optional && value.is_null()) return;
        const Expected expected{!is_optional, options.form};
        Value read{}; // what cannot be read leaves no trace
        if (FieldType<Value>::read(value, read, expected, reader)) {
            target.*field.member = std::move(read);
            return;
        }
        mine = {};
        if (is_optional) reader.tolerate();
        else problem = {.field = field.name, .reason = ": not of the documented type"};
    });
    if constexpr (requires { target.others.reveal(); }) keep_others(object, taken, target.others);
    return problem;
}

} // namespace detail

/// Fills `target` from `object` by its field table, and its member `others`, if it has one, with what no row takes.
/// Returns what is wrong, naming the field, or an empty text. A field that is required, or that a verdict may be read
/// from, decides: it is not read if it stands there twice.
template <Described Struct>
[[nodiscard]] std::string read_fields(JsonView object, Struct& target, LenientReader& reader) {
    return detail::fill_fields(object, target, reader).in_words();
}

/// Reads one value of any type that a field can have: in the spelling of the wire or, where that is not the other way
/// round, in the natural one, and in no other. False, and `value` of no meaning, if `json` is not such a value.
template <class T> [[nodiscard]] bool decode_value(JsonView json, T& value, Form form = Form::natural) {
    const auto reads_as = [&](Form each) {
        LenientReader reader;
        return FieldType<T>::read(json, value, {.strict = true, .form = each}, reader) && reader.deviations() == 0;
    };
    return reads_as(form) || (form == Form::text && reads_as(Form::natural));
}

} // namespace lcm

#endif
