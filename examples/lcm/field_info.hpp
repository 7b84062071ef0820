// SPDX-License-Identifier: BSL-1.0
// From the rows of a field table to words about them, for the help.
#ifndef LCM_COMMAND_FIELD_INFO_HPP
#define LCM_COMMAND_FIELD_INFO_HPP

#include "example_value.hpp"
#include "operation.hpp"
#include "to_json.hpp"

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm_command {

template <class T> struct TypeTag {};

template <lcm::Described T> std::vector<FieldInfo> describe_fields();

/// One function per type that a field can have: fills what `info` says of the type.
class DescribeType {
public:
    static void fill(TypeTag<std::string>, lcm::Form, FieldInfo& info) { set(info, "TEXT", "text"); }
    static void fill(TypeTag<lcm::Text>, lcm::Form form, FieldInfo& info) { fill(TypeTag<std::string>(), form, info); }
    static void fill(TypeTag<lcm::Number>, lcm::Form form, FieldInfo& info) {
        set(info, "NUMBER", form == lcm::Form::text ? "a number, on the wire in quotes" : "a number");
    }
    static void fill(TypeTag<lcm::OutcomeId>, lcm::Form, FieldInfo& info) {
        set(info, "ID", "a whole number, or a text in quotes");
    }
    static void fill(TypeTag<bool>, lcm::Form form, FieldInfo& info) {
        set(info, "true|false", "true or false");
        if (form == lcm::Form::text) info.format = R"(true or false, on the wire "true" or "false" in quotes)";
        if (form == lcm::Form::inverted) info.format = R"(true or false, on the wire "0" for true and "1" for false)";
    }
    static void fill(TypeTag<lcm::Date>, lcm::Form, FieldInfo& info) { set(info, "DD/MM/YYYY", "a date DD/MM/YYYY"); }
    static void fill(TypeTag<lcm::TimeOfDay>, lcm::Form, FieldInfo& info) { set(info, "HH:mm", "a time HH:mm"); }
    static void fill(TypeTag<lcm::DateTime>, lcm::Form, FieldInfo& info) {
        set(info, "'DD/MM/YYYY HH:mm'", "a date and time DD/MM/YYYY HH:mm");
    }
    static void fill(TypeTag<lcm::Json>, lcm::Form, FieldInfo& info) { set(info, "JSON", "any JSON"); }
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
