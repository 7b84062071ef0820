// SPDX-License-Identifier: BSL-1.0
// Raw Beast with an I/O thread, and a std::promise for each request: how a program waits for its answer in another
// thread. One request at a time; the codec is written by hand.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_BEAST_FUTURE_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_BEAST_FUTURE_HPP

#include "budget.hpp"
#include "hand_request.hpp"
#include "pull_parser.hpp"
#include "raw_beast.hpp"
#include "slots.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace lcm::bench {

class BeastFuture {
public:
    explicit BeastFuture(const Options& options) : budget_(options), connection_(make_raw_beast(loop_, options)) {}

    void run() {
        std::promise<void> opened;
        connection_->open([&] { opened.set_value(); }, [this](std::string_view text) { on_message(text); });
        std::thread io([this] { loop_.run(); });
        opened.get_future().wait();
        while (budget_.take()) {
            if (!call(hand_request(slots_.next(0))).get()) throw std::runtime_error("refused");
            if (budget_.answered()) budget_.print();
        }
        loop_.stop();
        io.join();
    }

private:
    std::future<bool> call(std::string text) {
        std::promise<bool> promise;
        auto future = promise.get_future();
        boost::asio::post(loop_, [this, text = std::move(text), promise = std::move(promise)]() mutable {
            waiting_ = std::move(promise);
            connection_->send(std::move(text));
        });
        return future;
    }

    void on_message(std::string_view text) {
        const auto reply = PullParser(text).read();
        if (!reply || !slots_.find(reply->callid)) throw std::runtime_error("not the expected reply");
        waiting_.set_value(reply->success);
    }

    Budget budget_;
    Slots slots_{1};
    std::promise<bool> waiting_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<RawBeast> connection_;
};

} // namespace lcm::bench

#endif
