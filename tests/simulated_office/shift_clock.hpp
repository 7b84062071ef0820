// SPDX-License-Identifier: BSL-1.0
// A desktop's clock: the manual one, which also says when the next timer is due, so that a day passes in as many steps as
// there are events; whose system time can be set; and from which the client has the number that its random waits follow.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_SHIFT_CLOCK_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_SHIFT_CLOCK_HPP

#include <lcm_client/testing/manual_clock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace lcm::tests::simulated {

/// Copies show the same time.
class ShiftClock {
public:
    using TimePoint = testing::ManualClock::TimePoint;
    class Timer;

    [[nodiscard]] TimePoint now() const { return clock_.now(); }
    [[nodiscard]] std::chrono::system_clock::time_point system_now() const {
        return clock_.system_now() + state_->set_by;
    }
    [[nodiscard]] std::optional<std::uint64_t> seed() const noexcept { return seed_; }

    [[nodiscard]] ShiftClock with_seed(std::uint64_t seed) const {
        ShiftClock copy = *this;
        copy.seed_ = seed;
        return copy;
    }

    void advance(std::chrono::nanoseconds time) { clock_.advance(time); }
    void sleep(std::chrono::nanoseconds time) { clock_.sleep(time); }
    void set_system(std::chrono::milliseconds by) { state_->set_by += by; }

    /// How long until the next timer is due; nothing if there is none.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> next() const {
        auto& due = state_->due;
        const TimePoint now = this->now();
        while (!due.empty() && *due.begin() <= now) due.erase(due.begin());
        if (due.empty()) return std::nullopt;
        return *due.begin() - now;
    }

private:
    struct State {
        std::multiset<TimePoint> due; // of all timers; those that are over go when somebody asks
        std::chrono::milliseconds set_by{};
    };

    testing::ManualClock clock_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
    std::optional<std::uint64_t> seed_;
};

class ShiftClock::Timer {
public:
    Timer(const ShiftClock& clock, boost::asio::any_io_executor executor)
        : clock_(clock), timer_(clock.clock_, std::move(executor)) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() { forget(); }

    void call_at(TimePoint at, Handler<void()> action) {
        forget();
        timer_.call_at(at, std::move(action));
        if (at <= clock_.now()) return;
        clock_.state_->due.insert(at);
        due_ = at;
    }
    void cancel() {
        forget();
        timer_.cancel();
    }

private:
    void forget() {
        auto& all = clock_.state_->due;
        if (due_)
            if (const auto at = all.find(*due_); at != all.end() && *due_ > clock_.now()) all.erase(at);
        due_.reset();
    }

    ShiftClock clock_;
    testing::ManualClock::Timer timer_;
    std::optional<TimePoint> due_;
};

} // namespace lcm::tests::simulated

#endif
