// SPDX-License-Identifier: BSL-1.0
// From a request to its text on the wire, in the order of the field table.
#ifndef LCM_CLIENT_PROTOCOL_ENCODE_HPP
#define LCM_CLIENT_PROTOCOL_ENCODE_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_types.hpp>
#include <lcm_client/protocol/impl/json_writer.hpp>
#include <lcm_client/protocol/impl/text_buffer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

template <Described T> consteval bool has_plain_names() {
    bool are_plain = true;
    for_each_field<T>([&are_plain](const auto& field) { are_plain = are_plain && is_plain_name(field.name); });
    return are_plain;
}

/// The fields of `value` that have a value or must be there, as a JSON object. With all that it calls in one function,
/// since where the next piece goes would be kept in memory from one field to the next otherwise.
template <Described T> [[gnu::flatten]] char* write_object(TextBuffer& out, char* to, const T& value) {
    static_assert(has_plain_names<T>(), "names on the wire need no escapes, and are short");
    char separator = '{';
    for_each_field<T>([&]<class Value>(const Field<T, Value>& field) {
        const Value& member = value.*field.member;
        if (field.presence == Presence::optional && !FieldType<Value>::has_value(member)) return;
        to = write_name(out, to, separator, field.name);
        to = FieldType<Value>::write(out, to, member, field.options.form);
        separator = ',';
    });
    return out.write(to, separator == '{' ? "{}" : "}");
}

/// Appends the JSON of a value of any type that a field can have to `out`.
template <class T> void write_value(std::string& out, const T& value, Form form = Form::natural) {
    TextBuffer buffer(out);
    buffer.flush(FieldType<T>::write(buffer, buffer.begin(), value, form));
}

/// Appends the JSON object of a record to `out`.
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

/// A message up to the value of its source, put together by the compiler for an operation that it knows.
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
template <class Text>
void write_message(Text& out, const Operation& operation, std::string_view source, std::string_view data) {
    TextBuffer buffer(out);
    char* to = write_head(buffer, buffer.begin(), operation);
    to = write_json(buffer, to, source);
    if (!data.empty()) to = buffer.write(to, R"(,"data":)");
    to = buffer.write(to, data);
    buffer.flush(buffer.write(to, '}'));
}

/// Appends to `out` what `encode` makes of `request`. Calls the heap only if `out` has too little room.
template <Request R, class Text> void encode_to(Text& out, const R& request, std::string_view source) {
    TextBuffer buffer(out);
    char* to = buffer.write(buffer.begin(), Head<R::operation>::text);
    to = write_json(buffer, to, source);
    if constexpr (field_count<R>() != 0) {
        to = buffer.write(to, R"(,"data":)");
        to = write_object(buffer, to, request);
    }
    buffer.flush(buffer.write(to, '}'));
}

/// The name of the field that takes most room in the message of `request`.
template <Described T> [[nodiscard]] std::string_view largest_field(const T& request) {
    std::string_view name;
    std::size_t size = 0;
    for_each_field<T>([&](const auto& field) {
        std::string text;
        if (has_value(request.*field.member)) write_value(text, request.*field.member, field.options.form);
        if (text.size() <= size) return;
        size = text.size();
        name = field.name;
    });
    return name;
}

} // namespace detail

/// The message for `request` as the interface's samples write it: the keys in the order of the field table, nothing left
/// out but optional fields without a value. `request` must be valid, and `source` text in UTF-8.
template <Request R> [[nodiscard]] std::string encode(const R& request, std::string_view source) {
    std::string out;
    detail::encode_to(out, request, source);
    return out;
}

/// The JSON of one value of any type that a field can have, as it stands in a message. The value must be one that
/// `validate` lets pass.
template <class T> [[nodiscard]] std::string encode_value(const T& value, Form form = Form::natural) {
    std::string out;
    detail::write_value(out, value, form);
    return out;
}

} // namespace lcm

#endif
