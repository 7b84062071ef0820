// SPDX-License-Identifier: BSL-1.0
// Fields that are texts.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELDS_TEXT_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELDS_TEXT_HPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/json_field.hpp>
#include <lcm_client/protocol/impl/json_writer.hpp>
#include <lcm_client/protocol/impl/text_buffer.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>
#include <lcm_client/protocol/text_value.hpp>

#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

template <class T> struct TextField : PlainField<T> {
    static constexpr bool can_be_empty = true;
    static constexpr const char* missing = "must not be empty";

    [[nodiscard]] static bool has_value(const T& text) noexcept { return !text.empty(); }

    static char* write(TextBuffer& out, char* to, const T& text, Form) { return write_json(out, to, text); }

    /// A number or a truth value is tolerated where no verdict depends on the text.
    [[nodiscard]] static bool read(JsonView json, T& text, Expected expected, LenientReader& reader) {
        if (json.is_string()) {
            text = json.text();
            return true;
        }
        if (expected.strict || !(json.is_number() || json.is_boolean())) return false;
        if (json.is_number()) text = json.text();
        else text = dump(json);
        reader.tolerate();
        return true;
    }

    [[nodiscard]] static const char* find_fault(const T& text) noexcept {
        return is_utf8(text) ? nullptr : "must be text in UTF-8";
    }
    [[nodiscard]] static bool is_allowed(const T& text, std::string_view allowed) noexcept {
        return is_one_of(text, allowed);
    }

    [[nodiscard]] static constexpr FieldWords describe(Form) noexcept { return {"text", "text", "TEXT", "text"}; }
    [[nodiscard]] static T example(const FieldExample& wanted) { return T(wanted.word); }
};

} // namespace detail

template <> struct FieldType<std::string> : detail::TextField<std::string> {};
template <> struct FieldType<Text> : detail::TextField<Text> {};

} // namespace lcm

#endif
