// SPDX-License-Identifier: BSL-1.0
// The description of an operation: its names on the wire and its table of fields. Encoding, decoding, validation, the
// command line, the simulator and the reference are all driven by it.
#ifndef LCM_CLIENT_PROTOCOL_FIELD_HPP
#define LCM_CLIENT_PROTOCOL_FIELD_HPP

#include <concepts>
#include <string_view>
#include <tuple>

namespace lcm {

/// What a field's value must be before a request may leave.
enum class Presence {
    required,     ///< set, and a text not empty
    may_be_empty, ///< always on the wire; a text may be empty
};

/// One row of a field table: the name on the wire, the member that holds the value, whether it must be filled, and
/// what it means, in words for the help and the reference.
template <class Struct, class Value> struct Field {
    using value_type = Value;

    std::string_view name;
    Value Struct::*member;
    Presence presence;
    std::string_view meaning;
};

template <class Struct, class Value> Field(std::string_view, Value Struct::*, Presence, std::string_view)
    -> Field<Struct, Value>;

/// What an operation is called, on the wire and in the interface's pages.
struct Operation {
    std::string_view subtopic;        ///< of the request
    std::string_view reply_subtopic;  ///< of the reply; the interface has no rule, so each operation names it
    bool reply_carries_callid = true; ///< whether the reply says which call it is about
    bool is_read_only = false;        ///< changes nothing on the server, so it may be sent again after a lost link
    std::string_view settled_by{};    ///< the event that tells, with the LCM key, that the server has carried it out
    std::string_view page{};          ///< the page of the vendor's documentation
    std::string_view summary{};       ///< one line for the help and the reference
};

/// A plain aggregate with an `operation`, a table `fields` and the `Response` of its reply.
template <class T>
concept Request = requires(const T& request) {
    { T::operation } -> std::convertible_to<Operation>;
    std::tuple_size<std::remove_cvref_t<decltype(T::fields)>>::value;
    typename T::Response;
    { request.callid } -> std::convertible_to<std::string_view>;
};

/// Calls `visit(field)` for each row of the table of `Struct`, in the order of the wire.
template <class Struct, class Visitor> constexpr void for_each_field(Visitor&& visit) {
    std::apply([&](const auto&... field) { (visit(field), ...); }, Struct::fields);
}

} // namespace lcm

#endif
