// SPDX-License-Identifier: BSL-1.0
// When a connection's peer is pinged and given up: by tables, without socket and clock.
#include <lcm_client/websocket/impl/frames/keep_alive.hpp>

#include <support/catch.hpp>

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::Outstanding;
using lcm::detail::KeepAlive;
using Action = KeepAlive::Action;

namespace {

const char* name(Action action) {
    switch (action) {
    case Action::none: return "none";
    case Action::ping: return "ping";
    case Action::suspect: return "suspect";
    case Action::alive: return "alive";
    case Action::lost: return "lost";
    case Action::lost_by_probe: return "lost by probe";
    }
    return "?";
}

// A connection that is looked at when the decisions say so, as the timer does. The idle time-out is 16 s.
class Link {
public:
    Link() { alive.begin(at(0s)); }

    static KeepAlive::TimePoint at(std::chrono::nanoseconds time) { return KeepAlive::TimePoint(1h) + time; }

    // Until `end`: notes what is to be done, and does it, as if the system took each ping at once.
    void pass(std::chrono::seconds end) {
        while (!is_over && due <= at(end)) {
            now = due;
            look();
        }
        now = at(end);
    }

    void probe() {
        alive.probe(now);
        due = alive.next();
    }

    void look() {
        act(alive.look(now, outstanding, is_unwritten));
        due = alive.next();
    }

    void act(Action action) {
        if (action == Action::none) return;
        log.push_back(std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now - at(0s)).count()) + ": " +
                      name(action));
        is_over = action == Action::lost || action == Action::lost_by_probe;
        if (action != Action::ping) return;
        alive.queue_ping(now);
        if (takes_pings) alive.note_written(now, true);
    }

    KeepAlive alive{16s};
    KeepAlive::TimePoint now = at(0s);
    KeepAlive::TimePoint due = at(8s); // the next look
    Outstanding outstanding;
    bool is_unwritten = false;
    bool takes_pings = true;
    bool is_over = false;
    std::vector<std::string> log;
};

using Log = std::vector<std::string>;

} // namespace

TEST_CASE("A silent peer is pinged after half of the idle time-out, and given up after all of it") {
    Link link;
    link.pass(60s);
    CHECK(link.log == Log{"8: ping", "16: lost"});
}

TEST_CASE("While nothing is outstanding, whatever comes keeps a connection alive without a ping") {
    Link link;
    for (auto second = 1s; second <= 60s; ++second) {
        link.pass(second);
        static_cast<void>(link.alive.hear(link.now));
    }
    CHECK(link.log.empty());
}

TEST_CASE("While something is outstanding, a peer that goes on talking is pinged, and given up without its pong") {
    for (const bool is_unwritten : {false, true}) {
        CAPTURE(is_unwritten);
        Link link;
        link.outstanding.is_unanswered = !is_unwritten;
        link.is_unwritten = is_unwritten;
        for (auto second = 1s; second <= 60s && !link.is_over; ++second) {
            link.pass(second);
            static_cast<void>(link.alive.hear(link.now));
        }
        CHECK(link.log == Log{"8: ping", "16: lost"});
    }
}

TEST_CASE("A pong or an answer after each ping keeps a connection alive, as long as it likes") {
    for (const bool pongs : {false, true}) {
        CAPTURE(pongs);
        Link link;
        link.outstanding.is_unanswered = true;
        for (auto second = 1s; second <= 40s; ++second) {
            link.pass(second);
            if (second % 8s != 1s) continue;
            if (pongs) CHECK_FALSE(link.alive.progress(link.now));
            else ++link.outstanding.answers;
        }
        CHECK(link.log == Log{"8: ping", "16: ping", "24: ping", "32: ping", "40: ping"});
    }
}

TEST_CASE("A ping that waits behind a slow write is not held against the peer while the write makes progress") {
    Link link;
    link.outstanding.is_unanswered = link.is_unwritten = true;
    link.takes_pings = false;
    for (auto second = 1s; second <= 50s; ++second) {
        link.pass(second);
        if (second % 5s == 0s) link.alive.note_written(link.now, second == 50s);
    }
    CHECK(link.log == Log{"8: ping"});
    SECTION("and its answer has its time from when the system took it") {
        link.pass(57s);
        CHECK(link.log == Log{"8: ping"});
        link.pass(90s);
        CHECK(link.log == Log{"8: ping", "58: lost"});
    }
    SECTION("and its answer is as good as any; the next ping leaves at once, since the last one is old") {
        CHECK_FALSE(link.alive.progress(link.now));
        link.look();
        CHECK(link.log == Log{"8: ping", "50: ping"});
    }
}

TEST_CASE("A write that makes no progress is given up with the ping that waits behind it") {
    Link link;
    link.outstanding.is_unanswered = link.is_unwritten = true;
    link.takes_pings = false;
    link.pass(60s);
    CHECK(link.log == Log{"8: ping", "16: lost"});
}

TEST_CASE("Bytes that the system takes while no ping waits for it prove nothing") {
    Link link;
    link.outstanding.is_unanswered = true;
    for (auto second = 1s; second <= 60s && !link.is_over; ++second) {
        link.pass(second);
        link.alive.note_written(link.now, false);
    }
    CHECK(link.log == Log{"8: ping", "16: lost"});
}

TEST_CASE("A request with more time than the usual one is waited for, and the peer is suspected meanwhile") {
    Link link;
    link.outstanding.is_unanswered = true;
    const auto until = [&](std::chrono::seconds deadline, std::chrono::seconds end) {
        for (auto second = std::chrono::duration_cast<std::chrono::seconds>(link.now - Link::at(0s)) + 1s;
             second <= end && !link.is_over; ++second) {
            link.outstanding.patience = (std::max)(std::chrono::seconds(0), deadline - second);
            link.pass(second);
        }
    };
    until(60s, 30s);
    CHECK(link.log == Log{"8: ping", "16: suspect"});
    CHECK(link.alive.is_suspect());
    SECTION("until its deadline") {
        until(60s, 90s);
        CHECK(link.log == Log{"8: ping", "16: suspect", "60: lost"});
    }
    SECTION("and cleared by an answer, which is told at the next look") {
        ++link.outstanding.answers;
        link.look();
        CHECK(link.log == Log{"8: ping", "16: suspect", "30: alive"});
        CHECK_FALSE(link.alive.is_suspect());
    }
    SECTION("and cleared by anything once nothing is outstanding") {
        CHECK_FALSE(link.alive.hear(link.now));
        link.outstanding = {};
        link.look();
        CHECK(link.log == Log{"8: ping", "16: suspect", "30: alive"});
    }
    SECTION("and cleared by the pong") {
        CHECK_FALSE(link.alive.hear(link.now)); // what else comes does not
        CHECK(link.alive.is_suspect());
        CHECK(link.alive.progress(link.now));
        CHECK_FALSE(link.alive.is_suspect());
        until(60s, 45s);
        CHECK(link.log == Log{"8: ping", "16: suspect", "32: ping", "40: suspect"}); // the next one was not answered
    }
}

TEST_CASE("A probe is answered by whatever comes, and ends the connection after five seconds otherwise") {
    Link link;
    link.pass(1s);
    link.probe();
    CHECK(link.alive.is_probing());
    SECTION("if nothing comes") {
        link.pass(60s);
        CHECK(link.log == Log{"6: lost by probe"});
    }
    SECTION("but for a request with more time") {
        link.outstanding = {true, 0, 20s};
        link.pass(7s);
        CHECK(link.log == Log{"6: suspect"});
        link.outstanding.patience = 0s;
        link.pass(60s);
        CHECK(link.log.size() == 2);
    }
    SECTION("if something comes") {
        link.pass(2s);
        CHECK(link.alive.hear(link.now));
        CHECK_FALSE(link.alive.hear(link.now)); // it was awaited once
        CHECK_FALSE(link.alive.is_probing());   // so that the next probe is one
        link.pass(6s);
        CHECK(link.log.empty());
        CHECK_FALSE(link.alive.is_probing());
    }
}

TEST_CASE("A probe takes no longer than half of the idle time-out") {
    CHECK(KeepAlive(16s).probe_timeout() == 5s);
    CHECK(KeepAlive(10s).probe_timeout() == 5s);
    CHECK(KeepAlive(4s).probe_timeout() == 2s);
}

TEST_CASE("Each probe awaits a sign of life of its own") {
    Link link;
    link.pass(1s);
    CHECK(link.alive.hear(link.now));
    link.probe();
    CHECK(link.alive.hear(link.now));
    link.pass(7s);
    link.probe();
    CHECK(link.alive.is_probing());
    link.pass(60s);
    CHECK(link.log == Log{"9: ping", "12: lost by probe"});
}

TEST_CASE("A probe that was overdue is forgotten with the suspicion") {
    Link link;
    link.pass(1s);
    link.probe();
    link.outstanding = {true, 0, 20s};
    link.pass(6s);
    REQUIRE(link.log == Log{"6: suspect"});
    CHECK(link.alive.progress(link.now));
    link.outstanding.patience = 0s;
    link.look();
    link.pass(60s);
    CHECK(link.log == Log{"6: suspect", "8: ping", "16: lost"});
}

TEST_CASE("The sign of life of a peer that was suspected is awaited until something comes after the suspicion") {
    Link link;
    CHECK(link.alive.hear(link.now));
    link.outstanding = {true, 0, 60s};
    link.pass(16s);
    REQUIRE(link.log == Log{"8: ping", "16: suspect"});
    CHECK_FALSE(link.alive.hear(link.now));
    CHECK(link.alive.progress(link.now));
    CHECK(link.alive.hear(link.now));
    CHECK_FALSE(link.alive.hear(link.now));
}

TEST_CASE("An answer that comes while a ping waits does not stand for its pong, and gives it time") {
    Link link;
    link.outstanding.is_unanswered = link.is_unwritten = true;
    link.takes_pings = false;
    link.pass(12s);
    REQUIRE(link.log == Log{"8: ping"});
    CHECK_FALSE(link.alive.progress(link.now));
    CHECK(link.alive.ping_waits());
    link.pass(60s);
    CHECK(link.log == Log{"8: ping", "20: lost"});
}

TEST_CASE("While something is outstanding, the next ping leaves half of the idle time-out after the last one") {
    Link link;
    link.outstanding.is_unanswered = true;
    link.pass(9s);
    REQUIRE(link.log == Log{"8: ping"});
    CHECK_FALSE(link.alive.progress(link.now));
    CHECK(link.alive.next() == Link::at(16s));
}

TEST_CASE("The first thing that comes over a new connection is an awaited sign of life") {
    Link link;
    CHECK(link.alive.hear(link.now));
    CHECK_FALSE(link.alive.hear(link.now));
}

TEST_CASE("No peer that has stopped to answer is kept for longer than the idle time-out, whatever happens on the way") {
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
        CAPTURE(seed);
        std::minstd_rand random(seed);
        Link link;
        link.outstanding.is_unanswered = true;
        const auto last_progress = std::chrono::seconds(random() % 60);
        std::chrono::seconds second = 0s;
        while (!link.is_over && second < 200s) {
            link.pass(++second);
            if (link.is_over) break;
            switch (random() % 5) {
            case 0: static_cast<void>(link.alive.hear(link.now)); break;
            case 1: link.alive.note_written(link.now, false); break;
            case 2:
                if (!link.alive.is_probing() && random() % 10 == 0) link.probe();
                break;
            case 3:
                if (second <= last_progress) static_cast<void>(link.alive.progress(link.now));
                break;
            default:
                if (second <= last_progress) ++link.outstanding.answers;
            }
        }
        REQUIRE(link.is_over);
        // An answer is noticed at the next look, up to half of the idle time-out later.
        CHECK(second <= last_progress + 8s + 16s);
    }
}
