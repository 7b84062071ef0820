// SPDX-License-Identifier: BSL-1.0
// What runs the functions of a client one at a time, over an executor of any type, which is known here only.
#ifndef LCM_CLIENT_CLIENT_STRAND_HPP
#define LCM_CLIENT_CLIENT_STRAND_HPP

#include <lcm_client/loop_executor.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Which threads run an executor's functions.
enum class Threads {
    one, ///< the client's own, for as long as there is a client
    any, ///< those of the application
};

/// A value; copies are the same strand. Over an `io_context` it fits into the erased executor's own memory, where a
/// strand over an erased executor would take two pieces of the heap for each operation; and over a single
/// thread there is nothing to keep apart. Thread-safe.
class Strand {
public:
    /// `Threads::one` for an `io_context` only.
    Strand(const LoopExecutor& loop_executor, Threads threads) {
        const boost::asio::any_io_executor& below = loop_executor.executor();
        const auto* const loop = below.target<Loop>();
        if (threads == Threads::one || (loop != nullptr && loop_executor.is_single_threaded())) executor_ = below;
        else if (loop != nullptr) executor_ = boost::asio::make_strand(*loop);
        else executor_ = boost::asio::make_strand(below);
    }

    /// What runs one function at a time.
    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    /// Runs `function` on the strand, later. Cheaper than through the erased executor.
    template <class Function> void post(Function function) const {
        if (const auto* const strand = executor_.target<OverLoop>()) boost::asio::post(*strand, std::move(function));
        else if (const auto* const loop = executor_.target<Loop>()) boost::asio::post(*loop, std::move(function));
        else boost::asio::post(executor_, std::move(function));
    }

    /// Whether a function of the strand is running in this thread. This is asked for each message, and to find another
    /// type than the first one costs a comparison of names: so the loop that one thread runs comes first.
    [[nodiscard]] bool running_in_this_thread() const noexcept {
        if (const auto* const loop = executor_.target<Loop>()) return loop->running_in_this_thread();
        if (const auto* const strand = executor_.target<OverLoop>()) return strand->running_in_this_thread();
        return executor_.target<OverAny>()->running_in_this_thread();
    }

private:
    using Loop = boost::asio::io_context::executor_type;
    using OverLoop = boost::asio::strand<Loop>;
    using OverAny = boost::asio::strand<boost::asio::any_io_executor>;

    boost::asio::any_io_executor executor_;
};

} // namespace lcm::detail

#endif
