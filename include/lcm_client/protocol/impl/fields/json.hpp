// SPDX-License-Identifier: BSL-1.0
// Fields that are any JSON, whose type is only declared here.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELDS_JSON_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELDS_JSON_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/json_field.hpp>
#include <lcm_client/protocol/impl/text_buffer.hpp>

namespace lcm::inline LCM_CLIENT_ABI {

template <> struct FieldType<Json> : detail::PlainField<Json> {
    [[nodiscard]] static bool has_value(const Json& json) noexcept { return !detail::is_null(json); }

    [[gnu::noinline]] static char* write(detail::TextBuffer& out, char* to, const Json& json, Form) {
        return out.write(to, detail::dump(json));
    }

    [[nodiscard]] static bool read(JsonView from, Json& json, detail::Expected, LenientReader&) {
        detail::copy_json(from, json);
        return true;
    }

    [[nodiscard]] static const char* find_fault(const Json& json) {
        return detail::can_be_dumped(json) ? nullptr : "must be text in UTF-8, and finite numbers";
    }

    [[nodiscard]] static constexpr FieldWords describe(Form) noexcept {
        return {"JSON", "any JSON", "JSON", "any JSON"};
    }
    /// Needs lcm_client/json.hpp.
    [[nodiscard]] LCM_CLIENT_DECL static Json example(const FieldExample& wanted);
};

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/protocol/impl/fields/json.ipp>
#endif

#endif
