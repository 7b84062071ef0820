// SPDX-License-Identifier: BSL-1.0
// All desktops of a site lose their server at once: they come back soon, to it or to another one, and not as a storm.
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/several_servers.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;

namespace {

constexpr std::size_t fleet_size = 2000;
constexpr std::size_t backlog = 5; // requests per desktop, made while the server is away
constexpr std::size_t backlog_per_second = 20;
constexpr auto tick = 10ms;
constexpr std::size_t ticks_per_second = 1s / tick;

class Fleet {
public:
    struct Desktop {
        std::shared_ptr<ServersOfClient> servers;
        std::optional<lcm::LcmClient<ListedTransport, lcm::testing::ManualClock>> client;
        std::vector<std::future<lcm::OutcomeResponse>> answers;
        std::vector<std::size_t> sent_by_tick; // messages
        std::optional<std::size_t> back_at;    // the tick
        std::string server;                    // of the last link
    };

    explicit Fleet(std::size_t servers = 1) : desktops(fleet_size), attempts_(servers) {
        for (auto& desktop : desktops) desktop = std::make_unique<Desktop>();
        for (auto& desktop : desktops) {
            desktop->servers = std::make_shared<ServersOfClient>(
                ServersOfClient{std::vector<lcm::testing::Script>(servers), lcm::detail::ServerList(servers), clock});
            desktop->servers->on_attempt = [this](std::size_t server) { ++count_of(attempts_[server]); };
            for (auto& script : desktop->servers->scripts) serve(*desktop, script);
            const lcm::ClientConfig config{
                .source = "test",
                .deadline = 5min,
                .limits = {.backlog_per_second = backlog_per_second},
                .on_state = [this, d = desktop.get()](const lcm::LinkStatus& status) { on_state(*d, status); }};
            desktop->client.emplace(config, listed(desktop->servers), loop.get_executor(), clock);
        }
        loop.poll();
    }

    void lose_server_within(std::chrono::milliseconds span, std::size_t server = 0) {
        std::mt19937_64 random(std::random_device{}());
        std::uniform_int_distribution<std::size_t> moment(0, static_cast<std::size_t>(span / tick) - 1);
        std::vector<std::vector<Desktop*>> order(static_cast<std::size_t>(span / tick));
        for (auto& desktop : desktops) order[moment(random)].push_back(desktop.get());
        for (const auto& group : order) {
            for (Desktop* desktop : group) {
                desktop->back_at.reset();
                desktop->servers->scripts[server].fail_open(boost::asio::error::connection_refused);
                desktop->servers->scripts[server].drop();
            }
            pass(tick);
        }
    }

    void return_server() {
        for (auto& desktop : desktops) desktop->servers->scripts[0].fail_open({});
    }

    void pass(std::chrono::milliseconds time) {
        for (auto ticks = time / tick; ticks > 0; --ticks) {
            clock.advance(tick);
            ++now_;
            loop.restart();
            loop.poll();
        }
    }

    /// The most attempts at a server of any second from the tick `from` on.
    [[nodiscard]] std::size_t busiest_second(std::size_t from, std::size_t server = 0) {
        auto& attempts = attempts_[server];
        attempts.resize(now_ + 1);
        std::size_t busiest = 0;
        for (std::size_t i = from; i + ticks_per_second <= attempts.size(); ++i)
            busiest =
                (std::max)(busiest, std::accumulate(&attempts[i], &attempts[i] + ticks_per_second, std::size_t{0}));
        return busiest;
    }

    /// How long it took each desktop to be back, from the tick `from` on, in ticks and in order.
    [[nodiscard]] std::vector<std::size_t> times_to_come_back(std::size_t from) const {
        std::vector<std::size_t> times;
        for (const auto& desktop : desktops) {
            REQUIRE(desktop->back_at);
            times.push_back(*desktop->back_at - from);
        }
        std::sort(times.begin(), times.end());
        return times;
    }

    [[nodiscard]] bool is_all_on(const std::string& server) const {
        return std::all_of(desktops.begin(), desktops.end(),
                           [&server](const auto& desktop) { return desktop->server == server; });
    }

    [[nodiscard]] std::size_t now() const noexcept { return now_; }

    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    std::vector<std::unique_ptr<Desktop>> desktops;

private:
    std::size_t& count_of(std::vector<std::size_t>& by_tick) {
        if (by_tick.size() <= now_) by_tick.resize(now_ + 1);
        return by_tick[now_];
    }

    void serve(Desktop& desktop, lcm::testing::Script& script) {
        script.answer([this, &desktop](std::string_view) {
            ++count_of(desktop.sent_by_tick);
            return std::vector<std::string>();
        });
    }

    void on_state(Desktop& desktop, const lcm::LinkStatus& status) {
        if (status.state != lcm::LinkState::ready) return;
        desktop.back_at = now_;
        desktop.server = status.server;
    }

    std::size_t now_ = 0;                            // in ticks
    std::vector<std::vector<std::size_t>> attempts_; // by server and tick
};

/// The most messages of any tenth of a second, the pacer's slice.
std::size_t busiest_slice(const std::vector<std::size_t>& sent_by_tick) {
    constexpr std::size_t slice = 100ms / tick;
    std::size_t busiest = 0;
    for (std::size_t i = 0; i < sent_by_tick.size(); ++i) {
        const std::size_t end = (std::min)(i + slice, sent_by_tick.size());
        busiest = (std::max)(busiest, std::accumulate(&sent_by_tick[i], sent_by_tick.data() + end, std::size_t{0}));
    }
    return busiest;
}

void check_times(const std::vector<std::size_t>& back_after) {
    const auto seconds = [](std::size_t ticks) { return static_cast<double>(ticks) / ticks_per_second; };
    INFO("median " << seconds(back_after[fleet_size / 2]) << " s, last " << seconds(back_after.back()) << " s");
    CHECK(back_after[fleet_size / 2] <= 6 * ticks_per_second);
    CHECK(back_after.back() <= 21 * ticks_per_second); // the longest wait, and the attempt
}

void check_backlogs(const Fleet& fleet) {
    for (const auto& desktop : fleet.desktops) {
        const auto& sent = desktop->sent_by_tick;
        REQUIRE(std::accumulate(sent.begin(), sent.end(), std::size_t{0}) == desktop->answers.size());
        REQUIRE(busiest_slice(sent) <= backlog_per_second / 10);
    }
}

} // namespace

// What happens while the server is away is no burden to it: after the loss each desktop tries at once (within 0.5 s, as
// an agent whose cable was pulled expects), and these attempts are refused.
TEST_CASE("Two thousand desktops whose server is away for ten seconds come back soon, and not as a storm") {
    Fleet fleet;
    fleet.pass(60s); // the links were good
    fleet.lose_server_within(200ms);
    for (auto& desktop : fleet.desktops)
        for (std::size_t i = 0; i < backlog; ++i)
            desktop->answers.push_back(desktop->client->call(sample(std::to_string(i))));
    fleet.pass(9800ms);
    fleet.return_server();
    const std::size_t returned = fleet.now();
    fleet.pass(30s);

    CHECK(fleet.busiest_second(returned) <= fleet_size / 5);
    check_times(fleet.times_to_come_back(returned));
    check_backlogs(fleet);
}

TEST_CASE(
    "Two thousand desktops whose server dies are soon on the other one, not as a storm, and go back when they must") {
    Fleet fleet(2);
    fleet.pass(60s); // the links were good
    REQUIRE(fleet.is_all_on("0"));
    const std::size_t died = fleet.now();
    fleet.lose_server_within(200ms);
    for (auto& desktop : fleet.desktops)
        for (std::size_t i = 0; i < backlog && !desktop->back_at; ++i) // the first ones are back already
            desktop->answers.push_back(desktop->client->call(sample(std::to_string(i))));
    fleet.pass(60s);
    CHECK(fleet.is_all_on("1"));
    CHECK(fleet.busiest_second(died, 1) <= fleet_size / 5);
    check_times(fleet.times_to_come_back(died));
    check_backlogs(fleet);

    fleet.return_server();
    fleet.pass(60s);
    CHECK(fleet.is_all_on("1")); // nobody leaves a good link for it
    const std::size_t other_died = fleet.now();
    fleet.lose_server_within(200ms, 1);
    fleet.pass(30s);
    CHECK(fleet.is_all_on("0"));
    CHECK(fleet.busiest_second(other_died, 0) <= fleet_size / 5);
    check_times(fleet.times_to_come_back(other_died));
}
