// SPDX-License-Identifier: BSL-1.0
// Two hundred desktops lose their server over real sockets with TLS: they come back soon, to the other one or by resumed
// sessions, and what they send is neither lost nor doubled. The waits are the library's own.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <boost/asio/io_context.hpp>

#ifndef _WIN32
#include <sys/resource.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Simulator;

namespace {

constexpr std::size_t fleet_size = 200;

// Each desktop and each server has a socket of each link, and there are those that are being closed.
void allow_many_sockets() {
#ifndef _WIN32 // which has no such limit
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = (std::min)(limit.rlim_max, (std::max)(limit.rlim_cur, rlim_t{4096}));
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    REQUIRE(limit.rlim_cur >= 8 * fleet_size);
#endif
}

// A server, and the calls on which it has acted, which outlast it.
class Server {
public:
    Server() {
        lcm::testing::SimulatorOptions options{.tls = true};
        options.on_acted = [this](const lcm::testing::Handled& handled) {
            const std::lock_guard lock(mutex_);
            acted_on_.push_back(handled.callid);
        };
        simulator_.emplace(std::move(options));
    }

    [[nodiscard]] Simulator* operator->() { return &*simulator_; }
    void die() { simulator_.reset(); }

    // In order of the calls' ids.
    [[nodiscard]] std::vector<std::string> acted_on() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> calls = acted_on_;
        std::sort(calls.begin(), calls.end());
        return calls;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> acted_on_;
    std::optional<Simulator> simulator_;
};

// All on the test's own loop, with copies of one factory.
class Fleet {
public:
    using Clock = std::chrono::steady_clock;
    using Answers = std::vector<std::future<lcm::OutcomeResponse>>;

    explicit Fleet(const lcm::WebSocketOptions& options) {
        const auto factory = lcm::websocket(options);
        for (std::size_t i = 0; i < fleet_size; ++i) {
            Desktop& desktop = *desktops_.emplace_back(std::make_unique<Desktop>());
            lcm::ClientConfig config{.source = "test", .deadline = 60s};
            config.on_state = [this, i](const lcm::LinkStatus& status) { on_state(i, status); };
            desktop.client.emplace(std::move(config), factory,
                                   lcm::LoopExecutor::single_threaded(loop_.get_executor()));
        }
    }

    // Whether each desktop is soon on the server of that URL.
    [[nodiscard]] bool is_soon_on(const std::string& url) {
        return runs_until([&] {
            return std::all_of(desktops_.begin(), desktops_.end(), [&](const auto& desktop) {
                return !desktop->server.empty() && url.starts_with(desktop->server);
            });
        });
    }

    // One request of each desktop, for a call whose id begins with `prefix`.
    [[nodiscard]] Answers call(const std::string& prefix) {
        Answers answers;
        for (std::size_t i = 0; i < fleet_size; ++i)
            answers.push_back(desktops_[i]->client->call(sample(prefix + std::to_string(i))));
        return answers;
    }

    // How many of them end like this, once all have ended.
    [[nodiscard]] std::size_t count_endings(Answers& answers, const std::string& ending) {
        const bool have_ended =
            runs_until([&] { return std::all_of(answers.begin(), answers.end(), is_ready<lcm::OutcomeResponse>); });
        REQUIRE(have_ended);
        return static_cast<std::size_t>(
            std::count_if(answers.begin(), answers.end(), [&](auto& answer) { return ending_of(answer) == ending; }));
    }

    template <class Condition> [[nodiscard]] bool runs_until(Condition condition) {
        const Clock::time_point end = Clock::now() + 60s;
        loop_.restart();
        while (!condition())
            if (loop_.run_one_until(end) == 0) return false;
        return true;
    }

    // From now on each desktop makes a request for a call whose id begins with `prefix` when it loses its link.
    void call_at_loss(std::string prefix) { prefix_at_loss_ = std::move(prefix); }
    [[nodiscard]] Answers& calls_at_loss() noexcept { return calls_at_loss_; }

    // How long the desktops were away that have lost their link last, in order.
    [[nodiscard]] std::vector<Clock::duration> times_to_come_back() const {
        std::vector<Clock::duration> times;
        for (const auto& desktop : desktops_) times.push_back(desktop->ready_at - desktop->lost_at);
        std::sort(times.begin(), times.end());
        return times;
    }

private:
    struct Desktop {
        std::string server{}; // empty while there is no link
        Clock::time_point lost_at{};
        Clock::time_point ready_at{};
        std::optional<lcm::LcmClient<lcm::WebSocketTransport>> client{};
    };

    void on_state(std::size_t number, const lcm::LinkStatus& status) {
        Desktop& desktop = *desktops_[number];
        const bool is_loss = !desktop.server.empty() && status.state != lcm::LinkState::ready;
        desktop.server = status.server;
        if (status.state == lcm::LinkState::ready) desktop.ready_at = Clock::now();
        if (!is_loss) return;
        desktop.lost_at = Clock::now();
        calls_at_loss_.push_back(desktop.client->call(sample(prefix_at_loss_ + std::to_string(number))));
    }

    boost::asio::io_context loop_{1};
    std::string prefix_at_loss_;
    Answers calls_at_loss_;
    std::vector<std::unique_ptr<Desktop>> desktops_;
};

// The ids of one call of each desktop, in order.
std::vector<std::string> calls_of_all(const std::string& prefix) {
    std::vector<std::string> calls;
    for (std::size_t i = 0; i < fleet_size; ++i) calls.push_back(prefix + std::to_string(i));
    std::sort(calls.begin(), calls.end());
    return calls;
}

// The bounds of the fleet on the manual clock.
void check_times(const Fleet& fleet) {
    const auto times = fleet.times_to_come_back();
    const std::chrono::duration<double> median = times[fleet_size / 2];
    const std::chrono::duration<double> last = times.back();
    INFO("median " << median.count() << " s, last " << last.count() << " s");
    CHECK(median <= 6s);
    CHECK(last <= 21s);
}

} // namespace

TEST_CASE("Two hundred desktops whose server dies are soon on the other one, and no request is lost or doubled") {
    allow_many_sockets();
    Server first;
    Server second;
    lcm::WebSocketOptions options{.urls = {first->url(), second->url()}};
    options.tls.ca_pem = first->authority_pem() + second->authority_pem();
    Fleet fleet(options);
    REQUIRE(fleet.is_soon_on(first->url()));
    first->set_fault(lcm::testing::Fault::no_answer);
    auto under_way = fleet.call("under-way-");
    REQUIRE(fleet.runs_until([&] { return first.acted_on().size() == fleet_size; }));

    fleet.call_at_loss("at-loss-");
    first.die();
    CHECK(fleet.count_endings(under_way, "connection_lost (unknown)") == fleet_size);
    REQUIRE(fleet.is_soon_on(second->url()));
    check_times(fleet);
    REQUIRE(fleet.calls_at_loss().size() == fleet_size);
    CHECK(fleet.count_endings(fleet.calls_at_loss(), "accepted") == fleet_size);
    CHECK(first.acted_on() == calls_of_all("under-way-"));
    CHECK(second.acted_on() == calls_of_all("at-loss-"));
}

TEST_CASE("Two hundred desktops that come back to their server resume their TLS sessions") {
    allow_many_sockets();
    Server server;
    lcm::WebSocketOptions options{.url = server->url()};
    options.tls.ca_pem = server->authority_pem();
    Fleet fleet(options);
    REQUIRE(fleet.is_soon_on(server->url()));
    const std::size_t resumed_at_first = server->resumed_sessions();
    fleet.call_at_loss("at-loss-");
    server->drop_all();
    REQUIRE(fleet.runs_until([&] { return fleet.calls_at_loss().size() == fleet_size; }));
    REQUIRE(fleet.is_soon_on(server->url()));
    check_times(fleet);
    CHECK(fleet.count_endings(fleet.calls_at_loss(), "accepted") == fleet_size);
    CHECK(server.acted_on() == calls_of_all("at-loss-"));
    INFO(resumed_at_first << " at first, " << server->resumed_sessions() << " in all");
    CHECK(server->resumed_sessions() - resumed_at_first > fleet_size / 2);
}
