// SPDX-License-Identifier: BSL-1.0
// The I/O thread that a client owns when the application gives it no executor.
#ifndef LCM_CLIENT_CLIENT_IO_THREAD_HPP
#define LCM_CLIENT_CLIENT_IO_THREAD_HPP

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace lcm::detail {

/// A thread that runs a loop until this object goes. An exception that leaves a handler ends the program.
class IoThread {
public:
    IoThread() : IoThread(std::make_shared<boost::asio::io_context>(1), std::promise<void>(), std::promise<void>()) {}

    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    /// Ends the loop after what has been posted to it so far, and waits for that. From a handler on this very thread
    /// it does not wait: the thread ends by itself after that handler.
    ~IoThread() {
        boost::asio::post(*context_, [context = context_.get()] { context->stop(); });
        work_.reset();
        context_.reset();
        if (is_current()) {
            thread_.detach();
            return;
        }
        stopped_.wait();
        // Destroying the loop waits for a name look-up that is under way, which nothing can cancel. Nobody else should.
        if (gone_.wait_for(std::chrono::milliseconds(100)) == std::future_status::ready) thread_.join();
        else thread_.detach();
    }

    [[nodiscard]] boost::asio::io_context::executor_type get_executor() const noexcept {
        return context_->get_executor();
    }
    [[nodiscard]] bool is_current() const noexcept { return thread_.get_id() == std::this_thread::get_id(); }

private:
    using Context = std::shared_ptr<boost::asio::io_context>;

    IoThread(Context context, std::promise<void> stopped, std::promise<void> gone)
        : stopped_(stopped.get_future()), gone_(gone.get_future()), context_(context), work_(context->get_executor()),
          thread_(run, std::move(context), std::move(stopped), std::move(gone)) {}

    static void run(Context context, std::promise<void> stopped, std::promise<void> gone) {
        context->run();
        stopped.set_value();
        context.reset();
        gone.set_value();
    }

    std::future<void> stopped_;
    std::future<void> gone_;
    Context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

} // namespace lcm::detail

#endif
