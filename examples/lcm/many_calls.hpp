// SPDX-License-Identifier: BSL-1.0
// `lcm call OPERATION --count N`: sends many requests, some at once, and prints how each ended as soon as it has.
#ifndef LCM_COMMAND_MANY_CALLS_HPP
#define LCM_COMMAND_MANY_CALLS_HPP

#include "client.hpp"
#include "connection.hpp"
#include "report.hpp"
#include "status.hpp"

#include <lcm_client.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>

namespace lcm_command {

struct ManyFlags {
    std::uint64_t count = 0; ///< 0 if one request is to be sent, with its call as it is given
    std::size_t concurrency = 64;
};

/// How many requests ended in each way.
class Totals {
public:
    void add(lcm::Delivery ending) {
        ++counts_.at(static_cast<std::size_t>(ending));
        worst_ = (std::max)(worst_, status_of(ending));
    }

    /// Of the ending that leaves the user most to do: unknown before not sent before refused.
    [[nodiscard]] Status worst() const noexcept { return worst_; }

    /// As "2 accepted, 0 refused, 1 not_sent, 0 unknown".
    [[nodiscard]] std::string to_string() const {
        using enum lcm::Delivery;
        std::string text;
        for (const lcm::Delivery ending : {accepted, refused, not_sent, unknown}) {
            if (!text.empty()) text += ", ";
            text += std::to_string(counts_.at(static_cast<std::size_t>(ending))) + ' ' + lcm::to_string(ending);
        }
        return text;
    }

private:
    std::array<std::uint64_t, 4> counts_{};
    Status worst_ = status_accepted;
};

/// The calls of one command. Everything but the network happens on the thread that runs it, so that a reader of the
/// output who is slow keeps no answer from being received in time.
template <lcm::Request R> class ManyCalls {
public:
    ManyCalls(const R& request, const ConnectionFlags& connection, const ManyFlags& flags)
        : request_(request), flags_(flags), client_(make_client(make_config(), connection)) {}

    /// Sends all requests, waits for all of them to end, and tells the status of the worst ending.
    Status run() {
        const auto start = Clock::now();
        const std::uint64_t first = (std::min<std::uint64_t>)(flags_.concurrency, flags_.count);
        while (started_ < first) start_next();
        loop_.run();
        std::cerr << "lcm: " << flags_.count << " requests in " << milliseconds_since(start).count()
                  << " ms: " << totals_.to_string() << '\n';
        return totals_.worst();
    }

private:
    using Clock = std::chrono::steady_clock;

    static std::chrono::milliseconds milliseconds_since(Clock::time_point start) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    }

    lcm::ClientConfig make_config() {
        lcm::ClientConfig config{.hooks_executor = loop_.get_executor(), .on_state = print_state};
        // All that may be under way at once finds room, and nothing but the server says how fast it goes.
        config.limits.in_flight = flags_.concurrency;
        config.limits.queued = flags_.concurrency;
        config.limits.tombstones = (std::max)(config.limits.tombstones, flags_.concurrency);
        config.limits.queued_bytes = flags_.concurrency * config.limits.outbound_message;
        config.limits.backlog_per_second = 1'000'000;
        return config;
    }

    static void print_state(const lcm::LinkStatus& link) { std::cerr << "lcm: " << describe(link) << '\n'; }

    void start_next() {
        R request = request_;
        // An empty call stays empty, so that the library itself says what is missing.
        if (!request.callid.empty()) request.callid += '-' + std::to_string(started_ + 1);
        ++started_;
        auto on_end = [this, callid = request.callid, start = Clock::now()](const auto& result) {
            print_report(report<R>(callid, result, milliseconds_since(start)));
            totals_.add(result ? lcm::Delivery::accepted : result.error().delivery);
            if (started_ < flags_.count) start_next();
        };
        client_.async_call(request, boost::asio::bind_executor(loop_.get_executor(), std::move(on_end)));
    }

    const R request_;
    const ManyFlags flags_;
    boost::asio::io_context loop_{1}; // outlives the client, whose handlers run here
    std::uint64_t started_ = 0;
    Totals totals_;
    lcm::Client client_;
};

} // namespace lcm_command

#endif
