// SPDX-License-Identifier: BSL-1.0
// A server that swallows whatever it is sent: who submits the same once more gets a new link, and does not wait in vain.
#include <support/catch.hpp>
#include <support/raw_server.hpp>
#include <support/socket_client.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::reply;

namespace {

template <class Condition> bool run_until(boost::asio::io_context& loop, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < end) loop.run_one_for(10ms);
    return condition();
}

constexpr unsigned text_frame = 0x81;

} // namespace

TEST_CASE("The second press behind a request that was swallowed leaves over a new link, two seconds later") {
    boost::asio::io_context loop;
    RawServer dead(loop, {});
    RawServer good(loop, {});
    lcm::WebSocketOptions options{.urls = {dead.client_options().url, good.client_options().url}};
    options.idle_timeout = 60s;
    std::optional<lcm::LinkError> why;
    lcm::ClientConfig config{.source = "test"};
    config.on_state = [&](const lcm::LinkStatus& status) {
        if (status.error) why = status.error;
    };
    lcm::testing::ManualClock clock;
    SocketClient client(config, lcm::websocket(options), loop.get_executor(), clock);

    auto first = client.call(sample());
    REQUIRE(run_until(loop, [&] { return dead.count(text_frame) == 1; }));
    clock.advance(10s);
    REQUIRE(run_until(loop, [&] { return is_ready(first); }));
    CHECK(ending_of(first) == "timed_out (unknown)");

    auto second = client.call(sample(), {.deadline = 5s});
    REQUIRE(run_until(loop, [&] { return client.stats().queued == 1; }));
    loop.poll();
    clock.advance(2s);
    REQUIRE(run_until(loop, [&] { return dead.is_over(); }));
    CHECK(dead.count(text_frame) == 1);
    clock.advance(500ms); // the longest wait before the first attempt
    REQUIRE(run_until(loop, [&] { return good.count(text_frame) == 1; }));
    good.send(frame(text_frame, reply<SetOutcome>("12345")));
    REQUIRE(run_until(loop, [&] { return is_ready(second); }));
    CHECK(ending_of(second) == "accepted");
    REQUIRE(why);
    CHECK(why->code == lcm::Errc::idle_timeout);
    client.close();
}
