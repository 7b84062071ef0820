// SPDX-License-Identifier: BSL-1.0
// A move-only function object of any kind that is called at most once: what a transport keeps while it is at work.
#ifndef LCM_CLIENT_HANDLER_HPP
#define LCM_CLIENT_HANDLER_HPP

#include <lcm_client/impl/abi.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

template <class Signature> class Handler;

/// Holds a function object until it is called. One of up to 64 bytes that moves without throwing lies in the handler
/// itself, any other one on the heap. Not `std::function`, which wants copies; not `std::move_only_function`, which
/// C++20 lacks; not Boost 1.81's `any_completion_handler`, which calls itself without end when it is moved from an
/// lvalue by generic code.
///
/// @par Thread safety
/// Distinct objects may be used from several threads.
template <class... Args> class Handler<void(Args...)> {
public:
    Handler() noexcept = default;
    Handler(std::nullptr_t) noexcept {} ///< empty; NOLINT(google-explicit-constructor)

    /// Holds `function`, which is called with the arguments and moves. Throws `std::bad_alloc` if it needs memory and
    /// there is none.
    template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Handler> && std::invocable<std::decay_t<F>, Args...>)
        Handler(F&& function) { // NOLINT(google-explicit-constructor): made from any callable, as std::function is
        using Target = std::conditional_t<fits<std::decay_t<F>>, Here<std::decay_t<F>>, OnHeap<std::decay_t<F>>>;
        ::new (static_cast<void*>(room_)) Target(std::forward<F>(function));
        actions_ = &actions_of<Target>;
    }

    Handler(Handler&& other) noexcept { take(other); } ///< leaves `other` empty
    /// Takes the function of `other`, and lets go of its own when that is in its place.
    Handler& operator=(Handler&& other) noexcept {
        if (this == &other) return *this;
        const Handler former(std::move(*this)); // goes when the new one is in its place
        take(other);
        return *this;
    }
    ~Handler() {
        if (actions_ != nullptr) actions_->destroy(room_);
    }

    /// Whether there is a function.
    [[nodiscard]] explicit operator bool() const noexcept { return actions_ != nullptr; }

    /// Calls the function and lets go of it; the object is empty before the function begins, so that the function may
    /// put another one in its place. Must not be empty.
    void operator()(Args... args) {
        Handler target(std::move(*this));
        target.actions_->call(target.room_, std::forward<Args>(args)...);
    }

private:
    static constexpr std::size_t room_size = 64;

    // NOLINTBEGIN(misc-redundant-expression): not for every F
    template <class F>
    static constexpr bool fits = sizeof(F) <= room_size &&
                                 alignof(F) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<F>;
    // NOLINTEND(misc-redundant-expression)

    template <class F> struct Here {
        explicit Here(const F& f) : function(f) {}
        explicit Here(F&& f) : function(std::move(f)) {}
        void call(Args... args) { std::move(function)(std::forward<Args>(args)...); }
        F function;
    };

    template <class F> struct OnHeap {
        template <class G> explicit OnHeap(G&& f) : function(std::make_unique<F>(std::forward<G>(f))) {}
        void call(Args... args) {
            F& target = *function;
            std::move(target)(std::forward<Args>(args)...);
        }
        std::unique_ptr<F> function;
    };

    // What differs from one kind of function object to the other; all take the room in which it lies.
    struct Actions {
        void (*call)(void* room, Args... args);
        void (*move)(void* from, void* to) noexcept; // and leaves nothing behind
        void (*destroy)(void* room) noexcept;
    };

    template <class Target> static Target* in(void* room) noexcept { return std::launder(static_cast<Target*>(room)); }

    template <class Target> static constexpr Actions actions_of{
        [](void* room, Args... args) { in<Target>(room)->call(std::forward<Args>(args)...); },
        [](void* from, void* to) noexcept {
            ::new (to) Target(std::move(*in<Target>(from)));
            in<Target>(from)->~Target();
        },
        [](void* room) noexcept { in<Target>(room)->~Target(); }};

    void take(Handler& other) noexcept {
        actions_ = std::exchange(other.actions_, nullptr);
        if (actions_ != nullptr) actions_->move(other.room_, room_);
    }

    const Actions* actions_ = nullptr;
    alignas(std::max_align_t) unsigned char room_[room_size];
};

} // namespace lcm

#endif
