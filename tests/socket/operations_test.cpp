// SPDX-License-Identifier: BSL-1.0
// Every operation over a real WebSocket, from a client to the simulator, and what the other connections hear of it.
#include <operations/samples.hpp>
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>
#include <lcm_client/protocol/packet.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace lcm::tests;
using lcm::testing::Simulator;
using Texts = std::vector<std::string>;

namespace {

SocketClient make_client(const Simulator& simulator, lcm::ClientConfig config) {
    return SocketClient(std::move(config), lcm::websocket({.url = simulator.url()}), lcm::testing::ManualClock());
}

/// Messages that nobody waits for, as one client hears them.
class Events {
public:
    void add(std::string_view text) {
        const std::lock_guard lock(mutex_);
        texts_.emplace_back(text);
    }
    [[nodiscard]] Texts texts() const {
        const std::lock_guard lock(mutex_);
        return texts_;
    }

private:
    mutable std::mutex mutex_;
    Texts texts_;
};

void send_each_operation(const std::optional<lcm::Packet>& packet) {
    Simulator simulator;
    auto client = make_client(simulator, {.source = "myapp", .packet = packet});
    Texts expected;
    lcm::OperationGroups::for_each([&]<class Group>() {
        Group::Operations::for_each([&]<class R>() {
            CAPTURE(R::operation.subtopic);
            auto future = client.call(sample<R>());
            REQUIRE(future.wait_for(patience) == std::future_status::ready);
            CHECK_NOTHROW(future.get());
            const std::string message = lcm::encode(sample<R>(), "myapp");
            expected.push_back(packet ? lcm::detail::wrap(message, R::operation.channel, *packet) : message);
        });
    });
    REQUIRE(simulator.wait_for_requests(48, patience)); // the last may be one that is not answered
    CHECK(simulator.requests() == expected);
}

} // namespace

TEST_CASE("Each of the 48 operations is sent over a WebSocket and answered as accepted") {
    send_each_operation(std::nullopt);
}

TEST_CASE("Each of the 48 operations is sent and answered in packets") {
    send_each_operation(lcm::Packet{.response_url = "https://host.example/app", .subscriber_id = "42"});
}

TEST_CASE("An outcome that is set is told to the other connections, not to the one that set it") {
    Simulator simulator;
    Events own;
    Events others;
    Events in_packets;
    const lcm::Packet packet{.response_url = "https://host.example/app", .subscriber_id = "42"};
    const auto hears = [](Events& events) { return [&events](std::string_view text) { events.add(text); }; };
    auto first = make_client(simulator, {.source = "first", .on_event = hears(own)});
    auto second = make_client(simulator, {.source = "second", .on_event = hears(others)});
    auto third = make_client(simulator, {.source = "third", .packet = packet, .on_event = hears(in_packets)});
    for (SocketClient* client : {&second, &third}) { // so that both are known to the simulator, and how they speak
        auto modes = client->call(sample<lcm::GetCampaignModes>());
        REQUIRE(modes.wait_for(patience) == std::future_status::ready);
        CHECK_NOTHROW(modes.get());
    }

    auto outcome = first.call(sample<lcm::SetCallOutcomeWithComments>());
    REQUIRE(is_ready_soon(outcome));
    CHECK(ending_of(outcome) == "accepted");
    const std::string event =
        R"({"channel":"LCM","topic":"WebService","subtopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|1"})";
    REQUIRE(soon([&] { return !others.texts().empty() && !in_packets.texts().empty(); }));
    CHECK(others.texts() == Texts{event});
    CHECK(in_packets.texts().size() == 1);

    // What comes to the first one after this would come after an event for it, too.
    auto modes = first.call(sample<lcm::GetCampaignModes>());
    REQUIRE(modes.wait_for(patience) == std::future_status::ready);
    CHECK(own.texts().empty());
}
