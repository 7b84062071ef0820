// SPDX-License-Identifier: BSL-1.0
// From JSON that a user wrote to the fields of a request. Strict: a name that is misspelled, or a value of another type
// than the field's, is the user's mistake, and not to be guessed at.
#ifndef LCM_COMMAND_FROM_JSON_HPP
#define LCM_COMMAND_FROM_JSON_HPP

#include "status.hpp"

#include <lcm_client/json.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/sensitive.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm_command {

/// `path` is where the value stands, as "contacts[0].id"; all of these functions throw `UsageError` with it, never with
/// the value.
class FromJson {
public:
    /// A value that is not made of others, as its type reads it: in the spelling of the wire, and in the natural one
    /// wherever that is not the other way round.
    template <class T>
    static void read(const std::string& path, const lcm::Json& json, T& value, lcm::Form form = lcm::Form::natural) {
        const std::string text = json.dump();
        lcm::JsonDocument document;
        if (!document.parse(text, deepest) || !lcm::decode_value(document.root(), value, form))
            refuse(path, std::string(lcm::FieldType<T>::describe(form).value));
    }

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
    static constexpr std::size_t deepest = 128; // deeper than any JSON that the command reads

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
};

} // namespace lcm_command

#endif
