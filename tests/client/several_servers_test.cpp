// SPDX-License-Identifier: BSL-1.0
// A client with several servers: which of them has the link, what is told of it, and when a better one is gone back to.
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/several_servers.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::LinkState;

namespace {

// A client with two servers, on a loop and a clock that the test moves.
struct Desk {
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    std::shared_ptr<ServersOfClient> servers = std::make_shared<ServersOfClient>(
        ServersOfClient{std::vector<lcm::testing::Script>(2), lcm::detail::ServerList(2), clock});
    std::vector<lcm::LinkStatus> states;
    std::optional<lcm::LcmClient<ListedTransport, lcm::testing::ManualClock>> client;

    explicit Desk(lcm::ClientConfig config = {}) {
        config.source = "test";
        config.on_state = [this](const lcm::LinkStatus& status) { states.push_back(status); };
        client.emplace(std::move(config), listed(servers), loop.get_executor(), clock);
    }

    lcm::testing::Script& server(std::size_t number) { return servers->scripts[number]; }
    void run() { loop.poll(); }
    void advance(std::chrono::nanoseconds time) {
        run();
        clock.advance(time);
        run();
    }

    /// Comes to the second server, since the first one is away for a moment; and then a minute passes.
    void come_to_second_server() {
        server(0).fail_open(boost::asio::error::connection_refused);
        run();
        server(0).fail_open({});
        advance(500ms);
        REQUIRE(states.back().server == "1");
        advance(60s);
    }

    [[nodiscard]] std::string last_states(std::size_t count) const {
        std::string text;
        for (auto state = states.end() - static_cast<std::ptrdiff_t>((std::min)(count, states.size()));
             state != states.end(); ++state)
            text += to_string(state->state) + (state->server.empty() ? " " : ":" + state->server + ' ');
        return text;
    }
};

} // namespace

TEST_CASE("Who has several servers is told which one has the link, and goes to the next one after a failed attempt") {
    Desk desk;
    desk.server(0).fail_open(boost::asio::error::connection_refused);
    desk.run();
    CHECK(desk.states.back().next_wait <= 500ms);
    desk.advance(500ms);
    CHECK(desk.last_states(3) == "waiting connecting ready:1 ");
}

TEST_CASE("On request a better server is gone back to, in order and at once") {
    Desk desk;
    desk.come_to_second_server();
    desk.client->reconnect_now();
    desk.run();
    CHECK(desk.last_states(4) == "ready:1 waiting connecting ready:0 ");
    const auto& left = desk.states[desk.states.size() - 3];
    CHECK(left.next_wait == 0ms);
    REQUIRE(left.error);
    CHECK(left.error->code == lcm::Errc::connection_lost);
    CHECK(left.error->detail == "left for a better server");
    CHECK(desk.server(1).is_closed_by_client());
    CHECK(desk.server(1).aborts() == 0);
    CHECK(desk.server(1).probes() == 0);
}

TEST_CASE("Without a better server the link is tested on request, as ever") {
    Desk desk;
    SECTION("the best one has the link") {
        desk.run();
        desk.client->reconnect_now();
        desk.run();
        CHECK(desk.server(0).probes() == 1);
    }
    SECTION("the better one has failed less than a minute ago") {
        desk.server(0).fail_open(boost::asio::error::connection_refused);
        desk.run();
        desk.advance(500ms);
        desk.advance(50s);
        desk.client->reconnect_now();
        desk.run();
        CHECK(desk.server(1).probes() == 1);
    }
    CHECK(desk.states.back().state == LinkState::ready);
}

TEST_CASE("A better server that has died meanwhile costs a request a short time, and no ending") {
    Desk desk;
    desk.come_to_second_server();
    desk.server(0).fail_open(boost::asio::error::connection_refused);
    desk.client->reconnect_now();
    desk.run();
    CHECK(desk.states.back().state == LinkState::waiting);
    auto answer = desk.client->call(sample());
    desk.run();
    CHECK(is_ready(answer) == false);
    desk.advance(1s);
    CHECK(desk.states.back().server == "1");
    CHECK(desk.server(1).sent().size() == 1);
    desk.server(1).receive(lcm::testing::reply<lcm::SetBusinessOutcomeWithCallOutcome>(sample().callid));
    desk.run();
    CHECK(is_ready(answer));
}

TEST_CASE("No link is left with something under way, not even with what was submitted in the same moment") {
    Desk desk;
    desk.come_to_second_server();
    const auto connections = desk.server(1).connections();
    SECTION("a request has no answer yet") {
        auto answer = desk.client->call(sample());
        desk.run();
        desk.client->reconnect_now();
        desk.run();
        CHECK_FALSE(is_ready(answer));
    }
    SECTION("one was submitted just before") {
        auto answer = desk.client->call(sample());
        desk.client->reconnect_now();
        desk.run();
        CHECK_FALSE(is_ready(answer));
    }
    CHECK(desk.server(1).sent().size() == 1);
    CHECK(desk.server(1).probes() == 1);
    CHECK(desk.server(1).connections() == connections);
    CHECK(desk.states.back().server == "1");
}

TEST_CASE("A computer that wakes does not leave its link for a better server") {
    Desk desk;
    desk.come_to_second_server();
    desk.clock.sleep(1h);
    desk.advance(5s);
    CHECK(desk.server(1).probes() == 1);
    CHECK(desk.states.back().server == "1");
}

TEST_CASE("Where requests without a link fail, no link is left") {
    Desk desk({.while_offline = lcm::WhileOffline::fail});
    desk.come_to_second_server();
    desk.client->reconnect_now();
    desk.run();
    CHECK(desk.server(1).probes() == 1);
    CHECK(desk.states.back().server == "1");
}
