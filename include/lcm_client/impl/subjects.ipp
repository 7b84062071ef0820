// SPDX-License-Identifier: BSL-1.0
// The form in which subjects are compared, and what a raw request says of them.
#ifndef LCM_CLIENT_IMPL_SUBJECTS_IPP
#define LCM_CLIENT_IMPL_SUBJECTS_IPP

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/raw_request.hpp>
#include <lcm_client/subjects.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// The digits of a telephone number, without the zeros before them; empty if `text` is none.
[[nodiscard]] inline std::string telephone_digits(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9') digits += c;
        else if (std::string_view("+-./() ").find(c) == std::string_view::npos) return {};
    }
    return digits.erase(0, (std::min)(digits.find_first_not_of('0'), digits.size()));
}

[[nodiscard]] inline std::string comparable(SubjectKind kind, std::string_view text) {
    std::string digits = kind == SubjectKind::telephone_number ? telephone_digits(text) : std::string();
    return digits.empty() ? std::string(text) : digits;
}

LCM_CLIENT_DECL bool is_telephone_number(std::string_view text) {
    constexpr std::size_t shortest = 5;
    return telephone_digits(text).size() >= shortest;
}

LCM_CLIENT_DECL void add_subject(Subjects& subjects, SubjectKind kind, std::string_view text, bool may_be_word) {
    if (text.empty() || (may_be_word && !is_telephone_number(text))) return;
    Subject added{kind, comparable(kind, text)};
    if (std::find(subjects.begin(), subjects.end(), added) == subjects.end()) subjects.push_back(std::move(added));
}

// A server that parses a text may take "05" and "+5" for 5. A mark too many keeps something back, and one too few lets it
// overtake a Do Not Call.
LCM_CLIENT_DECL bool is_do_not_call(std::string_view id) {
    id = trim(id);
    if (id.starts_with('+')) id.remove_prefix(1);
    while (id.starts_with('0') && id.size() > 1) id.remove_prefix(1);
    return Number::parse(id) == Number(static_cast<std::int64_t>(TelephonyOutcome::dnc));
}

LCM_CLIENT_DECL bool marks_by_rule(const DoNotCallRule& rule, std::string_view subtopic, const std::string& data) {
    JsonDocument document;
    static_cast<void>(document.parse(data, data.size()));
    const DoNotCallRule::Function& function = rule;
    return function(subtopic, document.root());
}

/// What a raw request has no table to say: the fields' names that mean a subject in the library's operations.
struct SubjectName {
    std::string_view name;
    SubjectKind kind;
    bool may_be_word = false;
};
inline constexpr std::array<SubjectName, 10> subject_names{{
    {"callid", SubjectKind::call},
    {"AccountNumber", SubjectKind::lcm_key},
    {"LCMKey", SubjectKind::lcm_key},
    {"PhoneNumber", SubjectKind::telephone_number},
    {"ContactNumber", SubjectKind::telephone_number},
    {"ANI", SubjectKind::telephone_number},
    {"DNIS", SubjectKind::telephone_number},
    {"Cvalue", SubjectKind::telephone_number},
    {"BlockedBy", SubjectKind::telephone_number, true},
    {"modeValue", SubjectKind::telephone_number},
}};

/// Calls `visit` with each text and number in `json`, at any depth, and the name of the member that it is, or is in a
/// list of.
template <class Visitor> void for_each_text(const Json& json, std::string_view name, const Visitor& visit) {
    if (json.is_string()) return visit(name, std::string_view(json.get_ref<const std::string&>()));
    if (json.is_number()) return visit(name, std::string_view(json.dump()));
    if (!json.is_structured()) return;
    for (const auto& [member, value] : json.items())
        for_each_text(value, json.is_array() ? name : std::string_view(member), visit);
}

} // namespace detail

LCM_CLIENT_DECL Subjects subjects_of(const RawRequest& request) {
    Subjects subjects;
    detail::for_each_text(request.data, "", [&](std::string_view name, std::string_view text) {
        for (const detail::SubjectName& known : detail::subject_names)
            if (detail::same_key(name, known.name)) detail::add_subject(subjects, known.kind, text, known.may_be_word);
    });
    return subjects;
}

LCM_CLIENT_DECL bool marks_do_not_call(const RawRequest& request) {
    if (request.is_read_only) return false;
    bool marks = detail::same_key(request.subtopic, "SetDNC") || detail::same_key(request.subtopic, "AddCompliance");
    detail::for_each_text(request.data, "", [&](std::string_view name, std::string_view text) {
        const bool is_outcome = detail::same_key(name, "CallOutcome") || detail::same_key(name, "OutcomeId");
        marks = marks || (is_outcome && detail::is_do_not_call(text));
    });
    return marks;
}

LCM_CLIENT_DECL bool marks_do_not_call(const RawRequest& request, const DoNotCallRule& rule) {
    if (marks_do_not_call(request)) return true;
    if (!rule || request.is_read_only) return false;
    const std::string data = request.data.is_null() ? std::string() : request.data.dump();
    return detail::marks_by_rule(rule, request.subtopic, data);
}

} // namespace lcm

#endif
