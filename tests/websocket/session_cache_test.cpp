// SPDX-License-Identifier: BSL-1.0
// Which TLS session is offered to which server, and for how long.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/tls/session_cache.hpp>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

using Cache = lcm::detail::SessionCache<std::unique_ptr<int>>;

const Cache::TimePoint start{std::chrono::hours(500'000)};

struct Bench {
    void keep(const std::string& server, int number, Cache::TimePoint verified = start) {
        cache.keep(server, {std::make_unique<int>(number), verified}, now);
    }

    /// The number of the session that is offered; 0 if there is none.
    int take(const std::string& server) {
        const auto known = cache.take(server, now);
        return known ? *known->session : 0;
    }

    Cache cache;
    Cache::TimePoint now = start;
};

} // namespace

TEST_CASE("The newest session of a server is offered first, and each of them once") {
    Bench bench;
    bench.keep("a", 1);
    bench.keep("b", 2);
    bench.keep("a", 3);
    CHECK(bench.take("a") == 3);
    CHECK(bench.take("a") == 1);
    CHECK(bench.take("a") == 0);
    CHECK(bench.take("c") == 0);
    CHECK(bench.take("b") == 2);
}

TEST_CASE("A session is offered for a day after the certificate was verified, whenever it was given") {
    Bench bench;
    bench.keep("a", 1);
    bench.now += 24h;
    bench.keep("a", 2); // given late, for a certificate of the start
    CHECK(bench.take("a") == 2);
    CHECK(bench.take("a") == 1);
    bench.keep("a", 3);
    bench.now += 1s;
    CHECK(bench.take("a") == 0);
    bench.keep("a", 4);
    CHECK(bench.take("a") == 0);
    bench.keep("a", 5, bench.now);
    CHECK(bench.take("a") == 5);
}

TEST_CASE("A taken session says when the certificate was verified") {
    Bench bench;
    bench.now += 5h;
    bench.keep("a", 1, start + 2h);
    CHECK(bench.cache.take("a", bench.now)->verified == start + 2h);
}

TEST_CASE("A clock that was set back ends the sessions") {
    Bench bench;
    bench.keep("a", 1);
    bench.now -= 1s;
    CHECK(bench.take("a") == 0);
    bench.now += 1s;
    CHECK(bench.take("a") == 0);
}

TEST_CASE("After a failure a server's sessions are gone, and no other server's") {
    Bench bench;
    bench.keep("a", 1);
    bench.keep("b", 2);
    bench.keep("a", 3);
    bench.cache.drop("a");
    CHECK(bench.take("a") == 0);
    CHECK(bench.take("b") == 2);
    bench.keep("a", 4);
    CHECK(bench.take("a") == 4);
}

TEST_CASE("A server that was given up gets no session again") {
    Bench bench;
    bench.keep("a", 1);
    bench.cache.give_up("a");
    CHECK(bench.take("a") == 0);
    bench.keep("a", 2);
    CHECK(bench.take("a") == 0);
    bench.keep("b", 3);
    CHECK(bench.take("b") == 3);
}

TEST_CASE("The oldest session gives way when there are too many") {
    Bench bench;
    const int most = static_cast<int>(Cache::most);
    for (int i = 1; i <= most + 2; ++i) bench.keep(i % 2 == 0 ? "even" : "odd", i);
    CHECK(bench.cache.size() == Cache::most);
    for (int i = most + 2; i > 2; --i) CHECK(bench.take(i % 2 == 0 ? "even" : "odd") == i);
    CHECK(bench.take("odd") == 0);
    CHECK(bench.take("even") == 0);
}

TEST_CASE("Whatever happens, no session goes to another server, twice, or after its day") {
    std::mt19937 random(7);
    const auto draw = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    Bench bench;
    struct Given {
        std::string server;
        Cache::TimePoint verified;
        bool is_taken = false;
    };
    std::vector<Given> given{{}};
    for (int step = 0; step < 50'000; ++step) {
        const std::string server(1, static_cast<char>('a' + draw(4)));
        switch (draw(8)) {
        case 0: bench.cache.drop(server); break;
        case 1: bench.now += std::chrono::minutes(draw(120)); break;
        case 2:
        case 3:
        case 4: {
            const auto verified = bench.now - std::chrono::hours(draw(26));
            bench.keep(server, static_cast<int>(given.size()), verified);
            given.push_back({server, verified});
            break;
        }
        default: {
            const int number = bench.take(server);
            if (number == 0) break;
            Given& entry = given.at(static_cast<std::size_t>(number));
            if (entry.server != server || entry.is_taken || bench.now - entry.verified > 24h) FAIL("wrong session");
            entry.is_taken = true;
        }
        }
        if (bench.cache.size() > Cache::most) FAIL("too many");
    }
}
