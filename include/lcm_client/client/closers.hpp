// SPDX-License-Identifier: BSL-1.0
// Who wants to know when a client is closed.
#ifndef LCM_CLIENT_CLIENT_CLOSERS_HPP
#define LCM_CLIENT_CLIENT_CLOSERS_HPP

#include <lcm_client/impl/abi.hpp>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Functions that are called when the client is closed: those of `close()`, and that of the destructor, for which there
/// is always room. Thread-safe.
class Closers {
public:
    Closers() { functions_.reserve(1); }

    /// Makes room for one more, beside the destructor's. When this throws, nothing has happened.
    void reserve() {
        const std::lock_guard lock(mutex_);
        functions_.reserve(functions_.size() + 2);
    }

    /// Needs no memory if there is room.
    void add(std::function<void()> function) {
        const std::lock_guard lock(mutex_);
        functions_.push_back(std::move(function));
    }

    /// Calls all of them, without the lock.
    void call() {
        while (const auto function = take()) function();
    }

private:
    // The room stays, for the destructor's.
    std::function<void()> take() {
        const std::lock_guard lock(mutex_);
        if (functions_.empty()) return {};
        auto function = std::move(functions_.back());
        functions_.pop_back();
        return function;
    }

    std::mutex mutex_;
    std::vector<std::function<void()>> functions_;
};

} // namespace lcm::detail

#endif
