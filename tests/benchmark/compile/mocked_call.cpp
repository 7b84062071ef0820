// SPDX-License-Identifier: BSL-1.0
// A test of an application: one call over the mock transport, on the manual clock; compile_time.py compiles it.
#include <lcm_client.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

using Request = lcm::SetBusinessOutcomeWithCallOutcome;

int main() {
    boost::asio::io_context loop{1};
    lcm::testing::Script server;
    lcm::testing::ManualClock clock;
    lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock> client(
        {.source = "test"}, lcm::testing::scripted(server), loop.get_executor(), clock);
    bool is_accepted = false;
    client.async_call(
        Request{
            .callid = "12345",
            .account_number = "5|3|1|0|0|44|1",
            .business_outcome = 101,
            .call_outcome = lcm::TelephonyOutcome::success,
            .user_id = "1234",
        },
        [&is_accepted](const lcm::Result<lcm::OutcomeResponse>& result) { is_accepted = result.has_value(); });
    loop.poll();
    server.receive(lcm::testing::reply<Request>("12345"));
    loop.restart();
    loop.poll();
    std::cout << (is_accepted ? "passed\n" : "failed\n");
    return is_accepted ? 0 : 1;
}
