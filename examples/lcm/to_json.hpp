// SPDX-License-Identifier: BSL-1.0
// From values of the library to JSON for people and scripts: numbers and flags without quotes, dates and times as on
// the wire.
#ifndef LCM_COMMAND_TO_JSON_HPP
#define LCM_COMMAND_TO_JSON_HPP

#include "ordered_json.hpp"

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/sensitive.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lcm_command {

/// What is personal is shown. Null is what has no value.
class ToJson {
public:
    /// A value that is not made of others, as its type writes it. One that has no value has no JSON, but for an empty
    /// text.
    template <class T> static OrderedJson write(const T& value) {
        using Type = lcm::FieldType<T>;
        return Type::has_value(value) || Type::can_be_empty ? OrderedJson::parse(lcm::encode_value(value))
                                                            : OrderedJson();
    }

    template <class T> static OrderedJson write(const lcm::Sensitive<T>& value) { return write(value.reveal()); }
    template <class T> static OrderedJson write(const std::optional<T>& value) {
        return value ? write(*value) : OrderedJson();
    }
    template <class T> static OrderedJson write(const std::vector<T>& values) {
        OrderedJson json = OrderedJson::array();
        for (const T& value : values) json.push_back(write(value));
        return json;
    }
    template <class T> static OrderedJson write(const std::map<std::string, T>& values) {
        OrderedJson json = OrderedJson::object();
        for (const auto& [name, value] : values) json[name] = write(value);
        return json;
    }

    template <class Record> static OrderedJson write(const lcm::List<Record>& list) {
        OrderedJson json{{"records", write(list.records)}};
        add_rest(json, list);
        return json;
    }

    /// What may be missing and has no value is left out.
    template <lcm::Described T> static OrderedJson write(const T& value) {
        OrderedJson json = OrderedJson::object();
        lcm::for_each_field<T>([&](const auto& field) {
            OrderedJson member = write(value.*field.member);
            const bool is_empty = member.empty() || member == "";
            if (field.presence != lcm::Presence::optional || !is_empty) json[std::string(field.name)] = member;
        });
        add_rest(json, value);
        return json;
    }

private:
    // What no row of the table takes.
    template <class T> static void add_rest(OrderedJson& json, const T& value) {
        if constexpr (requires { value.others.reveal(); })
            if (!value.others.reveal().is_null()) json["others"] = write(value.others);
        if constexpr (requires { value.raw.reveal(); })
            if (!value.raw.reveal().is_null()) json["raw"] = write(value.raw);
    }
};

} // namespace lcm_command

#endif
