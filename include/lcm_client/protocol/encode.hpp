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
#include <lcm_client/protocol/text_buffer.hpp>
#include <lcm_client/protocol/value.hpp>
#include <lcm_client/utf8.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm {

namespace detail {

// All that follow write after what ends at `to`, and return the end of what they have written.

inline char* write_escaped(TextBuffer& out, char* to, char c) {
    static constexpr std::string_view hex = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    switch (c) {
    case '"': return out.write(to, "\\\"");
    case '\\': return out.write(to, "\\\\");
    case '\n': return out.write(to, "\\n");
    case '\r': return out.write(to, "\\r");
    case '\t': return out.write(to, "\\t");
    default: break;
    }
    to = out.write(to, "\\u00");
    to = out.write(to, hex[code >> 4U]);
    return out.write(to, hex[code & 0x0FU]);
}

// What a copy may use beyond its text, and two quotes.
inline constexpr std::size_t more_than_text = 7 + 2;

/// The rest of a text, from `at` on, and the quote behind it.
inline char* write_rest(TextBuffer& out, char* to, const char* at, const char* end) {
    constexpr std::size_t longest = TextBuffer::capacity - more_than_text;
    while (at != end) {
        const char* const piece = at + (std::min)(static_cast<std::size_t>(end - at), longest);
        to = out.make_room(to, static_cast<std::size_t>(piece - at) + more_than_text);
        to = copy_unescaped(at, piece, to);
        if (at != piece) to = write_escaped(out, to, *at++);
    }
    return out.write(to, '"');
}

// Most texts are short, and have nothing to escape.
[[gnu::noinline]] inline char* write_json(TextBuffer& out, char* to, std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    if (text.size() > TextBuffer::capacity - more_than_text) return write_rest(out, out.write(to, '"'), at, end);
    to = out.make_room(to, text.size() + more_than_text);
    *to++ = '"';
    to = copy_unescaped(at, end, to);
    if (at != end) return write_rest(out, to, at, end);
    *to++ = '"';
    return to;
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
inline char* write_name(TextBuffer& out, char* to, char separator, std::string_view name) {
    constexpr std::size_t signs = 4;
    to = out.make_room(to, name.size() + signs);
    *to++ = separator;
    *to++ = '"';
    std::memcpy(to, name.data(), name.size());
    to += name.size();
    *to++ = '"';
    *to++ = ':';
    return to;
}

constexpr std::string_view text_of(bool flag, Form form) noexcept {
    switch (form) {
    case Form::text: return flag ? R"("true")" : R"("false")";
    case Form::inverted: return flag ? R"("0")" : R"("1")";
    default: return flag ? "true" : "false";
    }
}

inline char* write_number(TextBuffer& out, char* to, const Number& number, bool is_quoted) {
    to = out.make_room(to, Number::max_text + 2);
    if (is_quoted) *to++ = '"';
    to = number.write_to(to);
    if (is_quoted) *to++ = '"';
    return to;
}

template <TextLike T> char* write_time(TextBuffer& out, char* to, const T& time) {
    to = out.make_room(to, max_time_text + 2);
    *to++ = '"';
    to = time.write_to(to);
    *to++ = '"';
    return to;
}

[[gnu::noinline]] inline char* write_dump(TextBuffer& out, char* to, const Json& json) {
    return out.write(to, dump(json));
}

template <class T> char* write_value(TextBuffer& out, char* to, const T& value, Form form = Form::natural);

/// The fields of `value` that have a value or must be there, as a JSON object. With all that it calls in one function,
/// since where the next piece goes would be kept in memory from one field to the next otherwise.
template <Described T> [[gnu::flatten]] char* write_object(TextBuffer& out, char* to, const T& value) {
    static_assert(has_plain_names<T>(), "names on the wire need no escapes, and are short");
    char separator = '{';
    for_each_field<T>([&](const auto& field) {
        const auto& member = value.*field.member;
        if (field.presence == Presence::optional && !has_value(member)) return;
        to = write_name(out, to, separator, field.name);
        to = write_value(out, to, member, field.options.form);
        separator = ',';
    });
    return out.write(to, separator == '{' ? "{}" : "}");
}

template <class T> char* write_list(TextBuffer& out, char* to, const std::vector<T>& values, Form form) {
    if (values.empty()) return out.write(to, "[]");
    char separator = '[';
    for (const auto& value : values) {
        to = out.write(to, std::exchange(separator, ','));
        to = write_value(out, to, value, form);
    }
    return out.write(to, ']');
}

template <class T> char* write_map(TextBuffer& out, char* to, const std::map<std::string, T>& values, Form form) {
    if (values.empty()) return out.write(to, "{}");
    char separator = '{';
    for (const auto& [name, value] : values) {
        to = out.write(to, std::exchange(separator, ','));
        to = write_json(out, to, name);
        to = out.write(to, ':');
        to = write_value(out, to, value, form);
    }
    return out.write(to, '}');
}

/// Any value that a field can have, as JSON.
template <class T> char* write_value(TextBuffer& out, char* to, const T& value, Form form) {
    if constexpr (is_sensitive<T>) return write_value(out, to, value.reveal(), form);
    else if constexpr (is_optional<T>) return write_value(out, to, *value, form);
    else if constexpr (std::same_as<T, bool>) return out.write(to, text_of(value, form));
    else if constexpr (is_text<T>) return write_json(out, to, value);
    else if constexpr (std::same_as<T, Number>) return write_number(out, to, value, form == Form::text);
    else if constexpr (std::same_as<T, OutcomeId>) {
        if (const std::string* text = value.as_text()) return write_json(out, to, *text);
        return write_number(out, to, *value.as_number(), false);
    } else if constexpr (TextLike<T>) return write_time(out, to, value);
    else if constexpr (is_vector<T>) return write_list(out, to, value, form);
    else if constexpr (is_map<T>) return write_map(out, to, value, form);
    else if constexpr (std::same_as<T, Json>) return write_dump(out, to, value);
    else if constexpr (is_record<T>()) return write_object(out, to, value);
    else return to;
}

/// The same at the end of a string.
inline void write_json(std::string& out, std::string_view text) {
    TextBuffer buffer(out);
    buffer.flush(write_json(buffer, buffer.begin(), text));
}

template <class T> void write_value(std::string& out, const T& value, Form form = Form::natural) {
    TextBuffer buffer(out);
    buffer.flush(write_value(buffer, buffer.begin(), value, form));
}

template <Described T> void write_object(std::string& out, const T& value) {
    TextBuffer buffer(out);
    buffer.flush(write_object(buffer, buffer.begin(), value));
}

/// A message of `operation` up to the value of its source.
inline char* write_head(TextBuffer& out, char* to, const Operation& operation) {
    to = out.write(to, R"({"channel":)");
    to = write_json(out, to, operation.channel);
    to = out.write(to, R"(,"topic":)");
    to = write_json(out, to, operation.topic);
    to = out.write(to, R"(,"subtopic":)");
    to = write_json(out, to, operation.subtopic);
    return out.write(to, R"(,"source":)");
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
    TextBuffer buffer(out);
    char* to = write_head(buffer, buffer.begin(), operation);
    to = write_json(buffer, to, source);
    if (!data.empty()) to = buffer.write(to, R"(,"data":)");
    to = buffer.write(to, data);
    buffer.flush(buffer.write(to, '}'));
}

} // namespace detail

/// Appends the message for `request` to `out`, as the interface's samples write it: the keys in the order of the field
/// table, nothing left out but optional fields without a value. `request` must be valid, and `source` text in UTF-8.
/// Calls the heap only if `out` has too little room.
template <Request R> void encode_to(std::string& out, const R& request, std::string_view source) {
    detail::TextBuffer buffer(out);
    char* to = buffer.write(buffer.begin(), detail::Head<R::operation>::text);
    to = detail::write_json(buffer, to, source);
    if constexpr (field_count<R>() != 0) {
        to = buffer.write(to, R"(,"data":)");
        to = detail::write_object(buffer, to, request);
    }
    buffer.flush(buffer.write(to, '}'));
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
