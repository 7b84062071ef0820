// SPDX-License-Identifier: BSL-1.0
// A client's share of the event loop: its strand, its timer, its work. It is let go before the loop is destroyed, from
// whichever thread.
#ifndef LCM_CLIENT_CLIENT_LOOP_HPP
#define LCM_CLIENT_CLIENT_LOOP_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>

#include <mutex>
#include <optional>
#include <utility>

namespace lcm::detail {

/// Members marked "strand" may be called by steps on the strand only; these run only while the loop is there.
template <class ClockType> class Loop {
public:
    using Strand = boost::asio::strand<boost::asio::any_io_executor>;

    Loop(const boost::asio::any_io_executor& executor, const ClockType& clock)
        : parts_(std::in_place, executor, clock) {}
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Any thread: runs `step` on the strand; never, if the loop is gone.
    template <class Step> void post(Step step) {
        const std::lock_guard lock(mutex_);
        if (parts_) boost::asio::post(parts_->strand, std::move(step));
    }

    /// Any thread: where handlers run that have no executor of their own. Once the loop is gone, only Asio's own threads
    /// are left.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const {
        const std::lock_guard lock(mutex_);
        if (!parts_) return boost::asio::system_executor();
        return parts_->strand;
    }

    /// Any thread: whether this thread is running the loop, as far as can be seen.
    [[nodiscard]] bool is_running_here() const {
        const std::lock_guard lock(mutex_);
        if (!parts_) return false;
        if (parts_->strand.running_in_this_thread()) return true;
        const boost::asio::any_io_executor executor = parts_->strand.get_inner_executor();
        const auto* loop = executor.template target<boost::asio::io_context::executor_type>();
        return loop != nullptr && loop->running_in_this_thread();
    }

    /// Any thread: nothing of the loop is used after this.
    void let_go() {
        const std::lock_guard lock(mutex_);
        parts_.reset();
    }

    [[nodiscard]] const Strand& strand() const noexcept { return parts_->strand; }      // strand
    [[nodiscard]] typename ClockType::Timer& timer() noexcept { return parts_->timer; } // strand
    void release_work() { parts_->work.reset(); }                                       // strand
    [[nodiscard]] bool is_gone() const noexcept { return !parts_; }                     // strand

private:
    struct Parts {
        Parts(const boost::asio::any_io_executor& executor, const ClockType& clock)
            : strand(boost::asio::make_strand(executor)), work(executor), timer(clock, strand) {}

        Strand strand;
        boost::asio::executor_work_guard<boost::asio::any_io_executor> work; // until closed
        typename ClockType::Timer timer;
    };

    mutable std::mutex mutex_;
    std::optional<Parts> parts_; // until the loop is destroyed
};

} // namespace lcm::detail

#endif
