// SPDX-License-Identifier: BSL-1.0
// Who is told, inside the library, how a client's link stands and which truths come to light: beside the application's
// hooks, and without its executors.
#ifndef LCM_CLIENT_CLIENT_OBSERVERS_HPP
#define LCM_CLIENT_CLIENT_OBSERVERS_HPP

#include <lcm_client/link_status.hpp>
#include <lcm_client/settled.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Called in any thread, one call at a time, under a lock: it must not call the client. What it has no memory for, it
/// keeps to itself.
class ClientObserver {
public:
    ClientObserver() = default;
    ClientObserver(const ClientObserver&) = delete;
    ClientObserver& operator=(const ClientObserver&) = delete;

    virtual void on_link(LinkState state) noexcept = 0;
    virtual void on_settled(const Settled& truth) noexcept = 0;

protected:
    ~ClientObserver() = default;
};

/// Thread-safe.
class Observers {
public:
    /// Tells the observer how the link stands, and from then on of each change, until the observer goes.
    void add(const std::shared_ptr<ClientObserver>& observer) {
        const std::lock_guard lock(mutex_);
        std::erase_if(all_, [](const auto& one) { return one.expired(); });
        all_.push_back(observer);
        observer->on_link(state_);
    }

    void tell(LinkState state) noexcept {
        const std::lock_guard lock(mutex_);
        state_ = state;
        for (const auto& weak : all_)
            if (const auto one = weak.lock()) one->on_link(state);
    }

    void tell(const Settled& truth) noexcept {
        const std::lock_guard lock(mutex_);
        for (const auto& weak : all_)
            if (const auto one = weak.lock()) one->on_settled(truth);
    }

private:
    std::mutex mutex_;
    LinkState state_ = LinkState::connecting;
    std::vector<std::weak_ptr<ClientObserver>> all_;
};

} // namespace lcm::detail

#endif
