// SPDX-License-Identifier: BSL-1.0
// Names with several addresses, behind which are good, silent, refusing, mute and ill servers in every order.
#include <support/catch.hpp>
#include <support/office.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;

namespace {

std::atomic<bool> has_ipv6{true};

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

std::size_t count_descriptors() {
    std::size_t count = 0;
    for (int fd = 0; fd < 1024; ++fd) count += ::fcntl(fd, F_GETFD) != -1 ? 1U : 0U;
    return count;
}

std::chrono::milliseconds since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

// Each order of the addresses of an office whose servers are all different, and an attempt with it; all at once.
struct Order {
    std::string name;
    std::vector<std::size_t> nodes;
    std::unique_ptr<Attempts> attempts;
    std::optional<std::chrono::milliseconds> took;
};

std::vector<Order> open_in_every_order(Office& office, const std::vector<Node>& kinds) {
    std::vector<std::size_t> nodes(kinds.size());
    std::iota(nodes.begin(), nodes.end(), 0);
    std::vector<Order> orders;
    do {
        Order& order = orders.emplace_back();
        order.nodes = nodes;
        order.name = "order";
        std::vector<std::string> addresses;
        for (const std::size_t node : nodes) {
            order.name += '-' + std::to_string(node);
            addresses.push_back(office[node].address().address().to_string());
        }
        order.name += ".example";
        names().set(order.name, addresses);
        order.attempts = std::make_unique<Attempts>(office.loop, office.options(order.name));
        order.attempts->begin();
    } while (std::next_permutation(nodes.begin(), nodes.end()));
    const auto start = std::chrono::steady_clock::now();
    const auto is_open = [](const Order& order) { return order.attempts->opened.has_value(); };
    while (!std::all_of(orders.begin(), orders.end(), is_open)) {
        REQUIRE(office.loop.run_one_for(patience) != 0);
        for (Order& each : orders)
            if (is_open(each) && !each.took) each.took = since(start);
    }
    return orders;
}

} // namespace

// In place of the C library's, which this calls.
extern "C" int socket(int domain, int type, int protocol) noexcept {
    if (domain == AF_INET6 && !has_ipv6) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    using Function = int (*)(int, int, int);
    static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "socket"));
    return next(domain, type, protocol);
}

TEST_CASE("A good server is reached whatever is behind the other addresses of the name, in every order") {
    const std::vector<Node> kinds{Node::good, Node::silent, Node::refusing, Node::breaking, Node::mute};
    Office office("office.example", kinds);
    const std::vector<Order> orders = open_in_every_order(office, kinds);
    std::size_t behind_mute = 0;
    for (const Order& each : orders) {
        CAPTURE(each.name);
        CHECK_FALSE(*each.attempts->opened);
        const auto place = [&](std::size_t node) { return std::find(each.nodes.begin(), each.nodes.end(), node); };
        const bool is_behind_mute = place(4) < place(0);
        behind_mute += is_behind_mute ? 1 : 0;
        CHECK(*each.took < (is_behind_mute ? 6s : 3s)); // nobody else costs the patience with the mute one
        if (is_behind_mute) CHECK(*each.took >= 3s);
    }
    CHECK(office[0].requests() == orders.size()); // each asked for once, and nobody else that could have answered
    CHECK(office[4].requests() == behind_mute);
    const auto have_ended = [&] { return office[4].ended() == office[4].connections(); };
    while (!have_ended()) REQUIRE(office.loop.run_one_for(patience) != 0);
}

TEST_CASE("A good TLS server is reached whatever is behind the other addresses of the name, in every order") {
    const std::vector<Node> kinds{Node::good, Node::silent, Node::breaking};
    Office office("office.example", kinds, true);
    names().set("office.example", {"127.0.0.2", "127.0.0.3", "127.0.0.1"});
    Attempts attempts(office.loop, office.options());
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(attempts.open());
    CHECK(since(start) < 3s);
    CHECK(office[0].requests() == 1);
}

TEST_CASE("A server that does not answer to TLS gives way, the last one is given its whole time") {
    Office office("office.example", {Node::mute, Node::mute, Node::good}, true);
    lcm::WebSocketOptions options = office.options();
    options.tls_timeout = 200ms; // less than the patience with one that is mute
    {
        Attempts attempts(office.loop, options);
        CHECK_FALSE(attempts.open());
        CHECK(office[2].requests() == 1);
    }
    names().set("office.example", {"127.0.0.1", "127.0.0.2"});
    Attempts attempts(office.loop, options);
    CHECK(attempts.open() == Errc::tls_failed);
    CHECK(attempts.transport->last_failure().cause == boost::asio::error::timed_out);
    const std::string port = std::to_string(office.port());
    CHECK(attempts.detail() == "the TLS handshake took longer than 200 ms; tried 127.0.0.1:" + port +
                                   " (connected, then silent), 127.0.0.2:" + port + " (connected)");
}

TEST_CASE("What became of each address is told when none serves, with the cause that says most") {
    Office office("office.example", {Node::silent, Node::refusing, Node::mute});
    lcm::WebSocketOptions options = office.options();
    options.connect_timeout = 600ms;
    options.upgrade_timeout = 100ms;
    const std::string port = std::to_string(office.port());
    {
        Attempts attempts(office.loop, options); // the mute one gives way to the silent one
        CHECK(attempts.open() == Errc::connect_failed);
        CHECK(attempts.transport->last_failure().cause == boost::asio::error::timed_out);
        CHECK(has(attempts.detail(), " ms), 127.0.0.2:" + port + " (Connection refused), 127.0.0.3:" + port +
                                         " (connected, then silent)"));
    }
    names().set("office.example", {"127.0.0.2", "127.0.0.3"});
    {
        Attempts attempts(office.loop, options);
        CHECK(attempts.open() == Errc::upgrade_rejected);
        CHECK(attempts.detail() == "the upgrade to WebSocket took longer than 100 ms; tried 127.0.0.2:" + port +
                                       " (Connection refused), 127.0.0.3:" + port + " (connected)");
    }
    names().set("office.example", {"127.0.0.1", "127.0.0.2"});
    {
        Attempts attempts(office.loop, options);
        CHECK(attempts.open() == Errc::connect_failed);
        CHECK(attempts.transport->last_failure().cause == boost::asio::error::timed_out);
        CHECK(has(attempts.detail(), "connecting took longer than 600 ms; tried 127.0.0.1:" + port + " (silent for "));
        CHECK(has(attempts.detail(), " ms), 127.0.0.2:" + port + " (Connection refused)"));
    }
    names().set("office.example", {"127.0.0.2", "127.0.0.4", "127.0.0.5"});
    Attempts attempts(office.loop, options);
    const auto start = std::chrono::steady_clock::now();
    CHECK(attempts.open() == Errc::connect_failed);
    CHECK(since(start) < 500ms); // nobody waits for those who have refused
    CHECK(attempts.transport->last_failure().cause == boost::asio::error::connection_refused);
}

TEST_CASE("An address that fails at the upgrade gives way at once, and comes last next time, one that was good first") {
    for (const Node bad : {Node::ill, Node::elsewhere, Node::leaving, Node::breaking})
        for (const bool tls : {false, true}) {
            CAPTURE(static_cast<int>(bad), tls);
            Office office("office.example", {bad, Node::good, Node::good}, tls);
            Attempts attempts(office.loop, office.options());
            const auto start = std::chrono::steady_clock::now();
            for (int i = 0; i < 3; ++i) CHECK_FALSE(attempts.open());
            CHECK(since(start) < 3s);
            CHECK(office[0].connections() == 1);
            CHECK(office[1].requests() == 3);
            CHECK(office[2].connections() == 0);
        }
}

TEST_CASE(
    "If no address serves, what the last one that was reached did is told, and for good if all that were did so") {
    struct Row {
        std::vector<Node> nodes;
        const char* words;
        bool is_permanent;
    };
    const std::vector<Row> rows{
        {{Node::ill}, "the server answered the upgrade with status 503", false},
        {{Node::ill, Node::refusing}, "the server answered the upgrade with status 503; tried 127.0.0.1:", false},
        {{Node::refusing, Node::elsewhere}, "the server answered the upgrade with status 404", true},
        {{Node::elsewhere, Node::refusing}, "the server answered the upgrade with status 404", false},
        {{Node::elsewhere, Node::elsewhere}, "the server answered the upgrade with status 404", true},
        {{Node::elsewhere, Node::ill, Node::elsewhere}, "the server answered the upgrade with status 404", false},
        {{Node::elsewhere, Node::leaving}, "the server closed the connection: code 1013", false},
    };
    for (const Row& row : rows) {
        Office office("office.example", row.nodes);
        Attempts attempts(office.loop, office.options());
        CHECK(attempts.open() == Errc::upgrade_rejected);
        CAPTURE(attempts.detail());
        CHECK(attempts.detail().starts_with(row.words));
        CHECK(attempts.transport->last_failure().is_permanent == row.is_permanent);
    }
    Office office("office.example", {Node::ill, Node::refusing});
    Attempts attempts(office.loop, office.options());
    CHECK(attempts.open() == Errc::upgrade_rejected);
    const std::string port = std::to_string(office.port());
    CHECK(attempts.detail() == "the server answered the upgrade with status 503; tried 127.0.0.1:" + port +
                                   " (connected; the server answered the upgrade with status 503), 127.0.0.2:" + port +
                                   " (Connection refused)");
}

TEST_CASE("A server that says when to come again speaks for all addresses") {
    Office office("office.example", {Node::busy, Node::good});
    Attempts attempts(office.loop, office.options());
    CHECK(attempts.open() == Errc::upgrade_rejected);
    CHECK(attempts.transport->last_failure().retry_after == 7s);
    CHECK(office[1].connections() == 0);
}

TEST_CASE("Credentials are asked for anew when an address that was sent some gives way") {
    Office office("office.example", {Node::ill, Node::good});
    int asked = 0;
    lcm::WebSocketOptions options = office.options();
    options.credentials = [&asked] { return lcm::Credentials::bearer("token-" + std::to_string(++asked)); };
    Attempts attempts(office.loop, options);
    CHECK_FALSE(attempts.open());
    CHECK(asked == 2);
}

TEST_CASE("All clients of a factory know which addresses are good") {
    Office office("office.example", {Node::ill, Node::good});
    const auto factory = lcm::websocket(office.options());
    const auto open = [&](auto& own) {
        const auto transport = own(office.loop.get_executor(), 65'536);
        std::optional<lcm::error_code> opened;
        transport->async_open([&](lcm::error_code ec) { opened = ec; });
        while (!opened) REQUIRE(office.loop.run_one_for(patience) != 0);
        return *opened;
    };
    auto first = factory;
    auto second = factory;
    CHECK_FALSE(open(first));
    CHECK_FALSE(open(second));
    CHECK(office[0].requests() == 1);
}

TEST_CASE("Credentials that were refused are not offered to another address") {
    Office office("office.example", {Node::silent, Node::suspicious, Node::good});
    Attempts attempts(office.loop, office.options());
    for (int i = 0; i < 3; ++i) CHECK(attempts.open() == Errc::unauthorized);
    CHECK(office[1].requests() == 3);
    CHECK(office[2].connections() == 0);
}

TEST_CASE("A family that the system does not have is passed over, and told by its name if nothing else serves") {
    Office office("office.example", {Node::good, Node::refusing, Node::good}, false, true);
    struct Restore {
        ~Restore() { has_ipv6 = true; }
    } const restore;
    has_ipv6 = false;
    names().set("office.example", {"::1", "127.0.0.1"});
    {
        Attempts attempts(office.loop, office.options());
        CHECK_FALSE(attempts.open());
        CHECK(office[0].requests() == 1);
    }
    const std::string port = std::to_string(office.port());
    names().set("office.example", {"::1", "127.0.0.2"});
    Attempts attempts(office.loop, office.options());
    CHECK(attempts.open() == Errc::connect_failed);
    CHECK(attempts.transport->last_failure().cause == boost::asio::error::connection_refused);
    CHECK(has(attempts.detail(), "tried [::1]:" + port +
                                     " (no socket could be opened: Address family not supported by protocol), "
                                     "127.0.0.2:" +
                                     port + " (Connection refused)"));
}

TEST_CASE("Too many open files are told by their name") {
    Office office("office.example", {Node::good, Node::refusing});
    Attempts attempts(office.loop, office.options());
    CHECK_FALSE(attempts.open()); // from now on all else is there
    attempts.transport.reset();
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{3, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const lcm::error_code ec = attempts.open();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(ec == Errc::connect_failed);
    CHECK(attempts.transport->last_failure().cause == boost::asio::error::no_descriptors);
    CHECK(has(attempts.detail(), "no socket could be opened: Too many open files"));
    CHECK_FALSE(attempts.open());
}

TEST_CASE("An attempt that is closed or whose loop ends leaves nothing behind, in whatever phase it is") {
    struct Phase {
        std::string name;
        std::vector<Node> nodes;
        bool tls;
        std::chrono::milliseconds time; // after which it is reached
    };
    const std::vector<Phase> phases{
        {"one address is silent", {Node::silent, Node::silent, Node::silent}, false, 20ms},
        {"two addresses are silent", {Node::silent, Node::silent, Node::silent}, false, 300ms},
        {"TCP is connected", {Node::mute, Node::silent}, true, 50ms},
        {"the request has left", {Node::mute, Node::silent}, false, 50ms},
        {"the first one has given way", {Node::mute, Node::silent, Node::silent}, false, 250ms},
        {"the first one has given way with TLS", {Node::mute, Node::silent, Node::silent}, true, 250ms},
    };
    for (const Phase& phase : phases)
        for (const std::string end : {"close", "abort", "destructor", "loop"}) {
            CAPTURE(phase.name, end);
            const std::size_t before = count_descriptors();
            {
                auto office = std::make_unique<Office>("office.example", phase.nodes, phase.tls);
                lcm::WebSocketOptions options = office->options();
                options.tls_timeout = options.upgrade_timeout = 150ms;
                auto attempts = std::make_unique<Attempts>(office->loop, options);
                attempts->begin();
                office->loop.run_for(phase.time);
                REQUIRE_FALSE(attempts->opened);
                if (end == "close") attempts->transport->close();
                if (end == "abort") attempts->transport->abort();
                if (end == "destructor") attempts->transport.reset();
                if (end != "loop") {
                    attempts->wait();
                    CHECK(*attempts->opened == Errc::connection_lost);
                    const OfficeNode& first = (*office)[0];
                    if (phase.nodes.front() == Node::silent) office->loop.run_for(patience);
                    while (first.ended() != first.connections()) REQUIRE(office->loop.run_one_for(patience) != 0);
                    CHECK(office->loop.stopped() == (phase.nodes.front() == Node::silent));
                }
            }
            CHECK(count_descriptors() == before);
        }
}
