// SPDX-License-Identifier: BSL-1.0
// From the argument of a flag to the field of a request: as it is where a shell can write it, as JSON where it cannot.
#ifndef LCM_COMMAND_FROM_FLAG_HPP
#define LCM_COMMAND_FROM_FLAG_HPP

#include "data_source.hpp"
#include "from_json.hpp"
#include "status.hpp"

#include <lcm_client/json.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/sensitive.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>

namespace lcm_command {

inline constexpr std::size_t flag_json_depth = 16; ///< deeper than any field

/// All of these functions throw `UsageError` with the flag, never with the value.
class FromFlag {
public:
    /// A value that is made of others is JSON.
    template <class T> static void read(const std::string& flag, const std::string& text, T& value) {
        const auto json = parse_own_json(text, flag_json_depth);
        if (!json) throw UsageError(flag + ": must be JSON; " + json.problem);
        FromJson::read(flag, json.value, value);
    }

    /// A text is taken as it is. Of the others, an argument that is such a value in JSON is that value, and any other
    /// argument is a text: `0` and `'"0"'` differ for the id of an outcome, and a date needs no quotes.
    template <lcm::PlainFieldType T> static void read(const std::string& flag, const std::string& text, T& value) {
        constexpr bool is_text = lcm::FieldType<T>::can_be_empty;
        lcm::JsonDocument document;
        if (!is_text && document.parse(text, flag_json_depth) && lcm::decode_value(document.root(), value)) return;
        constexpr bool is_any_json = std::same_as<T, lcm::Json>;
        if (!is_any_json && lcm::decode_value(lcm::JsonDocument(text).root(), value)) return;
        throw UsageError(flag + ": must be " + std::string(lcm::FieldType<T>::describe(lcm::Form::natural).value));
    }

    template <class T> static void read(const std::string& flag, const std::string& text, lcm::Sensitive<T>& value) {
        T inner{};
        read(flag, text, inner);
        value = inner;
    }

    template <class T> static void read(const std::string& flag, const std::string& text, std::optional<T>& value) {
        read(flag, text, value.emplace());
    }
};

} // namespace lcm_command

#endif
