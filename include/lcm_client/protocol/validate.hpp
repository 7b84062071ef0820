// SPDX-License-Identifier: BSL-1.0
// What keeps a request from being sent: the rules of its field table, then those between its fields.
#ifndef LCM_CLIENT_PROTOCOL_VALIDATE_HPP
#define LCM_CLIENT_PROTOCOL_VALIDATE_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/field_types.hpp>

#include <optional>

namespace lcm {

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
