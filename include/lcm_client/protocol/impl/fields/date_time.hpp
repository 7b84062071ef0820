// SPDX-License-Identifier: BSL-1.0
// Fields that are days, times of a day, or both: the wire has the text that they are parsed from.
#ifndef LCM_CLIENT_PROTOCOL_IMPL_FIELDS_DATE_TIME_HPP
#define LCM_CLIENT_PROTOCOL_IMPL_FIELDS_DATE_TIME_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/field_problem.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/impl/text_buffer.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// The base for a type with `parse`, `write_to` and `is_valid`. The specialisation says which values are `invalid`.
template <class T> struct TimeField : PlainField<T> {
    static char* write(TextBuffer& out, char* to, const T& time, Form) {
        to = out.make_room(to, max_time_text + 2);
        *to++ = '"';
        to = time.write_to(to);
        *to++ = '"';
        return to;
    }

    [[nodiscard]] static bool read(JsonView json, T& time, Expected, LenientReader&) {
        if (!json.is_string()) return false;
        const auto parsed = T::parse(trim(json.text()));
        if (parsed) time = *parsed;
        return parsed.has_value();
    }

    [[nodiscard]] static const char* find_fault(const T& time) noexcept {
        return time.is_valid() ? nullptr : FieldType<T>::invalid;
    }

    [[nodiscard]] static T example(const FieldExample& wanted) {
        return T::parse(wanted.is_end ? FieldType<T>::example_end : FieldType<T>::example_start).value_or(T());
    }
};

} // namespace detail

template <> struct FieldType<Date> : detail::TimeField<Date> {
    static constexpr const char* invalid = "must be a day of the calendar, in a year of four digits";
    static constexpr const char* example_start = "13/01/2021";
    static constexpr const char* example_end = "14/01/2021";

    [[nodiscard]] static constexpr FieldWords describe(Form) noexcept {
        return {"date", "text, DD/MM/YYYY", "DD/MM/YYYY", "a date DD/MM/YYYY"};
    }
};

template <> struct FieldType<TimeOfDay> : detail::TimeField<TimeOfDay> {
    static constexpr const char* invalid = "must be from 00:00 to 23:59";
    static constexpr const char* example_start = "13:45";
    static constexpr const char* example_end = "14:45";

    [[nodiscard]] static constexpr FieldWords describe(Form) noexcept {
        return {"time", "text, HH:mm", "HH:mm", "a time HH:mm"};
    }
};

template <> struct FieldType<DateTime> : detail::TimeField<DateTime> {
    static constexpr const char* invalid = "must have a day of the calendar and a time from 00:00 to 23:59";
    static constexpr const char* example_start = "13/01/2021 13:45";
    static constexpr const char* example_end = "14/01/2021 14:45";

    [[nodiscard]] static constexpr FieldWords describe(Form) noexcept {
        return {"date and time", "text, DD/MM/YYYY HH:mm", "'DD/MM/YYYY HH:mm'", "a date and time DD/MM/YYYY HH:mm"};
    }
};

} // namespace lcm

#endif
