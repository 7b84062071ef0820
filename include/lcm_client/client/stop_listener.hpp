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
/// futexes, as on Windows, it can miss that return and wait for ever. So whoever calls destroys the callback: a thread
/// that is in it does not wait for itself.
template <class OnStop> class StopListener {
public:
    /// Calls `on_stop`, which must not throw, at most once: in the thread that requests the stop, or here, if that was
    /// before. Throws `std::bad_alloc`, and then it is never called.
    StopListener(const std::stop_token& token, OnStop on_stop) : shared_(std::make_shared<Shared>(std::move(on_stop))) {
        auto callback = std::make_unique<Callback>(token, Call{shared_});
        if (was_called_before(std::move(callback))) shared_->on_stop();
    }
    StopListener(const StopListener&) = delete;
    StopListener& operator=(const StopListener&) = delete;
    /// A call that is under way goes on. Later nothing is called.
    ~StopListener() {
        const auto callback = shared_->take(); // one that has just begun to be called finds nothing, and returns
    }

private:
    struct Shared;
    struct Call {
        std::shared_ptr<Shared> shared;
        void operator()() const noexcept {
            const auto kept = shared; // this object goes with the callback
            const auto callback = kept->take_for_call();
            if (callback) kept->on_stop();
        }
    };
    using Callback = std::stop_callback<Call>;

    struct Shared {
        explicit Shared(OnStop function) : on_stop(std::move(function)) {}

        std::unique_ptr<Callback> take() {
            const std::lock_guard lock(mutex);
            return std::move(callback);
        }
        std::unique_ptr<Callback> take_for_call() {
            const std::lock_guard lock(mutex);
            was_called = true;
            return std::move(callback);
        }

        const OnStop on_stop;
        std::mutex mutex;
        std::unique_ptr<Callback> callback; // from its registration until somebody destroys it
        bool was_called = false;
    };

    // What was called before it could be kept here has done nothing.
    bool was_called_before(std::unique_ptr<Callback> callback) {
        const std::lock_guard lock(shared_->mutex);
        shared_->callback = std::move(callback);
        return shared_->was_called;
    }

    const std::shared_ptr<Shared> shared_;
};

} // namespace lcm::detail

#endif
