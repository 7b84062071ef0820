// SPDX-License-Identifier: BSL-1.0
// A clock that stands still until the test moves it: a time-out is tested in microseconds, without sleeping.
#ifndef LCM_CLIENT_TESTING_MANUAL_CLOCK_HPP
#define LCM_CLIENT_TESTING_MANUAL_CLOCK_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/handler.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// The other model of `lcm::Clock`. Copies show the same time, so give one to the client and keep one to move it.
/// What is due runs on its executor, so run the loop after `advance()`.
///
/// @par Thread safety
/// Every function may be called from any thread.
class ManualClock {
public:
    using TimePoint = std::chrono::steady_clock::time_point; ///< what `now()` tells
    class Timer;

    /// An hour at first, and later what `advance()` has made of it.
    [[nodiscard]] TimePoint now() const {
        const std::lock_guard lock(state_->mutex);
        return state_->now;
    }

    /// The same time since the epoch, and the time that the computer has slept.
    [[nodiscard]] std::chrono::system_clock::time_point system_now() const {
        const std::lock_guard lock(state_->mutex);
        const auto since_start = state_->now.time_since_epoch() + state_->slept;
        return std::chrono::system_clock::time_point(
            std::chrono::duration_cast<std::chrono::system_clock::duration>(since_start));
    }

    /// The computer sleeps: the system's clock goes on, the steady one stands still and no timer becomes due.
    void sleep(std::chrono::nanoseconds time) {
        const std::lock_guard lock(state_->mutex);
        state_->slept += std::chrono::duration_cast<TimePoint::duration>(time);
    }

    /// Lets time pass. The actions of timers that become due are posted to their executors, in the order of their times.
    void advance(std::chrono::nanoseconds time) {
        std::vector<Alarm> due;
        {
            const std::lock_guard lock(state_->mutex);
            state_->now += std::chrono::duration_cast<TimePoint::duration>(time);
            const auto end = state_->alarms.upper_bound({state_->now, UINT64_MAX});
            for (auto at = state_->alarms.begin(); at != end; ++at) due.push_back(std::move(at->second));
            state_->alarms.erase(state_->alarms.begin(), end);
        }
        for (Alarm& alarm : due) boost::asio::post(alarm.executor, std::move(alarm.action));
    }

private:
    struct Alarm {
        boost::asio::any_io_executor executor;
        Handler<void()> action;
    };
    using Key = std::pair<TimePoint, std::uint64_t>; // of two with the same time, the older first

    struct State {
        std::mutex mutex;
        TimePoint now{std::chrono::hours(1)};
        TimePoint::duration slept{};
        std::uint64_t last_id = 0;
        std::map<Key, Alarm> alarms;
    };

    std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// Calls one function at one time.
///
/// @par Thread safety
/// None of one timer; the clock may be moved in another thread.
class ManualClock::Timer {
public:
    /// A timer that calls nothing yet.
    Timer(const ManualClock& clock, boost::asio::any_io_executor executor)
        : state_(clock.state_), executor_(std::move(executor)) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() { cancel(); }

    /// Calls `action` at `at` on the executor, in place of what was to be called before.
    void call_at(TimePoint at, Handler<void()> action) {
        cancel();
        std::unique_lock lock(state_->mutex);
        if (at <= state_->now) {
            lock.unlock();
            return boost::asio::post(executor_, std::move(action));
        }
        key_ = {at, ++state_->last_id};
        state_->alarms.emplace(key_, Alarm{executor_, std::move(action)});
    }

    /// Nothing is called, unless it has been posted already.
    void cancel() {
        const std::lock_guard lock(state_->mutex);
        state_->alarms.erase(key_);
    }

private:
    std::shared_ptr<State> state_;
    boost::asio::any_io_executor executor_;
    Key key_{};
};

} // namespace lcm::testing

#endif
