// SPDX-License-Identifier: BSL-1.0
// The time that a client lives by: what it asks of a clock, and the real one.
#ifndef LCM_CLIENT_CLOCK_HPP
#define LCM_CLIENT_CLOCK_HPP

#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>

namespace lcm::inline LCM_CLIENT_ABI {

/// A source of time with one-shot timers. `now()` is what a client lives by; `system_now()` tells it whether the
/// computer has slept. Copies of a clock show the same time. `testing::ManualClock` is the other one, for tests in
/// which time passes only when the test says so.
///
/// | member | contract |
/// | --- | --- |
/// | `now()`, `system_now()` | do not block |
/// | `awake_now()` | may be missing if `now()` stands still while the computer sleeps; the time that does, if it does not |
/// | `Timer(clock, executor)` | a timer whose action runs on the executor |
/// | `timer.call_at(time, action)` | calls the action once, not before `time`, never inside this call; replaces the one before |
/// | `timer.cancel()` | the action is not called, unless it is on its way already; again does nothing |
///
/// @par Thread safety
/// The clock's functions may be called from any thread; those of one timer one at a time.
template <class T>
concept Clock = std::copy_constructible<T> &&
    requires(const T& clock, typename T::Timer& timer, boost::asio::any_io_executor executor,
             std::chrono::steady_clock::time_point at, std::function<void()> action) {
    { clock.now() } -> std::same_as<std::chrono::steady_clock::time_point>;
    { clock.system_now() } -> std::same_as<std::chrono::system_clock::time_point>;
    typename T::Timer;
    requires std::constructible_from<typename T::Timer, const T&, boost::asio::any_io_executor>;
    timer.call_at(at, std::move(action));
    timer.cancel();
};

/// The computer's clocks.
///
/// @par Thread safety
/// Every function may be called from any thread.
class SteadyClock {
public:
    /// The time that the client's deadlines and waits are counted in.
    [[nodiscard]] std::chrono::steady_clock::time_point now() const noexcept {
        return std::chrono::steady_clock::now();
    }
#if defined(BOOST_ASIO_WINDOWS)
    /// The time that the computer has been awake: on Windows, `now()` goes on while it sleeps.
    [[nodiscard]] LCM_CLIENT_DECL std::chrono::steady_clock::time_point awake_now() const noexcept;
#endif
    /// The time of day, which goes on while the computer sleeps.
    [[nodiscard]] std::chrono::system_clock::time_point system_now() const noexcept {
        return std::chrono::system_clock::now();
    }

    /// Calls one function at one time, on the executor.
    ///
    /// @par Thread safety
    /// None; the calls come one at a time.
    class Timer {
    public:
        /// A timer that calls nothing yet. Throws `std::bad_alloc` if there is no memory for it.
        LCM_CLIENT_DECL Timer(const SteadyClock&, const boost::asio::any_io_executor& executor);
        Timer(const Timer&) = delete;
        Timer& operator=(const Timer&) = delete;
        LCM_CLIENT_DECL ~Timer();

        /// Calls `action` at `at`, in place of what was to be called before. It may still be called shortly after
        /// `cancel()` or after a later `call_at()`. When this throws, nothing will be called. A small action needs no
        /// memory when none was to be called before, but for Asio's own list of all timers, and for what an executor
        /// other than an `io_context` wants.
        LCM_CLIENT_DECL void call_at(std::chrono::steady_clock::time_point at, Handler<void()> action);
        /// Nothing is called, unless it is on its way to the executor already. Again does nothing.
        LCM_CLIENT_DECL void cancel();

    private:
        struct Asio; // apart, since the timer's header takes longer to compile than the rest of Asio in an application
        std::unique_ptr<Asio> asio_;
    };
};

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/clock.ipp>
#endif

#endif
