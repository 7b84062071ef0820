// SPDX-License-Identifier: BSL-1.0
// Whom a request is about, and whether it marks a contact Do Not Call.
#ifndef LCM_CLIENT_SUBJECTS_HPP
#define LCM_CLIENT_SUBJECTS_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/do_not_call.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/value.hpp>
#include <lcm_client/sensitive.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

struct RawRequest;

/// One thing that a request names to say whom it is about. Requests that have a subject in common are about the same
/// contact; what has none in common may be about the same contact as well, which no client can know.
struct Subject {
    SubjectKind kind{};             ///< what it is
    Sensitive<std::string> value{}; ///< in the form in which equal ones are the same text; not empty

    friend bool operator==(const Subject&, const Subject&) = default; ///< the same thing
};

/// The subjects of a request, in the order of the wire, none of them twice.
using Subjects = std::vector<Subject>;

/// The name of `kind`, for a log.
[[nodiscard]] constexpr const char* to_string(SubjectKind kind) noexcept {
    switch (kind) {
    case SubjectKind::call: return "call";
    case SubjectKind::lcm_key: return "lcm_key";
    case SubjectKind::telephone_number: return "telephone_number";
    }
    return "";
}

namespace detail {

/// Adds a subject, unless it is empty or there already, or is no telephone number where it `may_be_word`. A telephone number
/// is written in many ways, so it becomes its digits, without the zeros before them.
LCM_CLIENT_DECL void add_subject(Subjects& subjects, SubjectKind kind, std::string_view text, bool may_be_word);

/// Whether `text` is written as a telephone number, and is no code of a digit or a few.
[[nodiscard]] LCM_CLIENT_DECL bool is_telephone_number(std::string_view text);

/// Whether `id` is that of the telephony outcome Do Not Call, as a number or as its text.
[[nodiscard]] LCM_CLIENT_DECL bool is_do_not_call(std::string_view id);

/// Whether `rule` says so of a request with `data`, which is the JSON of an object or empty.
[[nodiscard]] LCM_CLIENT_DECL bool marks_by_rule(const DoNotCallRule& rule, std::string_view subtopic,
                                                 const std::string& data);

/// Calls `visit` with each value in `value` that is text or a number, as its text: those of a list one by one.
template <class T, class Visitor> void for_each_text(const T& value, Visitor&& visit) {
    if constexpr (std::convertible_to<const T&, std::string_view>) visit(std::string_view(value));
    else if constexpr (requires { value.text(); }) visit(std::string_view(value.text()));
    else if constexpr (requires { FieldType<T>::to_wire(value); }) for_each_text(FieldType<T>::to_wire(value), visit);
    else if constexpr (is_sensitive<T>) for_each_text(value.reveal(), visit);
    else if constexpr (is_optional<T>) {
        if (value) for_each_text(*value, visit);
    } else if constexpr (is_vector<T>)
        for (const auto& element : value) for_each_text(element, visit);
}

template <Described T> void add_subjects(Subjects& subjects, const T& value);

/// Adds the subjects that the records in a field have.
template <class T> void add_subjects_within(Subjects& subjects, const T& value) {
    if constexpr (Described<T>) add_subjects(subjects, value);
    else if constexpr (is_sensitive<T>) add_subjects_within(subjects, value.reveal());
    else if constexpr (is_optional<T>) {
        if (value) add_subjects_within(subjects, *value);
    } else if constexpr (is_vector<T>)
        for (const auto& element : value) add_subjects_within(subjects, element);
}

template <Described T> void add_subjects(Subjects& subjects, const T& value) {
    for_each_field<T>([&](const auto& field) {
        const auto& member = value.*field.member;
        if (!field.options.subject) return add_subjects_within(subjects, member);
        for_each_text(member, [&](std::string_view text) {
            add_subject(subjects, *field.options.subject, text, field.options.may_be_word);
        });
    });
}

} // namespace detail

/// Whom `request` is about: the values of those fields that its table marks (`FieldOptions::subject`), also within
/// lists, unless they are empty.
///
/// Call ids and LCM keys are what the request says. A telephone number is its digits without the zeros before them, so
/// "+49 555-0100" and "0049 5550100" are one; what is no number, as a business field's value that is blocked in
/// place of one, is the text as it is. What `CreateContact` hides in XML is not looked into.
///
/// @par Exceptions
/// `std::bad_alloc` without memory for them.
///
/// @par Thread safety
/// Any thread.
template <Request R> [[nodiscard]] Subjects subjects_of(const R& request) {
    Subjects subjects;
    detail::add_subjects(subjects, request);
    return subjects;
}

/// The same for a raw request, by the names that the fields of the library's operations have: whatever in its data,
/// also within lists, is called `callid`, `AccountNumber`, `LCMKey`, `PhoneNumber`, `ContactNumber`, `ANI`, `DNIS`,
/// `Cvalue`, `modeValue`, or `BlockedBy` if it is a number, without regard to letter case and spaces.
[[nodiscard]] LCM_CLIENT_DECL Subjects subjects_of(const RawRequest& request);

/// Whether `request` marks a contact Do Not Call: every `SetDNC` and `AddCompliance` (`Operation::marks_do_not_call`),
/// and whatever sets the telephony outcome 5, `TelephonyOutcome::dnc`, the only one that the interface's pages call
/// DNC. Where one field takes the id of either a telephony or a business outcome, 5 counts as well: the ids of business
/// outcomes that the pages show begin at 100. A tenant's own outcomes with that meaning are known to the
/// application alone, which says so by a `DoNotCallRule`.
///
/// @par Thread safety
/// Any thread.
template <Request R> [[nodiscard]] bool marks_do_not_call(const R& request) {
    bool marks = R::operation.marks_do_not_call;
    for_each_field<R>([&](const auto& field) {
        if (!field.options.is_telephony_outcome) return;
        detail::for_each_text(request.*field.member,
                              [&](std::string_view id) { marks = marks || detail::is_do_not_call(id); });
    });
    return marks;
}

/// The same, or because `rule` says so. `rule` may be empty, and is asked only if nothing else says so and the request
/// is not read-only; what it throws comes out. `request` must be valid.
///
/// @par Exceptions
/// `std::bad_alloc` without memory for the data, and those of `rule`.
template <Request R> [[nodiscard]] bool marks_do_not_call(const R& request, const DoNotCallRule& rule) {
    if (marks_do_not_call(request)) return true;
    if (!rule || R::operation.is_read_only) return false;
    std::string data;
    if constexpr (field_count<R>() != 0) detail::write_object(data, request);
    return detail::marks_by_rule(rule, R::operation.subtopic, data);
}

/// Whether a raw request marks a contact Do Not Call: by its subtopic, `SetDNC` or `AddCompliance`, and by what its
/// data, also within lists, call `CallOutcome` or `OutcomeId`, without regard to letter case and spaces. Whether an
/// `OutcomeId` is that of a telephony outcome is not known, so 5 counts in any case; but not where the request is
/// `is_read_only`.
[[nodiscard]] LCM_CLIENT_DECL bool marks_do_not_call(const RawRequest& request);

/// The same, or because `rule` says so; see above.
[[nodiscard]] LCM_CLIENT_DECL bool marks_do_not_call(const RawRequest& request, const DoNotCallRule& rule);

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/subjects.ipp>
#endif

#endif
