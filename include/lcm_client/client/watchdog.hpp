// SPDX-License-Identifier: BSL-1.0
// The thread that ends the futures of a client when its loop does not: that may have stopped, or a handler holds it up.
#ifndef LCM_CLIENT_CLIENT_WATCHDOG_HPP
#define LCM_CLIENT_CLIENT_WATCHDOG_HPP

#include <lcm_client/session/request_entry.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Thread-safe. Its thread is there as long as this object.
class Watchdog {
public:
    /// Ends what is overdue, and says when it is to be called again, if there is something to wait for.
    using Patrol = std::function<std::optional<TimePoint>()>;

    /// Throws `std::system_error` if the system gives no thread.
    explicit Watchdog(Patrol patrol) : patrol_(std::move(patrol)) {
        thread_ = std::thread([this] { run(); });
    }
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
            changed_.notify_all();
        }
        thread_.join();
    }

    /// There will be a patrol at this time, or before.
    void watch(TimePoint time) noexcept {
        if (time >= next_.load()) return;
        const std::lock_guard lock(mutex_);
        if (time >= next_.load()) return;
        next_ = time;
        changed_.notify_all();
    }

private:
    static constexpr TimePoint never = (TimePoint::max)();

    void run() {
        std::unique_lock lock(mutex_);
        while (!is_over_) {
            const TimePoint next = next_;
            if (next == never) changed_.wait(lock);
            else if (std::chrono::steady_clock::now() < next) changed_.wait_until(lock, next);
            else go_round(lock);
        }
    }

    // What comes meanwhile sets its own time, since there is none.
    void go_round(std::unique_lock<std::mutex>& lock) {
        next_ = never;
        lock.unlock();
        const auto again = patrol_();
        lock.lock();
        if (again && *again < next_.load()) next_ = *again;
    }

    const Patrol patrol_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<TimePoint> next_{never};
    bool is_over_ = false;
    std::thread thread_;
};

} // namespace lcm::detail

#endif
