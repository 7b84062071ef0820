// SPDX-License-Identifier: BSL-1.0
// Which of several servers is tried next: by tables, and by random lives of many servers.
#include <lcm_client/websocket/impl/addresses/server_list.hpp>
#include <lcm_client/websocket/impl/frames/read_end.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <vector>

using namespace std::chrono_literals;
using lcm::TransportFailure;
using lcm::detail::ServerList;
using TimePoint = ServerList::TimePoint;

namespace {

const TimePoint start{1h};

// What becomes of the attempt at the server that the list chooses, and how long it takes; then the next one begins.
struct Step {
    enum class Fate { fails, fails_for_good, links, links_and_announces, links_and_is_refused, is_refused, is_left };

    Fate fate = Fate::fails;
    std::chrono::seconds time{};
    std::size_t server = 0; // that is expected to be chosen
    std::optional<std::chrono::seconds> retry_after{};
};
using Fate = Step::Fate;

// One client, whose attempts follow one another at once.
class Client {
public:
    explicit Client(std::size_t servers) : list(servers) {}

    std::size_t live(const Step& step) {
        const std::size_t server = list.choose(now);
        const TimePoint begin = now;
        now += step.time;
        told = {.is_permanent = step.fate == Fate::fails_for_good || step.fate == Fate::links_and_is_refused,
                .retry_after = step.retry_after};
        switch (step.fate) {
        case Fate::fails:
        case Fate::fails_for_good: list.fail(server, told, now); break;
        case Fate::links:
        case Fate::links_and_is_refused: list.lose(server, told, begin, false, now); break;
        case Fate::links_and_announces: list.lose(server, told, begin, true, now); break;
        case Fate::is_refused: list.refuse(server); break;
        case Fate::is_left: list.leave(); break;
        }
        return server;
    }

    ServerList list;
    TimePoint now = start;
    TransportFailure told; // of the last end
};

struct Row {
    const char* what;
    std::size_t servers;
    std::vector<Step> steps;
};

const std::vector<Row> rows{
    {"all are dead: each in turn",
     3,
     {{Fate::fails, 1s, 0},
      {Fate::fails, 1s, 1},
      {Fate::fails, 1s, 2},
      {Fate::fails, 1s, 0},
      {Fate::fails, 1s, 1},
      {Fate::fails, 1s, 2}}},
    {"attempts that last longer than a cool-down do not hide the third server",
     3,
     {{Fate::fails, 90s, 0}, {Fate::fails, 90s, 1}, {Fate::fails, 90s, 2}, {Fate::fails, 90s, 0}}},
    {"a good link that is lost: the same server first", 2, {{Fate::links, 30s, 0}, {Fate::links, 30s, 0}}},
    {"a link that was short: the next server", 2, {{Fate::links, 29s, 0}, {Fate::fails, 1s, 1}, {Fate::fails, 1s, 0}}},
    {"a good link whose server announces its end: the next server",
     2,
     {{Fate::links_and_announces, 3600s, 0}, {Fate::links, 31s, 1}}},
    {"a good link that the server objects to for good: the next server",
     2,
     {{Fate::links_and_is_refused, 3600s, 0}, {Fate::links, 31s, 1}}},
    {"the better one is gone back to after its cool-down, when the link is lost anyway",
     2,
     {{Fate::fails, 1s, 0}, {Fate::links, 60s, 1}, {Fate::links, 60s, 0}}},
    {"and not before", 2, {{Fate::fails, 1s, 0}, {Fate::links, 59s, 1}, {Fate::links, 60s, 1}, {Fate::fails, 1s, 0}}},
    {"two that end their links at once: in turn",
     2,
     {{Fate::links, 1s, 0}, {Fate::links, 1s, 1}, {Fate::links, 1s, 0}, {Fate::links, 1s, 1}}},
    {"all are cooling after a good link: the one that failed longest ago",
     3,
     {{Fate::fails, 1s, 0},
      {Fate::fails, 1s, 1},
      {Fate::links_and_announces, 40s, 2},
      {Fate::fails, 1s, 0},
      {Fate::fails, 1s, 1},
      {Fate::fails, 1s, 2}}},
    {"a refused secret stays where it was refused, until that server does something else",
     2,
     {{Fate::is_refused, 600s, 0},
      {Fate::is_refused, 600s, 0},
      {Fate::fails, 1s, 0},
      {Fate::is_refused, 600s, 1},
      {Fate::is_refused, 600s, 1},
      {Fate::links, 30s, 1},
      {Fate::fails, 1s, 0}}},
    {"a link that was left for a better server says nothing against its own",
     2,
     {{Fate::fails, 1s, 0}, {Fate::is_left, 60s, 1}, {Fate::fails, 1s, 0}, {Fate::links, 30s, 1}}},
    {"a server that wants to be left alone is, for as long as it says",
     2,
     {{Fate::fails, 1s, 0, 600s},
      {Fate::fails, 100s, 1},
      {Fate::fails, 100s, 1},
      {Fate::links, 500s, 1},
      {Fate::links, 30s, 0}}},
    {"but no longer than a day",
     2,
     {{Fate::fails, 1s, 0, 480h}, {Fate::links, 23h, 1}, {Fate::links, 1h, 1}, {Fate::links, 1h, 0}}},
};

} // namespace

TEST_CASE("Each server has its turn by what is known of it") {
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Client client(row.servers);
        for (const Step& step : row.steps) {
            CAPTURE(&step - row.steps.data());
            REQUIRE(client.live(step) == step.server);
        }
    }
}

TEST_CASE("A server announces its end with the close codes 1001 and 1012, and no others") {
    using lcm::detail::CloseCode;
    for (unsigned code = 0; code < 5000; ++code) {
        const auto server_code = static_cast<CloseCode>(code);
        const lcm::detail::ReadEnd end{lcm::WebSocketErrc::closed, CloseCode::normal, server_code};
        REQUIRE(lcm::detail::announces_end(end) == (code == 1001 || code == 1012));
    }
    CHECK_FALSE(lcm::detail::announces_end({lcm::WebSocketErrc::bad_close_code, CloseCode::protocol_error}));
}

TEST_CASE("A better server is one in front that has not failed of late") {
    Client client(3);
    CHECK_FALSE(client.list.has_better(0, client.now));
    client.live({Fate::fails});
    client.live({Fate::fails});
    CHECK_FALSE(client.list.has_better(2, client.now));
    CHECK_FALSE(client.list.has_better(2, client.now + ServerList::cool_down - 1ns));
    CHECK(client.list.has_better(2, client.now + ServerList::cool_down));
    CHECK(client.list.has_better(1, client.now + ServerList::cool_down));
    CHECK_FALSE(client.list.has_better(0, client.now + ServerList::cool_down));
}

TEST_CASE("A server whose last link was good is better at once, without a cool-down") {
    Client client(2);
    client.live({Fate::links, 30s});
    CHECK(client.list.has_better(1, client.now));
    client.live({Fate::links, 29s});
    CHECK_FALSE(client.list.has_better(1, client.now));
}

TEST_CASE("Who leaves for a better server gets it, whatever has failed before") {
    Client client(3);
    client.live({Fate::fails});
    client.live({Fate::fails});
    client.live({Fate::is_left, ServerList::cool_down});
    CHECK(client.list.choose(client.now) == 0);
}

TEST_CASE("A client is blocked only if every server has refused it for good, and the last good link is over") {
    Client client(3);
    client.live({Fate::fails_for_good});
    CHECK_FALSE(client.told.is_permanent);
    client.live({Fate::fails_for_good});
    CHECK_FALSE(client.told.is_permanent);
    client.live({Fate::fails_for_good});
    CHECK(client.told.is_permanent);
    client.live({Fate::fails});
    CHECK_FALSE(client.told.is_permanent);
    client.live({Fate::links, 30s});
    client.live({Fate::fails_for_good});
    CHECK_FALSE(client.told.is_permanent);
}

TEST_CASE("A client waits at a server's wish only if each has one, and for the shortest") {
    Client client(2);
    client.live({Fate::fails, 1s, 0, 600s});
    CHECK_FALSE(client.told.retry_after);
    CHECK(client.told.moves_on);
    client.live({Fate::fails, 1s, 1, 900s});
    CHECK(client.told.retry_after == 599s);
    client.now += 599s;
    CHECK(client.list.choose(client.now) == 0);
}

TEST_CASE("A client is told whether its next attempt goes to another server that was not tried yet") {
    Client client(2);
    client.live({Fate::links, 30s});
    CHECK_FALSE(client.told.moves_on);
    client.live({Fate::fails});
    CHECK(client.told.moves_on);
    client.live({Fate::links, 60s}); // the first one has cooled down
    CHECK(client.told.moves_on);
    client.live({Fate::links_and_announces, 60s}); // it does, and not because this one has died
    CHECK_FALSE(client.told.moves_on);
    client.live({Fate::fails});
    CHECK_FALSE(client.told.moves_on);
}

TEST_CASE("Whether another server was not tried since the last good link is known during an attempt") {
    Client client(3);
    const auto has_untried = [&client] {
        return client.list.has_untried_beside(client.list.choose(client.now), client.now);
    };
    CHECK(has_untried());
    client.live({Fate::fails, 1s});
    CHECK(has_untried());
    client.live({Fate::fails, 1s});
    CHECK_FALSE(has_untried()); // the third one is the last
    client.live({Fate::fails, 1s});
    CHECK_FALSE(has_untried()); // now all have their whole time
    client.live({Fate::links, 30s});
    CHECK(has_untried());
    CHECK_FALSE(ServerList(1).has_untried_beside(0, client.now));
}

TEST_CASE("A server that wants to be left alone is none that one could go to") {
    ServerList list(2);
    TransportFailure told{.retry_after = 600s};
    list.fail(1, told, start);
    list.leave();
    CHECK_FALSE(list.has_untried_beside(0, start));
    CHECK(list.has_untried_beside(0, start + 600s));
}

TEST_CASE("What a single server says stands as it is") {
    for (const auto& asked : {std::optional<std::chrono::seconds>(), {0s}, {7s}, {std::chrono::seconds(100h)}})
        for (const Fate fate : {Fate::fails, Fate::fails_for_good, Fate::links, Fate::links_and_announces}) {
            Client client(1);
            client.live({fate, 1s, 0, asked});
            CHECK(client.told.retry_after == asked);
            CHECK(client.told.is_permanent == (fate == Fate::fails_for_good));
            CHECK_FALSE(client.told.moves_on);
            CHECK_FALSE(client.list.has_better(0, client.now));
            CHECK(client.list.choose(client.now) == 0);
        }
}

namespace {

// Servers that die, come back and end links at random, and one client that does nothing but try.
class World {
public:
    explicit World(std::uint64_t seed) : random_(seed), client_(size_ = 1 + pick(5)), lives_(size_, true) {}

    void live() {
        for (std::size_t i = 0; i < size_; ++i)
            if (pick(8) == 0) lives_[i] = !lives_[i];
        attempt();
    }

    /// All are dead: whether each of the next attempts, as many as there are servers, goes to another one.
    [[nodiscard]] bool tries_all() {
        std::fill(lives_.begin(), lives_.end(), false);
        std::set<std::size_t> tried;
        for (std::size_t i = 0; i < size_; ++i) tried.insert(attempt());
        return tried.size() == size_;
    }

    /// Only one lives, and nothing happens to it: how many attempts it takes to find it.
    [[nodiscard]] std::size_t attempts_to_find() {
        const std::size_t living = pick(size_);
        for (std::size_t i = 0; i < size_; ++i) lives_[i] = i == living;
        std::size_t attempts = 1;
        while (attempt() != living && attempts <= size_) ++attempts;
        return attempts;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    // Times of all sizes beside that of a cool-down, between attempts and within.
    std::size_t attempt() {
        client_.now += std::chrono::seconds(pick(pick(4) == 0 ? 200 : 20));
        const auto time = std::chrono::seconds(pick(pick(4) == 0 ? 200 : 40));
        const std::size_t server = client_.list.choose(client_.now);
        client_.live({lives_[server] ? any_link() : any_failure(), time});
        return server;
    }

private:
    std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
    Fate any_failure() { return pick(3) == 0 ? Fate::fails_for_good : Fate::fails; }
    Fate any_link() {
        static constexpr Fate fates[] = {Fate::links, Fate::links, Fate::links_and_announces, Fate::is_left};
        return fates[pick(std::size(fates))];
    }

    std::mt19937_64 random_;
    std::size_t size_ = 0;
    Client client_;
    std::vector<bool> lives_;
};

} // namespace

TEST_CASE("Whatever has happened, as many failing attempts as there are servers try all of them") {
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        CAPTURE(seed);
        World world(seed);
        for (int i = 0; i < 40; ++i) {
            for (int k = 0; k < 5; ++k) world.live();
            world.attempt(); // the end of what may still have been a link
            REQUIRE(world.tries_all());
            REQUIRE(world.tries_all());
        }
    }
}

TEST_CASE("Whatever has happened, a server that lives is found within as many attempts as there are servers") {
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        CAPTURE(seed);
        World world(seed);
        for (int i = 0; i < 40; ++i) {
            for (int k = 0; k < 5; ++k) world.live();
            REQUIRE(world.attempts_to_find() <= world.size());
        }
    }
}

TEST_CASE("As long as links are good, no server is taken behind one that has not failed of late") {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        Client client(4);
        for (int i = 0; i < 200; ++i) {
            const std::size_t server = client.list.choose(client.now);
            REQUIRE_FALSE(client.list.has_better(server, client.now));
            static constexpr Fate fates[] = {Fate::links, Fate::links_and_announces, Fate::is_left};
            client.live({fates[random() % std::size(fates)], std::chrono::seconds(30 + random() % 90)});
        }
    }
}
