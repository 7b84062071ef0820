// SPDX-License-Identifier: BSL-1.0
// This library with callbacks, on the application's own loop, which one thread runs: no other client here has a strand.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_OURS_CALLBACK_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_OURS_CALLBACK_HPP

#include "budget.hpp"
#include "ours.hpp"
#include "slots.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>

namespace lcm::bench {

class OursCallback {
public:
    explicit OursCallback(const Options& options)
        : options_(options), budget_(options), slots_(options.depth),
          client_(config([this] { start(); }), transport(options),
                  LoopExecutor::single_threaded(loop_.get_executor())) {}

    void run() {
        loop_.run();
        budget_.print();
    }

private:
    void start() {
        for (std::size_t slot = 0; slot < options_.depth; ++slot) send(slot);
    }

    void send(std::size_t slot) {
        if (!budget_.take()) return;
        request_.callid = slots_.next(slot);
        client_.async_call(request_, [this, slot](const Outcome& outcome) {
            require(outcome);
            if (budget_.answered()) return loop_.stop();
            send(slot);
        });
    }

    Options options_;
    Budget budget_;
    Slots slots_;
    Request request_ = make_request();
    boost::asio::io_context loop_{1};
    lcm::Client client_;
};

} // namespace lcm::bench

#endif
