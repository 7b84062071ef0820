// SPDX-License-Identifier: BSL-1.0
// JSON as the user has it, by name only: sources that do not look into it need nothing of nlohmann's but this.
#ifndef LCM_CLIENT_JSON_VALUE_HPP
#define LCM_CLIENT_JSON_VALUE_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/sensitive.hpp>

#include <nlohmann/json_fwd.hpp>

#include <ostream>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

/// The type in which raw data is given to users.
using Json = nlohmann::json;

/// JSON that is personal, as every `Sensitive` is. Who looks into it includes lcm_client/json.hpp. A value that is not
/// null lies on the heap, so that responses can hold one where its type is only declared.
template <> class Sensitive<Json> {
public:
    using value_type = Json; ///< what it holds

    Sensitive() noexcept = default;

    /// Assigned like a `Json`. Throws `std::bad_alloc` if there is no memory for a copy.
    LCM_CLIENT_DECL Sensitive(const Json& value); // NOLINT(google-explicit-constructor)
    /// Assigned like a `Json`, which it takes. Throws `std::bad_alloc` if there is no memory for it.
    LCM_CLIENT_DECL Sensitive(Json&& value); // NOLINT(google-explicit-constructor)

    LCM_CLIENT_DECL Sensitive(const Sensitive& other); ///< copies the value
    /// Leaves a null in `other`.
    Sensitive(Sensitive&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
    /// Takes the value of `other`.
    Sensitive& operator=(Sensitive other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    LCM_CLIENT_DECL ~Sensitive();

    /// The value itself. A search for this word finds every place where it can leave.
    [[nodiscard]] LCM_CLIENT_DECL const Json& reveal() const noexcept;

    friend LCM_CLIENT_DECL bool operator==(const Sensitive& a, const Sensitive& b); ///< by value
    /// Prints "[redacted]".
    friend std::ostream& operator<<(std::ostream& out, const Sensitive&) { return out << "[redacted]"; }

private:
    const Json* value_ = nullptr; // null for a value that is null
};

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/json_value.ipp>
#endif

#endif
