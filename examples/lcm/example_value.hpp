// SPDX-License-Identifier: BSL-1.0
// Plausible values for the example in the help of an operation: by the type of the field, and for ids, keys and numbers
// of telephones by what its name says.
#ifndef LCM_COMMAND_EXAMPLE_VALUE_HPP
#define LCM_COMMAND_EXAMPLE_VALUE_HPP

#include "letter_case.hpp"

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/sensitive.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm_command {

/// A field whose name has the word in it, in any letter case, shows the value.
struct ExampleWord {
    std::string_view word;
    std::string_view text;
};

/// The first that fits counts.
inline constexpr std::array example_words{
    ExampleWord{"callid", "12345"},
    ExampleWord{"account", "49|3|279|0|0|44|1253"},
    ExampleWord{"lcmkey", "49|3|279|0|0|44|1253"},
    ExampleWord{"modevalue", "5550100"},
    ExampleWord{"cvalue", "5550100"},
    ExampleWord{"numberofcontacts", "1"}, // each is reserved for the agent
    ExampleWord{"number", "5550100"},
    ExampleWord{"ani", "5550100"},
    ExampleWord{"comment", "Test comment"},
    ExampleWord{"userid", "1234"},
    ExampleWord{"agentid", "1234"},
    ExampleWord{"state", "NOT_READY"},
    ExampleWord{"group", "Group1"},
    ExampleWord{"channel", "Voice"},
    ExampleWord{"fieldname", "City"},
    ExampleWord{"bussinessfields", "<Fields/>"},
    ExampleWord{"modes", "<Modes/>"},
    ExampleWord{"compliance", "DNC"},
    ExampleWord{"type", "MANUAL"},
    ExampleWord{"fromdate", "13/01/2021"},
    ExampleWord{"todate", "14/01/2021"},
    ExampleWord{"parent", "100"},
    ExampleWord{"businessoutcome", "101"},
    ExampleWord{"outcomeid", "101"},
    ExampleWord{"campaign", "7"},
};

inline const ExampleWord& find_example(std::string_view name) {
    static constexpr ExampleWord any{"", "1"};
    const auto same = [](char a, char b) { return lower(a) == b; };
    const auto fits = [&](const ExampleWord& row) {
        return std::search(name.begin(), name.end(), row.word.begin(), row.word.end(), same) != name.end();
    };
    const auto found = std::find_if(example_words.begin(), example_words.end(), fits);
    return found == example_words.end() ? any : *found;
}

/// Whether the field `name` is the end of a window rather than its start.
inline bool is_end(std::string_view name) {
    return name.find("End") != std::string_view::npos || name.find("To") != std::string_view::npos;
}

/// What the struct has by itself comes first, then what the interface allows, then the example.
class ExampleValue {
public:
    template <class T> static void fill(std::string_view name, std::string_view allowed, T& value) {
        using Type = lcm::FieldType<T>;
        const std::string_view word = allowed.empty() ? find_example(name).text : allowed.substr(0, allowed.find('|'));
        if (!Type::has_value(value)) value = Type::example({.word = word, .is_end = is_end(name)});
    }
    template <class T> static void fill(std::string_view name, std::string_view allowed, lcm::Sensitive<T>& value) {
        T inner = value.reveal();
        fill(name, allowed, inner);
        value = inner;
    }
    template <class T> static void fill(std::string_view name, std::string_view allowed, std::optional<T>& value) {
        fill(name, allowed, value.emplace());
    }
    template <class T> static void fill(std::string_view name, std::string_view allowed, std::vector<T>& values) {
        fill(name, allowed, values.emplace_back());
    }
    template <class T>
    static void fill(std::string_view name, std::string_view allowed, std::map<std::string, T>& values) {
        fill(name, allowed, values["City"]);
    }
    template <lcm::Described T> static void fill(std::string_view, std::string_view, T& value) {
        lcm::for_each_field<T>([&](const auto& field) {
            if (field.presence != lcm::Presence::optional) fill(field.name, field.options.allowed, value.*field.member);
        });
    }
};

} // namespace lcm_command

#endif
