// SPDX-License-Identifier: BSL-1.0
// Internal: hears when stop is requested of a token, without a wait for the thread that requests it.
#ifndef LCM_CLIENT_CLIENT_STOP_LISTENER_HPP
#define LCM_CLIENT_CLIENT_STOP_LISTENER_HPP

#include <lcm_client/impl/abi.hpp>

#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// As `std::stop_callback`, but for its end: that one waits in its destructor until a call that is under way in another
/// thread has returned. A thread that runs a loop must not wait for one of the application's; and where libstdc++ has no
/// futexes, as on Windows, it can miss that return and wait for ever. So once stop is requested, the callback belongs to
/// whoever calls it: a thread that is in it does not wait for itself.
template <class OnStop> class StopListener {
public:
    /// Calls `on_stop`, which must not throw, at most once: in the thread that requests the stop, or here, if that was
    /// before. Throws `std::bad_alloc`, and then it is never called.
    StopListener(const std::stop_token& token, OnStop on_stop)
        : shared_(std::make_shared<Shared>(token, std::move(on_stop))) {
        if (shared_->was_called_before(std::make_unique<Callback>(token, Call{shared_}))) shared_->on_stop();
    }
    StopListener(const StopListener&) = delete;
    StopListener& operator=(const StopListener&) = delete;
    /// A call that is under way goes on. Later nothing is called.
    ~StopListener() { const auto callback = shared_->leave(); }

private:
    class Shared;
    struct Call {
        std::shared_ptr<Shared> shared;
        void operator()() const noexcept {
            const auto kept = shared; // this object goes with the callback
            const auto callback = kept->enter();
            if (callback && !kept->is_over()) kept->on_stop();
        }
    };
    using Callback = std::stop_callback<Call>;

    class Shared {
    public:
        Shared(std::stop_token token, OnStop function) : on_stop(std::move(function)), token_(std::move(token)) {}

        const OnStop on_stop;

        // What was called before it could be kept has done nothing.
        [[nodiscard]] bool was_called_before(std::unique_ptr<Callback> callback) {
            const std::lock_guard lock(mutex_);
            callback_ = std::move(callback);
            return was_called_;
        }
        [[nodiscard]] std::unique_ptr<Callback> enter() {
            const std::lock_guard lock(mutex_);
            was_called_ = true;
            return std::move(callback_);
        }
        [[nodiscard]] bool is_over() {
            const std::lock_guard lock(mutex_);
            return is_over_;
        }
        // Whoever is about to call it takes it along.
        [[nodiscard]] std::unique_ptr<Callback> leave() {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
            if (token_.stop_requested() && !was_called_) return nullptr;
            return std::move(callback_);
        }

    private:
        const std::stop_token token_;
        std::mutex mutex_;
        std::unique_ptr<Callback> callback_; // from its registration until somebody destroys it
        bool was_called_ = false;
        bool is_over_ = false;
    };

    const std::shared_ptr<Shared> shared_;
};

} // namespace lcm::detail

#endif
