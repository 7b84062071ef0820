// SPDX-License-Identifier: BSL-1.0
// Sends many requests over one link, some at once, and prints how each ended as soon as it has.
#ifndef LCM_COMMAND_MANY_CALLS_HPP
#define LCM_COMMAND_MANY_CALLS_HPP

#include "connection.hpp"
#include "interrupt.hpp"
#include "operation.hpp"
#include "ordered_json.hpp"
#include "status.hpp"
#include "totals.hpp"

#include <lcm_client/config.hpp>
#include <lcm_client/link_status.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace lcm_command {

/// The calls of one command. Everything but the network happens on the thread that runs it, so that a reader of the
/// output who is slow keeps no answer from being received in time.
class ManyCalls {
public:
    /// At most `at_once` requests will be under way. Throws `UsageError` if there can be no such link.
    ManyCalls(const ConnectionFlags& connection, std::size_t at_once);

    /// Where all happens.
    [[nodiscard]] boost::asio::io_context& loop() noexcept { return loop_; }

    /// Called after each ending that was printed: there is room for one more.
    std::function<void()> on_end{};
    /// Called before anything is printed.
    std::function<void()> before_print{};

    /// Whether a signal has cancelled what was under way: nothing more is to be started then.
    [[nodiscard]] bool is_interrupted() const noexcept { return interrupt_.has_come(); }

    /// Starts `request`. Its report has the number of its `line`, unless that is 0.
    void start(const AnyRequest& request, std::uint64_t line = 0);
    /// Reports a line that will never be a request.
    void refuse(const std::string& reason, std::uint64_t line);

    /// Runs until there is nothing to do, or a signal has come and what was under way has ended; then prints the totals.
    /// Returns the status of the worst ending; after a signal, what was never started counts as not sent.
    Status run(const std::string& things);

    [[nodiscard]] const Totals& totals() const noexcept { return totals_; }

private:
    using Clock = std::chrono::steady_clock;

    static std::chrono::milliseconds since(Clock::time_point start);
    lcm::ClientConfig make_config(std::size_t at_once);
    void print_state(const lcm::LinkStatus& link) const;
    void print(OrderedJson json, std::uint64_t line, lcm::Delivery ending);
    void stop_if_interrupted();

    boost::asio::io_context loop_{1}; // outlives the client, whose handlers run here
    Totals totals_;
    std::size_t under_way_ = 0;
    std::shared_ptr<CommandClient> client_;
    // Behind the client, which cannot do without its threads. The loop may have work that never ends, such as waiting for a
    // line.
    Interrupt interrupt_{[this] { boost::asio::post(loop_, [this] { stop_if_interrupted(); }); }};
};

/// Adds the flag `--concurrency`, which sets `at_once`.
CLI::Option* add_concurrency_flag(CLI::App& command, std::size_t& at_once);

} // namespace lcm_command

#endif
