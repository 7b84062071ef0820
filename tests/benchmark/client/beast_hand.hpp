// SPDX-License-Identifier: BSL-1.0
// Raw Beast, one write for each message, with the codec written by hand: the least that a program can do without
// gathering its messages.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_BEAST_HAND_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_BEAST_HAND_HPP

#include "budget.hpp"
#include "hand_request.hpp"
#include "pull_parser.hpp"
#include "raw_beast.hpp"
#include "slots.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace lcm::bench {

class BeastHand {
public:
    explicit BeastHand(const Options& options)
        : options_(options), budget_(options), slots_(options.depth), connection_(make_raw_beast(loop_, options)) {}

    void run() {
        connection_->open(
            [this] {
                for (std::size_t slot = 0; slot < options_.depth; ++slot) send(slot);
            },
            [this](std::string_view text) { on_message(text); });
        loop_.run();
        budget_.print();
    }

private:
    void send(std::size_t slot) {
        if (budget_.take()) connection_->send(hand_request(slots_.next(slot)));
    }

    void on_message(std::string_view text) {
        const auto reply = PullParser(text).read();
        const auto slot = reply ? slots_.find(reply->callid) : std::nullopt;
        if (!slot || !reply->success) throw std::runtime_error("not the expected reply");
        if (budget_.answered()) return loop_.stop();
        send(*slot);
    }

    Options options_;
    Budget budget_;
    Slots slots_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<RawBeast> connection_;
};

} // namespace lcm::bench

#endif
