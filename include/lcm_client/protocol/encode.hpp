// SPDX-License-Identifier: BSL-1.0
// From a request to its text on the wire: validation, then JSON in the order of the field table.
#ifndef LCM_CLIENT_PROTOCOL_ENCODE_HPP
#define LCM_CLIENT_PROTOCOL_ENCODE_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/sensitive.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lcm {

namespace detail {

// --- JSON text, one overload per type that a field can have ---------------------------------------------------------

inline void write_json(std::string& out, std::string_view text) {
    static constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; continue;
        case '\\': out += "\\\\"; continue;
        case '\n': out += "\\n"; continue;
        case '\r': out += "\\r"; continue;
        case '\t': out += "\\t"; continue;
        default: break;
        }
        const auto code = static_cast<unsigned char>(c);
        if (code >= 0x20) {
            out += c;
            continue;
        }
        out += "\\u00";
        out += hex[code >> 4U];
        out += hex[code & 0x0FU];
    }
    out += '"';
}

inline void write_json(std::string& out, const std::string& text) { write_json(out, std::string_view(text)); }
inline void write_json(std::string& out, const Number& number) { out += number.text(); }
inline void write_json(std::string& out, const OutcomeId& id) {
    if (id.is_text()) write_json(out, id.text());
    else out += id.text();
}
template <class T> void write_json(std::string& out, const Sensitive<T>& value) { write_json(out, value.reveal()); }

// --- Validation: what is wrong with a value, or nothing -------------------------------------------------------------

inline std::optional<std::string_view> find_problem(const std::string& text, Presence presence) {
    if (text.empty() && presence == Presence::required) return "must not be empty";
    if (!is_utf8(text)) return "must be text in UTF-8";
    return std::nullopt;
}
inline std::optional<std::string_view> find_problem(const Number& number, Presence) {
    if (!number.is_set()) return "must be set";
    if (!number.is_finite()) return "must be a finite number";
    return std::nullopt;
}
inline std::optional<std::string_view> find_problem(const OutcomeId& id, Presence presence) {
    if (!id.is_set()) return "must be set (0 is valid)";
    return id.is_text() ? find_problem(id.text(), presence) : std::nullopt;
}
template <class T> std::optional<std::string_view> find_problem(const Sensitive<T>& value, Presence presence) {
    return find_problem(value.reveal(), presence);
}

} // namespace detail

/// A field that keeps a request from being sent.
struct FieldProblem {
    std::string_view field;  ///< the name on the wire
    std::string_view reason; ///< without the value, which may be personal
};

/// The first field of `request` that may not leave as it is, or nothing.
template <class Request> [[nodiscard]] std::optional<FieldProblem> validate(const Request& request) {
    std::optional<FieldProblem> problem;
    for_each_field<Request>([&](const auto& field) {
        if (problem) return;
        if (const auto reason = detail::find_problem(request.*field.member, field.presence))
            problem = FieldProblem{field.name, *reason};
    });
    return problem;
}

/// The message for `request`, as the interface's samples write it: channel LCM, topic WebService, the keys in the
/// order of the field table, nothing left out. `request` must be valid, and `source` text in UTF-8.
template <class Request> [[nodiscard]] std::string encode(const Request& request, std::string_view source) {
    std::string out = R"({"channel":"LCM","topic":"WebService","subtopic":)";
    detail::write_json(out, Request::operation.subtopic);
    out += R"(,"source":)";
    detail::write_json(out, source);
    out += R"(,"data":)";
    char separator = '{';
    for_each_field<Request>([&](const auto& field) {
        out += separator;
        separator = ',';
        detail::write_json(out, field.name);
        out += ':';
        detail::write_json(out, request.*field.member);
    });
    return out += "}}";
}

/// The name of the field that takes most room in the message of `request`.
template <class Request> [[nodiscard]] std::string_view largest_field(const Request& request) {
    std::string_view name;
    std::size_t size = 0;
    for_each_field<Request>([&](const auto& field) {
        std::string text;
        detail::write_json(text, request.*field.member);
        if (text.size() <= size) return;
        size = text.size();
        name = field.name;
    });
    return name;
}

} // namespace lcm

#endif
