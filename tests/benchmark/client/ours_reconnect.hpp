// SPDX-License-Identifier: BSL-1.0
// This library after a link was lost, with requests waiting: how much longer they take than over a link that is there.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_OURS_RECONNECT_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_OURS_RECONNECT_HPP

#include "budget.hpp"
#include "delaying_relay.hpp"
#include "ours.hpp"
#include "slots.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace lcm::bench {

/// A new link has one request under way until its server has shown itself: that is one round trip.
class OursReconnect {
public:
    explicit OursReconnect(const Options& options)
        : depth_(options.depth), slots_(options.depth),
          relay_(static_cast<unsigned short>(std::stoul(options.port)), one_way),
          client_(make_config(), transport(through_relay(options)), loop_.get_executor()) {
        run(); // until the link is there
    }

    void print_round_trips() {
        ask(1); // the link has shown that it is good
        std::vector<double> more;
        for (int round = 0; round < rounds; ++round)
            more.push_back((reconnect() - ask(depth_)) / (2 * seconds(one_way)));
        std::sort(more.begin(), more.end());
        std::printf("{\"round_trips\": %.3f}\n", more[more.size() / 2]);
    }

private:
    static constexpr std::chrono::milliseconds one_way{20};
    static constexpr int rounds = 5;

    static double seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

    Options through_relay(Options options) const {
        options.port = relay_.port();
        return options;
    }

    lcm::ClientConfig make_config() {
        lcm::ClientConfig made{.source = std::string(Sample().source)};
        raise_limits(made, depth_);
        made.limits.backlog_per_second = 1'000'000; // the pace is not what is measured
        made.on_state = [this](const lcm::LinkStatus& status) {
            const bool was_ready = std::exchange(is_ready_, status.state == lcm::LinkState::ready);
            if (is_ready_) ready_since_ = seconds_of(CLOCK_MONOTONIC);
            if (is_ready_ != was_ready) loop_.stop();
        };
        return made;
    }

    void run() {
        loop_.restart();
        loop_.run();
    }

    // How long so many requests take.
    double ask(std::size_t count) {
        const double began = seconds_of(CLOCK_MONOTONIC);
        submit(count);
        run();
        return seconds_of(CLOCK_MONOTONIC) - began;
    }

    // The same from when the link is there again, since they waited for it.
    double reconnect() {
        relay_.cut();
        run(); // until it is noticed
        submit(depth_);
        run(); // until the link is there
        run(); // until all have been answered
        return seconds_of(CLOCK_MONOTONIC) - ready_since_;
    }

    void submit(std::size_t count) {
        left_ = count;
        for (std::size_t slot = 0; slot < count; ++slot) {
            request_.callid = slots_.next(slot);
            client_.async_call(request_, [this](const Outcome& outcome) {
                require(outcome);
                if (--left_ == 0) loop_.stop();
            });
        }
    }

    std::size_t depth_;
    Slots slots_;
    Request request_ = make_request();
    std::size_t left_ = 0;
    bool is_ready_ = false;
    double ready_since_ = 0;
    boost::asio::io_context loop_{1};
    DelayingRelay relay_;
    lcm::Client client_;
};

} // namespace lcm::bench

#endif
