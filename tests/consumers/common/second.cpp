// SPDX-License-Identifier: BSL-1.0
// The second source of the consumers: the same headers again, and one request over a scripted connection.
#include "everything.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>

bool answers_without_network() {
    using Request = lcm::SetBusinessOutcomeWithCallOutcome;
    boost::asio::io_context loop;
    lcm::testing::Script server;
    lcm::testing::ManualClock clock;
    lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock> client(
        {.source = "consumer"}, lcm::testing::scripted(server), loop.get_executor(), clock);

    std::optional<bool> accepted;
    const Request request{
        .callid = "1", .account_number = "5|3", .business_outcome = 101, .call_outcome = 0, .user_id = "1234"};
    client.async_call(request, [&accepted](const auto& result) { accepted = result.has_value(); });
    loop.poll();
    server.receive(lcm::testing::reply<Request>("1"));
    loop.poll();
    return accepted.value_or(false);
}
