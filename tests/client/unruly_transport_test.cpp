// SPDX-License-Identifier: BSL-1.0
// A transport whose own code throws, or closes the client while the client calls it.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::LinkState;
using lcm::testing::reply;

namespace {

/// What happens at the next call of each function; once.
struct Plan {
    std::function<void()> at_factory;
    std::function<void()> at_open;
    std::function<void()> at_send;
    std::function<void()> at_receive;
    std::function<void()> at_last_failure;
    std::function<void()> at_close;
};

void happen(std::function<void()>& what) {
    if (auto deed = std::exchange(what, nullptr)) deed();
}

/// The scripted transport with a plan, which outlives it.
class Unruly {
public:
    Unruly(boost::asio::any_io_executor executor, lcm::testing::Script script, Plan& plan)
        : inner_(std::move(executor), std::move(script)), plan_(plan) {}

    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return inner_.get_executor(); }
    void async_open(lcm::OpenHandler handler) {
        happen(plan_.at_open);
        inner_.async_open(std::move(handler));
    }
    void async_send(lcm::Batch batch, lcm::SendHandler handler) {
        happen(plan_.at_send);
        inner_.async_send(std::move(batch), std::move(handler));
    }
    void async_receive(lcm::ReceiveHandler handler) {
        happen(plan_.at_receive);
        inner_.async_receive(std::move(handler));
    }
    [[nodiscard]] lcm::TransportFailure last_failure() const {
        happen(plan_.at_last_failure);
        return inner_.last_failure();
    }
    void close() noexcept {
        inner_.close();
        happen(plan_.at_close);
    }

private:
    lcm::testing::ScriptedTransport inner_;
    Plan& plan_;
};

struct UnrulyBench {
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    lcm::testing::Script script;
    Plan plan;
    std::vector<LinkState> states;
    std::optional<lcm::LcmClient<Unruly, lcm::testing::ManualClock>> client;

    explicit UnrulyBench(lcm::ClientConfig config = {}) {
        config.source = "test";
        config.on_state = [this](const lcm::LinkStatus& status) { states.push_back(status.state); };
        const auto factory = [this](boost::asio::any_io_executor executor, std::size_t) {
            happen(plan.at_factory);
            return std::make_unique<Unruly>(std::move(executor), script, plan);
        };
        client.emplace(std::move(config), factory, loop.get_executor(), clock);
    }

    void run() {
        loop.restart();
        loop.poll();
    }
    void advance(std::chrono::milliseconds time) {
        run();
        clock.advance(time);
        run();
    }
};

using Moment = std::function<void()> Plan::*;

struct NamedMoment {
    std::string name;
    Moment moment;
};

const std::vector<NamedMoment>& moments() {
    static const std::vector<NamedMoment> all{
        {"factory", &Plan::at_factory},
        {"open", &Plan::at_open},
        {"send", &Plan::at_send},
        {"receive", &Plan::at_receive},
        {"last_failure", &Plan::at_last_failure},
    };
    return all;
}

} // namespace

TEST_CASE("Whatever function of a transport throws, the client comes back, and each request ends") {
    for (const auto& [name, moment] : moments()) {
        CAPTURE(name);
        UnrulyBench bench;
        bench.plan.*moment = [] { throw std::runtime_error("the secret is 4711"); };
        auto first = bench.client->call(sample("1"), {.deadline = 5min});
        bench.run();
        bench.script.drop();
        bench.advance(500ms);
        for (int i = 0; i < 6; ++i) bench.advance(20s); // a factory that throws is a blocked link
        CHECK(bench.states.back() == LinkState::ready);
        auto second = bench.client->call(sample("2"));
        bench.run();
        bench.script.receive(reply<SetOutcome>("1"));
        bench.script.receive(reply<SetOutcome>("2"));
        bench.run();
        CHECK(ending_of(second) == "accepted");
        CHECK(ending_of(first) != "pending");
    }
}

TEST_CASE("A client that is closed by its own transport stays closed") {
    std::vector<NamedMoment> all = moments();
    all.push_back({"close", &Plan::at_close});
    for (int i = 0; i < 20; ++i) { // the waits are random
        for (const auto& [name, moment] : all) {
            CAPTURE(name);
            UnrulyBench bench;
            bench.plan.*moment = [&] { bench.client->close(); };
            auto future = bench.client->call(sample());
            bench.run();
            bench.script.drop();
            bench.run();
            REQUIRE(is_ready(future));
            REQUIRE(bench.states.back() == LinkState::closed);
            const auto connections = bench.script.connections();
            bench.advance(2min);
            CHECK(bench.states.back() == LinkState::closed);
            CHECK(bench.script.connections() == connections);
            CHECK_FALSE(bench.script.is_open());
            CHECK(bench.loop.stopped()); // nothing keeps the application's loop
        }
    }
}
