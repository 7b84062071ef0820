// SPDX-License-Identifier: BSL-1.0
// The wire's "Number": an integer or a finite decimal, or not set.
#ifndef LCM_CLIENT_PROTOCOL_NUMBER_HPP
#define LCM_CLIENT_PROTOCOL_NUMBER_HPP

#include <lcm_client/impl/abi.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

// Letters and truth values are integers to the language but not to a person.
template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
                  !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t> &&
                  sizeof(T) <= sizeof(std::int64_t);

/// Whether `text` is a number by the grammar of JSON (RFC 8259, section 6).
[[nodiscard]] constexpr bool is_json_number(std::string_view text) noexcept {
    std::size_t at = 0;
    const auto digits = [&] {
        const std::size_t first = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - first;
    };
    const auto skip = [&](std::string_view any) {
        const bool there = at < text.size() && any.find(text[at]) != std::string_view::npos;
        if (there) ++at;
        return there;
    };
    skip("-");
    const std::size_t first = at;
    const std::size_t whole = digits();
    if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
    if (skip(".") && digits() == 0) return false;
    if (skip("eE")) {
        skip("+-");
        if (digits() == 0) return false;
    }
    return at == text.size();
}

} // namespace detail

/// An integer or a decimal. A default-made one is not set, which a mandatory field refuses: a forgotten outcome must
/// not leave as 0. On the wire it is the shortest text that reads back the same: 19.99 leaves as `19.99`.
class Number {
public:
    constexpr Number() noexcept = default;

    /// Any integer; a truth value or a character is none.
    template <detail::Integer T> constexpr Number(T value) noexcept { // NOLINT(google-explicit-constructor)
        if constexpr (std::is_signed_v<T>) value_ = static_cast<std::int64_t>(value);
        else value_ = static_cast<std::uint64_t>(value);
    }

    /// A decimal. One that is not finite makes a request invalid.
    // NOLINTNEXTLINE(google-explicit-constructor)
    template <std::floating_point T> constexpr Number(T value) noexcept : value_(static_cast<double>(value)) {
        if constexpr (std::same_as<T, float>) value_ = widen(value);
    }

    /// Reads a number in JSON's notation, as a flag of a command line or a numeric string of a server brings it;
    /// nothing if it is no number, or one too large or too small for a `double`.
    [[nodiscard]] static std::optional<Number> parse(std::string_view text) noexcept {
        if (!detail::is_json_number(text)) return std::nullopt;
        if (const auto integer = read<std::int64_t>(text)) return Number(*integer);
        if (const auto integer = read<std::uint64_t>(text)) return Number(*integer);
        const auto decimal = read<double>(text);
        if (!decimal || !is_finite(*decimal)) return std::nullopt;
        return Number(*decimal);
    }

    /// Whether there is a number.
    [[nodiscard]] constexpr bool is_set() const noexcept { return value_.index() != 0; }

    /// False for infinities and for what is not a number: those cannot be sent.
    [[nodiscard]] bool is_finite() const noexcept {
        const auto* decimal = std::get_if<double>(&value_);
        return decimal == nullptr || is_finite(*decimal);
    }

    /// False for a decimal with a fraction, and for one beyond every integer.
    [[nodiscard]] bool is_whole() const noexcept {
        const auto* d = std::get_if<double>(&value_);
        return d == nullptr || integer_of(*d).has_value();
    }

    /// The most characters of a number's text.
    static constexpr std::size_t max_text = 64;

    /// Writes the text on the wire to `first`, where there is room for `max_text`, and returns its end.
    char* write_to(char* first) const noexcept {
        char* const last = first + max_text;
        if (const auto* i = std::get_if<std::int64_t>(&value_)) return write(first, last, *i);
        if (const auto* u = std::get_if<std::uint64_t>(&value_)) return std::to_chars(first, last, *u).ptr;
        if (const auto* d = std::get_if<double>(&value_)) return write(first, last, *d);
        return first;
    }

    /// The text on the wire; empty if not set.
    [[nodiscard]] std::string text() const {
        std::array<char, max_text> buffer;
        return {buffer.data(), write_to(buffer.data())};
    }

    /// The value as a `double`; 0 if not set.
    [[nodiscard]] double to_double() const noexcept {
        if (const auto* i = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*i);
        if (const auto* u = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*u);
        if (const auto* d = std::get_if<double>(&value_)) return *d;
        return 0;
    }

    /// The value as an integer; nothing if it is not set, has a fraction, or does not fit.
    [[nodiscard]] std::optional<std::int64_t> integer() const noexcept {
        if (const auto* i = std::get_if<std::int64_t>(&value_)) return *i;
        const auto* u = std::get_if<std::uint64_t>(&value_);
        if (u != nullptr && *u <= std::uint64_t{(std::numeric_limits<std::int64_t>::max)()})
            return static_cast<std::int64_t>(*u);
        const auto* d = std::get_if<double>(&value_);
        return d == nullptr ? std::nullopt : integer_of(*d);
    }

    /// Equal if they leave as the same text, so 5 and 5.0 are equal.
    friend bool operator==(const Number& a, const Number& b) { return a.text() == b.text(); }

private:
    // Not <cmath>'s, a header that costs more than all of this one.
    static bool is_finite(double value) noexcept { return (std::abs)(value) <= (std::numeric_limits<double>::max)(); }

    static std::optional<std::int64_t> integer_of(double value) noexcept {
        constexpr double limit = 9223372036854775808.0; // 2 to the power of 63
        if (!(value >= -limit && value < limit)) return std::nullopt;
        const auto whole = static_cast<std::int64_t>(value);
        if (static_cast<double>(whole) < value || static_cast<double>(whole) > value) return std::nullopt;
        return whole;
    }

    // 19.99F is meant as 19.99, and not as 19.989999771118164, which is the double of the same value.
    static double widen(float value) noexcept {
        std::array<char, 32> buffer{};
        const char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
        return read<double>({buffer.data(), end}).value_or(static_cast<double>(value));
    }

    template <class T> static std::optional<T> read(std::string_view text) noexcept {
        T value{};
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return value;
    }

    // Most numbers are single digits.
    static char* write(char* first, char* last, std::int64_t value) noexcept {
        if (value < 0 || value > 9) return std::to_chars(first, last, value).ptr;
        *first = static_cast<char>('0' + value);
        return first + 1;
    }

    // Plain notation in the range in which people write numbers without an exponent, as JavaScript does: 100000.0 is
    // "100000", where the shortest form alone would be "1e+05", which not every server reads.
    static char* write(char* first, char* last, double value) noexcept {
        const double size = (std::abs)(value);
        if (size == 0) value = size; // -0.0 is "0"
        const bool plain = size == 0 || (size >= 1e-6 && size < 1e21);
        const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
        return std::to_chars(first, last, value, format).ptr;
    }

    std::variant<std::monostate, std::int64_t, std::uint64_t, double> value_;
};

} // namespace lcm

#endif
