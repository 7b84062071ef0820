// SPDX-License-Identifier: BSL-1.0
// A name server that does not answer: the look-up cannot be interrupted, so nobody may wait for it; but what it says in
// the end is of use.
#include <support/catch.hpp>
#include <support/names.hpp>
#include <support/office.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using namespace lcm::tests;

namespace {

using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

// The list of the addresses as the C library makes it, so that it can let go of it as well.
int list_of(const Names::Addresses& addresses, const char* service, Function next, addrinfo** result) {
    if (addresses.empty()) return EAI_AGAIN;
    addrinfo numeric{};
    numeric.ai_flags = AI_NUMERICHOST;
    numeric.ai_socktype = SOCK_STREAM;
    for (const std::string& each : addresses) {
        if (const int problem = next(each.c_str(), service, &numeric, result)) return problem;
        while (*result != nullptr) result = &(*result)->ai_next;
    }
    return 0;
}

} // namespace

// In place of the C library's, which this calls for the names that no test has set.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const auto addresses = node != nullptr ? names().look_up(node) : std::nullopt;
    return addresses ? list_of(*addresses, service, next, result) : next(node, service, hints, result);
}

TEST_CASE("A name server that does not answer delays neither the time-out of the stage nor the destructor") {
    names().hold("hangs.invalid");
    std::optional<SocketClient> client;
    lcm::testing::ManualClock clock;
    client.emplace(lcm::ClientConfig{.source = "test", .while_offline = lcm::WhileOffline::fail},
                   lcm::websocket({.url = "wss://hangs.invalid/", .resolve_timeout = 50ms}), clock);
    auto first = client->call(sample("1"));
    REQUIRE(names().wait_for_standing(1));
    REQUIRE(is_ready_soon(first));
    const auto result = result_of(first);
    CHECK(ending_of(result) == "resolve_failed (not_sent)");
    CHECK(result.error().cause == boost::asio::error::timed_out);

    client.reset(); // returns although the look-up is still under way
    CHECK(names().wait_for_standing(1));
    names().release("hangs.invalid");
    CHECK(names().wait_for_standing(0));
}

namespace {

lcm::WebSocketOptions options_for(const std::string& name, std::uint16_t port,
                                  std::chrono::milliseconds timeout = 10s) {
    return {.url = "ws://" + name + ":" + std::to_string(port) + "/",
            .allow_plaintext_to_remote_hosts = true,
            .resolve_timeout = timeout};
}

} // namespace

TEST_CASE("A look-up that was given up serves the next attempt, which joins it, and the ones after that") {
    lcm::testing::Simulator server;
    names().hold("slow.example", {"127.0.0.1"});
    boost::asio::io_context loop;
    Attempts attempts(loop, options_for("slow.example", server.port(), 300ms));
    CHECK(attempts.open() == lcm::Errc::resolve_failed);
    CHECK(attempts.open() == lcm::Errc::resolve_failed); // it has joined, and waits no longer than it may
    CHECK(names().count("slow.example") == 1);

    attempts.begin();
    names().release("slow.example");
    attempts.wait();
    CHECK_FALSE(*attempts.opened);
    CHECK_FALSE(attempts.open());
    CHECK(names().count("slow.example") == 1);
}

TEST_CASE("An answer that came when nobody waited is there for the next attempt") {
    lcm::testing::Simulator server;
    names().hold("late.example", {"127.0.0.1"});
    boost::asio::io_context loop;
    Attempts attempts(loop, options_for("late.example", server.port(), 300ms));
    CHECK(attempts.open() == lcm::Errc::resolve_failed);
    names().release("late.example");
    attempts.transport.reset();
    loop.run_for(patience); // until nothing is under way
    names().set("late.example", {});
    CHECK_FALSE(attempts.open());
}

TEST_CASE("A bad answer is not kept, nor a good one whose addresses did not serve") {
    lcm::testing::Simulator server;
    names().set("moves.example", {});
    boost::asio::io_context loop;
    Attempts attempts(loop, options_for("moves.example", server.port()));
    CHECK(attempts.open() == lcm::Errc::resolve_failed);
    names().set("moves.example", {"127.0.0.9"}); // where nobody listens
    CHECK(attempts.open() == lcm::Errc::connect_failed);
    names().set("moves.example", {"127.0.0.1"});
    CHECK_FALSE(attempts.open());
}

TEST_CASE("A name that ends with a dot is asked for with it, then without") {
    lcm::testing::Simulator server;
    names().set("full.example.", {});
    names().set("full.example", {"127.0.0.1"});
    boost::asio::io_context loop;
    Attempts attempts(loop, options_for("full.example.", server.port()));
    CHECK_FALSE(attempts.open());
    CHECK(names().count("full.example.") == 1);
}

TEST_CASE("A look-up that is queued behind another client's is dropped when its time is over, and asked for again") {
    lcm::testing::Simulator server;
    names().hold("first.example");
    names().hold("second.example", {"127.0.0.1"});
    boost::asio::io_context loop;
    Attempts attempts(loop, options_for("second.example", server.port(), 300ms));
    const auto other = lcm::websocket(options_for("first.example", server.port()))(loop.get_executor(), 65536);
    other->async_open([](lcm::error_code) {});
    loop.poll();
    REQUIRE(names().wait_for_standing(1));
    CHECK(attempts.open() == lcm::Errc::resolve_failed);
    CHECK(names().count("second.example") == 0);
    attempts.begin();
    names().release("second.example");
    names().release("first.example");
    attempts.wait();
    CHECK_FALSE(*attempts.opened);
    CHECK(names().count("second.example") == 1);
}

TEST_CASE("A context that is destroyed during a look-up destroys what waits for it") {
    names().hold("ends.example");
    const auto kept = std::make_shared<int>();
    const auto factory = lcm::websocket(options_for("ends.example", 1));
    {
        boost::asio::io_context loop;
        const auto transport = factory(loop.get_executor(), 65536);
        transport->async_open([kept](lcm::error_code) {});
        loop.poll();
        REQUIRE(names().wait_for_standing(1));
        CHECK(kept.use_count() == 2);
        names().release("ends.example"); // the context waits for the thread that is in it
    }
    CHECK(kept.use_count() == 1);
}

TEST_CASE("localhost counts as this machine by what it means") {
    lcm::testing::Simulator server;
    lcm::WebSocketOptions options{.url = "ws://localhost:" + std::to_string(server.port()) + "/"};
    struct Restore {
        ~Restore() { names().forget("localhost"); }
    } const restore;
    {
        names().set("localhost", {"192.0.2.77", "127.0.0.1"});
        boost::asio::io_context loop;
        Attempts attempts(loop, options);
        CHECK_FALSE(attempts.open());
    }
    names().set("localhost", {"192.0.2.77", "2001:db8::1"});
    {
        boost::asio::io_context loop;
        Attempts attempts(loop, options);
        CHECK(attempts.open() == lcm::Errc::resolve_failed);
        const auto failure = attempts.transport->last_failure();
        CHECK(failure.is_permanent);
        CHECK(failure.cause == boost::asio::error::access_denied);
        CHECK(failure.detail.find("localhost resolves to 192.0.2.77, which is not this machine") == 0);
    }
    names().set("localhost", {"127.0.0.1"});
    options.allow_plaintext_to_remote_hosts = true;
    boost::asio::io_context loop;
    Attempts attempts(loop, options);
    CHECK_FALSE(attempts.open());
}
