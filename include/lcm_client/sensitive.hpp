// SPDX-License-Identifier: BSL-1.0
// Personal data that must not reach a log: redaction by type.
#ifndef LCM_CLIENT_SENSITIVE_HPP
#define LCM_CLIENT_SENSITIVE_HPP

#include <lcm_client/impl/abi.hpp>

#include <concepts>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

/// Holds a value that is personal (an account, a comment, a telephone number) or secret (a token). It is assigned like
/// a plain `T`, prints as "[redacted]", and gives the value only when asked with `reveal()`.
template <class T> class Sensitive {
public:
    using value_type = T; ///< what it holds

    Sensitive() = default;

    /// Assigned like a `T`: made from whatever a `T` is made from.
    // NOLINTBEGIN(google-explicit-constructor): assigned like a T
    template <class U>
    requires(!std::same_as<std::remove_cvref_t<U>, Sensitive> && std::constructible_from<T, U> &&
             !(std::same_as<T, std::string> && std::is_null_pointer_v<std::remove_cvref_t<U>>)) Sensitive(U&& value)
        : value_(std::forward<U>(value)) {}
    // NOLINTEND(google-explicit-constructor)

    /// The value itself. A search for this word finds every place where it can leave.
    [[nodiscard]] const T& reveal() const noexcept { return value_; }

    friend bool operator==(const Sensitive&, const Sensitive&) = default; ///< by value
    /// Prints "[redacted]".
    friend std::ostream& operator<<(std::ostream& out, const Sensitive&) { return out << "[redacted]"; }

private:
    T value_{};
};

} // namespace lcm

#endif
