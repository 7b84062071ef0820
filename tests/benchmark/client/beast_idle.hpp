// SPDX-License-Identifier: BSL-1.0
// The heap of a connection of raw Beast that has answered one request and has nothing to do.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_BEAST_IDLE_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_BEAST_IDLE_HPP

#include "hand_request.hpp"
#include "heap.hpp"
#include "raw_beast.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

namespace lcm::bench {

class BeastIdle {
public:
    explicit BeastIdle(const Options& options) : options_(options) { connections_.reserve(options.requests + 1); }

    /// The first connection also pays for what all have in common.
    void run() {
        add_connection();
        const long long before = heap_bytes();
        for (std::size_t i = 0; i < options_.requests; ++i) add_connection();
        const auto each = static_cast<double>(heap_bytes() - before) / static_cast<double>(options_.requests);
        std::printf("{\"heap_bytes\": %.1f}\n", each);
    }

private:
    void add_connection() {
        RawBeast* const connection = connections_.emplace_back(make_raw_beast(loop_, options_)).get();
        connection->open([connection] { connection->send(hand_request("000000000001")); },
                         [this](std::string_view) { loop_.stop(); });
        loop_.restart();
        loop_.run();
        loop_.restart();
        loop_.poll(); // the next read is under way
    }

    Options options_;
    boost::asio::io_context loop_{1};
    std::vector<std::unique_ptr<RawBeast>> connections_;
};

} // namespace lcm::bench

#endif
