// SPDX-License-Identifier: BSL-1.0
// A move-only function object of any kind that is called at most once: what a transport keeps while it is at work.
#ifndef LCM_CLIENT_HANDLER_HPP
#define LCM_CLIENT_HANDLER_HPP

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace lcm {

template <class Signature> class Handler;

/// Holds a function object until it is called. Not `std::function`, which wants copies; not `std::move_only_function`,
/// which C++20 lacks; not Boost 1.81's `any_completion_handler`, which calls itself without end when it is moved from
/// an lvalue by generic code.
template <class... Args> class Handler<void(Args...)> {
public:
    Handler() noexcept = default;
    Handler(std::nullptr_t) noexcept {} // NOLINT(google-explicit-constructor)

    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Handler> && std::invocable<std::decay_t<F>, Args...>)
        Handler(F&& function) // NOLINT(google-explicit-constructor): made from any callable, as std::function is
        : target_(std::make_unique<Model<std::decay_t<F>>>(std::forward<F>(function))) {}

    [[nodiscard]] explicit operator bool() const noexcept { return target_ != nullptr; }

    /// Calls the function and lets go of it; the object is empty before the function begins, so that the function may
    /// put another one in its place. Must not be empty.
    void operator()(Args... args) {
        const auto target = std::move(target_);
        target->call(std::forward<Args>(args)...);
    }

private:
    struct Target {
        Target() = default;
        Target(const Target&) = delete;
        Target& operator=(const Target&) = delete;
        virtual ~Target() = default;
        virtual void call(Args... args) = 0;
    };

    template <class F> struct Model final : Target {
        explicit Model(F f) : function(std::move(f)) {}
        void call(Args... args) override { std::move(function)(std::forward<Args>(args)...); }
        F function;
    };

    std::unique_ptr<Target> target_;
};

} // namespace lcm

#endif
