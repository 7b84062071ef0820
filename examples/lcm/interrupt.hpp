// SPDX-License-Identifier: BSL-1.0
// What SIGINT and SIGTERM do to a command with requests under way: they are cancelled, so that each still has its ending.
#ifndef LCM_COMMAND_INTERRUPT_HPP
#define LCM_COMMAND_INTERRUPT_HPP

#include "end_signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <functional>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>

namespace lcm_command {

/// Waits for a signal on a thread of its own, so that a command ends by itself when it has nothing more to do. A second
/// signal ends the process at once, and without a thread so does the first.
class Interrupt {
public:
    /// `on_come`, if there is one, is called on the thread of this object when stop has been requested.
    explicit Interrupt(std::function<void()> on_come = {}) : on_come_(std::move(on_come)) {
        for (const int signal : end_signals) add(signal);
        signals_.async_wait([this](const auto& problem, int) {
            if (problem) return;
            signals_.clear();
            stop_.request_stop();
            if (on_come_) on_come_();
        });
        try {
            thread_ = std::thread([this] { loop_.run(); });
        } catch (const std::system_error&) {
            signals_.clear(); // nobody would come to them: they do what they do to any process
        }
    }
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
    ~Interrupt() {
        loop_.stop();
        if (thread_.joinable()) thread_.join();
    }

    /// Stop is requested at the first signal, on the thread of this object.
    [[nodiscard]] std::stop_token token() const noexcept { return stop_.get_token(); }
    /// Any thread.
    [[nodiscard]] bool has_come() const noexcept { return stop_.stop_requested(); }

private:
    void add(int signal) {
#if defined(SA_RESTART)
        // What is ignored stays so, as by a script's job in the background.
        struct sigaction action {};
        if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
#endif
        signals_.add(signal);
#if defined(SA_RESTART)
        // Else a write that waits for a slow reader would fail at the signal, and with it what there still is to say.
        if (::sigaction(signal, nullptr, &action) != 0) return;
        action.sa_flags |= SA_RESTART;
        ::sigaction(signal, &action, nullptr);
#endif
    }

    std::function<void()> on_come_;
    std::stop_source stop_;
    boost::asio::io_context loop_{1};
    boost::asio::signal_set signals_{loop_};
    std::thread thread_; // last: it uses all others
};

} // namespace lcm_command

#endif
