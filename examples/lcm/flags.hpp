// SPDX-License-Identifier: BSL-1.0
// One flag for each field of a request: its name on the wire, made from the field table.
#ifndef LCM_COMMAND_FLAGS_HPP
#define LCM_COMMAND_FLAGS_HPP

#include "status.hpp"

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/sensitive.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

namespace lcm_command {

// --- From text to value, and what the help calls it: one pair per type that a field can have -------------------------

inline const char* flag_type(const std::string&) { return "TEXT"; }
inline void read_flag(const std::string&, const std::string& text, std::string& value) { value = text; }

inline const char* flag_type(const lcm::Number&) { return "NUMBER"; }
inline void read_flag(const std::string& flag, const std::string& text, lcm::Number& value) {
    const auto number = lcm::Number::parse(text);
    if (!number) throw UsageError(flag + ": must be a number such as 101 or 19.99");
    value = *number;
}

// An integer is meant as a number, and a text in JSON's quotes as that text: 0 and '"0"' differ on the wire.
inline const char* flag_type(const lcm::OutcomeId&) { return "ID"; }
inline void read_flag(const std::string&, const std::string& text, lcm::OutcomeId& value) {
    const auto json = lcm::parse_json(text, 1);
    if (json && json.value.is_string()) value = json.value.get<std::string>();
    else if (json && json.value.is_number_unsigned()) value = json.value.get<std::uint64_t>();
    else if (json && json.value.is_number_integer()) value = json.value.get<std::int64_t>();
    else value = text;
}

template <class T> const char* flag_type(const lcm::Sensitive<T>& value) { return flag_type(value.reveal()); }
template <class T> void read_flag(const std::string& flag, const std::string& text, lcm::Sensitive<T>& value) {
    T inner;
    read_flag(flag, text, inner);
    value = inner;
}

// ---------------------------------------------------------------------------------------------------------------------

/// Adds the fields of `request` to `command`. A flag that is not given leaves its member alone, so that the library
/// itself says what is missing. `request` must live as long as `command`.
template <lcm::Request R> void add_flags(CLI::App& command, R& request) {
    lcm::for_each_field<R>([&](const auto& field) {
        auto& value = request.*field.member;
        const std::string flag = "--" + std::string(field.name);
        const auto read = [flag, &value](const std::string& text) { read_flag(flag, text, value); };
        command.add_option_function<std::string>(flag, read, std::string(field.meaning))
            ->type_name(flag_type(value))
            ->group("Request");
    });
}

} // namespace lcm_command

#endif
