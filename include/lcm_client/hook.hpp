// SPDX-License-Identifier: BSL-1.0
// A function of the application that the library calls.
#ifndef LCM_CLIENT_HOOK_HPP
#define LCM_CLIENT_HOOK_HPP

#include <lcm_client/impl/abi.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

template <class Signature> class Hook;

/// Takes what a `std::function` takes, and is one where it is read. If it is given what does not fit, the compiler says
/// so in one sentence. Empty, if it is given nothing.
template <class Result, class... Arguments> class Hook<Result(Arguments...)> {
public:
    using Function = std::function<Result(Arguments...)>; ///< what it is where it is read

    Hook() noexcept = default;

    /// Holds `called`, which is copyable, takes the arguments and gives the result; empty, if that is null or empty.
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Hook>) Hook(F&& called) // NOLINT(google-explicit-constructor)
        : function_(fit(std::forward<F>(called))) {}

    /// The function itself.
    operator const Function&() const noexcept { return function_; } // NOLINT(google-explicit-constructor)
    /// Whether there is a function.
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(function_); }

private:
    template <class F> static Function fit(F&& called) {
        using Held = std::decay_t<F>;
        constexpr bool fits = std::same_as<Held, std::nullptr_t> ||
                              (std::copy_constructible<Held> && std::is_invocable_r_v<Result, Held&, Arguments...>);
        static_assert(fits, "this function cannot be called as the declaration of the member tells, whose type is "
                            "lcm::Hook<Result(Arguments)>: it takes the Arguments, gives the Result, and is copyable");
        if constexpr (fits) return Function(std::forward<F>(called));
        else return {};
    }

    Function function_;
};

} // namespace lcm

#endif
