// SPDX-License-Identifier: BSL-1.0
// From the rows of a field table to words about them, for the help.
#ifndef LCM_COMMAND_FIELD_INFO_HPP
#define LCM_COMMAND_FIELD_INFO_HPP

#include "example_value.hpp"
#include "operation.hpp"
#include "to_json.hpp"

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/sensitive.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm_command {

template <class T> struct TypeTag {};

template <lcm::Described T> std::vector<FieldInfo> describe_fields();

/// Fills what `info` says of the type of a field.
class DescribeType {
public:
    template <class T> static void fill(TypeTag<T>, lcm::Form form, FieldInfo& info) {
        const lcm::FieldWords words = lcm::FieldType<T>::describe(form);
        set(info, std::string(words.argument), std::string(words.value));
    }
    template <class T> static void fill(TypeTag<lcm::Sensitive<T>>, lcm::Form form, FieldInfo& info) {
        fill(TypeTag<T>(), form, info);
    }
    template <class T> static void fill(TypeTag<std::optional<T>>, lcm::Form form, FieldInfo& info) {
        fill(TypeTag<T>(), form, info);
    }
    template <class T> static void fill(TypeTag<std::vector<T>>, lcm::Form form, FieldInfo& info) {
        fill(TypeTag<T>(), form, info);
        set(info, "JSON", info.members.empty() ? "a JSON array of " + info.format + 's' : "a JSON array of records");
    }
    template <class T> static void fill(TypeTag<std::map<std::string, T>>, lcm::Form form, FieldInfo& info) {
        fill(TypeTag<T>(), form, info);
        set(info, "JSON", "a JSON object, each member " + info.format);
    }
    template <lcm::Described T> static void fill(TypeTag<T>, lcm::Form, FieldInfo& info) {
        set(info, "JSON", "a JSON object");
        info.members = describe_fields<T>();
    }

private:
    static void set(FieldInfo& info, std::string flag_type, std::string format) {
        info.flag_type = std::move(flag_type);
        info.format = std::move(format);
    }
};

/// The value as an argument of its flag.
inline std::string to_argument(const OrderedJson& value) {
    return value.is_string() ? value.get<std::string>() : to_line(value);
}

/// The rows of the table of `T`.
template <lcm::Described T> std::vector<FieldInfo> describe_fields() {
    std::vector<FieldInfo> rows;
    lcm::for_each_field<T>([&]<class Value>(const lcm::Field<T, Value>& field) {
        FieldInfo info{};
        info.name = field.name;
        info.presence = field.presence;
        info.allowed = lcm::name_allowed(field.options.allowed);
        info.meaning = field.meaning;
        DescribeType::fill(TypeTag<Value>(), field.options.form, info);
        Value value = T{}.*field.member;
        ExampleValue::fill(field.name, field.options.allowed, value);
        info.example = to_argument(ToJson::write(value));
        rows.push_back(std::move(info));
    });
    return rows;
}

} // namespace lcm_command

#endif
