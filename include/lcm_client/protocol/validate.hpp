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
    else return is_text<T> || is_vector<T> || is_map<T>;
}

template <class T> [[nodiscard]] constexpr const char* reason_without_value() noexcept {
    if constexpr (is_sensitive<T>) return reason_without_value<typename T::value_type>();
    else if constexpr (std::same_as<T, OutcomeId>) return "must be set (0 is valid)";
    else if constexpr (can_be_empty<T>()) return "must not be empty";
    else return "must be set";
}

/// What is wrong with a value that is there; nothing where the only question is whether it is one of those that are
/// allowed.
template <class T> [[nodiscard]] const char* find_bad_value(const T& value) {
    if constexpr (is_text<T>) return is_utf8(value) ? nullptr : "must be text in UTF-8";
    else if constexpr (std::same_as<T, Number>) return value.is_finite() ? nullptr : "must be a finite number";
    else if constexpr (std::same_as<T, OutcomeId>) {
        const std::string* const text = value.as_text();
        if (text == nullptr) return nullptr;
        return text->empty() ? "must not be empty" : find_bad_value(*text);
    } else if constexpr (std::same_as<T, Json>)
        return can_be_dumped(value) ? nullptr : "must be text in UTF-8, and finite numbers";
    else if constexpr (std::same_as<T, Date>)
        return value.is_valid() ? nullptr : "must be a day of the calendar, in a year of four digits";
    else if constexpr (std::same_as<T, TimeOfDay>) return value.is_valid() ? nullptr : "must be from 00:00 to 23:59";
    else if constexpr (std::same_as<T, DateTime>)
        return value.is_valid() ? nullptr : "must have a day of the calendar and a time from 00:00 to 23:59";
    else return nullptr;
}

template <class T> [[nodiscard]] bool is_allowed(const T& value, std::string_view allowed) {
    if constexpr (is_text<T>) return is_one_of(value, allowed);
    else if constexpr (std::same_as<T, Number>) return is_one_of(value.text(), allowed);
    else return true;
}

template <class T> [[nodiscard]] constexpr bool may_lack(Presence presence) noexcept {
    return presence == Presence::optional || (presence == Presence::may_be_empty && can_be_empty<T>());
}

// Apart, so that what is called for each field that is in order stays small.
[[gnu::noinline]] inline void note(std::optional<FieldProblem>& problem, const char* reason) {
    problem = FieldProblem{"", reason};
}

[[gnu::noinline]] inline void note_allowed(std::optional<FieldProblem>& problem, std::string_view allowed) {
    problem = FieldProblem{"", "must be " + name_allowed(allowed)};
}

[[gnu::noinline]] inline void put_before(std::optional<FieldProblem>& problem, std::string_view name) {
    problem->field.insert(0, name);
}

/// Puts into `problem` what is wrong with a value of any type, if anything is. The problem's `field` is what follows
/// the field's own name.
template <class T> [[gnu::always_inline]] inline void
find_problem(const T& value, Presence presence, std::string_view allowed, std::optional<FieldProblem>& problem) {
    if (!has_value(value)) {
        if (!may_lack<T>(presence)) note(problem, reason_without_value<T>());
    } else if constexpr (is_sensitive<T>) find_problem(value.reveal(), presence, allowed, problem);
    else if constexpr (is_optional<T>) find_problem(*value, presence, allowed, problem);
    else if constexpr (is_vector<T>) {
        for (std::size_t i = 0; i < value.size() && !problem; ++i) {
            find_problem(value[i], Presence::required, allowed, problem);
            if (problem) put_before(problem, '[' + std::to_string(i) + ']');
        }
    } else if constexpr (is_map<T>) {
        for (auto item = value.begin(); item != value.end() && !problem; ++item) {
            if (!is_utf8(item->first)) note(problem, "must have names in UTF-8");
            else {
                find_problem(item->second, Presence::may_be_empty, allowed, problem);
                if (problem) put_before(problem, "[\"" + item->first + "\"]");
            }
        }
    } else if constexpr (Described<T>) {
        problem = validate(value);
        if (problem) put_before(problem, ".");
    } else if (const char* const reason = find_bad_value(value)) note(problem, reason);
    else if (!allowed.empty() && !is_allowed(value, allowed)) note_allowed(problem, allowed);
}

} // namespace detail

/// The first field of `value`, a request or a record in one, that may not leave as it is; or nothing.
template <Described T> [[nodiscard]] std::optional<FieldProblem> validate(const T& value) {
    std::optional<FieldProblem> problem;
    for_each_field<T>([&](const auto& field) {
        if (problem) return;
        detail::find_problem(value.*field.member, field.presence, field.options.allowed, problem);
        if (problem) detail::put_before(problem, field.name);
    });
    if constexpr (requires { value.cross_check(); }) {
        if (!problem) problem = value.cross_check();
    }
    return problem;
}

} // namespace lcm

#endif
