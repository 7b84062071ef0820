// SPDX-License-Identifier: BSL-1.0
// A real connection over a user interface's loop, which has no thread beside the interface's in the application's code.
#include <support/catch.hpp>
#include <support/hand_made_loop.hpp>
#include <support/sample.hpp>
#include <support/socket_client.hpp>

#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>
#include <lcm_client/ui_loop.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using Answer = lcm::Result<lcm::OutcomeResponse>;

namespace {

struct Ui {
    HandMadeLoop loop;
    lcm::UiLoop ui{[this](std::function<void()> f) { loop.post(std::move(f)); }, [this] { return loop.is_here(); }};
};

} // namespace

TEST_CASE("A client over TLS runs on a user interface's loop: handlers, states and reconnects") {
    lcm::testing::Simulator simulator({.tls = true});
    const TemporaryFile authority(simulator.authority_pem());
    Ui ui;
    std::vector<std::string> told;
    const auto note = [&](std::string what) { told.push_back(ui.loop.is_here() ? std::move(what) : "elsewhere"); };
    lcm::Client client(
        {.source = "test", .on_state = [&](const lcm::LinkStatus& status) { note(to_string(status.state)); }},
        lcm::websocket({.url = simulator.url(), .tls = {.ca_file = authority.path()}}), ui.ui.get_executor());
    client.async_call(sample(), [&](const Answer& answer) { note(answer ? "accepted" : answer.error().message()); });
    REQUIRE(ui.loop.run_until([&] { return told.size() == 3; }));
    CHECK(told == std::vector<std::string>{"connecting", "ready", "accepted"});
    simulator.drop_all();
    REQUIRE(ui.loop.run_until([&] { return told.size() == 6; }));
    CHECK(std::vector(told.begin() + 3, told.end()) == std::vector<std::string>{"waiting", "connecting", "ready"});
}

TEST_CASE("A client and its loop go in either order, with a connection open") {
    lcm::testing::Simulator simulator;
    HandMadeLoop loop;
    std::optional<lcm::UiLoop> ui(
        std::in_place, [&](std::function<void()> f) { loop.post(std::move(f)); }, [&] { return loop.is_here(); });
    std::optional<lcm::Client> client(std::in_place, lcm::ClientConfig{.source = "test"},
                                      lcm::websocket({.url = simulator.url()}), ui->get_executor());
    std::optional<Answer> ending;
    client->async_call(sample(), [&](Answer answer) { ending = std::move(answer); });
    REQUIRE(loop.run_until([&] { return ending.has_value(); }));
    CHECK(ending->has_value());
    SECTION("the client first") {
        client.reset();
        ui.reset();
    }
    SECTION("the loop first") {
        ui.reset();
        auto late = client->call(sample());
        CHECK_THROWS_AS(late.get(), lcm::LcmError);
        client.reset();
    }
    loop.poll();
}
