// SPDX-License-Identifier: BSL-1.0
// The description of an operation: its names on the wire and its table of fields. Encoding, decoding, validation, the
// command line, the simulator and the reference are all driven by it.
#ifndef LCM_CLIENT_PROTOCOL_FIELD_HPP
#define LCM_CLIENT_PROTOCOL_FIELD_HPP

#include <lcm_client/protocol/type_list.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// Whether a field must be filled.
enum class Presence {
    required,     ///< must have a value: a text or a list that is not empty, a number that is set
    may_be_empty, ///< always on the wire; a text may be empty
    optional,     ///< left out if it has no value; in a reply it may be missing, null, or of a type that nobody expects
};

/// How a value is written, where its type alone does not say it.
enum class Form {
    natural,  ///< a text in quotes, a number or a flag without
    text,     ///< a number or a flag in quotes: "1", "true"
    inverted, ///< a flag as a digit in quotes, the other way round: "0" is true
};

/// By what a request says whom it is about.
enum class SubjectKind {
    call,             ///< the call's id
    lcm_key,          ///< the key of the contact attempt
    telephone_number, ///< the contact's number, or what stands in its place
};

/// What few fields need.
struct FieldOptions {
    Form form = Form::natural;            ///< how the value is written
    std::string_view allowed{};           ///< the values that the interface takes, as "INBOUND|OUTBOUND"; any, if empty
    std::string_view also{};              ///< another name under which servers send it, beyond letter case and spaces
    std::optional<SubjectKind> subject{}; ///< that a request is about what the field names (`subjects_of`)
    bool is_telephony_outcome = false;    ///< the id of a telephony outcome, or maybe one (`marks_do_not_call`)
    bool may_be_word = false;             ///< it names its subject only if it is written as a telephone number
};

/// `FieldOptions::allowed` in words: "INBOUND or OUTBOUND".
[[nodiscard]] inline std::string name_allowed(std::string_view allowed) {
    std::string text;
    for (const char c : allowed) {
        if (c == '|') text += " or ";
        else text += c;
    }
    return text;
}

/// One row of a field table: the name on the wire, the member that holds the value, whether it must be filled, and
/// what it means. This is the only place that says what a field means: the help of the command and the reference are
/// made from it, and the member itself needs no comment.
template <class Struct, class Value> struct Field {
    using value_type = Value; ///< the type of the member

    std::string_view name;    ///< the name on the wire
    Value Struct::*member;    ///< what holds the value
    Presence presence;        ///< whether it must be filled
    std::string_view meaning; ///< what the value means, for people
    FieldOptions options{};   ///< what else the wire asks for
};

/// Whether a reply says under `callid` which call it is about.
enum class ReplyCallid {
    present, ///< it does
    absent,  ///< it does not
    unknown, ///< the interface's page does not say, or says both
};

/// What an operation is called, on the wire and in the interface's pages, and how its reply is recognised.
struct Operation {
    std::string_view subtopic;                       ///< of the request
    std::string_view reply_subtopic{};               ///< of the reply; empty if the server sends none
    std::string_view reply_also{};                   ///< another subtopic that the interface's page gives for it
    ReplyCallid reply_callid = ReplyCallid::present; ///< whether the reply says which call it is about
    bool is_read_only = false; ///< changes nothing on the server, so it is sent again, once, after a lost link
    /// The event that tells, with the LCM key of the member `account_number`, that the server has carried it out.
    std::string_view settled_by{};
    bool marks_do_not_call = false;        ///< blocks a contact, whatever its fields say (`marks_do_not_call`)
    std::string_view channel = "LCM";      ///< of the request
    std::string_view topic = "WebService"; ///< of the request
    std::string_view page{};               ///< the page of the vendor's documentation
    std::string_view summary{};            ///< one line for the help and the reference
    std::string_view unpublished{}; ///< what is not known of the operation because its page was not seen to its end
};

/// Calls `visit(field)` for each row of the table of `Struct`, in the order of the wire.
///
/// A table stands below the members that it names. It is a function template and not a constant, since a constant is
/// paid for by each source that includes it, used or not:
///
///     static constexpr void fields(auto&& field) {
///         field("callid", &Self::callid, Presence::required, "the call's id");
///     }
template <class Struct, class Visitor> constexpr void for_each_field(Visitor&& visit) {
    Struct::fields([&visit]<class Value>(std::string_view name, Value Struct::*member, Presence presence,
                                         std::string_view meaning, FieldOptions options = {}) {
        visit(Field<Struct, Value>{name, member, presence, meaning, options});
    });
}

/// A field that keeps a request from being sent.
struct FieldProblem {
    std::string field;  ///< the name on the wire; inside a list as "contacts[0].id"
    std::string reason; ///< without the value, which may be personal
};

/// All fields that keep a request from being sent, in the order of the wire.
using FieldProblems = std::vector<FieldProblem>;

namespace detail {

struct AnyVisitor {
    template <class Value, class Struct>
    constexpr void operator()(std::string_view, Value Struct::*, Presence, std::string_view, FieldOptions = {}) const {}
};

} // namespace detail

/// A struct with a field table: a request, a response, or a record inside one.
template <class T>
concept Described = requires {
    T::fields(detail::AnyVisitor());
};

/// How many rows the table of `T` has.
template <Described T> [[nodiscard]] consteval std::size_t field_count() {
    std::size_t count = 0;
    for_each_field<T>([&count](const auto&) { ++count; });
    return count;
}

/// A plain aggregate with an `operation`, a table `fields` and the `Response` of its reply.
template <class T>
concept Request = Described<T> && requires {
    { T::operation } -> std::same_as<const Operation&>;
    typename T::Response;
};

/// The call that `request` is about; empty if it names none.
template <Request R> [[nodiscard]] std::string callid_of(const R& request) {
    if constexpr (requires { request.callid; }) {
        static_assert(std::convertible_to<decltype(R::callid), std::string>, "a request's callid is an lcm::Id");
        return request.callid;
    } else return {};
}

/// Operations that belong together, for lists and pages of all.
template <Request... Rs> using OperationList = TypeList<Rs...>;

/// Groups of operations: structs with a `name`, a `summary` and a list `Operations`.
template <class... Groups> using GroupList = TypeList<Groups...>;

} // namespace lcm

#endif
