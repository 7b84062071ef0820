// SPDX-License-Identifier: BSL-1.0
// This library with many requests under way that nobody answers: the heap that each of them takes, and how long it
// takes until all have ended when the link is lost.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_OURS_PENDING_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_OURS_PENDING_HPP

#include "budget.hpp"
#include "heap.hpp"
#include "ours.hpp"
#include "slots.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace lcm::bench {

class OursPending {
public:
    explicit OursPending(const Options& options)
        : options_(options), slots_(options.requests),
          client_(make_config(), transport(options), loop_.get_executor()) {
        loop_.run(); // until the link is there
        loop_.restart();
    }

    /// The heap for each request that awaits its reply; its text has left.
    void print_heap_awaiting() {
        const long long before = heap_bytes();
        submit();
        settle();
        print_heap(before, 0);
    }

    /// The heap for each request that waits for its turn, beyond its text.
    void print_heap_queued() {
        const long long before = heap_bytes();
        for (std::size_t slot = 0; slot < options_.requests; ++slot) send(slot);
        settle();
        print_heap(before, 286);
    }

    /// When the last request ended. The server of `--swallow` ends the link, and tells when.
    void print_link_lost() {
        submit();
        loop_.restart();
        loop_.run(); // until all have ended
        std::printf("{\"all_ended_ns\": %.0f}\n", all_ended_ * 1e9);
    }

private:
    static constexpr std::size_t chunk = 256;

    lcm::ClientConfig make_config() {
        lcm::ClientConfig made = config([this] { loop_.stop(); });
        raise_limits(made, options_.requests);
        if (options_.mode == "queued") made.limits.in_flight = 1;
        return made;
    }

    // As a gateway would: some at a time, as they come.
    void submit() {
        for (std::size_t slot = 0; slot < options_.requests;) {
            const std::size_t end = (std::min)(slot + chunk, options_.requests);
            for (; slot < end; ++slot) send(slot);
            while (client_.stats().queued != 0) loop_.run_one();
        }
    }

    void settle() { loop_.run_for(std::chrono::milliseconds(500)); }

    void send(std::size_t slot) {
        request_.callid = slots_.next(slot);
        client_.async_call(request_, [this](const Outcome& outcome) { on_ended(outcome); });
    }

    void on_ended(const Outcome& outcome) {
        if (outcome || outcome.error().delivery != lcm::Delivery::unknown)
            throw std::runtime_error("a request did not end as unknown");
        if (++ended_ != options_.requests) return;
        all_ended_ = seconds_of(CLOCK_MONOTONIC);
        loop_.stop();
    }

    void print_heap(long long before, long long text) const {
        const double each = static_cast<double>(heap_bytes() - before) / static_cast<double>(options_.requests);
        std::printf("{\"heap_bytes\": %.1f}\n", each - static_cast<double>(text));
        std::fflush(stdout);
        std::_Exit(0); // nobody wants to know how these requests end
    }

    Options options_;
    Slots slots_;
    Request request_ = make_request();
    std::size_t ended_ = 0;
    double all_ended_ = 0;
    boost::asio::io_context loop_{1};
    lcm::Client client_;
};

} // namespace lcm::bench

#endif
