// SPDX-License-Identifier: BSL-1.0
// What is left behind in the operating system by a connection that ends: nothing that would still be delivered, unless
// the connection was closed in order.
#include <support/catch.hpp>
#include <support/raw_link.hpp>

#include <lcm_client/client.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#ifndef _WIN32
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;
using lcm::error_code;

namespace {

/// How the server sees the connection end, when it reads on at last.
enum class Seen { nothing, orderly_end, reset };

/// A server that reads only when the test says so, and how it sees the end.
class MuteLink : public RawLink {
public:
    explicit MuteLink(
        bool tls, std::function<void(lcm::WebSocketOptions&)> change = [](auto&) {})
        : RawLink({.tls = tls, .reads = false}, std::move(change)) {}

    [[nodiscard]] Seen end() {
        server.start_reading();
        loop.restart(); // it had nothing more to do
        run_until([this] { return server.is_over(); });
        return server.end() == boost::asio::error::connection_reset ? Seen::reset : Seen::orderly_end;
    }

    void expect_answers() {
        transport->watch({.outstanding = [](std::chrono::milliseconds) { return lcm::Outstanding{true, 0, {}}; }});
    }
};

void fill(MuteLink& link) { link.send(std::vector<std::string>(300, std::string(50'000, 'x'))); }

} // namespace

TEST_CASE("A connection that is given up leaves nothing behind that could still be delivered") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        SECTION("because the server was silent") {
            MuteLink link(tls, [](lcm::WebSocketOptions& options) { options.idle_timeout = 40ms; });
            link.open_and_receive();
            link.send({"request"});
            link.wait_for_loss();
            CHECK(*link.lost == Errc::idle_timeout);
            CHECK(link.end() == Seen::reset);
        }
        SECTION("because a probe was not answered") {
            MuteLink link(tls, [](lcm::WebSocketOptions& options) { options.idle_timeout = 200ms; });
            link.open_and_receive();
            link.transport->probe();
            link.wait_for_loss();
            CHECK(link.end() == Seen::reset);
        }
        SECTION("because its farewell was not answered in time") {
            MuteLink link(tls, [](lcm::WebSocketOptions& options) { options.close_timeout = 20ms; });
            link.open_and_receive();
            link.transport->close();
            link.run_to_the_end();
            CHECK(link.end() == Seen::reset);
        }
        SECTION("by abort(), with a write under way or without one") {
            for (const bool is_writing : {false, true}) {
                MuteLink link(tls);
                link.open_and_receive();
                if (is_writing) fill(link);
                link.loop.poll();
                link.transport->abort();
                link.wait_for_loss();
                CHECK(*link.lost == Errc::connection_lost);
                CHECK(link.detail() == "the connection was given up by this side");
                if (is_writing) link.run_until([&] { return link.sent.has_value(); });
                CHECK(link.end() == Seen::reset);
                CHECK(link.server.count(fin | 8) == 0);
            }
        }
        SECTION("by abort() during the farewell") {
            MuteLink link(tls);
            link.open_and_receive();
            link.transport->close();
            link.transport->abort();
            CHECK(link.end() == Seen::reset);
        }
        SECTION("by close(), while a request that was not answered may be unsent") {
            MuteLink link(tls);
            link.expect_answers();
            link.open_and_receive();
            fill(link);
            link.loop.poll();
            link.transport->close();
            CHECK(link.end() == Seen::reset);
            CHECK(link.server.count(fin | 8) == 0);
        }
        SECTION("by the server's farewell, while a request that was not answered may be unsent") {
            MuteLink link(tls);
            link.expect_answers();
            link.open_and_receive();
            fill(link);
            link.loop.poll();
            link.server.send(frame(fin | 8, close_payload(1001)));
            link.wait_for_loss();
            CHECK(link.detail().find("1001") != std::string::npos);
            CHECK(link.end() == Seen::reset);
        }
    }
}

TEST_CASE("A connection that is closed in order is closed politely") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        SECTION("when nothing is outstanding") {
            MuteLink link(tls);
            link.open_and_receive();
            link.send({"request"});
            link.transport->close();
            link.server.start_reading();
            link.run_until([&] { return link.server.count(fin | 8) == 1; });
            link.server.send(frame(fin | 8, close_payload(1000)));
            CHECK(link.end() == Seen::orderly_end);
            CHECK(link.server.frames().front() == ClientFrame{fin | 1, "request"});
        }
        SECTION("though the first sign of life of the server comes only then") {
            MuteLink link(tls);
            link.transport->watch({.tell = [](bool) {}});
            link.open_and_receive();
            link.transport->close();
            link.server.start_reading();
            link.run_until([&] { return link.server.count(fin | 8) == 1; });
            link.server.send(frame(fin | 10, "1"));
            link.loop.run_for(30ms);
            CHECK_FALSE(link.server.is_over());
            link.server.send(frame(fin | 8, close_payload(1000)));
            CHECK(link.end() == Seen::orderly_end);
        }
        SECTION("when the server's system has all that was not answered") {
            MuteLink link(tls);
            link.expect_answers();
            link.open_and_receive();
            link.send({"request"});
            link.run_until([&] { return link.sent.has_value(); });
            link.loop.run_for(100ms); // the server's system delays its acknowledgement
            link.transport->close();
            link.server.start_reading();
            link.run_until([&] { return link.server.count(fin | 8) == 1; });
            link.server.send(frame(fin | 8, close_payload(1000)));
            CHECK(link.end() == Seen::orderly_end);
        }
    }
}

TEST_CASE("That all has arrived is confirmed by the server's system, or by its pong, and not by our own system") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        MuteLink link(tls);
        link.open_and_receive();
        std::optional<error_code> confirmed;
        const auto confirm = [&] {
            confirmed.reset();
            link.transport->async_confirm([&](error_code ec) { confirmed = ec; });
            CHECK_FALSE(confirmed);
        };
        link.send({"request"});
        link.run_until([&] { return link.sent.has_value(); });
        confirm();
        link.run_until([&] { return confirmed.has_value(); });
        CHECK_FALSE(*confirmed);

        fill(link); // more than both systems hold
        link.loop.run_for(20ms);
        confirm();
        link.loop.run_for(150ms);
        CHECK_FALSE(confirmed);
        SECTION("when the server reads") {
            link.server.start_reading();
            link.run_until([&] { return confirmed.has_value(); });
            CHECK_FALSE(*confirmed);
            link.run_until([&] { return link.server.count(fin | 1) == 301; }); // its system had them
        }
        SECTION("never, when the connection is given up") {
            link.transport->abort();
            link.run_until([&] { return confirmed.has_value(); });
            CHECK(*confirmed == Errc::connection_lost);
        }
    }
}

#ifndef _WIN32

namespace {

/// A process that has copies of all descriptors, and does nothing, until this goes.
class Fork {
public:
    Fork() : child_(::fork()) {
        if (child_ == 0)
            while (true) ::pause();
    }
    Fork(const Fork&) = delete;
    Fork& operator=(const Fork&) = delete;
    ~Fork() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

private:
    ::pid_t child_;
};

/// A server on a loop of its own, which outlives that of the connection.
struct TwoLoops {
    boost::asio::io_context server_loop;
    RawServer server;
    std::unique_ptr<boost::asio::io_context> loop = std::make_unique<boost::asio::io_context>();
    std::unique_ptr<lcm::WebSocketTransport> transport;

    explicit TwoLoops(bool tls) : server(server_loop, {.tls = tls, .reads = false}) {
        transport = lcm::websocket(server.client_options())(loop->get_executor(), limit);
        std::optional<error_code> opened;
        transport->async_open([&](error_code ec) { opened = ec; });
        while (!opened) {
            server_loop.poll();
            loop->run_one_for(1ms);
        }
        if (*opened) throw std::logic_error("the connection does not open");
        transport->async_receive([](error_code, std::string_view) {});
        lcm::Batch batch;
        for (int i = 0; i < 300; ++i) batch.add(std::string(50'000, 'x'));
        transport->async_send(std::move(batch), [](error_code) {});
        loop->poll();
    }

    [[nodiscard]] error_code end() {
        server.start_reading();
        server_loop.restart(); // it had nothing more to do
        while (!server.is_over())
            if (server_loop.run_one_for(patience) == 0) throw std::logic_error("the connection does not end");
        return server.end();
    }
};

} // namespace

TEST_CASE("What is given up is given up though another process holds a copy of the descriptor") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        TwoLoops link(tls);
        const Fork holder;
        link.transport->abort();
        CHECK(link.end() == boost::asio::error::connection_reset);
    }
}

TEST_CASE("A loop that is destroyed leaves nothing behind, though another process holds a copy of the descriptor") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        TwoLoops link(tls);
        const Fork holder;
        link.loop.reset();
        CHECK(link.end() == boost::asio::error::connection_reset);
    }
}

TEST_CASE("A process that dies leaves nothing behind") {
    boost::asio::io_context loop;
    RawServer server(loop, {.reads = false});
    const ::pid_t child = ::fork();
    if (child == 0) { // dies with a request in the hands of the system
        boost::asio::io_context own;
        const auto transport = lcm::websocket(server.client_options())(own.get_executor(), limit);
        transport->async_open([&](error_code ec) {
            if (ec) ::_exit(1);
            lcm::Batch batch;
            batch.add("request");
            transport->async_send(std::move(batch), [](error_code) { ::raise(SIGKILL); });
        });
        own.run_for(patience);
        ::_exit(2);
    }
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) loop.run_one_for(1ms);
    REQUIRE(WIFSIGNALED(status));
    server.start_reading();
    loop.restart(); // it had nothing more to do
    while (!server.is_over()) REQUIRE(loop.run_one_for(patience) != 0);
    CHECK(server.end() == boost::asio::error::connection_reset);
}

#endif
