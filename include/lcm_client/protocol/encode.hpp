// SPDX-License-Identifier: BSL-1.0
// From a request to its text on the wire, in the order of the field table.
#ifndef LCM_CLIENT_PROTOCOL_ENCODE_HPP
#define LCM_CLIENT_PROTOCOL_ENCODE_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/json_field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/outcome_id.hpp>
#include <lcm_client/protocol/text_writer.hpp>
#include <lcm_client/protocol/value.hpp>
#include <lcm_client/utf8.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace lcm {

namespace detail {

inline void write_escaped(TextWriter& out, char c) {
    static constexpr std::string_view hex = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
    }
    out += "\\u00";
    out += hex[code >> 4U];
    out += hex[code & 0x0FU];
}

inline void write_json(TextWriter& out, std::string_view text) {
    constexpr std::size_t more = 7; // that a copy may use beyond its text
    const char* at = text.data();
    const char* const end = at + text.size();
    out += '"';
    while (at != end) {
        const auto left = static_cast<std::size_t>(end - at);
        const std::size_t size = (std::min)(left, TextWriter::capacity - more);
        const char* const piece = at + size;
        out.write(size + more, [&](char* to) { return copy_unescaped(at, piece, to); });
        if (at != piece) write_escaped(out, *at++);
    }
    out += '"';
}

/// Whether a name can stand between quotes as it is, and is as short as names are.
constexpr bool is_plain_name(std::string_view name) noexcept {
    constexpr std::size_t longest = 256;
    return name.size() <= longest && std::none_of(name.begin(), name.end(), [](char c) {
               return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
           });
}

template <Described T> consteval bool has_plain_names() {
    bool are_plain = true;
    for_each_field<T>([&are_plain](const auto& field) { are_plain = are_plain && is_plain_name(field.name); });
    return are_plain;
}

/// The plain name of a member, with what separates it from the member before, up to its value.
inline void write_name(TextWriter& out, char separator, std::string_view name) {
    constexpr std::size_t signs = 4;
    out.write(name.size() + signs, [&](char* to) {
        *to++ = separator;
        *to++ = '"';
        std::memcpy(to, name.data(), name.size());
        to += name.size();
        *to++ = '"';
        *to++ = ':';
        return to;
    });
}

inline void write_flag(TextWriter& out, bool flag, Form form) {
    switch (form) {
    case Form::natural: out += flag ? "true" : "false"; return;
    case Form::text: out += flag ? "\"true\"" : "\"false\""; return;
    case Form::inverted: out += flag ? "\"0\"" : "\"1\""; return;
    }
}

inline void write_number(TextWriter& out, const Number& number, bool is_quoted) {
    if (is_quoted) out += '"';
    out.write(Number::max_text, [&](char* first) { return number.write_to(first); });
    if (is_quoted) out += '"';
}

template <TextLike T> void write_time(TextWriter& out, const T& time) {
    out += '"';
    out.write(max_time_text, [&](char* first) { return time.write_to(first); });
    out += '"';
}

template <class T> void write_value(TextWriter& out, const T& value, Form form = Form::natural);

/// The fields of `value` that have a value or must be there, as a JSON object.
template <Described T> void write_object(TextWriter& out, const T& value) {
    static_assert(has_plain_names<T>(), "names on the wire need no escapes, and are short");
    char separator = '{';
    for_each_field<T>([&](const auto& field) {
        const auto& member = value.*field.member;
        if (field.presence == Presence::optional && !has_value(member)) return;
        write_name(out, separator, field.name);
        separator = ',';
        write_value(out, member, field.options.form);
    });
    if (separator == '{') out += '{';
    out += '}';
}

/// Any value that a field can have, as JSON.
template <class T> void write_value(TextWriter& out, const T& value, Form form) {
    if constexpr (is_sensitive<T>) write_value(out, value.reveal(), form);
    else if constexpr (is_optional<T>) write_value(out, *value, form);
    else if constexpr (std::same_as<T, bool>) write_flag(out, value, form);
    else if constexpr (std::same_as<T, std::string>) write_json(out, value);
    else if constexpr (std::same_as<T, Number>) write_number(out, value, form == Form::text);
    else if constexpr (std::same_as<T, OutcomeId>) {
        if (const std::string* text = value.as_text()) write_json(out, *text);
        else write_number(out, *value.as_number(), false);
    } else if constexpr (TextLike<T>) write_time(out, value);
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
    } else if constexpr (std::same_as<T, Json>) out += dump(value);
    else write_object(out, value);
}

/// The same at the end of a string.
inline void write_json(std::string& out, std::string_view text) {
    TextWriter writer(out);
    write_json(writer, text);
    writer.flush();
}

template <class T> void write_value(std::string& out, const T& value, Form form = Form::natural) {
    TextWriter writer(out);
    write_value(writer, value, form);
    writer.flush();
}

template <Described T> void write_object(std::string& out, const T& value) {
    TextWriter writer(out);
    write_object(writer, value);
    writer.flush();
}

/// A message of `operation` up to the value of its source.
inline void write_head(TextWriter& out, const Operation& operation) {
    out += R"({"channel":)";
    write_json(out, operation.channel);
    out += R"(,"topic":)";
    write_json(out, operation.topic);
    out += R"(,"subtopic":)";
    write_json(out, operation.subtopic);
    out += R"(,"source":)";
}

/// The same of an operation that is known to the compiler.
template <const Operation& operation> class Head {
    static_assert(is_plain_name(operation.channel) && is_plain_name(operation.topic) &&
                      is_plain_name(operation.subtopic),
                  "names on the wire need no escapes, and are short");

    static constexpr std::array<std::string_view, 7> parts{R"({"channel":")", operation.channel,   R"(","topic":")",
                                                           operation.topic,   R"(","subtopic":")", operation.subtopic,
                                                           R"(","source":)"};

    static constexpr std::size_t size = [] {
        std::size_t sum = 0;
        for (const std::string_view part : parts) sum += part.size();
        return sum;
    }();

    static constexpr std::array<char, size> text_ = [] {
        std::array<char, size> text{};
        char* to = text.data();
        for (const std::string_view part : parts) to = std::copy(part.begin(), part.end(), to);
        return text;
    }();

public:
    static constexpr std::string_view text{text_.data(), size};
};

/// Appends the message of `operation` with `data`, a JSON object or nothing.
inline void write_message(std::string& out, const Operation& operation, std::string_view source,
                          std::string_view data) {
    TextWriter writer(out);
    write_head(writer, operation);
    write_json(writer, source);
    if (!data.empty()) writer += R"(,"data":)";
    writer += data;
    writer += '}';
    writer.flush();
}

} // namespace detail

/// Appends the message for `request` to `out`, as the interface's samples write it: the keys in the order of the field
/// table, nothing left out but optional fields without a value. `request` must be valid, and `source` text in UTF-8.
/// Calls the heap only if `out` has too little room.
template <Request R> void encode_to(std::string& out, const R& request, std::string_view source) {
    detail::TextWriter writer(out);
    writer += detail::Head<R::operation>::text;
    detail::write_json(writer, source);
    if constexpr (field_count<R>() != 0) {
        writer += R"(,"data":)";
        detail::write_object(writer, request);
    }
    writer += '}';
    writer.flush();
}

/// The same as a new string.
template <Request R> [[nodiscard]] std::string encode(const R& request, std::string_view source) {
    std::string out;
    encode_to(out, request, source);
    return out;
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
