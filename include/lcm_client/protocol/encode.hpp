// SPDX-License-Identifier: BSL-1.0
// From a request to its text on the wire, in the order of the field table.
#ifndef LCM_CLIENT_PROTOCOL_ENCODE_HPP
#define LCM_CLIENT_PROTOCOL_ENCODE_HPP

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/value.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace lcm {

namespace detail {

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

inline void write_flag(std::string& out, bool flag, Form form) {
    switch (form) {
    case Form::natural: out += flag ? "true" : "false"; return;
    case Form::text: out += flag ? "\"true\"" : "\"false\""; return;
    case Form::inverted: out += flag ? "\"0\"" : "\"1\""; return;
    }
}

template <class T> void write_value(std::string& out, const T& value, Form form = Form::natural);

/// The fields of `value` that have a value or must be there, as a JSON object.
template <Described T> void write_object(std::string& out, const T& value) {
    char separator = '{';
    for_each_field<T>([&](const auto& field) {
        const auto& member = value.*field.member;
        if (field.presence == Presence::optional && !has_value(member)) return;
        out += separator;
        separator = ',';
        write_json(out, field.name);
        out += ':';
        write_value(out, member, field.options.form);
    });
    if (separator == '{') out += '{';
    out += '}';
}

/// Any value that a field can have, as JSON.
template <class T> void write_value(std::string& out, const T& value, Form form) {
    if constexpr (is_sensitive<T>) write_value(out, value.reveal(), form);
    else if constexpr (is_optional<T>) write_value(out, *value, form);
    else if constexpr (std::same_as<T, bool>) write_flag(out, value, form);
    else if constexpr (std::same_as<T, std::string>) write_json(out, value);
    else if constexpr (std::same_as<T, Number>) {
        if (form == Form::text) write_json(out, value.text());
        else out += value.text();
    } else if constexpr (std::same_as<T, OutcomeId>) {
        if (value.is_text()) write_json(out, value.text());
        else out += value.text();
    } else if constexpr (TextLike<T>) write_json(out, value.text());
    else if constexpr (is_vector<T>) {
        char separator = '[';
        for (const auto& item : value) {
            out += separator;
            separator = ',';
            write_value(out, item, form);
        }
        out += value.empty() ? "[]" : "]";
    } else if constexpr (is_map<T>) {
        char separator = '{';
        for (const auto& [name, item] : value) {
            out += separator;
            separator = ',';
            write_json(out, name);
            out += ':';
            write_value(out, item, form);
        }
        out += value.empty() ? "{}" : "}";
    } else if constexpr (std::same_as<T, Json>) out += value.dump();
    else write_object(out, value);
}

/// The message of `operation` with `data`, a JSON object or nothing.
[[nodiscard]] inline std::string write_message(const Operation& operation, std::string_view source,
                                               std::string_view data) {
    std::string out = R"({"channel":)";
    write_json(out, operation.channel);
    out += R"(,"topic":)";
    write_json(out, operation.topic);
    out += R"(,"subtopic":)";
    write_json(out, operation.subtopic);
    out += R"(,"source":)";
    write_json(out, source);
    if (!data.empty()) out += R"(,"data":)";
    out += data;
    return out += '}';
}

} // namespace detail

/// The message for `request`, as the interface's samples write it: the keys in the order of the field table, nothing left
/// out but optional fields without a value. `request` must be valid, and `source` text in UTF-8.
template <Request R> [[nodiscard]] std::string encode(const R& request, std::string_view source) {
    std::string data;
    if constexpr (field_count<R>() != 0) detail::write_object(data, request);
    return detail::write_message(R::operation, source, data);
}

/// The same, added to `out`.
template <Request R> void encode_to(std::string& out, const R& request, std::string_view source) {
    out += encode(request, source);
}

/// The name of the field that takes most room in the message of `request`.
template <Described T> [[nodiscard]] std::string_view largest_field(const T& request) {
    std::string_view name;
    std::size_t size = 0;
    for_each_field<T>([&](const auto& field) {
        std::string text;
        if (detail::has_value(request.*field.member))
            detail::write_value(text, request.*field.member, field.options.form);
        if (text.size() <= size) return;
        size = text.size();
        name = field.name;
    });
    return name;
}

} // namespace lcm

#endif
