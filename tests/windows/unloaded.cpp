// SPDX-License-Identifier: BSL-1.0
// A DLL whose I/O thread is still at work when the DLL is unloaded, as one with a name look-up that nothing can cancel.
#include <lcm_client/client/io_thread.hpp>

#include <boost/asio/detail/socket_types.hpp> // windows.h, after winsock2.h
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <memory>
#include <utility>

/// Begins and ends an I/O thread that goes on until the event, and then tells by the other one that it did.
extern "C" __declspec(dllexport) void leave_thread_behind(HANDLE may_end, HANDLE goes_on) {
    struct Waits {
        HANDLE may_end;
        HANDLE goes_on;
        Waits(HANDLE until, HANDLE then) : may_end(until), goes_on(then) {}
        Waits(const Waits&) = delete;
        Waits& operator=(const Waits&) = delete;
        ~Waits() {
            ::WaitForSingleObject(may_end, INFINITE);
            ::SetEvent(goes_on);
        }
    };
    lcm::detail::IoThread thread;
    thread.start([] {});
    // It never comes, so it is destroyed with the loop. What is only posted would still run on Windows: there the end of
    // the loop waits its turn behind it.
    auto never = std::make_shared<boost::asio::steady_timer>(thread.get_executor(), std::chrono::hours(1));
    auto waits = std::make_unique<Waits>(may_end, goes_on);
    never->async_wait([never, waits = std::move(waits)](boost::system::error_code) {});
    boost::asio::post(thread.get_executor(), thread.stopper());
}
