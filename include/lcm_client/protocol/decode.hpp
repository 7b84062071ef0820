// SPDX-License-Identifier: BSL-1.0
// From JSON to values by their field table: keys without regard to letter case and spaces, numbers also as text. What
// cannot be read with certainty is not read.
#ifndef LCM_CLIENT_PROTOCOL_DECODE_HPP
#define LCM_CLIENT_PROTOCOL_DECODE_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/json_field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/protocol/value.hpp>
#include <lcm_client/sensitive.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace lcm {

namespace detail {

/// How a name is there among the members of an object.
enum class Occurrence : std::uint8_t {
    none,
    exact,   ///< once
    variant, ///< once, in another letter case or with spaces
    doubled, ///< several times in one spelling
    split    ///< in several spellings
};

/// What is found under one name while the members of an object are gone through.
struct Found {
    JsonView value{}; ///< the last one if it is there several times
    Occurrence occurrence = Occurrence::none;

    /// Looks at one member. Most have another name, which their first character shows.
    [[gnu::always_inline]] void match(std::string_view name, std::string_view key, JsonView member) noexcept {
        if (!may_be_same_key(key, name)) return;
        const bool is_equal = key == name;
        if (!is_equal && !same_key(key, name)) return;
        if (value) note_double(key);
        else occurrence = is_equal ? Occurrence::exact : Occurrence::variant;
        value = member;
    }

    [[gnu::noinline]] void note_double(std::string_view key) noexcept {
        const bool is_split = occurrence == Occurrence::split || key != value.name_of_member();
        occurrence = is_split ? Occurrence::split : Occurrence::doubled;
    }
};

/// A name that is a parameter of a template.
template <std::size_t length> struct ConstantName {
    std::array<char, length> text{};

    consteval ConstantName(const char (&name)[length]) { // NOLINT(google-explicit-constructor)
        std::copy_n(name, length, text.begin());
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text.data(), length - 1}; }
};

/// The members of `object` under each of `names`, without regard to letter case and spaces, in one pass.
template <ConstantName... names> [[nodiscard]] std::array<Found, sizeof...(names)> look_up(JsonView object) noexcept {
    std::array<Found, sizeof...(names)> found;
    const JsonView::Members members = object.members();
    for (auto member = members.begin(), end = members.end(); member != end; ++member) {
        const std::string_view key = member.name();
        Found* next = found.data();
        (next++->match(names.view(), key, member.value()), ...);
    }
    return found;
}

} // namespace detail

/// Looks members up leniently, and counts how often leniency was needed.
class LenientReader {
public:
    /// The member of `object` called `name` without regard to letter case and spaces. Of several in one spelling the
    /// last one, as JavaScript's `JSON.parse` has it. None if `object` is no object, has no such member, or has it in
    /// several spellings: which of them is meant cannot be known.
    [[nodiscard]] JsonView find(JsonView object, std::string_view name) { return take(look_for(object, name)); }

    /// The same of a member that was looked up together with others.
    [[nodiscard]] JsonView take(const detail::Found& found) noexcept {
        if (found.occurrence == detail::Occurrence::split) return {};
        if (found.occurrence == detail::Occurrence::variant) ++deviations_;
        return found.value;
    }

    /// The same of a member that decides what a message is or means: none also if there are several, since which of
    /// them is meant cannot be known. The reader is in doubt from then on. `name` must outlive it.
    [[nodiscard]] JsonView find_only(JsonView object, std::string_view name) {
        return take_only(look_for(object, name), name);
    }
    [[nodiscard]] JsonView take_only(const detail::Found& found, std::string_view name) noexcept {
        if (found.occurrence <= detail::Occurrence::exact) return found.value;
        return take_variant(found, name);
    }

    /// The first name that decides and stands several times; empty if there was none.
    [[nodiscard]] std::string_view doubt() const noexcept { return doubt_; }
    [[nodiscard]] bool is_in_doubt() const noexcept { return !doubt_.empty(); }

    /// The text of the member of `object` called `name`, empty if there is none.
    [[nodiscard]] std::string_view find_text(JsonView object, std::string_view name) {
        return find(object, name).string();
    }

    /// Notes a deviation of another kind that was tolerated.
    void tolerate() noexcept { ++deviations_; }

    [[nodiscard]] std::uint64_t deviations() const noexcept { return deviations_; }

private:
    static detail::Found look_for(JsonView object, std::string_view name) noexcept {
        detail::Found found;
        const JsonView::Members members = object.members();
        for (auto member = members.begin(), end = members.end(); member != end; ++member)
            found.match(name, member.name(), member.value());
        return found;
    }

    [[gnu::noinline]] JsonView take_variant(const detail::Found& found, std::string_view name) noexcept {
        if (found.occurrence == detail::Occurrence::variant) return take(found);
        if (doubt_.empty()) doubt_ = name;
        return {};
    }

    std::uint64_t deviations_ = 0;
    std::string_view doubt_{};
};

namespace detail {

/// Why none is taken where one has to be.
[[nodiscard]] inline const char* why_not_found(JsonView object, std::string_view name) {
    for (const auto [key, value] : object.members())
        if (same_key(key, name)) return ": stands twice";
    return ": missing";
}

/// What a field expects of its value. `strict` is for what must be beyond doubt, as `success`: a flag is a Boolean
/// then, and a text is a text.
struct Expected {
    bool strict = false;
    Form form = Form::natural;
};

template <class T> bool read_value(JsonView json, T& value, Expected expected, LenientReader& reader);

/// Reads a flag under all names that the interface has for yes and no.
inline bool read_flag(JsonView json, bool& value, Expected expected, LenientReader& reader) {
    if (json.is_boolean()) {
        value = json.is_true();
        if (expected.form != Form::natural) reader.tolerate();
        return expected.form != Form::inverted;
    }
    if (expected.strict && expected.form == Form::natural) return false; // also not "true" as a text
    if (!json.is_string() && !json.is_integer()) return false;
    const std::string_view text = trim(json.text());
    const bool is_digit = text == "0" || text == "1";
    if (expected.form == Form::inverted) {
        value = text == "0";
        return is_digit;
    }
    if (expected.form == Form::natural || is_digit) reader.tolerate();
    value = same_name(text, "true") || text == "1";
    return value || same_name(text, "false") || text == "0";
}

template <class T> bool read_text(JsonView json, T& value, Expected expected, LenientReader& reader) {
    if (json.is_string()) {
        value = json.text();
        return true;
    }
    if (expected.strict || !(json.is_number() || json.is_boolean())) return false;
    if (json.is_number()) value = json.text();
    else value = dump(json);
    reader.tolerate();
    return true;
}

inline bool read_number(JsonView json, Number& value, Expected expected, LenientReader& reader) {
    if (json.is_natural()) value = json.to_natural();
    else if (json.is_integer()) value = json.to_integer();
    else if (json.is_decimal()) value = json.to_double();
    else if (json.is_string()) value = Number::parse(json.text()).value_or(Number());
    else return false;
    if (json.is_string() != (expected.form == Form::text)) reader.tolerate();
    return value.is_set();
}

inline bool read_id(JsonView json, OutcomeId& value) {
    if (json.is_string()) value = json.text();
    else if (json.is_natural()) value = json.to_natural();
    else if (json.is_integer()) value = json.to_integer();
    else return false;
    return true;
}

template <TextLike T> bool read_text_like(JsonView json, T& value) {
    if (!json.is_string()) return false;
    const auto parsed = T::parse(trim(json.text()));
    if (parsed) value = *parsed;
    return parsed.has_value();
}

// An object where a list was promised is a list of one: tables and samples of the interface contradict each other
// there.
template <class T> bool read_list(JsonView json, std::vector<T>& values, Expected expected, LenientReader& reader) {
    if (json.is_object()) reader.tolerate();
    else if (!json.is_array()) return false;
    std::vector<T> items;
    const auto add = [&](JsonView item) { return read_value(item, items.emplace_back(), expected, reader); };
    if (json.is_object() && !add(json)) return false;
    for (const JsonView item : json.elements())
        if (!add(item)) return false;
    values = std::move(items);
    return true;
}

// Names and values. The interface's tables call it an array where its samples show an object: each of its objects
// counts, then.
template <class T>
bool read_map(JsonView json, std::map<std::string, T>& values, Expected expected, LenientReader& reader) {
    std::map<std::string, T> items;
    const auto add = [&](JsonView object) {
        if (!object.is_object()) return false;
        for (const auto [name, item] : object.members()) {
            T value{};
            if (!item.is_null() && !read_value(item, value, expected, reader)) {
                // One value that is none shall not cost the others: its JSON stands for it.
                const std::string text = dump(item);
                if (!read_value(JsonDocument(text).root(), value, expected, reader)) return false;
                reader.tolerate();
            }
            items.insert_or_assign(std::string(name), std::move(value));
        }
        return true;
    };
    if (json.is_object() && !add(json)) return false;
    if (json.is_array()) reader.tolerate();
    else if (!json.is_object()) return false;
    for (const JsonView object : json.elements())
        if (!add(object)) return false;
    values = std::move(items);
    return true;
}

} // namespace detail

/// Fills `target` from `object` by its field table, and its member `others`, if it has one, with what no row takes.
/// Returns what is wrong, naming the field, or an empty text. A field that is required, or that a verdict may be read
/// from, decides: it is not read if it stands there twice.
template <Described Struct>
[[nodiscard]] std::string read_fields(JsonView object, Struct& target, LenientReader& reader) {
    std::string problem;
    constexpr bool has_verdict = requires { target.verdict(); };
    std::array<JsonView, field_count<Struct>()> taken; // one for each field, none where nothing was taken
    std::size_t row = 0;
    for_each_field<Struct>([&](const auto& field) {
        if (!problem.empty()) return;
        JsonView& mine = taken[row++];
        const FieldOptions& options = field.options;
        const bool is_optional = field.presence == Presence::optional;
        const auto find = [&](std::string_view name) {
            return has_verdict || !is_optional ? reader.find_only(object, name) : reader.find(object, name);
        };
        JsonView value = find(field.name);
        if (!value && !options.also.empty()) value = find(options.also);
        if (!value) {
            if (!is_optional) problem = std::string(field.name) + detail::why_not_found(object, field.name);
            return;
        }
        mine = value;
        if (is_optional && value.is_null()) return;
        const detail::Expected expected{!is_optional, options.form};
        typename std::remove_cvref_t<decltype(field)>::value_type read{}; // what cannot be read leaves no trace
        if (detail::read_value(value, read, expected, reader)) {
            target.*field.member = std::move(read);
            return;
        }
        mine = {};
        if (is_optional) reader.tolerate();
        else problem = std::string(field.name) + ": not of the documented type";
    });
    if constexpr (requires { target.others.reveal(); }) detail::keep_others(object, taken, target.others);
    return problem;
}

namespace detail {

/// Reads a value of any type that a field can have; false, and `value` of no meaning, if `json` is not such a value.
template <class T> bool read_value(JsonView json, T& value, Expected expected, LenientReader& reader) {
    if constexpr (std::same_as<T, Json> || std::same_as<T, Sensitive<Json>>) {
        copy_json(json, value);
        return true;
    } else if constexpr (is_sensitive<T>) {
        typename T::value_type inner{};
        if (!read_value(json, inner, expected, reader)) return false;
        value = std::move(inner);
        return true;
    } else if constexpr (is_optional<T>) return read_value(json, value.emplace(), expected, reader);
    else if constexpr (std::same_as<T, bool>) return read_flag(json, value, expected, reader);
    else if constexpr (is_text<T>) return read_text(json, value, expected, reader);
    else if constexpr (std::same_as<T, Number>) return read_number(json, value, expected, reader);
    else if constexpr (std::same_as<T, OutcomeId>) return read_id(json, value);
    else if constexpr (TextLike<T>) return read_text_like(json, value);
    else if constexpr (is_vector<T>) return read_list(json, value, expected, reader);
    else if constexpr (is_map<T>) return read_map(json, value, expected, reader);
    else if constexpr (is_record<T>()) return json.is_object() && read_fields(json, value, reader).empty();
    else return false;
}

} // namespace detail

/// The call id under `callid` of a payload; a JSON integer counts as its text, an empty one as none.
[[nodiscard]] inline std::optional<std::string_view> read_callid(JsonView payload, LenientReader& reader) {
    const JsonView value = reader.take_only(detail::look_up<"callid">(payload)[0], "callid");
    if (!value.string().empty()) return value.string();
    if (!value.is_integer()) return std::nullopt;
    reader.tolerate();
    return value.text();
}

} // namespace lcm

#endif
