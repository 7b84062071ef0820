// SPDX-License-Identifier: BSL-1.0
// What keeps a request from being sent: the rules of its field table, then those between its fields.
#ifndef LCM_CLIENT_PROTOCOL_VALIDATE_HPP
#define LCM_CLIENT_PROTOCOL_VALIDATE_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/json_field.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/protocol/value.hpp>
#include <lcm_client/utf8.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace lcm {

template <Described T> [[nodiscard]] std::optional<FieldProblem> validate(const T& value);

namespace detail {

/// Whether `text` is one of `allowed`, which is written as "A|B".
[[nodiscard]] constexpr bool is_one_of(std::string_view text, std::string_view allowed) noexcept {
    while (true) {
        const std::size_t end = allowed.find('|');
        if (text == allowed.substr(0, end)) return true;
        if (end == std::string_view::npos) return false;
        allowed.remove_prefix(end + 1);
    }
}

/// Whether a value of this type can be on the wire without having one.
template <class T> [[nodiscard]] constexpr bool can_be_empty() noexcept {
    if constexpr (is_sensitive<T>) return can_be_empty<typename T::value_type>();
    else return std::same_as<T, std::string> || is_vector<T> || is_map<T>;
}

template <class T> [[nodiscard]] constexpr const char* reason_without_value() noexcept {
    if constexpr (is_sensitive<T>) return reason_without_value<typename T::value_type>();
    else if constexpr (std::same_as<T, OutcomeId>) return "must be set (0 is valid)";
    else if constexpr (can_be_empty<T>()) return "must not be empty";
    else return "must be set";
}

/// What is wrong with a value that is there, or an empty text.
template <class T> [[nodiscard]] std::string find_bad_value(const T& value, std::string_view allowed) {
    const auto check_allowed = [&](std::string_view text) {
        return allowed.empty() || is_one_of(text, allowed) ? std::string() : "must be " + name_allowed(allowed);
    };
    if constexpr (std::same_as<T, std::string>) {
        if (!is_utf8(value)) return "must be text in UTF-8";
        return check_allowed(value);
    } else if constexpr (std::same_as<T, Number>) {
        if (!value.is_finite()) return "must be a finite number";
        return allowed.empty() ? std::string() : check_allowed(value.text());
    } else if constexpr (std::same_as<T, OutcomeId>) {
        const std::string* const text = value.as_text();
        if (text == nullptr) return {};
        if (text->empty()) return "must not be empty";
        return find_bad_value(*text, {});
    } else if constexpr (std::same_as<T, Json>) {
        return can_be_dumped(value) ? "" : "must be text in UTF-8, and finite numbers";
    } else if constexpr (std::same_as<T, Date>) {
        return value.is_valid() ? "" : "must be a day of the calendar, in a year of four digits";
    } else if constexpr (std::same_as<T, TimeOfDay>) {
        return value.is_valid() ? "" : "must be from 00:00 to 23:59";
    } else if constexpr (std::same_as<T, DateTime>) {
        return value.is_valid() ? "" : "must have a day of the calendar and a time from 00:00 to 23:59";
    } else return {};
}

/// What is wrong with a value of any type. The problem's `field` is what follows the field's own name.
template <class T>
[[nodiscard]] std::optional<FieldProblem> find_problem(const T& value, Presence presence, std::string_view allowed) {
    if (!has_value(value)) {
        const bool is_fine =
            presence == Presence::optional || (presence == Presence::may_be_empty && can_be_empty<T>());
        return is_fine ? std::nullopt : std::optional(FieldProblem{"", reason_without_value<T>()});
    }
    if constexpr (is_sensitive<T>) return find_problem(value.reveal(), presence, allowed);
    else if constexpr (is_optional<T>) return find_problem(*value, presence, allowed);
    else if constexpr (is_vector<T>) {
        for (std::size_t i = 0; i < value.size(); ++i)
            if (auto problem = find_problem(value[i], Presence::required, allowed))
                return FieldProblem{'[' + std::to_string(i) + ']' + problem->field, std::move(problem->reason)};
        return std::nullopt;
    } else if constexpr (is_map<T>) {
        for (const auto& [name, item] : value) {
            if (!is_utf8(name)) return FieldProblem{"", "must have names in UTF-8"};
            if (auto problem = find_problem(item, Presence::may_be_empty, allowed))
                return FieldProblem{"[\"" + name + "\"]" + problem->field, std::move(problem->reason)};
        }
        return std::nullopt;
    } else if constexpr (Described<T>) {
        auto problem = validate(value);
        if (problem) problem->field.insert(0, ".");
        return problem;
    } else {
        std::string reason = find_bad_value(value, allowed);
        if (reason.empty()) return std::nullopt;
        return FieldProblem{"", std::move(reason)};
    }
}

} // namespace detail

/// The first field of `value`, a request or a record in one, that may not leave as it is; or nothing.
template <Described T> [[nodiscard]] std::optional<FieldProblem> validate(const T& value) {
    std::optional<FieldProblem> problem;
    for_each_field<T>([&](const auto& field) {
        if (problem) return;
        problem = detail::find_problem(value.*field.member, field.presence, field.options.allowed);
        if (problem) problem->field.insert(0, field.name);
    });
    if constexpr (requires { value.check(); }) {
        if (!problem) problem = value.check();
    }
    return problem;
}

} // namespace lcm

#endif
