// SPDX-License-Identifier: BSL-1.0
// Fields that are personal, and fields that may have no value: on the wire both are what is inside them.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELDS_WRAPPED_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELDS_WRAPPED_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/json_field.hpp>
#include <lcm_client/sensitive.hpp>

#include <concepts>
#include <optional>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

template <class T> struct FieldType<Sensitive<T>> {
    static constexpr bool can_be_empty = FieldType<T>::can_be_empty;
    static constexpr const char* missing = FieldType<T>::missing;

    [[nodiscard]] static bool has_value(const Sensitive<T>& value) noexcept {
        return FieldType<T>::has_value(value.reveal());
    }

    static char* write(detail::TextBuffer& out, char* to, const Sensitive<T>& value, Form form) {
        return FieldType<T>::write(out, to, value.reveal(), form);
    }

    [[nodiscard]] static bool read(JsonView json, Sensitive<T>& value, detail::Expected expected,
                                   LenientReader& reader) {
        if constexpr (std::same_as<T, Json>) {
            detail::copy_json(json, value); // without the copy's type, which is only declared here
            return true;
        } else {
            T inner{};
            if (!FieldType<T>::read(json, inner, expected, reader)) return false;
            value = std::move(inner);
            return true;
        }
    }

    [[gnu::always_inline]] static void find_problem(const Sensitive<T>& value, Presence presence,
                                                    std::string_view allowed, FieldProblems& problems) {
        FieldType<T>::find_problem(value.reveal(), presence, allowed, problems);
    }
};

template <class T> struct FieldType<std::optional<T>> {
    static constexpr bool can_be_empty = false;
    static constexpr const char* missing = "must be set";

    [[nodiscard]] static bool has_value(const std::optional<T>& value) noexcept { return value.has_value(); }

    static char* write(detail::TextBuffer& out, char* to, const std::optional<T>& value, Form form) {
        return FieldType<T>::write(out, to, *value, form);
    }

    [[nodiscard]] static bool read(JsonView json, std::optional<T>& value, detail::Expected expected,
                                   LenientReader& reader) {
        return FieldType<T>::read(json, value.emplace(), expected, reader);
    }

    [[gnu::always_inline]] static void find_problem(const std::optional<T>& value, Presence presence,
                                                    std::string_view allowed, FieldProblems& problems) {
        detail::find_problem(*value, presence, allowed, problems);
    }
};

} // namespace lcm

#endif
