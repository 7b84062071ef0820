// SPDX-License-Identifier: BSL-1.0
// From JSON that a user wrote to the fields of a request. Strict: a name that is misspelled, or a value of another type
// than the field's, is the user's mistake, and not to be guessed at.
#ifndef LCM_COMMAND_FROM_JSON_HPP
#define LCM_COMMAND_FROM_JSON_HPP

#include "status.hpp"

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm_command {

/// One function per type that a field can have. `path` is where the value stands, as "contacts[0].id"; all of them
/// throw `UsageError` with it, never with the value.
class FromJson {
public:
    static void read(const std::string& path, const lcm::Json& json, std::string& value, lcm::Form = {}) {
        if (!json.is_string()) refuse(path, "text in quotes");
        value = json.get<std::string>();
    }
    static void read(const std::string& path, const lcm::Json& json, lcm::Text& value, lcm::Form form = {}) {
        std::string text;
        read(path, json, text, form);
        value = std::move(text);
    }

    static void read(const std::string& path, const lcm::Json& json, lcm::Number& value, lcm::Form form = {}) {
        if (json.is_number_unsigned()) value = json.get<std::uint64_t>();
        else if (json.is_number_integer()) value = json.get<std::int64_t>();
        else if (json.is_number_float()) value = json.get<double>();
        else read_quoted(path, json, value, form);
    }

    static void read(const std::string& path, const lcm::Json& json, lcm::OutcomeId& value, lcm::Form = {}) {
        if (json.is_string()) value = json.get<std::string>();
        else if (json.is_number_unsigned()) value = json.get<std::uint64_t>();
        else if (json.is_number_integer()) value = json.get<std::int64_t>();
        else refuse(path, "a whole number, or text in quotes");
    }

    // The spelling of the wire, and true and false wherever that is not the other way round.
    static void read(const std::string& path, const lcm::Json& json, bool& value, lcm::Form form = {}) {
        const bool is_inverted = form == lcm::Form::inverted;
        const lcm::Json yes = is_inverted ? "0" : "true";
        const lcm::Json no = is_inverted ? "1" : "false";
        if (json.is_boolean() && !is_inverted) value = json.get<bool>();
        else if (form != lcm::Form::natural && (json == yes || json == no)) value = json == yes;
        else refuse(path, is_inverted ? R"("0" for yes or "1" for no)" : "true or false");
    }

    static void read(const std::string& path, const lcm::Json& json, lcm::Date& value, lcm::Form = {}) {
        read_parsed(path, json, value, "DD/MM/YYYY");
    }
    static void read(const std::string& path, const lcm::Json& json, lcm::TimeOfDay& value, lcm::Form = {}) {
        read_parsed(path, json, value, "HH:mm");
    }
    static void read(const std::string& path, const lcm::Json& json, lcm::DateTime& value, lcm::Form = {}) {
        read_parsed(path, json, value, "DD/MM/YYYY HH:mm");
    }

    static void read(const std::string&, const lcm::Json& json, lcm::Json& value, lcm::Form = {}) { value = json; }

    template <class T>
    static void read(const std::string& path, const lcm::Json& json, lcm::Sensitive<T>& value, lcm::Form form = {}) {
        T inner{};
        read(path, json, inner, form);
        value = std::move(inner);
    }

    template <class T>
    static void read(const std::string& path, const lcm::Json& json, std::optional<T>& value, lcm::Form form = {}) {
        read(path, json, value.emplace(), form);
    }

    template <class T>
    static void read(const std::string& path, const lcm::Json& json, std::vector<T>& values, lcm::Form form = {}) {
        if (!json.is_array()) refuse(path, "a JSON array");
        values.clear();
        for (const lcm::Json& item : json) {
            T value{};
            read(path + '[' + std::to_string(values.size()) + ']', item, value, form);
            values.push_back(std::move(value));
        }
    }

    template <class T> static void read(const std::string& path, const lcm::Json& json,
                                        std::map<std::string, T>& values, lcm::Form form = {}) {
        if (!json.is_object()) refuse(path, "a JSON object");
        values.clear();
        for (const auto& [name, item] : json.items()) read(path + '.' + name, item, values[name], form);
    }

    template <lcm::Described T>
    static void read(const std::string& path, const lcm::Json& json, T& value, lcm::Form = {}) {
        if (!json.is_object()) refuse(path, "a JSON object");
        std::size_t known = 0;
        lcm::for_each_field<T>([&](const auto& field) {
            const auto member = json.find(std::string(field.name));
            if (member == json.end()) return;
            ++known;
            read(path + '.' + std::string(field.name), *member, value.*field.member, field.options.form);
        });
        if (known != json.size()) refuse_unknown<T>(path, json);
    }

private:
    [[noreturn]] static void refuse(const std::string& path, const std::string& wanted) {
        throw UsageError(path + ": must be " + wanted);
    }

    template <class T> [[noreturn]] static void refuse_unknown(const std::string& path, const lcm::Json& json) {
        for (const auto& [name, item] : json.items()) {
            bool is_known = false;
            lcm::for_each_field<T>([&, &key = name](const auto& field) { is_known = is_known || field.name == key; });
            if (!is_known) throw UsageError(path + ": there is no field " + lcm::Json(name).dump());
        }
        throw UsageError(path + ": there is an unknown field");
    }

    static void read_quoted(const std::string& path, const lcm::Json& json, lcm::Number& value, lcm::Form form) {
        if (form != lcm::Form::text) refuse(path, "a number");
        const auto number = json.is_string() ? lcm::Number::parse(json.get_ref<const std::string&>()) : std::nullopt;
        if (!number) refuse(path, "a number, also in quotes");
        value = *number;
    }

    template <class T>
    static void read_parsed(const std::string& path, const lcm::Json& json, T& value, const char* form) {
        const auto parsed = json.is_string() ? T::parse(json.get_ref<const std::string&>()) : std::nullopt;
        if (!parsed) refuse(path, std::string("a text ") + form);
        value = *parsed;
    }
};

} // namespace lcm_command

#endif
