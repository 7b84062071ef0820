// SPDX-License-Identifier: BSL-1.0
// A clock of any type, as the engine sees it.
#ifndef LCM_CLIENT_IMPL_ANY_CLOCK_HPP
#define LCM_CLIENT_IMPL_ANY_CLOCK_HPP

#include <lcm_client/clock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Who is told that a timer has gone off.
class TimerListener {
public:
    TimerListener() = default;
    TimerListener(const TimerListener&) = delete;
    TimerListener& operator=(const TimerListener&) = delete;
    virtual void on_timer() = 0;

protected:
    ~TimerListener() = default;
};

/// A one-shot timer; its members are those of `Clock::Timer`, with the listener in the place of a function, so that
/// setting it needs no memory.
class AnyTimer {
public:
    AnyTimer() = default;
    AnyTimer(const AnyTimer&) = delete;
    AnyTimer& operator=(const AnyTimer&) = delete;
    virtual ~AnyTimer() = default;

    virtual void call_at(std::chrono::steady_clock::time_point at, std::weak_ptr<TimerListener> listener) = 0;
    virtual void cancel() = 0;
};

/// Any thread may ask for the time.
class AnyClock {
public:
    AnyClock() = default;
    AnyClock(const AnyClock&) = delete;
    AnyClock& operator=(const AnyClock&) = delete;
    virtual ~AnyClock() = default;

    [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const = 0;
    /// Two clocks that a sleep of the computer sets apart: the first one stands still meanwhile, the second does not.
    /// `now` is what `now()` has just told.
    struct SleepClocks {
        std::chrono::steady_clock::time_point awake;
        std::chrono::system_clock::time_point system;
    };
    [[nodiscard]] virtual SleepClocks sleep_clocks(std::chrono::steady_clock::time_point now) const = 0;
    [[nodiscard]] virtual std::unique_ptr<AnyTimer> make_timer(const boost::asio::any_io_executor& executor) const = 0;
    /// From which number a client's random waits follow. Nothing for all clocks but that of a simulation, which could not
    /// repeat itself otherwise.
    [[nodiscard]] virtual std::optional<std::uint64_t> seed() const = 0;
};

template <Clock C> class ClockAdapter final : public AnyClock {
public:
    explicit ClockAdapter(C clock) : clock_(std::move(clock)) {}

    [[nodiscard]] std::chrono::steady_clock::time_point now() const override { return clock_.now(); }
    [[nodiscard]] SleepClocks sleep_clocks(std::chrono::steady_clock::time_point now) const override {
        if constexpr (requires { clock_.awake_now(); }) return {clock_.awake_now(), clock_.system_now()};
        else return {now, clock_.system_now()};
    }
    [[nodiscard]] std::unique_ptr<AnyTimer> make_timer(const boost::asio::any_io_executor& executor) const override {
        return std::make_unique<Timer>(clock_, executor);
    }
    [[nodiscard]] std::optional<std::uint64_t> seed() const override {
        if constexpr (requires { clock_.seed(); }) return clock_.seed();
        else return std::nullopt;
    }

private:
    class Timer final : public AnyTimer {
    public:
        Timer(const C& clock, const boost::asio::any_io_executor& executor) : timer_(clock, executor) {}

        void call_at(std::chrono::steady_clock::time_point at, std::weak_ptr<TimerListener> listener) override {
            timer_.call_at(at, [weak = std::move(listener)] {
                if (const auto listening = weak.lock()) listening->on_timer();
            });
        }
        void cancel() override { timer_.cancel(); }

    private:
        typename C::Timer timer_;
    };

    C clock_;
};

} // namespace lcm::detail

#endif
