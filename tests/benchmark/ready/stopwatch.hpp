// SPDX-License-Identifier: BSL-1.0
// How long each connection took until it was ready.
#ifndef LCM_CLIENT_BENCHMARK_READY_STOPWATCH_HPP
#define LCM_CLIENT_BENCHMARK_READY_STOPWATCH_HPP

#include "options.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <thread>
#include <vector>

namespace lcm::bench {

/// Calls `connect()` as often as the options say, which returns when a connection is ready and hands over what closes
/// it again, a function. Prints the time that one connection of ten did not exceed, the median and the longest. On a
/// busy machine most connections wait for a processor: the first of these says what they would take without that.
template <class Connect> void measure_ready(const ReadyOptions& options, Connect connect) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> microseconds;
    microseconds.reserve(options.connections);
    for (std::size_t i = 0; i < options.warm_up + options.connections; ++i) {
        const auto start = Clock::now();
        auto close = connect();
        const std::chrono::duration<double, std::micro> time = Clock::now() - start;
        if (i >= options.warm_up) microseconds.push_back(time.count());
        close();
        // The end of this connection shall not keep the server busy at the beginning of the next one.
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::sort(microseconds.begin(), microseconds.end());
    std::printf("{\"fast_us\": %.1f, \"median_us\": %.1f, \"longest_us\": %.1f}\n",
                microseconds[microseconds.size() / 10], microseconds[microseconds.size() / 2], microseconds.back());
}

} // namespace lcm::bench

#endif
