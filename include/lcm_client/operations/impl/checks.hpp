// SPDX-License-Identifier: BSL-1.0
// Rules between the fields of a request, which several operations share.
#ifndef LCM_CLIENT_OPERATIONS_IMPL_CHECKS_HPP
#define LCM_CLIENT_OPERATIONS_IMPL_CHECKS_HPP

#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// One end of a window, a day or a time or both, and its name on the wire.
template <class T> struct End {
    std::string_view name;
    T value;
};

/// A window may not end before it starts. One that lacks an end, or has an impossible one, is fine here: whether it may
/// is the table's affair.
template <class T> [[nodiscard]] std::optional<FieldProblem> check_order(const End<T>& start, const End<T>& end) {
    if (start.value <= end.value || !start.value.is_valid() || !end.value.is_valid()) return std::nullopt;
    return FieldProblem{std::string(end.name), "must not be before " + std::string(start.name)};
}

/// A window ends no earlier than it starts, also where its days and times have fields of their own.
[[nodiscard]] inline std::optional<FieldProblem> check_order(const End<Date>& start_date, const End<Date>& end_date,
                                                             const End<TimeOfDay>& start_time,
                                                             const End<TimeOfDay>& end_time) {
    if (start_date.value == end_date.value) return check_order(start_time, end_time);
    return check_order(start_date, end_date);
}

/// The window of a callback, whose fields have the same names in all operations but one.
template <class Callback> [[nodiscard]] std::optional<FieldProblem> check_callback_window(const Callback& callback) {
    return check_order(End<Date>{"StartDate", callback.start_date}, End<Date>{"EndDate", callback.end_date},
                       End<TimeOfDay>{"StartTime", callback.start_time}, End<TimeOfDay>{"EndTime", callback.end_time});
}

/// A field that makes sense only with others.
struct Piece {
    std::string_view name;
    bool is_set;
};

/// Where one of `pieces` is set, all must be. The problems name those that lack.
[[nodiscard]] inline FieldProblems check_all_or_none(std::initializer_list<Piece> pieces, std::string_view reason) {
    FieldProblems problems;
    if (std::none_of(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.is_set; })) return problems;
    for (const Piece& piece : pieces)
        if (!piece.is_set) problems.push_back({std::string(piece.name), std::string(reason)});
    return problems;
}

} // namespace lcm::detail

#endif
