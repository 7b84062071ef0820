// SPDX-License-Identifier: BSL-1.0
// The closed loop that all clients have in common: how many requests are still to be sent and answered, and what those
// after the warm-up took.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_BUDGET_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_BUDGET_HPP

#include "heap.hpp"
#include "options.hpp"

#include <time.h>

#include <cstddef>
#include <cstdio>

namespace lcm::bench {

inline double seconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// What a process has used up so far.
struct Usage {
    double seconds = seconds_of(CLOCK_MONOTONIC);
    double cpu_seconds = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    long long heap_calls = bench::heap_calls();
};

class Budget {
public:
    explicit Budget(const Options& options) : warm_up_(options.warm_up), total_(options.warm_up + options.requests) {}

    /// Whether one more request shall be sent; it counts as sent then. The first `step` of them go together.
    bool take(std::size_t step = 1) {
        if (sent_ == total_) return false;
        sent_ += step;
        return true;
    }

    /// That many replies have come. True if they were the last.
    bool answered(std::size_t step = 1) {
        answered_ += step;
        if (answered_ == warm_up_) start_ = Usage();
        return answered_ == total_;
    }

    /// One line of JSON about the requests after the warm-up.
    void print() const {
        const Usage end;
        std::printf(R"({"requests": %zu, "seconds": %.9f, "cpu_seconds": %.9f, "heap_calls": %lld})"
                    "\n",
                    total_ - warm_up_, end.seconds - start_.seconds, end.cpu_seconds - start_.cpu_seconds,
                    end.heap_calls - start_.heap_calls);
    }

private:
    std::size_t warm_up_;
    std::size_t total_;
    std::size_t sent_ = 0;
    std::size_t answered_ = 0;
    Usage start_{};
};

} // namespace lcm::bench

#endif
