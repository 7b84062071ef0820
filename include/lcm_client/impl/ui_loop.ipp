// SPDX-License-Identifier: BSL-1.0
// What is on its way to a user interface's loop, and the thread that waits for its sockets: the bodies.
#ifndef LCM_CLIENT_IMPL_UI_LOOP_IPP
#define LCM_CLIENT_IMPL_UI_LOOP_IPP

#include <lcm_client/client/io_thread.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/ui_loop.hpp>

#include <boost/asio/execution_context.hpp>

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

LCM_CLIENT_DECL UiQueue::UiQueue(std::function<void(std::function<void()>)> post, std::function<bool()> is_this_thread)
    : post_(std::move(post)), is_this_thread_(std::move(is_this_thread)) {
    if (!post_) throw_invalid("post: must be set");
    if (!is_this_thread_) throw_invalid("is_this_thread: must be set");
}

LCM_CLIENT_DECL UiQueue::~UiQueue() = default;

LCM_CLIENT_DECL void UiQueue::add(Handler<void()> function) {
    const std::lock_guard lock(mutex_);
    if (has_ended_) return;
    functions_.push_back(std::move(function));
    try {
        if (!has_runner_) send_runner();
    } catch (...) {
        function = std::move(functions_.back()); // and goes without the lock
        functions_.pop_back();
        throw;
    }
}

// With the mutex, so that the application's function is not called once this has ended.
LCM_CLIENT_DECL void UiQueue::send_runner() {
    struct Posting {
        std::atomic<std::thread::id>& who;
        explicit Posting(std::atomic<std::thread::id>& here) : who(here) { who = std::this_thread::get_id(); }
        ~Posting() { who = std::thread::id(); }
    } const posting(posting_);
    post_([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->run_next();
    });
    has_runner_ = true;
}

// One at a time, so that the interface's own events have their turn. The next one is sent for before the function runs,
// which may run a loop of its own: Qt's over GLib does not look there at what was posted before it.
LCM_CLIENT_DECL void UiQueue::run_next() {
    if (posting_ == std::this_thread::get_id())
        throw std::logic_error("lcm::UiLoop: post called its function; it must have the loop call it later");
    {
        const std::lock_guard lock(mutex_);
        has_runner_ = false;
    }
    do
        if (auto next = take_next()) next();
    while (is_left_alone());
}

LCM_CLIENT_DECL Handler<void()> UiQueue::take_next() {
    const std::lock_guard lock(mutex_);
    if (functions_.empty()) return {};
    auto next = std::move(functions_.front());
    functions_.pop_front();
    try {
        if (!functions_.empty() && !has_runner_) send_runner();
    } catch (...) {} // then they run behind this one
    return next;
}

LCM_CLIENT_DECL bool UiQueue::is_left_alone() {
    const std::lock_guard lock(mutex_);
    return !functions_.empty() && !has_runner_;
}

// What a socket cannot tell for want of memory nobody can be told, and somebody would wait for it for ever.
LCM_CLIENT_DECL boost::asio::execution_context& UiQueue::context() {
    const std::lock_guard lock(mutex_);
    if (has_ended_) throw_invalid("executor: its UiLoop has been destroyed");
    if (!io_) {
        auto io = std::make_unique<IoThread>();
        io->start([] { std::terminate(); });
        io_ = std::move(io);
    }
    return io_->get_executor().context();
}

LCM_CLIENT_DECL void UiQueue::end() noexcept {
    std::deque<Handler<void()>> dropped; // before the context goes, and without the lock
    {
        const std::lock_guard lock(mutex_);
        has_ended_ = true;
        dropped.swap(functions_);
    }
    dropped.clear();
    if (!io_) return;
    io_->stopper()();
    io_.reset();
}

} // namespace detail

LCM_CLIENT_DECL UiLoop::UiLoop(std::function<void(std::function<void()>)> post, std::function<bool()> is_this_thread)
    : queue_(std::make_shared<detail::UiQueue>(std::move(post), std::move(is_this_thread))) {}

LCM_CLIENT_DECL UiLoop::~UiLoop() {
    // A fork has neither the thread nor whoever may hold the mutex: it only lets go.
    if (queue_->is_elsewhere())
        static_cast<void>(new (std::nothrow) std::shared_ptr<detail::UiQueue>(std::move(queue_)));
    else queue_->end();
}

} // namespace lcm

#endif
