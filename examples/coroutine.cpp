// SPDX-License-Identifier: BSL-1.0
// Coroutines: one request after the other on the application's own event loop, in a single thread.
// Usage: example_coroutine [URL]; without a URL it starts a simulated server.
#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>
#include <optional>
#include <string>

// Arguments by value: the coroutine outlives the call that starts it.
boost::asio::awaitable<void> set_outcomes(std::string url) {
    // Given an executor, the client makes no thread. Its destructor waits for nothing and lets the loop end.
    const auto executor = co_await boost::asio::this_coro::executor;
    lcm::Client client({.source = "example-coroutine"}, lcm::websocket({.url = url}), executor);

    lcm::SetBusinessOutcomeWithCallOutcome request{
        .callid = "12345",
        .account_number = "5|3|1|0|0|44|1",
        .business_outcome = 101,
        .call_outcome = lcm::TelephonyOutcome::callback,
        .user_id = "1234",
    };
    for (const int lead_score : {10, 20, 30}) {
        request.lead_score = lead_score;
        const auto result = co_await client.async_call(request, boost::asio::use_awaitable);
        std::cout << "lead score " << lead_score << ": " << (result ? "accepted" : result.error().message()) << '\n';
        if (!result) co_return;
    }
}

int main(int argc, char** argv) {
    std::optional<lcm::testing::Simulator> simulator;
    const std::string url = argc > 1 ? argv[1] : simulator.emplace().url();

    boost::asio::io_context loop(1);
    boost::asio::co_spawn(loop, set_outcomes(url), boost::asio::detached);
    loop.run();
}
