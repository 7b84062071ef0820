// SPDX-License-Identifier: BSL-1.0
// What keeps the value of a field from being sent: the parts that all types of fields have in common.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELD_PROBLEM_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELD_PROBLEM_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Whether `text` is one of `allowed`, which is written as "A|B".
[[nodiscard]] constexpr bool is_one_of(std::string_view text, std::string_view allowed) noexcept {
    while (true) {
        const std::size_t end = allowed.find('|');
        if (text == allowed.substr(0, end)) return true;
        if (end == std::string_view::npos) return false;
        allowed.remove_prefix(end + 1);
    }
}

// These are functions of their own so that what is called for each field that is in order stays small.

[[gnu::noinline]] inline void note(FieldProblems& problems, const char* reason) { problems.push_back({"", reason}); }

[[gnu::noinline]] inline void note_allowed(FieldProblems& problems, std::string_view allowed) {
    problems.push_back({"", "must be " + name_allowed(allowed)});
}

/// Puts the name of a field before what was found in it: all problems but the first `known` ones.
[[gnu::noinline]] inline void put_before(FieldProblems& problems, std::size_t known, std::string_view name) {
    for (std::size_t i = known; i < problems.size(); ++i) problems[i].field.insert(0, name);
}

/// Adds to `problems` what is wrong with a value of any type, if anything is. The `field` of such a problem is what
/// follows the field's own name.
template <class T> [[gnu::always_inline]] inline void find_problem(const T& value, Presence presence,
                                                                   std::string_view allowed, FieldProblems& problems) {
    using Type = FieldType<T>;
    if (Type::has_value(value)) return Type::find_problem(value, presence, allowed, problems);
    const bool may_lack = presence == Presence::optional || (presence == Presence::may_be_empty && Type::can_be_empty);
    if (!may_lack) note(problems, Type::missing);
}

/// The base of `FieldType<T>` for a value that is not made of others: what is the same for most of them. The
/// specialisation hides what it has to say something else about.
template <class T> struct PlainField {
    static constexpr bool can_be_empty = false;
    static constexpr const char* missing = "must be set";

    [[nodiscard]] static bool has_value(const T& value) noexcept {
        if constexpr (requires { value.is_set(); }) return value.is_set();
        else return true;
    }

    /// What is wrong with a value that is there; null if nothing is.
    [[nodiscard]] static const char* find_fault(const T&) noexcept { return nullptr; }

    [[nodiscard]] static bool is_allowed(const T&, std::string_view) noexcept { return true; }

    [[gnu::always_inline]] static void find_problem(const T& value, Presence, std::string_view allowed,
                                                    FieldProblems& problems) {
        if (const char* const fault = FieldType<T>::find_fault(value)) note(problems, fault);
        else if (!allowed.empty() && !FieldType<T>::is_allowed(value, allowed)) note_allowed(problems, allowed);
    }
};

} // namespace lcm::detail

#endif
