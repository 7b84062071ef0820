// SPDX-License-Identifier: BSL-1.0
// A client on a loop, a clock and a connection that the test moves by hand.
#ifndef LCM_CLIENT_TESTS_SUPPORT_BENCH_HPP
#define LCM_CLIENT_TESTS_SUPPORT_BENCH_HPP

#include <support/sample.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

using ScriptedClient = LcmClient<testing::ScriptedTransport, testing::ManualClock>;
using Outcome = Result<OutcomeResponse>;

struct Bench {
    boost::asio::io_context loop;
    testing::ManualClock clock;
    testing::Script script;
    std::optional<ScriptedClient> client;
    std::vector<LinkStatus> states;
    std::vector<Settled> settled;
    std::vector<std::string> events;

    explicit Bench(ClientConfig config = {}) {
        config.source = "test";
        config.on_state = [this](const LinkStatus& status) { states.push_back(status); };
        config.on_settled = [this](const Settled& truth) { settled.push_back(truth); };
        config.on_event = [this](std::string_view text) { events.emplace_back(text); };
        client.emplace(std::move(config), testing::scripted(script), loop.get_executor(), clock);
    }

    void run() { loop.poll(); }

    void advance(std::chrono::nanoseconds time) {
        run();
        clock.advance(time);
        run();
    }

    void receive(std::string text) {
        script.receive(std::move(text));
        run();
    }
};

template <class Response> bool is_ready(const std::future<Response>& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

/// The result of a future that must be ready.
template <class Response> Result<Response> result_of(std::future<Response>& future) {
    if (!is_ready(future)) throw std::logic_error("the future is not ready");
    try {
        return future.get();
    } catch (const LcmError& problem) {
        return problem.error();
    }
}

/// The ending as a short text: "accepted", or "code (delivery)".
inline std::string ending_of(const Outcome& result) {
    if (result.has_value()) return result->success ? "accepted" : "accepted without success";
    return std::string(to_string(result.error().code)) + " (" + to_string(result.error().delivery) + ")";
}

inline std::string ending_of(std::future<OutcomeResponse>& future) {
    return is_ready(future) ? ending_of(result_of(future)) : "pending";
}

} // namespace lcm::tests

#endif
