// SPDX-License-Identifier: BSL-1.0
// From the argument of a flag to the field of a request: as it is where a shell can write it, as JSON where it cannot.
#ifndef LCM_COMMAND_FROM_FLAG_HPP
#define LCM_COMMAND_FROM_FLAG_HPP

#include "data_source.hpp"
#include "from_json.hpp"
#include "status.hpp"

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace lcm_command {

inline constexpr std::size_t flag_json_depth = 16; ///< deeper than any field

/// One function per type that a field can have; all others take JSON. They throw `UsageError` with the flag, never with
/// the value.
class FromFlag {
public:
    static void read(const std::string&, const std::string& text, std::string& value) { value = text; }
    static void read(const std::string&, const std::string& text, lcm::Text& value) { value = text; }

    static void read(const std::string& flag, const std::string& text, lcm::Number& value) {
        const auto number = lcm::Number::parse(text);
        if (!number) throw UsageError(flag + ": must be a number such as 101 or 19.99");
        value = *number;
    }

    // An integer is meant as a number, and a text in JSON's quotes as that text: 0 and '"0"' differ on the wire.
    static void read(const std::string& flag, const std::string& text, lcm::OutcomeId& value) {
        const auto json = lcm::parse_json(text, 1);
        if (json && (json.value.is_string() || json.value.is_number_integer())) FromJson::read(flag, json.value, value);
        else value = text;
    }

    static void read(const std::string& flag, const std::string& text, bool& value) {
        if (text != "true" && text != "false") throw UsageError(flag + ": must be true or false");
        value = text == "true";
    }

    static void read(const std::string& flag, const std::string& text, lcm::Date& value) {
        FromJson::read(flag, text, value);
    }
    static void read(const std::string& flag, const std::string& text, lcm::TimeOfDay& value) {
        FromJson::read(flag, text, value);
    }
    static void read(const std::string& flag, const std::string& text, lcm::DateTime& value) {
        FromJson::read(flag, text, value);
    }

    template <class T> static void read(const std::string& flag, const std::string& text, lcm::Sensitive<T>& value) {
        T inner{};
        read(flag, text, inner);
        value = inner;
    }

    template <class T> static void read(const std::string& flag, const std::string& text, std::optional<T>& value) {
        read(flag, text, value.emplace());
    }

    template <class T> static void read(const std::string& flag, const std::string& text, T& value) {
        const auto json = parse_own_json(text, flag_json_depth);
        if (!json) throw UsageError(flag + ": must be JSON; " + json.problem);
        FromJson::read(flag, json.value, value);
    }
};

} // namespace lcm_command

#endif
