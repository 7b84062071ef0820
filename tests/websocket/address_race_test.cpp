// SPDX-License-Identifier: BSL-1.0
// Which address is dialled next and when, what is remembered of addresses, and what of names: by tables, without socket
// and clock.
#include <lcm_client/websocket/impl/addresses/address_memory.hpp>
#include <lcm_client/websocket/impl/addresses/address_race.hpp>
#include <lcm_client/websocket/impl/addresses/name_cache.hpp>

#include <support/catch.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::detail::Addresses;
using lcm::detail::AddressMemory;
using lcm::detail::AddressRace;
using lcm::detail::alternate_families;
using lcm::detail::Endpoint;
using lcm::detail::NameCache;
namespace error = boost::asio::error;

namespace {

constexpr AddressRace::TimePoint start(std::chrono::hours(1));

// "4a" is an IPv4 address, "6b" an IPv6 address.
Endpoint endpoint(const std::string& name) {
    const std::string number = std::to_string(name.at(1) - 'a' + 1);
    const std::string text = name.front() == '4' ? "192.0.2." + number : "2001:db8::" + number;
    return {boost::asio::ip::make_address(text), 443};
}

using Texts = std::vector<std::string>;

std::vector<Endpoint> endpoints(const Texts& texts) {
    std::vector<Endpoint> all;
    for (const std::string& each : texts) all.push_back(endpoint(each));
    return all;
}

std::string name(const Endpoint& endpoint) {
    const std::string text = endpoint.address().to_string();
    return (endpoint.address().is_v4() ? "4" : "6") + std::string(1, static_cast<char>(text.back() - '1' + 'a'));
}

Texts texts(const std::vector<Endpoint>& endpoints) {
    Texts all;
    for (const Endpoint& each : endpoints) all.push_back(name(each));
    return all;
}

// What an address does when it is dialled.
struct Behaviour {
    std::optional<std::chrono::milliseconds> connects{}; // after which time
    std::optional<std::chrono::milliseconds> fails{};
};
constexpr Behaviour silent{};

struct Raced {
    Texts log; // "at: which" of each start
    std::string winner = "none";
    std::chrono::milliseconds time{};
};

// A race whose addresses do what they are said to, millisecond by millisecond, up to 10 s.
Raced run(AddressRace race, const std::map<std::string, Behaviour>& behaviours) {
    Raced raced;
    std::map<std::size_t, AddressRace::TimePoint> dialled;
    for (auto now = start; now < start + 10s; now += 1ms) {
        raced.time = std::chrono::duration_cast<std::chrono::milliseconds>(now - start);
        for (const auto& [index, since] : std::map(dialled)) {
            const Behaviour& behaviour = behaviours.at(name(race.address(index)));
            if (behaviour.connects && now >= since + *behaviour.connects) {
                raced.winner = name(race.address(index));
                race.win(index);
                return raced;
            }
            if (!behaviour.fails || now < since + *behaviour.fails) continue;
            race.fail_to_connect(index, error::connection_refused);
            dialled.erase(index);
        }
        while (const auto next = race.start_due(now)) {
            raced.log.push_back(std::to_string(raced.time.count()) + ": " + name(race.address(*next)));
            dialled[*next] = now;
        }
        if (race.is_lost()) return raced;
    }
    return raced;
}

} // namespace

TEST_CASE("Families alternate, beginning with that of the first address") {
    struct Row {
        Texts from, to;
    };
    const std::vector<Row> rows{
        {{}, {}},
        {{"4a"}, {"4a"}},
        {{"4a", "4b"}, {"4a", "4b"}},
        {{"6a", "6b", "4a"}, {"6a", "4a", "6b"}},
        {{"6a", "6b", "6c", "4a", "4b"}, {"6a", "4a", "6b", "4b", "6c"}},
        {{"4a", "6a", "6b", "6c"}, {"4a", "6a", "6b", "6c"}},
        {{"4b", "4a", "6a"}, {"4b", "6a", "4a"}},
    };
    for (const Row& row : rows) CHECK(texts(alternate_families(endpoints(row.from))) == row.to);
}

TEST_CASE(
    "The next address starts when the one before was silent for 250 ms or has failed, the first to connect wins") {
    struct Row {
        std::map<std::string, Behaviour> behaviours; // in this order
        Texts log;
        std::string winner;
        std::chrono::milliseconds time;
    };
    const Behaviour good{.connects = 10ms};
    const Behaviour refused{.fails = 1ms};
    const std::vector<Row> rows{
        {{{"4a", good}, {"4b", good}}, {"0: 4a"}, "4a", 10ms},
        {{{"4a", silent}, {"4b", good}}, {"0: 4a", "250: 4b"}, "4b", 260ms},
        {{{"4a", silent}, {"4b", silent}, {"4c", good}}, {"0: 4a", "250: 4b", "500: 4c"}, "4c", 510ms},
        {{{"4a", refused}, {"4b", good}}, {"0: 4a", "1: 4b"}, "4b", 11ms},
        {{{"4a", refused}, {"4b", refused}}, {"0: 4a", "1: 4b"}, "none", 2ms},
        {{{"4a", silent}, {"4b", refused}, {"4c", good}}, {"0: 4a", "250: 4b", "251: 4c"}, "4c", 261ms},
        {{{"4a", {.connects = 300ms}}, {"4b", {.connects = 200ms}}}, {"0: 4a", "250: 4b"}, "4a", 300ms},
        {{{"4a", {.connects = 500ms}}, {"4b", {.connects = 200ms}}}, {"0: 4a", "250: 4b"}, "4b", 450ms},
        // One that fails while a later one is new does not shorten that one's time.
        {{{"4a", {.fails = 300ms}}, {"4b", silent}, {"4c", good}}, {"0: 4a", "250: 4b", "500: 4c"}, "4c", 510ms},
        {{{"4a", {.fails = 249ms}}, {"4b", good}}, {"0: 4a", "249: 4b"}, "4b", 259ms},
    };
    for (const Row& row : rows) {
        Texts order;
        for (const auto& [name, behaviour] : row.behaviours) order.push_back(name);
        CAPTURE(order, row.log);
        const Raced raced = run(AddressRace(endpoints(order)), row.behaviours);
        CHECK(raced.log == row.log);
        CHECK(raced.winner == row.winner);
        CHECK(raced.time == row.time);
    }
}

TEST_CASE("A winner that is of no use gives way to those that are left, and then to those that were slower") {
    AddressRace race(endpoints({"4a", "4b", "4c"}));
    REQUIRE(race.start_due(start) == 0);
    CHECK_FALSE(race.start_due(start + 249ms));
    CHECK(race.next_start() == start + 250ms);
    REQUIRE(race.start_due(start + 250ms) == 1);
    race.win(1);
    CHECK_FALSE(race.next_start());
    CHECK_FALSE(race.start_due(start + 1h)); // while there is a winner, nothing is dialled
    CHECK(race.has_left());
    race.give_up_winner(error::timed_out);
    REQUIRE(race.start_due(start + 1h) == 2);
    race.win(2);
    CHECK(race.has_left());
    race.give_up_winner(error::connection_reset);
    REQUIRE(race.start_due(start + 1h) == 0);
    CHECK_FALSE(race.has_left());
    race.fail_to_connect(0, error::connection_refused);
    CHECK(race.is_lost());
    CHECK(race.describe(start + 1h) == "tried 192.0.2.1:443 (Connection refused), 192.0.2.2:443 (connected, then "
                                       "silent), 192.0.2.3:443 (connected, then broke: Connection reset by peer)");
}

TEST_CASE("One that was only just dialled when another one connected has not been slow") {
    AddressRace race(endpoints({"4a", "4b", "4c"}));
    REQUIRE(race.start_due(start) == 0);
    REQUIRE(race.start_due(start + 250ms) == 1);
    race.win(0);
    race.give_up_winner(error::timed_out, "it was not well");
    REQUIRE(race.start_due(start + 1s) == 1);
    CHECK(race.describe(start + 1s) == "tried 192.0.2.1:443 (connected; it was not well), 192.0.2.2:443 (silent for 0 "
                                       "ms)");
}

TEST_CASE("An attempt has a bounded number of addresses, and names a few of them") {
    std::vector<Endpoint> many;
    for (unsigned i = 1; i <= 200; ++i) many.emplace_back(boost::asio::ip::address_v4(0xC0000200U + i), 443);
    AddressRace race(many);
    CHECK(race.size() == AddressRace::max_addresses);
    CHECK(race.describe(start).empty());
    for (std::size_t i = 0; i < race.size(); ++i) race.fail_to_connect(*race.start_due(start), error::timed_out);
    CHECK(race.is_lost());
    const std::string words = race.describe(start);
    const std::string reason = lcm::error_code(error::timed_out).message(); // the system's words
    CHECK(words.find("192.0.2.6:443 (" + reason + ") and 10 more") != std::string::npos);
    CHECK(words.find("192.0.2.7") == std::string::npos);
}

TEST_CASE("Of the errors of all addresses the one that says most is told") {
    struct Row {
        std::vector<lcm::error_code> errors;
        std::optional<std::size_t> unopened;
        lcm::error_code told;
    };
    const lcm::error_code refused = error::connection_refused;
    const lcm::error_code no_route = error::network_unreachable;
    const lcm::error_code late = error::timed_out;
    const lcm::error_code files = error::no_descriptors;
    const lcm::error_code family = error::address_family_not_supported;
    const std::vector<Row> rows{
        {{}, std::nullopt, error::not_found},
        {{refused}, std::nullopt, refused},
        {{no_route, refused}, std::nullopt, refused},
        {{refused, no_route}, std::nullopt, refused},
        {{late, refused, late}, std::nullopt, refused},
        {{no_route, late}, std::nullopt, late},
        {{family, refused}, 0, refused},
        {{refused, files}, 1, files},
        {{no_route}, std::nullopt, no_route},
    };
    for (const Row& row : rows) {
        AddressRace race(std::vector<Endpoint>(row.errors.size(), endpoint("4a")));
        for (std::size_t i = 0; i < row.errors.size(); ++i) {
            REQUIRE(race.start_due(start) == i);
            if (row.unopened == i) race.fail_to_open(i, row.errors[i]);
            else race.fail_to_connect(i, row.errors[i]);
        }
        CHECK(race.is_lost());
        CHECK(race.error() == row.told);
    }
}

TEST_CASE("Whatever the addresses do, each is dialled once, in order, and the race ends") {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        std::map<std::string, Behaviour> behaviours;
        Texts order;
        bool is_winnable = false;
        for (char i = 'a'; i < 'a' + static_cast<char>(random() % 6); ++i) {
            const std::chrono::milliseconds time(random() % 600);
            order.push_back(std::string("4") + i);
            const bool is_good = random() % 3 == 0;
            is_winnable = is_winnable || is_good;
            behaviours[order.back()] = is_good             ? Behaviour{.connects = time}
                                       : random() % 2 == 0 ? Behaviour{.fails = time}
                                                           : silent;
        }
        const Raced raced = run(AddressRace(endpoints(order)), behaviours);
        CAPTURE(round, order, raced.log);
        CHECK((raced.winner != "none") == is_winnable);
        for (std::size_t i = 0; i < raced.log.size(); ++i) CHECK(raced.log[i].ends_with(order[i]));
        if (is_winnable) CHECK(raced.time <= 600ms + 250ms * order.size());
    }
}

TEST_CASE("Good addresses come first, the last one foremost, and ill ones last, the last one hindmost") {
    AddressMemory memory;
    const auto sorted = [&](const Texts& order) {
        std::vector<Endpoint> all = endpoints(order);
        memory.sort(all);
        return texts(all);
    };
    const Texts all{"4a", "4b", "4c", "6a"};
    CHECK(sorted(all) == all);
    memory.note_ill(endpoint("4a"));
    CHECK(sorted(all) == Texts{"4b", "4c", "6a", "4a"});
    memory.note_ill(endpoint("4b"));
    CHECK(sorted(all) == Texts{"4c", "6a", "4a", "4b"});
    memory.note_good(endpoint("6a"));
    CHECK(sorted(all) == Texts{"6a", "4c", "4a", "4b"});
    memory.note_good(endpoint("4a"));
    CHECK(sorted(all) == Texts{"4a", "6a", "4c", "4b"});
    memory.note_ill(endpoint("6a"));
    CHECK(sorted(all) == Texts{"4a", "4c", "4b", "6a"});
    Endpoint other_port = endpoint("4b");
    other_port.port(444);
    std::vector<Endpoint> ports{endpoint("4b"), other_port};
    memory.sort(ports);
    CHECK(ports.front() == other_port); // another server
}

TEST_CASE("The memory of addresses is bounded, and forgets the oldest note first") {
    AddressMemory memory;
    std::vector<Endpoint> many;
    for (unsigned i = 0; i <= AddressMemory::capacity; ++i) {
        many.emplace_back(boost::asio::ip::address_v4(0x0A000000U + i), 443);
        memory.note_ill(many.back());
    }
    std::vector<Endpoint> two{many[1], many[0]};
    memory.sort(two);
    CHECK(two.front() == many[0]);
    two = {many[2], many[1]};
    memory.sort(two);
    CHECK(two.front() == many[1]);
}

TEST_CASE("What a name means is kept for a minute, for the last names, until an attempt with it fails") {
    NameCache cache;
    const Addresses one{endpoint("4a").address()};
    const Addresses two{endpoint("4b").address(), endpoint("6a").address()};
    CHECK(cache.find("a", start).empty());
    cache.keep("a", one, start);
    cache.keep("b", two, start + 1s);
    CHECK(cache.find("a", start + 59s) == one);
    CHECK(cache.find("a", start + 60s).empty());
    CHECK(cache.find("b", start + 60s) == two);
    cache.keep("a", two, start + 60s);
    CHECK(cache.find("a", start + 61s) == two);
    cache.forget("a");
    CHECK(cache.find("a", start + 61s).empty());
    for (std::size_t i = 0; i < NameCache::capacity; ++i) cache.keep("name" + std::to_string(i), one, start);
    CHECK(cache.find("b", start + 2s).empty());
    CHECK(cache.find("name0", start) == one);
}
