// SPDX-License-Identifier: BSL-1.0
// Fields that are lists, and fields that are names with their values.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELDS_LIST_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELDS_LIST_HPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/json_field.hpp>
#include <lcm_client/protocol/impl/json_writer.hpp>
#include <lcm_client/protocol/impl/text_buffer.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

template <class T> struct FieldType<std::vector<T>> {
    static constexpr bool can_be_empty = true;
    static constexpr const char* missing = "must not be empty";

    [[nodiscard]] static bool has_value(const std::vector<T>& values) noexcept { return !values.empty(); }

    static char* write(detail::TextBuffer& out, char* to, const std::vector<T>& values, Form form) {
        if (values.empty()) return out.write(to, "[]");
        char separator = '[';
        for (const auto& value : values) {
            to = out.write(to, std::exchange(separator, ','));
            to = FieldType<T>::write(out, to, value, form);
        }
        return out.write(to, ']');
    }

    /// An object where a list was promised is a list of one: tables and samples of the interface contradict each other
    /// there.
    [[nodiscard]] static bool read(JsonView json, std::vector<T>& values, detail::Expected expected,
                                   LenientReader& reader) {
        if (json.is_object()) reader.tolerate();
        else if (!json.is_array()) return false;
        std::vector<T> items;
        const auto add = [&](JsonView item) {
            return FieldType<T>::read(item, items.emplace_back(), expected, reader);
        };
        if (json.is_object() && !add(json)) return false;
        for (const JsonView item : json.elements())
            if (!add(item)) return false;
        values = std::move(items);
        return true;
    }

    [[gnu::always_inline]] static void find_problem(const std::vector<T>& values, Presence, std::string_view allowed,
                                                    FieldProblems& problems) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t known = problems.size();
            detail::find_problem(values[i], Presence::required, allowed, problems);
            if (problems.size() != known) detail::put_before(problems, known, '[' + std::to_string(i) + ']');
        }
    }
};

template <class T> struct FieldType<std::map<std::string, T>> {
    using Values = std::map<std::string, T>;

    static constexpr bool can_be_empty = true;
    static constexpr const char* missing = "must not be empty";

    [[nodiscard]] static bool has_value(const Values& values) noexcept { return !values.empty(); }

    static char* write(detail::TextBuffer& out, char* to, const Values& values, Form form) {
        if (values.empty()) return out.write(to, "{}");
        char separator = '{';
        for (const auto& [name, value] : values) {
            to = out.write(to, std::exchange(separator, ','));
            to = detail::write_json(out, to, name);
            to = out.write(to, ':');
            to = FieldType<T>::write(out, to, value, form);
        }
        return out.write(to, '}');
    }

    /// The interface's tables call it an array where its samples show an object: each of the array's objects counts,
    /// then.
    [[nodiscard]] static bool read(JsonView json, Values& values, detail::Expected expected, LenientReader& reader) {
        Values items;
        if (json.is_object() && !add_members(json, items, expected, reader)) return false;
        if (json.is_array()) reader.tolerate();
        else if (!json.is_object()) return false;
        for (const JsonView object : json.elements())
            if (!add_members(object, items, expected, reader)) return false;
        values = std::move(items);
        return true;
    }

    [[gnu::always_inline]] static void find_problem(const Values& values, Presence, std::string_view allowed,
                                                    FieldProblems& problems) {
        for (const auto& [name, value] : values) {
            if (!detail::is_utf8(name)) { // and so it cannot be named
                detail::note(problems, "must have names in UTF-8");
                continue;
            }
            const std::size_t known = problems.size();
            detail::find_problem(value, Presence::may_be_empty, allowed, problems);
            if (problems.size() != known) detail::put_before(problems, known, "[\"" + name + "\"]");
        }
    }

private:
    static bool add_members(JsonView object, Values& items, detail::Expected expected, LenientReader& reader) {
        if (!object.is_object()) return false;
        for (const auto [name, item] : object.members()) {
            T value{};
            if (!item.is_null() && !FieldType<T>::read(item, value, expected, reader)) {
                // One value that is none shall not cost the others: its JSON stands for it.
                const std::string text = detail::dump(item);
                if (!FieldType<T>::read(JsonDocument(text).root(), value, expected, reader)) return false;
                reader.tolerate();
            }
            items.insert_or_assign(std::string(name), std::move(value));
        }
        return true;
    }
};

} // namespace lcm

#endif
