// SPDX-License-Identifier: BSL-1.0
// An application's source that makes one call and waits for its answer; compile_time.py compiles it.
#include <lcm_client.hpp>

#include <iostream>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    lcm::WebSocketOptions options{.url = argv[1]};
    options.tls.ca_file = argv[2];
    lcm::Client client({.source = "one-call"}, lcm::websocket(options));
    const lcm::OutcomeResponse response = client
                                              .call(lcm::SetBusinessOutcomeWithCallOutcome{
                                                  .callid = "12345",
                                                  .account_number = "5|3|1|0|0|44|1",
                                                  .business_outcome = 101,
                                                  .call_outcome = 0,
                                                  .user_id = "1234",
                                                  .agent_comments = "Test comment",
                                              })
                                              .get();
    std::cout << response.success << '\n';
}
