// SPDX-License-Identifier: BSL-1.0
// Fields that are true or false.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELDS_FLAG_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELDS_FLAG_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/impl/text_buffer.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>

#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

/// A flag always has a value; one that may be missing is a `std::optional<bool>`.
template <> struct FieldType<bool> : detail::PlainField<bool> {
    static char* write(detail::TextBuffer& out, char* to, bool flag, Form form) {
        return out.write(to, text_of(flag, form));
    }

    /// Reads a flag under all names that the interface has for yes and no.
    [[nodiscard]] static bool read(JsonView json, bool& flag, detail::Expected expected, LenientReader& reader) {
        if (json.is_boolean()) {
            flag = json.is_true();
            if (expected.form != Form::natural) reader.tolerate();
            return expected.form != Form::inverted;
        }
        if (expected.strict && expected.form == Form::natural) return false; // also not "true" as a text
        if (!json.is_string() && !json.is_integer()) return false;
        const std::string_view text = detail::trim(json.text());
        const bool is_digit = text == "0" || text == "1";
        if (expected.form == Form::inverted) {
            flag = text == "0";
            return is_digit;
        }
        if (expected.form == Form::natural || is_digit) reader.tolerate();
        flag = detail::same_name(text, "true") || text == "1";
        return flag || detail::same_name(text, "false") || text == "0";
    }

    [[nodiscard]] static constexpr FieldWords describe(Form form) noexcept {
        switch (form) {
        case Form::text:
            return {"flag", R"(text, "true" or "false")", "true|false",
                    R"(true or false, on the wire "true" or "false" in quotes)"};
        case Form::inverted:
            return {"flag", R"(text, "0" for true, "1" for false)", "true|false",
                    R"(true or false, on the wire "0" for true and "1" for false)"};
        default: return {"flag", "Boolean", "true|false", "true or false"};
        }
    }
    [[nodiscard]] static bool example(const FieldExample&) noexcept { return true; }

private:
    static constexpr std::string_view text_of(bool flag, Form form) noexcept {
        switch (form) {
        case Form::text: return flag ? R"("true")" : R"("false")";
        case Form::inverted: return flag ? R"("0")" : R"("1")";
        default: return flag ? "true" : "false";
        }
    }
};

} // namespace lcm

#endif
