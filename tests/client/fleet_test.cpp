// SPDX-License-Identifier: BSL-1.0
// All desktops of a site lose their server at once: they come back soon, and not as a storm.
#include <support/bench.hpp>
#include <support/catch.hpp>

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
        lcm::testing::Script script;
        std::optional<ScriptedClient> client;
        std::vector<std::future<lcm::OutcomeResponse>> answers;
        std::vector<std::size_t> sent_by_tick; // messages
        std::optional<std::size_t> back_at;    // the tick
    };

    Fleet() : desktops(fleet_size) {
        for (auto& desktop : desktops) desktop = std::make_unique<Desktop>();
        for (auto& desktop : desktops) {
            const lcm::ClientConfig config{
                .source = "test",
                .deadline = 5min,
                .limits = {.backlog_per_second = backlog_per_second},
                .on_state = [this, d = desktop.get()](const lcm::LinkStatus& status) { on_state(*d, status.state); }};
            desktop->client.emplace(config, lcm::testing::scripted(desktop->script), loop.get_executor(), clock);
        }
        loop.poll();
    }

    void lose_server_within(std::chrono::milliseconds span) {
        std::mt19937_64 random(std::random_device{}());
        std::uniform_int_distribution<std::size_t> moment(0, static_cast<std::size_t>(span / tick) - 1);
        std::vector<std::vector<Desktop*>> order(static_cast<std::size_t>(span / tick));
        for (auto& desktop : desktops) order[moment(random)].push_back(desktop.get());
        for (const auto& group : order) {
            for (Desktop* desktop : group) {
                desktop->script.fail_open(boost::asio::error::connection_refused);
                desktop->script.drop();
            }
            pass(tick);
        }
    }

    void return_server() {
        for (auto& desktop : desktops) {
            desktop->script.fail_open({});
            desktop->script.answer([this, d = desktop.get()](std::string_view) {
                if (d->sent_by_tick.size() <= now_) d->sent_by_tick.resize(now_ + 1);
                ++d->sent_by_tick[now_];
                return std::vector<std::string>();
            });
            desktop->back_at.reset();
        }
    }

    void pass(std::chrono::milliseconds time) {
        for (auto ticks = time / tick; ticks > 0; --ticks) {
            clock.advance(tick);
            ++now_;
            attempts_.push_back(0);
            loop.restart();
            loop.poll();
        }
    }

    /// The most attempts of any second from the tick `from` on.
    [[nodiscard]] std::size_t busiest_second(std::size_t from) const {
        std::size_t busiest = 0;
        for (std::size_t i = from; i + ticks_per_second <= attempts_.size(); ++i)
            busiest =
                (std::max)(busiest, std::accumulate(&attempts_[i], &attempts_[i] + ticks_per_second, std::size_t{0}));
        return busiest;
    }

    [[nodiscard]] std::size_t now() const noexcept { return now_; }

    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    std::vector<std::unique_ptr<Desktop>> desktops;

private:
    void on_state(Desktop& desktop, lcm::LinkState state) {
        if (state == lcm::LinkState::connecting) ++attempts_[now_];
        if (state == lcm::LinkState::ready) desktop.back_at = now_;
    }

    std::size_t now_ = 0; // in ticks
    std::vector<std::size_t> attempts_ = {0};
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

    std::vector<std::size_t> back_after;
    for (const auto& desktop : fleet.desktops) {
        REQUIRE(desktop->back_at);
        back_after.push_back(*desktop->back_at - returned);
    }
    std::sort(back_after.begin(), back_after.end());
    const auto seconds = [](std::size_t ticks) { return static_cast<double>(ticks) / ticks_per_second; };
    INFO("median " << seconds(back_after[fleet_size / 2]) << " s, last " << seconds(back_after.back())
                   << " s, busiest second " << fleet.busiest_second(returned));
    CHECK(back_after[fleet_size / 2] <= 6 * ticks_per_second);
    CHECK(back_after.back() <= 21 * ticks_per_second); // the longest wait, and the attempt

    for (const auto& desktop : fleet.desktops) {
        const auto& sent = desktop->sent_by_tick;
        REQUIRE(std::accumulate(sent.begin(), sent.end(), std::size_t{0}) == backlog);
        REQUIRE(busiest_slice(sent) <= backlog_per_second / 10);
    }
}
