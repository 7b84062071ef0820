// SPDX-License-Identifier: BSL-1.0
// From JSON to values by their field table: keys without regard to letter case and spaces, numbers also as text. What
// cannot be read with certainty is not read.
#ifndef LCM_CLIENT_PROTOCOL_DECODE_HPP
#define LCM_CLIENT_PROTOCOL_DECODE_HPP

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/protocol/value.hpp>
#include <lcm_client/sensitive.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace lcm {

/// Looks members up leniently, and counts how often leniency was needed.
class LenientReader {
public:
    /// The member of `object` called `name` without regard to letter case and spaces. None if `object` is no
    /// object, has no such member, or has several: which of them is meant cannot be known.
    [[nodiscard]] const Json* find(const Json& object, std::string_view name) {
        if (!object.is_object()) return nullptr;
        const Json* found = nullptr;
        bool exact = false;
        for (const auto& [key, value] : object.get_ref<const Json::object_t&>()) {
            if (!detail::same_key(key, name)) continue;
            if (found != nullptr) return nullptr;
            found = &value;
            exact = key == name;
        }
        if (found != nullptr && !exact) ++deviations_;
        return found;
    }

    /// The text of the member of `object` called `name`, empty if there is none.
    [[nodiscard]] std::string_view find_text(const Json& object, std::string_view name) {
        const Json* value = find(object, name);
        return value != nullptr && value->is_string() ? std::string_view(value->get_ref<const std::string&>())
                                                      : std::string_view();
    }

    /// Notes a deviation of another kind that was tolerated.
    void tolerate() noexcept { ++deviations_; }

    [[nodiscard]] std::uint64_t deviations() const noexcept { return deviations_; }

private:
    std::uint64_t deviations_ = 0;
};

namespace detail {

/// What a field expects of its value. `strict` is for what must be beyond doubt, as `success`: a flag is a Boolean then,
/// and a text is a text.
struct Expected {
    bool strict = false;
    Form form = Form::natural;
};

template <class T> bool read_value(const Json& json, T& value, Expected expected, LenientReader& reader);

/// Reads a flag under all names that the interface has for yes and no.
inline bool read_flag(const Json& json, bool& value, Expected expected, LenientReader& reader) {
    if (json.is_boolean()) {
        value = json.get<bool>();
        if (expected.form != Form::natural) reader.tolerate();
        return expected.form != Form::inverted;
    }
    if (expected.strict && expected.form == Form::natural) return false; // also not "true" as a text
    if (!json.is_string() && !json.is_number_integer()) return false;
    const std::string text = json.is_string() ? fold(json.get_ref<const std::string&>()) : json.dump();
    const bool is_digit = text == "0" || text == "1";
    if (expected.form == Form::inverted) {
        value = text == "0";
        return is_digit;
    }
    if (expected.form == Form::natural || is_digit) reader.tolerate();
    value = text == "true" || text == "1";
    return value || text == "false" || text == "0";
}

inline bool read_text(const Json& json, std::string& value, Expected expected, LenientReader& reader) {
    if (json.is_string()) {
        value = json.get_ref<const std::string&>();
        return true;
    }
    if (expected.strict || !(json.is_number() || json.is_boolean())) return false;
    value = json.dump();
    reader.tolerate();
    return true;
}

inline bool read_number(const Json& json, Number& value, Expected expected, LenientReader& reader) {
    if (json.is_number_unsigned()) value = json.get<std::uint64_t>();
    else if (json.is_number_integer()) value = json.get<std::int64_t>();
    else if (json.is_number_float()) value = json.get<double>();
    else if (json.is_string()) value = Number::parse(json.get_ref<const std::string&>()).value_or(Number());
    else return false;
    if (json.is_string() != (expected.form == Form::text)) reader.tolerate();
    return value.is_set();
}

inline bool read_id(const Json& json, OutcomeId& value) {
    if (json.is_string()) value = json.get_ref<const std::string&>();
    else if (json.is_number_unsigned()) value = json.get<std::uint64_t>();
    else if (json.is_number_integer()) value = json.get<std::int64_t>();
    else return false;
    return true;
}

template <TextLike T> bool read_text_like(const Json& json, T& value) {
    if (!json.is_string()) return false;
    const auto parsed = T::parse(trim(json.get_ref<const std::string&>()));
    if (parsed) value = *parsed;
    return parsed.has_value();
}

// An object where a list was promised is a list of one: tables and samples of the interface contradict each other there.
template <class T> bool read_list(const Json& json, std::vector<T>& values, Expected expected, LenientReader& reader) {
    if (json.is_object()) reader.tolerate();
    else if (!json.is_array()) return false;
    std::vector<T> items;
    const auto add = [&](const Json& item) { return read_value(item, items.emplace_back(), expected, reader); };
    if (json.is_object()) {
        if (!add(json)) return false;
    } else {
        for (const Json& item : json)
            if (!add(item)) return false;
    }
    values = std::move(items);
    return true;
}

// Names and values. The interface's tables call it an array where its samples show an object: each of its objects
// counts, then.
template <class T>
bool read_map(const Json& json, std::map<std::string, T>& values, Expected expected, LenientReader& reader) {
    std::map<std::string, T> items;
    const auto add = [&](const Json& object) {
        if (!object.is_object()) return false;
        for (const auto& [name, item] : object.get_ref<const Json::object_t&>()) {
            T value{};
            if (!item.is_null() && !read_value(item, value, expected, reader)) {
                // One value that is none shall not cost the others: its JSON stands for it.
                if (!read_value(Json(item.dump()), value, expected, reader)) return false;
                reader.tolerate();
            }
            items.insert_or_assign(name, std::move(value));
        }
        return true;
    };
    if (json.is_array()) {
        reader.tolerate();
        for (const Json& object : json)
            if (!add(object)) return false;
    } else if (!add(json)) return false;
    values = std::move(items);
    return true;
}

/// Adds the members of `object` that are not among `taken`. Where the name is there already, from inside the response,
/// this one is called "message." and the name.
inline void keep_others(const Json& object, const std::vector<const Json*>& taken, Sensitive<Json>& others) {
    Json rest = others.reveal();
    for (const auto& [key, value] : object.get_ref<const Json::object_t&>())
        if (std::find(taken.begin(), taken.end(), &value) == taken.end())
            rest[rest.contains(key) ? "message." + key : key] = value;
    if (!rest.is_null()) others = std::move(rest);
}

} // namespace detail

/// Fills `target` from `object` by its field table, and its member `others`, if it has one, with what no row takes.
/// Returns what is wrong, naming the field, or an empty text.
template <Described Struct>
[[nodiscard]] std::string read_fields(const Json& object, Struct& target, LenientReader& reader) {
    std::string problem;
    std::vector<const Json*> taken;
    for_each_field<Struct>([&](const auto& field) {
        if (!problem.empty()) return;
        const FieldOptions& options = field.options;
        const bool is_optional = field.presence == Presence::optional;
        const Json* value = reader.find(object, field.name);
        if (value == nullptr && !options.also.empty()) value = reader.find(object, options.also);
        if (value == nullptr) {
            if (!is_optional) problem = std::string(field.name) + ": missing";
            return;
        }
        const detail::Expected expected{!is_optional, options.form};
        if (is_optional && value->is_null()) return taken.push_back(value);
        typename std::remove_cvref_t<decltype(field)>::value_type read{}; // what cannot be read leaves no trace
        if (detail::read_value(*value, read, expected, reader)) {
            target.*field.member = std::move(read);
            taken.push_back(value);
        } else if (is_optional) reader.tolerate();
        else problem = std::string(field.name) + ": not of the documented type";
    });
    if constexpr (requires { target.others.reveal(); }) {
        if (object.is_object()) detail::keep_others(object, taken, target.others);
    }
    return problem;
}

namespace detail {

/// Reads a value of any type that a field can have; false, and `value` of no meaning, if `json` is not such a value.
template <class T> bool read_value(const Json& json, T& value, Expected expected, LenientReader& reader) {
    if constexpr (is_sensitive<T>) {
        typename T::value_type inner{};
        if (!read_value(json, inner, expected, reader)) return false;
        value = std::move(inner);
        return true;
    } else if constexpr (is_optional<T>) return read_value(json, value.emplace(), expected, reader);
    else if constexpr (std::same_as<T, bool>) return read_flag(json, value, expected, reader);
    else if constexpr (std::same_as<T, std::string>) return read_text(json, value, expected, reader);
    else if constexpr (std::same_as<T, Number>) return read_number(json, value, expected, reader);
    else if constexpr (std::same_as<T, OutcomeId>) return read_id(json, value);
    else if constexpr (TextLike<T>) return read_text_like(json, value);
    else if constexpr (is_vector<T>) return read_list(json, value, expected, reader);
    else if constexpr (is_map<T>) return read_map(json, value, expected, reader);
    else if constexpr (std::same_as<T, Json>) {
        value = json;
        return true;
    } else return json.is_object() && read_fields(json, value, reader).empty();
}

} // namespace detail

/// The call id under `callid` of a payload; a JSON integer counts as its text, an empty one as none.
[[nodiscard]] inline std::optional<std::string> read_callid(const Json& payload, LenientReader& reader) {
    const Json* value = reader.find(payload, "callid");
    if (value == nullptr) return std::nullopt;
    if (value->is_string() && !value->get_ref<const std::string&>().empty()) return value->get<std::string>();
    if (!value->is_number_integer()) return std::nullopt;
    reader.tolerate();
    return value->dump();
}

} // namespace lcm

#endif
