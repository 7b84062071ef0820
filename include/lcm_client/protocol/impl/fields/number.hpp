// SPDX-License-Identifier: BSL-1.0
// Fields that are numbers, and ids of outcomes, which are numbers or texts.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELDS_NUMBER_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELDS_NUMBER_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/fields/text.hpp>
#include <lcm_client/protocol/impl/json_writer.hpp>
#include <lcm_client/protocol/impl/text_buffer.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>

#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

inline char* write_number(TextBuffer& out, char* to, const Number& number, bool is_quoted) {
    to = out.make_room(to, Number::max_text + 2);
    if (is_quoted) *to++ = '"';
    to = number.write_to(to);
    if (is_quoted) *to++ = '"';
    return to;
}

} // namespace detail

template <> struct FieldType<Number> : detail::PlainField<Number> {
    static char* write(detail::TextBuffer& out, char* to, const Number& number, Form form) {
        return detail::write_number(out, to, number, form == Form::text);
    }

    /// A number without quotes where they are expected, or the other way round, is tolerated.
    [[nodiscard]] static bool read(JsonView json, Number& number, detail::Expected expected, LenientReader& reader) {
        if (json.is_natural()) number = json.to_natural();
        else if (json.is_integer()) number = json.to_integer();
        else if (json.is_decimal()) number = json.to_double();
        else if (json.is_string()) number = Number::parse(json.text()).value_or(Number());
        else return false;
        if (json.is_string() != (expected.form == Form::text)) reader.tolerate();
        return number.is_set();
    }

    [[nodiscard]] static const char* find_fault(const Number& number) noexcept {
        return number.is_finite() ? nullptr : "must be a finite number";
    }
    [[nodiscard]] static bool is_allowed(const Number& number, std::string_view allowed) {
        return detail::is_one_of(number.text(), allowed);
    }

    [[nodiscard]] static constexpr FieldWords describe(Form form) noexcept {
        if (form == Form::text) return {"number", "text, digits", "NUMBER", "a number, on the wire in quotes"};
        return {"number", "number", "NUMBER", "a number"};
    }
    [[nodiscard]] static Number example(const FieldExample& wanted) { return Number::parse(wanted.word).value_or(1); }
};

template <> struct FieldType<OutcomeId> : detail::PlainField<OutcomeId> {
    static constexpr const char* missing = "must be set (0 is valid)";

    static char* write(detail::TextBuffer& out, char* to, const OutcomeId& id, Form) {
        if (const std::string* const text = id.as_text()) return detail::write_json(out, to, *text);
        return detail::write_number(out, to, *id.as_number(), false);
    }

    [[nodiscard]] static bool read(JsonView json, OutcomeId& id, detail::Expected, LenientReader&) {
        if (json.is_string()) id = json.text();
        else if (json.is_natural()) id = json.to_natural();
        else if (json.is_integer()) id = json.to_integer();
        else return false;
        return true;
    }

    [[nodiscard]] static const char* find_fault(const OutcomeId& id) noexcept {
        const std::string* const text = id.as_text();
        if (text == nullptr) return nullptr;
        return text->empty() ? "must not be empty" : FieldType<std::string>::find_fault(*text);
    }

    [[nodiscard]] static constexpr FieldWords describe(Form) noexcept {
        return {"number or text", "as it is set", "ID", "a whole number, or a text in quotes"};
    }
    [[nodiscard]] static OutcomeId example(const FieldExample& wanted) {
        return Number::parse(wanted.word).value_or(1);
    }
};

} // namespace lcm

#endif
