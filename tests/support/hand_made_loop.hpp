// SPDX-License-Identifier: BSL-1.0
// Stands for a user interface's event loop: a queue of functions, run by the thread that made it.
#ifndef LCM_CLIENT_TESTS_SUPPORT_HAND_MADE_LOOP_HPP
#define LCM_CLIENT_TESTS_SUPPORT_HAND_MADE_LOOP_HPP

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace lcm::tests {

class HandMadeLoop {
public:
    using Function = std::function<void()>;

    // --- any thread ---

    void post(Function function) {
        const std::lock_guard lock(mutex_);
        if (refuses_) throw std::runtime_error("the loop takes nothing");
        functions_.push_back(std::move(function));
        wake_.notify_one();
    }
    [[nodiscard]] bool is_here() const { return std::this_thread::get_id() == thread_; }
    void refuse(bool refuses) {
        const std::lock_guard lock(mutex_);
        refuses_ = refuses;
    }
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return functions_.size();
    }

    // --- its own thread ---

    /// Runs what is there, and what that posts. Returns how many functions that were.
    std::size_t poll() {
        std::size_t count = 0;
        while (auto function = take(std::chrono::seconds(0))) {
            (*function)();
            ++count;
        }
        return count;
    }

    /// Runs until it is done; false if that takes longer than ten seconds.
    template <class Done> [[nodiscard]] bool run_until(Done done) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!done()) {
            if (std::chrono::steady_clock::now() > end) return false;
            if (auto function = take(std::chrono::milliseconds(20))) (*function)();
        }
        return true;
    }

    /// What it has goes, uncalled.
    void drop() {
        const std::lock_guard lock(mutex_);
        functions_.clear();
    }

private:
    std::optional<Function> take(std::chrono::milliseconds wait) {
        std::unique_lock lock(mutex_);
        if (!wake_.wait_for(lock, wait, [this] { return !functions_.empty(); })) return std::nullopt;
        Function function = std::move(functions_.front());
        functions_.pop_front();
        return function;
    }

    const std::thread::id thread_ = std::this_thread::get_id();
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Function> functions_;
    bool refuses_ = false;
};

} // namespace lcm::tests

#endif
