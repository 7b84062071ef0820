// SPDX-License-Identifier: BSL-1.0
// An executor over any event loop that can post a function: Qt's, Win32's, GLib's, a hand-made one.
#ifndef LCM_CLIENT_UI_LOOP_HPP
#define LCM_CLIENT_UI_LOOP_HPP

#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/impl/home_process.hpp>

#include <boost/asio/bind_executor.hpp> // with which a handler takes the executor
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

class IoThread;

/// The functions that are on their way to the user interface. They are kept here, and the interface's own queue has
/// only a call of `run_next`, so that none is left when what they hold may no longer be destroyed. Thread-safe.
class UiQueue : public std::enable_shared_from_this<UiQueue> {
public:
    LCM_CLIENT_DECL UiQueue(std::function<void(std::function<void()>)> post, std::function<bool()> is_this_thread);
    UiQueue(const UiQueue&) = delete;
    UiQueue& operator=(const UiQueue&) = delete;
    LCM_CLIENT_DECL ~UiQueue();

    /// Has `function` called on the user interface's thread, later. When `post` throws, so does this.
    LCM_CLIENT_DECL void add(Handler<void()> function);
    [[nodiscard]] bool is_running_here() const { return !has_ended_ && is_this_thread_(); }
    /// Where Asio's sockets and timers have their services. The first call starts the thread that waits for them.
    [[nodiscard]] LCM_CLIENT_DECL boost::asio::execution_context& context();
    /// Drops what waits, takes nothing more, and ends the context. On the user interface's thread.
    LCM_CLIENT_DECL void end() noexcept;
    /// Whether this is a fork of the process that made it.
    [[nodiscard]] bool is_elsewhere() const noexcept { return home_.is_elsewhere(); }

private:
    LCM_CLIENT_DECL void run_next();
    LCM_CLIENT_DECL void send_runner();
    /// Whether there are functions and nobody who comes for them.
    [[nodiscard]] LCM_CLIENT_DECL bool is_left_alone();
    [[nodiscard]] LCM_CLIENT_DECL Handler<void()> take_next();

    const HomeProcess home_;
    const std::function<void(std::function<void()>)> post_;
    const std::function<bool()> is_this_thread_;
    std::atomic<bool> has_ended_{false};
    std::atomic<std::thread::id> posting_{}; // who is inside `post_`, and has the mutex
    std::mutex mutex_;
    std::deque<Handler<void()>> functions_;
    bool has_runner_ = false;      // a call of `run_next` is on its way
    std::unique_ptr<IoThread> io_; // nothing before somebody asks for the context, and after the end
};

} // namespace detail

/// An executor that runs functions on a user interface's thread; from `UiLoop::get_executor()`. Asio's
/// `any_io_executor` can hold it, so it goes wherever one is taken: for a client, for `ClientConfig::hooks_executor`,
/// and for one handler by `boost::asio::bind_executor`. What is given to it when the `UiLoop` has gone is dropped.
///
/// @par Thread safety
/// Every function may be called from any thread.
class UiExecutor {
public:
    /// For `UiLoop`.
    explicit UiExecutor(std::shared_ptr<detail::UiQueue> queue) noexcept : queue_(std::move(queue)) {}

    /// Has `function` called later, once, behind what was given before; never inside this call, also by
    /// `boost::asio::dispatch` on the interface's thread: so a function may run a modal dialog, and what gave it goes
    /// on meanwhile. An exception of the application's `post` leaves this; then `function` is not called.
    template <class Function> void execute(Function&& function) const { queue_->add(std::forward<Function>(function)); }

    /// Whether this is the user interface's thread: a client that runs here does not wait there.
    [[nodiscard]] bool running_in_this_thread() const { return queue_->is_running_here(); }

    /// For Asio: the context of sockets and timers. The first one that is made has it start a thread, which waits for
    /// all of them; it throws `std::system_error` if the system gives none, and `LcmError` when the `UiLoop` has gone.
    [[nodiscard]] boost::asio::execution_context& query(boost::asio::execution::context_t) const {
        return queue_->context();
    }
    /// For Asio: `execute` does not call its function itself.
    [[nodiscard]] static constexpr boost::asio::execution::blocking_t
    query(boost::asio::execution::blocking_t) noexcept {
        return boost::asio::execution::blocking_t::never;
    }

    /// Whether they are of one loop.
    [[nodiscard]] friend bool operator==(const UiExecutor&, const UiExecutor&) = default;

private:
    std::shared_ptr<detail::UiQueue> queue_;
};

/// A user interface's event loop, as the library and Asio see it. Functions run on its thread one at a time, in the
/// order in which they were given, among the interface's own events, and also inside a loop that one of them runs, as
/// that of a modal dialog.
///
/// Make it on the interface's thread, before the clients, and destroy it there, after them. To destroy it is to destroy
/// the loop: what waits is dropped, later functions are dropped as well, and a client that runs on it ends its requests
/// as lcm_client/README.md tells of a loop that is destroyed.
///
/// GLib, where this is the thread of the default context:
///
///     const auto call = [](void* f) -> gboolean { (*static_cast<std::function<void()>*>(f))(); return FALSE; };
///     const auto drop = [](void* f) { delete static_cast<std::function<void()>*>(f); };
///     lcm::UiLoop ui(
///         [=](std::function<void()> f) {
///             g_idle_add_full(G_PRIORITY_DEFAULT, call, new std::function<void()>(std::move(f)), drop);
///         },
///         [ui = std::this_thread::get_id()] { return std::this_thread::get_id() == ui; });
///
/// Win32, where the procedure of a message-only `window` answers `WM_APP` by calling and deleting what `wparam` points
/// to:
///
///     lcm::UiLoop ui(
///         [=](std::function<void()> f) {
///             auto kept = std::make_unique<std::function<void()>>(std::move(f));
///             if (!PostMessageW(window, WM_APP, reinterpret_cast<WPARAM>(kept.get()), 0))
///                 throw std::system_error(static_cast<int>(GetLastError()), std::system_category());
///             static_cast<void>(kept.release());
///         },
///         [ui = std::this_thread::get_id()] { return std::this_thread::get_id() == ui; });
///
/// @par Thread safety
/// `get_executor()` may be called from any thread.
class UiLoop {
public:
    /// Makes a loop of what the interface brings along. Neither function may be empty.
    ///
    /// - `post` has its argument called later on the interface's thread, in order, and never calls it itself. It is
    ///   called from any thread, one call at a time, and not after this object has gone. If it throws, the function is
    ///   not called: whoever posted it is told, as of every executor that throws. The argument can be copied; only the
    ///   first call of it does something, and it may also be dropped, or called when this object has gone.
    /// - `is_this_thread` says whether it is called on the interface's thread. It is called from any thread, and must
    ///   not throw.
    ///
    /// @par Exceptions
    /// `LcmError` with `Errc::invalid_argument` if one of them is empty, `std::bad_alloc` without memory.
    LCM_CLIENT_DECL UiLoop(std::function<void(std::function<void()>)> post, std::function<bool()> is_this_thread);
    UiLoop(const UiLoop&) = delete;
    UiLoop& operator=(const UiLoop&) = delete;
    /// Ends the loop, without waiting for the network.
    LCM_CLIENT_DECL ~UiLoop();

    /// What runs functions on it.
    [[nodiscard]] UiExecutor get_executor() const noexcept { return UiExecutor(queue_); }

private:
    std::shared_ptr<detail::UiQueue> queue_;
};

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/ui_loop.ipp>
#endif

#endif
