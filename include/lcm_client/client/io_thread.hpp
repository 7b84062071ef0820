// SPDX-License-Identifier: BSL-1.0
// The I/O thread that a client owns when the application gives it no executor.
#ifndef LCM_CLIENT_CLIENT_IO_THREAD_HPP
#define LCM_CLIENT_CLIENT_IO_THREAD_HPP

#include <lcm_client/client/detach.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <new>
#include <thread>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A thread that runs a loop until this object goes. An exception that leaves a handler ends the program, but for
/// `std::bad_alloc`: Asio's own operations throw it in the middle, and are lost then. One of Asio's that cannot be caught
/// remains, in Boost 1.81: over an application's loop in several threads, the next turn that its strand posts when it has
/// more to do.
class IoThread {
public:
    IoThread() = default;

    /// Begins to run the loop; once. `on_lost_operation` is called on the thread, outside of the loop, when there was
    /// no memory for an operation. Throws `std::system_error` if the system gives no thread.
    void start(std::function<void()> on_lost_operation) {
        std::promise<void> stopped;
        std::promise<void> gone;
        stopped_ = stopped.get_future();
        gone_ = gone.get_future();
        thread_ = std::thread(run, owner_, std::move(on_lost_operation), released_.get_future(), std::move(stopped),
                              std::move(gone));
        owner_.reset();
    }

    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    /// Waits until the loop has ended: when it has been told to stop, or has nothing left to do. On this very thread it
    /// does not wait: the thread ends by itself after the handler that is running.
    ~IoThread() {
        work_.reset();
        if (!thread_.joinable()) return; // it was never started
        released_.set_value();
        if (is_current()) {
            detach(thread_);
            return;
        }
        stopped_.wait();
        // Destroying the loop waits for a name look-up that is under way, which nothing can cancel. Nobody else should.
        if (gone_.wait_for(std::chrono::milliseconds(100)) == std::future_status::ready) thread_.join();
        else detach(thread_);
    }

    [[nodiscard]] boost::asio::io_context::executor_type get_executor() const noexcept {
        return context_.get_executor();
    }

    /// Stops the loop when it is called, on this thread. To be run after everything that is still to run.
    [[nodiscard]] std::function<void()> stopper() const {
        return [context = &context_] { context->stop(); };
    }

private:
    using Context = std::shared_ptr<boost::asio::io_context>;

    [[nodiscard]] bool is_current() const noexcept { return thread_.get_id() == std::this_thread::get_id(); }

    // Once it runs, the thread alone owns the loop, so that only the thread can be the one that waits for its end.
    static void run(Context context, const std::function<void()>& on_lost_operation, std::future<void> released,
                    std::promise<void> stopped, std::promise<void> gone) {
        while (!has_ended(*context)) on_lost_operation();
        stopped.set_value();
        released.wait();
        context.reset();
        gone.set_value();
    }

    static bool has_ended(boost::asio::io_context& context) {
        try {
            context.run();
            return true;
        } catch (const std::bad_alloc&) {
            return false;
        }
    }

    Context owner_ = std::make_shared<boost::asio::io_context>(1); // until the thread has it
    boost::asio::io_context& context_ = *owner_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
    std::promise<void> released_; // the owner names the loop no more
    std::future<void> stopped_;
    std::future<void> gone_;
    std::thread thread_;
};

} // namespace lcm::detail

#endif
