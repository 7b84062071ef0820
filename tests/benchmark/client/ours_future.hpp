// SPDX-License-Identifier: BSL-1.0
// This library with futures, waited for in another thread than the client's own. One request at a time.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_OURS_FUTURE_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_OURS_FUTURE_HPP

#include "budget.hpp"
#include "ours.hpp"
#include "slots.hpp"

#include <future>

namespace lcm::bench {

class OursFuture {
public:
    explicit OursFuture(const Options& options)
        : budget_(options), client_(config([this] { ready_.set_value(); }), transport(options)) {}

    void run() {
        ready_.get_future().wait();
        while (budget_.take()) {
            request_.callid = slots_.next(0);
            static_cast<void>(client_.call(request_).get()); // throws unless it was accepted
            if (budget_.answered()) budget_.print();
        }
    }

private:
    Budget budget_;
    Slots slots_{1};
    Request request_ = make_request();
    std::promise<void> ready_;
    lcm::Client client_;
};

} // namespace lcm::bench

#endif
