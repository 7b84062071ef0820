// SPDX-License-Identifier: BSL-1.0
// What keeps a request from being sent: the rules of its field table, then those between its fields.
#ifndef LCM_CLIENT_PROTOCOL_VALIDATE_HPP
#define LCM_CLIENT_PROTOCOL_VALIDATE_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/field_types.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

// A field that is wrong by itself is not told again for what it is beside others.
inline void add_cross_check(FieldProblems& problems, std::optional<FieldProblem>&& found) {
    if (!found) return;
    const auto is_same = [&](const FieldProblem& known) { return known.field == found->field; };
    if (std::none_of(problems.begin(), problems.end(), is_same)) problems.push_back(*std::move(found));
}
inline void add_cross_check(FieldProblems& problems, FieldProblems&& found) {
    for (FieldProblem& problem : found) add_cross_check(problems, std::optional(std::move(problem)));
}

/// Adds what is wrong with `value` to `problems`, in which names begin with that of its own field.
template <Described T> void find_problems(const T& value, FieldProblems& problems) {
    for_each_field<T>([&](const auto& field) {
        const std::size_t known = problems.size();
        find_problem(value.*field.member, field.presence, field.options.allowed, problems);
        if (problems.size() != known) put_before(problems, known, field.name);
    });
    if constexpr (requires { value.cross_check(); }) add_cross_check(problems, value.cross_check());
}

/// All problems in one line, which is bounded: those that follow are counted.
[[nodiscard]] inline std::string in_one_line(const FieldProblems& problems) {
    constexpr std::size_t enough = 1000;
    std::string text;
    for (std::size_t i = 0; i < problems.size(); ++i) {
        if (text.size() >= enough) return text + "; and " + std::to_string(problems.size() - i) + " more";
        if (i != 0) text += "; ";
        text += problems[i].field + ": " + problems[i].reason;
    }
    return text;
}

} // namespace detail

/// All fields of `value`, a request or a record in one, that may not leave as they are; empty if it may leave. A form
/// can ask so before it sends: what is found here ends the request as `invalid_argument`, and never leaves. The rules
/// between fields, `cross_check` of an operation of your own, are asked whatever the fields hold.
///
/// @par Exceptions
/// `std::bad_alloc` without memory for what is wrong.
///
/// @par Thread safety
/// Any thread.
template <Described T> [[nodiscard]] FieldProblems validate(const T& value) {
    FieldProblems problems;
    detail::find_problems(value, problems);
    return problems;
}

} // namespace lcm

#endif
