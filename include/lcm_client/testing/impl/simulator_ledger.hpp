// SPDX-License-Identifier: BSL-1.0
// What the simulator has seen and done, shared between its thread and the test's.
#ifndef LCM_CLIENT_TESTING_IMPL_SIMULATOR_LEDGER_HPP
#define LCM_CLIENT_TESTING_IMPL_SIMULATOR_LEDGER_HPP

#include <lcm_client/testing/simulated_server.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

/// The last texts of a series, and how many there were in all: a simulator may run for days.
class BoundedSeries {
public:
    void add(std::string_view text) {
        ++count_;
        bytes_ += text.size() + overhead;
        texts_.emplace_back(text);
        while (bytes_ > max_bytes) {
            bytes_ -= texts_.front().size() + overhead;
            texts_.pop_front();
        }
    }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] std::vector<std::string> texts() const { return {texts_.begin(), texts_.end()}; }

private:
    static constexpr std::size_t max_bytes = 64 * 1024 * 1024;
    static constexpr std::size_t overhead = sizeof(std::string);

    std::deque<std::string> texts_;
    std::size_t bytes_ = 0;
    std::size_t count_ = 0;
};

/// All members may be called from any thread.
class SimulatorLedger {
public:
    void add_connection() {
        const std::lock_guard lock(mutex_);
        ++connections_;
        changed_.notify_all();
    }

    void add_resumed_session() {
        const std::lock_guard lock(mutex_);
        ++resumed_sessions_;
    }

    /// Both facts at once: who has waited for the request shall see what came of it.
    void add_request(std::string_view text, const Handled& handled) {
        const std::lock_guard lock(mutex_);
        requests_.add(text);
        if (handled.acted_on) acted_on_.add(handled.callid);
        changed_.notify_all();
    }

    /// A request that was added before was acted on.
    void add_action(const Handled& handled) {
        const std::lock_guard lock(mutex_);
        acted_on_.add(handled.callid);
    }

    [[nodiscard]] bool wait_for_connections(std::size_t count, std::chrono::milliseconds at_most) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, at_most, [&] { return connections_ >= count; });
    }

    [[nodiscard]] bool wait_for_requests(std::size_t count, std::chrono::milliseconds at_most) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, at_most, [&] { return requests_.count() >= count; });
    }

    [[nodiscard]] std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return connections_;
    }

    [[nodiscard]] std::size_t resumed_sessions() const {
        const std::lock_guard lock(mutex_);
        return resumed_sessions_;
    }

    [[nodiscard]] std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_.texts();
    }

    [[nodiscard]] std::vector<std::string> acted_on() const {
        const std::lock_guard lock(mutex_);
        return acted_on_.texts();
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::size_t connections_ = 0;
    std::size_t resumed_sessions_ = 0;
    BoundedSeries requests_;
    BoundedSeries acted_on_;
};

} // namespace lcm::testing::detail

#endif
