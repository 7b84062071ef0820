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

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;
using lcm::error_code;

namespace {

// Windows does not tell what the server's system has acknowledged, so nothing counts as delivered there without a pong.
#ifdef _WIN32
constexpr bool system_tells = false;
#else
constexpr bool system_tells = true;
#endif

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
            if (!system_tells) {
                link.run_until([&] { return link.server.is_over(); });
                CHECK(link.server.count(fin | 8) == 0);
                continue;
            }
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
        if (system_tells) {
            confirm();
            link.run_until([&] { return confirmed.has_value(); });
            CHECK_FALSE(*confirmed);
        }

        fill(link); // more than both systems hold
        link.loop.run_for(20ms);
        confirm();
        link.loop.run_for(150ms);
        CHECK_FALSE(confirmed);
        SECTION("when the server reads") {
            link.server.start_reading();
            if (!system_tells) {
                link.run_until([&] { return link.server.count(fin | 9) == 1; });
                CHECK_FALSE(confirmed);
                link.server.send(frame(fin | 10, link.server.frames().back().payload));
            }
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
