// SPDX-License-Identifier: BSL-1.0
// All subscriptions of a client, and which of them a message is given to.
#ifndef LCM_CLIENT_CLIENT_SUBSCRIBERS_HPP
#define LCM_CLIENT_CLIENT_SUBSCRIBERS_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/subscription.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Thread-safe. No lock is held while a handler runs.
class Subscribers {
public:
    [[nodiscard]] EventSubscription add(Subscriber::Function function, bool is_general) {
        auto subscriber = std::make_shared<Subscriber>(std::move(function), is_general);
        const std::lock_guard lock(mutex_);
        forget_ended();
        all_.push_back(subscriber);
        return EventSubscription(std::move(subscriber));
    }

    [[nodiscard]] bool empty() const {
        const std::lock_guard lock(mutex_);
        return all_.empty();
    }

    /// Gives the message to those that it is for, and if there is none, to those that want everything else. Stops when
    /// `is_silent` is set.
    void tell(JsonView message, const std::atomic<bool>& is_silent) {
        const auto all = take_living();
        bool is_taken = false;
        for (const auto& one : all)
            if (!is_silent && !one->is_general() && one->call(message)) is_taken = true;
        if (is_taken) return;
        for (const auto& one : all)
            if (!is_silent && one->is_general()) static_cast<void>(one->call(message));
    }

private:
    std::vector<std::shared_ptr<Subscriber>> take_living() {
        const std::lock_guard lock(mutex_);
        forget_ended();
        return all_;
    }

    // They have let go of their handlers already, so nothing of the application's runs here.
    void forget_ended() {
        std::erase_if(all_, [](const auto& one) { return one->has_ended() && one.use_count() == 1; });
    }

    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<Subscriber>> all_; // in the order of subscription
};

} // namespace lcm::detail

#endif
