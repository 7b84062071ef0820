// SPDX-License-Identifier: BSL-1.0
// What is known of a type that a field can have, in one place: how its values are written, read, checked, and described
// to people. Requests and replies, the command line, the simulator and the reference ask here.
#ifndef LCM_CLIENT_PROTOCOL_FIELD_TYPE_HPP
#define LCM_CLIENT_PROTOCOL_FIELD_TYPE_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/field.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

class LenientReader;

template <Described Struct>
[[nodiscard]] std::string read_fields(JsonView object, Struct& target, LenientReader& reader);

namespace detail {

class TextBuffer;
template <Described T> char* write_object(TextBuffer& out, char* to, const T& value);
template <Described T> void find_problems(const T& value, FieldProblems& problems);

/// What a field expects of its value. `strict` is for what must be beyond doubt, as `success`: a flag is a Boolean
/// then, and a text is a text.
struct Expected {
    bool strict = false;
    Form form = Form::natural;
};

} // namespace detail

/// A type of fields, in words.
struct FieldWords {
    std::string_view type;     ///< what a value is: "date"
    std::string_view wire;     ///< how the wire writes it: "text, DD/MM/YYYY"
    std::string_view argument; ///< what stands for it behind a flag of a command: "DD/MM/YYYY"
    std::string_view value;    ///< what a person has to give: "a date DD/MM/YYYY"
};

/// What an example of a value is asked for.
struct FieldExample {
    std::string_view word; ///< a text that fits the name of the field, such as "101" for an outcome
    bool is_end = false;   ///< whether the field is the end of a span of time rather than its start
};

/// What the library knows of the fields of type `T`. A specialisation has
///
/// - `can_be_empty`: whether a value that is required may be on the wire without being one, as an empty text,
/// - `missing`: what is wrong with a value that is required and not there: "must be set",
/// - `has_value(value)`: whether there is something to send,
/// - `write(out, to, value, form)`: puts its JSON behind what ends at `to`, and returns the new end,
/// - `read(json, value, expected, reader)`: false if `json` is no such value,
/// - `find_problem(value, presence, allowed, problems)`: adds to `problems` what is wrong with a value that is there,
///
/// and, unless its values are made of those of other fields,
///
/// - `describe(form)`: the `FieldWords` of the type,
/// - `example(wanted)`: a plausible value for a `FieldExample`.
///
/// An application whose operations have fields of a type of its own specialises it with the base `FieldAs`. The
/// template itself is for records, which are the types that have a table of fields.
template <class T> struct FieldType {
    static_assert(Described<T>,
                  "a field is a std::string, lcm::Text, lcm::Number, lcm::OutcomeId, bool, lcm::Date, "
                  "lcm::TimeOfDay, lcm::DateTime, lcm::Json, a record with a table of fields, a type with "
                  "a specialisation of lcm::FieldType, or a lcm::Sensitive, std::optional, std::vector or "
                  "std::map of them");

    static constexpr bool can_be_empty = false;           ///< a record that is sent has its fields
    static constexpr const char* missing = "must be set"; ///< not used, since a record is always there

    /// A record is always there; its fields may lack.
    [[nodiscard]] static bool has_value(const T&) noexcept { return true; }

    /// Writes the record as an object.
    static char* write(detail::TextBuffer& out, char* to, const T& value, Form) {
        return detail::write_object(out, to, value);
    }

    /// Reads an object whose fields can all be read.
    [[nodiscard]] static bool read(JsonView json, T& value, detail::Expected, LenientReader& reader) {
        return json.is_object() && read_fields(json, value, reader).empty();
    }

    /// Finds the fields of the record that are in disorder.
    static void find_problem(const T& value, Presence, std::string_view, FieldProblems& problems) {
        const std::size_t known = problems.size();
        detail::find_problems(value, problems);
        for (std::size_t i = known; i < problems.size(); ++i) problems[i].field.insert(0, ".");
    }
};

/// A type of fields whose values are not made of those of other fields.
template <class T>
concept PlainFieldType = requires {
    FieldType<T>::describe(Form());
};

/// The base of `FieldType<T>` for a type of an application's own that is on the wire what a `Wire` is there, such as a
/// `std::string` or a `lcm::Number`. The specialisation adds how to get from one to the other:
///
///     template <> struct lcm::FieldType<app::Side> : lcm::FieldAs<app::Side, std::string> {
///         static std::string to_wire(app::Side side);
///         static std::optional<app::Side> from_wire(const std::string& text); // nothing, if that is no side
///     };
///
/// It must be declared before the first use of an operation that has such a field. A value whose `to_wire` is empty, or
/// not set, counts as missing. `describe` can be hidden by one that says more than the words of `Wire`.
template <class T, class Wire> struct FieldAs {
    static constexpr bool can_be_empty = FieldType<Wire>::can_be_empty; ///< as a `Wire` can be
    static constexpr const char* missing = FieldType<Wire>::missing;    ///< what is wrong without a value

    /// Whether there is something to send: a `Wire` with a value.
    [[nodiscard]] static bool has_value(const T& value) {
        return FieldType<Wire>::has_value(FieldType<T>::to_wire(value));
    }

    /// Writes what `to_wire` makes of the value.
    static char* write(detail::TextBuffer& out, char* to, const T& value, Form form) {
        return FieldType<Wire>::write(out, to, FieldType<T>::to_wire(value), form);
    }

    /// Reads a `Wire` of which `from_wire` makes a value.
    [[nodiscard]] static bool read(JsonView json, T& value, detail::Expected expected, LenientReader& reader) {
        Wire wire{};
        if (!FieldType<Wire>::read(json, wire, expected, reader)) return false;
        auto read = FieldType<T>::from_wire(wire);
        if (read) value = *std::move(read);
        return read.has_value();
    }

    /// Finds what is wrong with what `to_wire` makes of the value.
    static void find_problem(const T& value, Presence presence, std::string_view allowed, FieldProblems& problems) {
        FieldType<Wire>::find_problem(FieldType<T>::to_wire(value), presence, allowed, problems);
    }

    /// The words of `Wire`.
    [[nodiscard]] static constexpr FieldWords describe(Form form) noexcept { return FieldType<Wire>::describe(form); }

    /// What `from_wire` makes of an example of a `Wire`.
    [[nodiscard]] static T example(const FieldExample& wanted) {
        return FieldType<T>::from_wire(FieldType<Wire>::example(wanted)).value_or(T{});
    }
};

namespace detail {

/// Whether there is something to send.
template <class T> [[nodiscard]] bool has_value(const T& value) { return FieldType<T>::has_value(value); }

} // namespace detail

} // namespace lcm

#endif
