// SPDX-License-Identifier: BSL-1.0
// The heap of a client of this library that has completed one request and has nothing to do.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_OURS_IDLE_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_OURS_IDLE_HPP

#include "heap.hpp"
#include "ours.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <memory>
#include <vector>

namespace lcm::bench {

class OursIdle {
public:
    explicit OursIdle(const Options& options) : options_(options) { clients_.reserve(options.requests + 1); }

    /// The first client also pays for what all have in common.
    void run() {
        add_client();
        const long long before = heap_bytes();
        for (std::size_t i = 0; i < options_.requests; ++i) add_client();
        const auto each = static_cast<double>(heap_bytes() - before) / static_cast<double>(options_.requests);
        std::printf("{\"heap_bytes\": %.1f}\n", each);
    }

private:
    void add_client() {
        auto& client = *clients_.emplace_back(
            std::make_unique<lcm::Client>(config([this] { loop_.stop(); }), transport(options_), loop_.get_executor()));
        run_until_stopped();
        Request request = make_request();
        request.callid = "000000000001";
        client.async_call(request, [this](const Outcome& outcome) {
            require(outcome);
            loop_.stop();
        });
        run_until_stopped();
        loop_.restart();
        loop_.poll(); // the next read is under way
    }

    void run_until_stopped() {
        loop_.restart();
        loop_.run();
    }

    Options options_;
    boost::asio::io_context loop_{1};
    std::vector<std::unique_ptr<lcm::Client>> clients_;
};

} // namespace lcm::bench

#endif
