// SPDX-License-Identifier: BSL-1.0
// A URL with the scheme of the other kind of server: the error says which one is wanted.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <string>

using namespace lcm::tests;
using lcm::testing::Simulator;

namespace {

std::string refusal_by(const Simulator& simulator, const std::string& scheme) {
    lcm::testing::ManualClock clock;
    const std::string url = scheme + "://127.0.0.1:" + std::to_string(simulator.port()) + "/";
    SocketClient client({.source = "test", .while_offline = lcm::WhileOffline::fail}, lcm::websocket({.url = url}),
                        clock);
    auto future = client.call(sample());
    REQUIRE(is_ready_soon(future));
    const auto result = result_of(future);
    REQUIRE(result.has_error());
    CHECK(result.error().delivery == lcm::Delivery::not_sent);
    return result.error().message();
}

} // namespace

TEST_CASE("Plain text to a server of TLS is told to use wss://") {
    const Simulator simulator({.tls = true});
    const std::string words = refusal_by(simulator, "ws");
    CAPTURE(words);
    CHECK(words.find("wss://") != std::string::npos);
}

TEST_CASE("TLS to a server of plain text is told that there is none") {
    const Simulator simulator;
    const std::string words = refusal_by(simulator, "wss");
    CAPTURE(words);
    CHECK(words.find("write ws://") != std::string::npos);
}
