// SPDX-License-Identifier: BSL-1.0
// A subscription to events: a value that ends with its scope.
#ifndef LCM_CLIENT_SUBSCRIPTION_HPP
#define LCM_CLIENT_SUBSCRIPTION_HPP

#include <lcm_client/impl/home_process.hpp>
#include <lcm_client/json_document.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// One handler of events, and whether it may still be called. Thread-safe.
class Subscriber {
public:
    /// Says whether the message was one for it.
    using Function = std::function<bool(JsonView message)>;

    Subscriber(Function function, bool is_general) : is_general_(is_general), function_(std::move(function)) {}

    /// Whether it wants what no other one takes.
    [[nodiscard]] bool is_general() const noexcept { return is_general_; }

    /// Calls the handler, unless it has ended or is running: a handler that closes its client is not called inside
    /// that.
    [[nodiscard]] bool call(JsonView message) {
        {
            const std::lock_guard lock(mutex_);
            if (has_ended_ || caller_) return false;
            caller_ = std::this_thread::get_id();
        }
        struct Finish { // also when the handler throws
            Subscriber& self;
            ~Finish() { self.finish(); }
        } const finish{*this};
        return function_(message);
    }

    /// The handler is not called from now on; a call in another thread has returned when this does.
    void end() {
        if (home_.is_elsewhere()) return; // no handler runs in a fork
        Function gone;
        std::unique_lock lock(mutex_);
        has_ended_ = true;
        if (caller_ == std::this_thread::get_id()) return; // it lets go when the handler returns
        idle_.wait(lock, [this] { return !caller_; });
        gone.swap(function_);
    }

    [[nodiscard]] bool has_ended() const {
        const std::lock_guard lock(mutex_);
        return has_ended_;
    }

private:
    void finish() {
        Function gone; // destroyed without the lock: what the handler holds may do anything when it goes
        const std::lock_guard lock(mutex_);
        caller_.reset();
        if (has_ended_) gone.swap(function_);
        idle_.notify_all();
    }

    const HomeProcess home_;
    const bool is_general_;
    Function function_;
    mutable std::mutex mutex_;
    std::condition_variable idle_;
    std::optional<std::thread::id> caller_; // while the handler runs
    bool has_ended_ = false;
};

} // namespace detail

/// Keeps a handler of events subscribed, until it is destroyed, assigned to or `reset()`. When that has returned, the
/// handler does not run and will not: if it is running in another thread, it is waited for, so do not end a
/// subscription under a lock that its handler takes, nor on the client's executor while its handler runs elsewhere and
/// waits for an answer. A handler may end its own subscription.
///
/// May outlive its client.
///
/// @par Thread safety
/// Distinct subscriptions may be used from several threads, one of them from one thread at a time.
class [[nodiscard]] EventSubscription {
public:
    EventSubscription() noexcept = default;
    /// For the client.
    explicit EventSubscription(std::shared_ptr<detail::Subscriber> subscriber) noexcept
        : subscriber_(std::move(subscriber)) {}
    EventSubscription(EventSubscription&&) noexcept = default; ///< the one that was moved from has no handler
    /// Ends what this one had, as `reset()` does, and takes the handler of `other`.
    EventSubscription& operator=(EventSubscription&& other) noexcept {
        if (this == &other) return *this;
        reset();
        subscriber_ = std::move(other.subscriber_);
        return *this;
    }
    ~EventSubscription() { reset(); }

    /// Ends it: waits until its handler has returned, if that runs in another thread. Nothing happens if it has ended.
    void reset() {
        if (const auto subscriber = std::exchange(subscriber_, nullptr)) subscriber->end();
    }

    /// Whether there is a handler.
    [[nodiscard]] explicit operator bool() const noexcept { return subscriber_ != nullptr; }

private:
    std::shared_ptr<detail::Subscriber> subscriber_;
};

} // namespace lcm

#endif
