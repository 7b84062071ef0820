// SPDX-License-Identifier: BSL-1.0
// A text of a request, such as an id, that an integer cannot get into as a character.
#ifndef LCM_CLIENT_PROTOCOL_TEXT_VALUE_HPP
#define LCM_CLIENT_PROTOCOL_TEXT_VALUE_HPP

#include <lcm_client/protocol/number.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

/// A text on the wire. It is made of text, or of an integer, which is written in decimal: `12345` is "12345", where a
/// `std::string` that an integer is assigned to has the character of that number. Truth values, single characters,
/// decimals and null pointers are refused by the compiler. It is read as a `std::string`, into which it converts; also
/// with `text()`, where the compiler does not convert.
class Text {
public:
    Text() noexcept = default;

    /// The integer in decimal.
    // NOLINTNEXTLINE(google-explicit-constructor)
    template <detail::Integer T> Text(T integer) : text_(Number(integer).text()) {}
    /// The text as it is.
    Text(std::string text) noexcept : text_(std::move(text)) {} // NOLINT(google-explicit-constructor)
    /// The text as it is.
    Text(std::string_view text) : text_(text) {} // NOLINT(google-explicit-constructor)
    /// The text as it is; not null.
    Text(const char* text) : text_(text) {} // NOLINT(google-explicit-constructor)
    Text(std::nullptr_t) = delete;
    template <class T>
    requires(std::is_arithmetic_v<T> && !detail::Integer<T>) Text(T)
    = delete; // neither a text nor an integer

    /// The text, which lives as long as this.
    [[nodiscard]] const std::string& text() const& noexcept { return text_; }
    /// The text, taken out.
    [[nodiscard]] std::string text() && noexcept { return std::move(text_); }
    /// Whether there is no character.
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    /// A copy of the text.
    operator std::string() const { return text_; } // NOLINT(google-explicit-constructor)
    /// The text, which lives as long as this.
    operator std::string_view() const noexcept { return text_; } // NOLINT(google-explicit-constructor)

    /// Whether the texts are the same.
    friend bool operator==(const Text&, const Text&) = default;
    /// The order of `std::string`.
    friend std::strong_ordering operator<=>(const Text& a, const Text& b) noexcept {
        return a.text_.compare(b.text_) <=> 0;
    }

    /// Whether the text is `b`.
    template <class T>
    requires(!std::same_as<T, Text> && std::convertible_to<const T&, std::string_view>) friend bool
    operator==(const Text& a, const T& b) {
        return std::string_view(a.text_) == std::string_view(b);
    }

    /// Writes the text.
    friend std::ostream& operator<<(std::ostream& out, const Text& text) { return out << text.text_; }

private:
    std::string text_;
};

/// A text that names something: a call, an agent, a campaign.
using Id = Text;

} // namespace lcm

/// So that it can be a key as a `std::string` can.
template <> struct std::hash<lcm::Text> {
    /// The hash of its text.
    [[nodiscard]] std::size_t operator()(const lcm::Text& text) const noexcept {
        return std::hash<std::string_view>()(text);
    }
};

#endif
