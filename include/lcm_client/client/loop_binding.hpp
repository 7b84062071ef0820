// SPDX-License-Identifier: BSL-1.0
// A client's share of the event loop: its strand, its timer, its work. It is let go before the loop is destroyed, from
// whichever thread.
#ifndef LCM_CLIENT_CLIENT_LOOP_BINDING_HPP
#define LCM_CLIENT_CLIENT_LOOP_BINDING_HPP

#include <lcm_client/client/strand.hpp>
#include <lcm_client/impl/any_clock.hpp>
#include <lcm_client/impl/handler_memory.hpp>
#include <lcm_client/impl/home_process.hpp>
#include <lcm_client/loop_executor.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/system_executor.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Members marked "strand" may be called by steps on the strand only; these run only while the loop is there.
class LoopBinding {
public:
    LoopBinding(const LoopExecutor& executor, Threads threads, const AnyClock& clock)
        : parts_(std::in_place, executor, threads, clock) {
        memory_->reserve(2, 96); // a strand has an operation of its own for each of ours
    }
    LoopBinding(const LoopBinding&) = delete;
    LoopBinding& operator=(const LoopBinding&) = delete;

    /// Any thread: runs `step` on the strand. Returns whether it will: not when the loop is gone, or another
    /// process runs it.
    template <class Step> bool post(Step step) {
        if (is_elsewhere()) return false;
        const std::lock_guard lock(mutex_);
        if (parts_) parts_->strand.post(std::move(step));
        return parts_.has_value();
    }

    /// Any thread: runs `step` on the strand, with memory that is kept for it, so that this fails for no want of memory
    /// over an `io_context`. One such step may be on its way at a time. Returns whether it will run.
    template <class Step> [[nodiscard]] bool post_reserved(Step step) noexcept {
        if (is_elsewhere()) return false;
        try {
            const std::lock_guard lock(mutex_);
            if (parts_) parts_->strand.post(with_memory(*memory_, std::move(step)));
            return parts_.has_value();
        } catch (...) {
            return false;
        }
    }

    /// Any thread: where handlers run that have no executor of their own. Once the loop is gone, only Asio's own
    /// threads are left.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const {
        if (is_elsewhere()) return boost::asio::system_executor();
        const std::lock_guard lock(mutex_);
        if (!parts_) return boost::asio::system_executor();
        return parts_->strand.executor();
    }

    /// Any thread: whether this thread is running the loop, as far as can be seen.
    [[nodiscard]] bool is_running_here() const {
        if (is_elsewhere()) return false;
        const std::lock_guard lock(mutex_);
        if (!parts_) return false;
        return parts_->strand.running_in_this_thread() || parts_->below.is_running_here();
    }

    /// Any thread: whether this is a fork of the process that runs the loop. Nothing of it is used there.
    [[nodiscard]] bool is_elsewhere() const noexcept { return home_.is_elsewhere(); }

    /// Any thread: whether the loop has been destroyed.
    [[nodiscard]] bool has_gone() const {
        const std::lock_guard lock(mutex_);
        return !parts_;
    }

    /// Any thread: nothing of the loop is used after this.
    void let_go() {
        const std::lock_guard lock(mutex_);
        parts_.reset();
    }

    [[nodiscard]] const Strand& strand() const noexcept { return parts_->strand; } // strand
    [[nodiscard]] AnyTimer& timer() noexcept { return *parts_->timer; }            // strand
    void release_work() { parts_->work.reset(); }                                  // strand
    [[nodiscard]] bool is_gone() const noexcept { return !parts_; }                // strand

private:
    struct Parts {
        Parts(const LoopExecutor& executor, Threads threads, const AnyClock& clock)
            : below(executor), strand(executor, threads), work(executor.executor()),
              timer(clock.make_timer(strand.executor())) {}

        LoopExecutor below;
        Strand strand;
        boost::asio::executor_work_guard<boost::asio::any_io_executor> work; // until closed
        std::unique_ptr<AnyTimer> timer;
    };

    const HomeProcess home_;
    const HandlerMemory::Owner memory_ = HandlerMemory::make(); // of the step that is on its way to the strand
    mutable std::mutex mutex_;
    std::optional<Parts> parts_; // until the loop is destroyed
};

} // namespace lcm::detail

#endif
