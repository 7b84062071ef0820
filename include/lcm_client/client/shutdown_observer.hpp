// SPDX-License-Identifier: BSL-1.0
// Learns when an application's event loop is destroyed, so that a client which outlives it lets go in time.
#ifndef LCM_CLIENT_CLIENT_SHUTDOWN_OBSERVER_HPP
#define LCM_CLIENT_CLIENT_SHUTDOWN_OBSERVER_HPP

#include <lcm_client/impl/abi.hpp>

#include <boost/asio/execution_context.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A service of the loop: Asio calls `shutdown()` when the loop is destroyed, before anything that timers, strands and
/// sockets need is gone. Whoever holds such objects without being an operation of the loop has to drop them then.
class ShutdownObserver final : public boost::asio::execution_context::service {
public:
    inline static boost::asio::execution_context::id id;

    explicit ShutdownObserver(boost::asio::execution_context& context) : service(context) {}

    /// Calls `on_gone` when the loop is destroyed, if the returned token's owner still lives then. Thread-safe.
    void watch(std::weak_ptr<void> owner, std::function<void()> on_gone) {
        const std::lock_guard lock(mutex_);
        std::erase_if(watchers_, [](const Watcher& watcher) { return watcher.owner.expired(); });
        watchers_.push_back({std::move(owner), std::move(on_gone)});
    }

private:
    struct Watcher {
        std::weak_ptr<void> owner;
        std::function<void()> on_gone;
    };

    void shutdown() override {
        std::vector<Watcher> watchers;
        {
            const std::lock_guard lock(mutex_);
            watchers.swap(watchers_);
        }
        for (const Watcher& watcher : watchers)
            if (const auto owner = watcher.owner.lock()) watcher.on_gone();
    }

    std::mutex mutex_;
    std::vector<Watcher> watchers_;
};

} // namespace lcm::detail

#endif
