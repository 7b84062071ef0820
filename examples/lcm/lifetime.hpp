// SPDX-License-Identifier: BSL-1.0
// When a command that runs on ends: at SIGINT, at SIGTERM, and after a time if there is one.
#ifndef LCM_COMMAND_LIFETIME_HPP
#define LCM_COMMAND_LIFETIME_HPP

#include "end_signals.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>

namespace lcm_command {

/// Stops its loop at the end.
class Lifetime {
public:
    explicit Lifetime(std::optional<std::chrono::milliseconds> time) {
        for (const int signal : end_signals) signals_.add(signal);
        signals_.async_wait([this](auto...) { loop_.stop(); });
        if (!time) return;
        timer_.expires_after(*time);
        timer_.async_wait([this](auto...) { loop_.stop(); });
    }

    /// For handlers that shall run meanwhile.
    [[nodiscard]] boost::asio::io_context& loop() noexcept { return loop_; }

    void wait() { loop_.run(); }

private:
    boost::asio::io_context loop_{1};
    boost::asio::signal_set signals_{loop_};
    boost::asio::steady_timer timer_{loop_};
};

} // namespace lcm_command

#endif
