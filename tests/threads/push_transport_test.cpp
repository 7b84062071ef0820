// SPDX-License-Identifier: BSL-1.0
// The adapter for sockets that push: what the host reports reaches the client in order and within bounds, and however
// a connection ends, each handler runs once and the host's socket is closed once.
#include <support/catch.hpp>
#include <support/sample.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/push_transport.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;
using lcm::error_code;
using Texts = std::vector<std::string>;

namespace {

/// The host: its socket does what the test says, and keeps what it was told.
struct Host {
    std::optional<lcm::PushEvents> events;
    Texts sent;
    int opens = 0;
    int closes = 0;
    int pings = 0;
    bool can_ping = false;
    std::function<void()> on_make = [] {};
    std::function<void()> on_open = [] {};
    std::function<void(std::string_view)> on_send = [](std::string_view) {};
    std::function<void()> on_close = [] {};
    std::function<void()> on_ping = [] {};

    lcm::PushSocket socket() {
        on_make();
        lcm::PushSocket socket = plain_socket();
        if (can_ping)
            socket.ping = [this] {
                ++pings;
                on_ping();
            };
        return socket;
    }

    lcm::PushSocket plain_socket() {
        return {.open =
                    [this](lcm::PushEvents to) {
                        ++opens;
                        events = std::move(to);
                        on_open();
                    },
                .send =
                    [this](std::string_view text) {
                        sent.emplace_back(text);
                        on_send(text);
                    },
                .close =
                    [this] {
                        ++closes;
                        on_close();
                    }};
    }
};

constexpr std::size_t max_message = 100;

/// One connection on a loop that the test moves by hand, and all that its handlers were told.
struct Rig {
    Host host;
    boost::asio::io_context loop;
    std::unique_ptr<lcm::PushTransport> transport;
    std::vector<error_code> opened;
    std::vector<error_code> sent;
    Texts received;
    std::vector<error_code> lost; // the errors of receiving

    explicit Rig(lcm::PushOptions options = {}) {
        transport = lcm::push([this] { return host.socket(); }, options)(loop.get_executor(), max_message);
    }

    void run() {
        loop.restart();
        loop.poll();
    }

    void open() {
        transport->async_open([this](error_code ec) { opened.push_back(ec); });
    }

    void open_fully() {
        open();
        host.events->opened();
        run();
        REQUIRE(opened == std::vector{error_code()});
    }

    void receive() {
        transport->async_receive([this](error_code ec, std::string_view text) {
            if (ec) lost.push_back(ec);
            else received.emplace_back(text);
        });
    }

    void receive_all() {
        transport->async_receive([this](error_code ec, std::string_view text) {
            if (ec) return lost.push_back(ec);
            received.emplace_back(text);
            receive_all();
        });
    }

    void send(const Texts& texts) {
        lcm::Batch batch;
        for (const std::string& text : texts) batch.add(text);
        transport->async_send(std::move(batch), [this](error_code ec) { sent.push_back(ec); });
    }

    std::string detail() const { return transport->last_failure().detail; }
    error_code cause() const { return transport->last_failure().cause; }
};

template <class... Codes> std::vector<error_code> codes(Codes... code) { return {error_code(code)...}; }

} // namespace

// --- messages ------------------------------------------------------------------------------------------------------

TEST_CASE("Messages flow in both directions, in order") {
    STATIC_REQUIRE(lcm::ExplainsFailure<lcm::PushTransport>);
    Rig rig;
    rig.open_fully();
    rig.receive_all();
    rig.send({"one", "", "three"});
    for (const char* text : {"a", "", "c"}) rig.host.events->received(text);
    rig.run();
    CHECK(rig.host.sent == Texts{"one", "", "three"});
    CHECK(rig.sent == codes(error_code()));
    CHECK(rig.received == Texts{"a", "", "c"});
    CHECK(rig.lost.empty());
    CHECK(rig.detail().empty());
    CHECK(rig.transport->get_executor() == rig.loop.get_executor());
}

TEST_CASE("A message that comes before the connection is reported as open waits for that") {
    Rig rig;
    rig.open();
    rig.host.events->received("early");
    rig.run();
    CHECK(rig.opened.empty());
    rig.host.events->opened();
    rig.run();
    rig.receive();
    rig.run();
    CHECK(rig.received == Texts{"early"});
}

TEST_CASE("A message waits until it is asked for, and one is given at a time") {
    Rig rig;
    rig.open_fully();
    rig.host.events->received("a");
    rig.host.events->received("b");
    rig.run();
    rig.receive();
    rig.run();
    CHECK(rig.received == Texts{"a"});
    rig.receive();
    rig.run();
    CHECK(rig.received == Texts{"a", "b"});
}

TEST_CASE("No handler runs inside the call that took it") {
    Rig rig;
    rig.host.on_open = [&] {
        rig.host.events->opened();
        rig.host.events->received("a");
    };
    rig.host.on_send = [&](std::string_view) { rig.host.events->received("answer"); };
    rig.open();
    CHECK(rig.opened.empty());
    rig.run();
    CHECK(rig.opened == codes(error_code()));
    rig.receive_all();
    CHECK(rig.received.empty());
    rig.run();
    CHECK(rig.received == Texts{"a"});
    rig.send({"question"});
    CHECK(rig.sent.empty());
    CHECK(rig.received == Texts{"a"});
    rig.run();
    CHECK(rig.sent == codes(error_code()));
    CHECK(rig.received == Texts{"a", "answer"});
    rig.transport->close();
    CHECK(rig.lost.empty());
    rig.run();
    CHECK(rig.lost == codes(Errc::connection_lost));
    rig.receive();
    rig.send({"too late"});
    CHECK(rig.lost.size() == 1);
    CHECK(rig.sent.size() == 1);
    rig.run();
    CHECK(rig.lost == codes(Errc::connection_lost, Errc::connection_lost));
    CHECK(rig.sent == codes(error_code(), Errc::connection_lost));
    CHECK(rig.host.sent == Texts{"question"});
}

TEST_CASE("An open connection keeps its loop from running out of work, a closed one does not") {
    Rig rig;
    rig.open_fully();
    CHECK_FALSE(rig.loop.stopped());
    rig.transport->close();
    rig.run();
    CHECK(rig.loop.stopped());
}

// --- failures ------------------------------------------------------------------------------------------------------

TEST_CASE("A failure that the host reports ends the connection with its code, if that is one of the link's") {
    struct Row {
        error_code reported;
        error_code while_opening;
        error_code while_open;
        error_code cause;
    };
    const error_code refused = boost::asio::error::connection_refused;
    const std::vector<Row> rows{
        {Errc::resolve_failed, Errc::resolve_failed, Errc::resolve_failed, {}},
        {Errc::unauthorized, Errc::unauthorized, Errc::unauthorized, {}},
        {Errc::idle_timeout, Errc::idle_timeout, Errc::idle_timeout, {}},
        {refused, Errc::connect_failed, Errc::connection_lost, refused},
        {{}, Errc::connect_failed, Errc::connection_lost, {}},
        {Errc::client_closed, Errc::connect_failed, Errc::connection_lost, Errc::client_closed},
        {Errc::server_error, Errc::connect_failed, Errc::connection_lost, Errc::server_error},
    };
    for (const Row& row : rows) {
        CAPTURE(row.reported.message());
        Rig opening;
        opening.open();
        opening.host.events->failed(row.reported, "the bus says no");
        opening.run();
        CHECK(opening.opened == codes(row.while_opening));
        CHECK(opening.cause() == row.cause);
        CHECK(opening.detail() == "the bus says no");
        CHECK(opening.host.closes == 1);

        Rig open;
        open.open_fully();
        open.receive();
        open.host.events->failed(row.reported, "the bus says no");
        open.run();
        CHECK(open.lost == codes(row.while_open));
        CHECK(open.cause() == row.cause);
        CHECK(open.detail() == "the bus says no");
        CHECK(open.host.closes == 1);
    }
}

TEST_CASE("What came before a failure is received before it, and nothing after it") {
    Rig rig;
    rig.open();
    rig.host.events->opened();
    rig.host.events->received("a");
    rig.host.events->received("b");
    rig.host.events->failed({}, "first");
    rig.host.events->received("c");
    rig.host.events->failed(Errc::unauthorized, "second");
    rig.run();
    rig.receive_all();
    rig.run();
    CHECK(rig.opened == codes(error_code()));
    CHECK(rig.received == Texts{"a", "b"});
    CHECK(rig.lost == codes(Errc::connection_lost));
    CHECK(rig.detail() == "first");
}

TEST_CASE("A failure right after the opening is noticed even if nobody receives") {
    Rig rig;
    rig.open();
    rig.host.events->opened();
    rig.host.events->failed({}, "gone");
    rig.run();
    CHECK(rig.opened == codes(error_code()));
    CHECK(rig.detail() == "gone");
    CHECK(rig.host.closes == 1);
}

TEST_CASE("A connection that fails before it is open never opens") {
    Rig rig;
    rig.open();
    rig.host.events->received("early");
    rig.host.events->failed({});
    rig.host.events->opened();
    rig.run();
    CHECK(rig.opened == codes(Errc::connect_failed));
}

TEST_CASE("Messages beyond the bounds of the queue end the connection, after those that had room") {
    struct Row {
        lcm::PushOptions options;
        Texts messages;
        Texts received;
        std::string detail;
    };
    const std::string large(max_message, 'x');
    const std::vector<Row> rows{
        {{.queued_messages = 2},
         {"", "", ""},
         {"", ""},
         "messages came faster than they were taken: 2 messages of 0 "
         "bytes wait (PushOptions)"},
        {{.queued_bytes = 150},
         {large, "y", large},
         {large, "y"},
         "messages came faster than they were taken: 2 "
         "messages of 101 bytes wait (PushOptions)"},
        {{.queued_bytes = 1},
         {large, "y"},
         {large},
         "messages came faster than they were taken: 1 messages of 100 "
         "bytes wait (PushOptions)"},
        {{}, {"a", large + "x", "b"}, {"a"}, "a message of 101 bytes came; the limit is 100 (limits.inbound_message)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.detail);
        Rig rig(row.options);
        rig.open_fully();
        for (const std::string& text : row.messages) rig.host.events->received(text);
        rig.receive_all();
        rig.run();
        CHECK(rig.received == row.received);
        CHECK(rig.lost == codes(Errc::connection_lost));
        CHECK(rig.detail() == row.detail);
        const lcm::TransportFailure failure = rig.transport->last_failure();
        CHECK(failure.message_too_large == row.detail.ends_with("(limits.inbound_message)"));
        CHECK(failure.message_head.reveal() == (failure.message_too_large ? large + "x" : ""));
        CHECK(rig.host.closes == 1);
    }
}

TEST_CASE("Room in the queue is free again when a message is taken") {
    Rig rig({.queued_messages = 1, .queued_bytes = 1});
    rig.open_fully();
    rig.receive_all();
    for (int i = 0; i < 10; ++i) {
        rig.host.events->received(std::string(max_message, 'x'));
        rig.run();
    }
    CHECK(rig.received.size() == 10);
    CHECK(rig.lost.empty());
}

TEST_CASE("A host that does not report opened() in time is given up") {
    Rig rig({.open_timeout = 1ms});
    rig.open();
    rig.loop.run();
    CHECK(rig.opened == codes(Errc::connect_failed));
    CHECK(rig.cause() == boost::asio::error::timed_out);
    CHECK(rig.detail() == "the host did not report opened() within 1 ms");
    CHECK(rig.host.closes == 1);
    rig.host.events->opened();
    rig.run();
    CHECK(rig.opened.size() == 1);
}

TEST_CASE("An exception of the host's ends the connection and does not reach the loop") {
    const auto fails = [](auto&&...) { throw std::runtime_error("secret"); };
    SECTION("while the socket is made") {
        Rig rig;
        rig.host.on_make = fails;
        rig.open();
        rig.run();
        CHECK(rig.opened == codes(Errc::connect_failed));
        CHECK(rig.detail() == "the host's function that opens the socket threw an exception");
        CHECK(rig.host.opens == 0);
    }
    SECTION("while the socket opens") {
        Rig rig;
        rig.host.on_open = fails;
        rig.open();
        rig.run();
        CHECK(rig.opened == codes(Errc::connect_failed));
        CHECK(rig.detail() == "the host's function that opens the socket threw an exception");
        CHECK(rig.host.closes == 1);
    }
    SECTION("while it sends") {
        Rig rig;
        rig.open_fully();
        rig.receive();
        rig.host.on_send = [&](std::string_view text) {
            if (text == "two") fails();
        };
        rig.send({"one", "two", "three"});
        rig.run();
        CHECK(rig.host.sent == Texts{"one", "two"});
        CHECK(rig.sent == codes(Errc::connection_lost));
        CHECK(rig.lost == codes(Errc::connection_lost));
        CHECK(rig.detail() == "the host's function that sends a message threw an exception");
        CHECK(rig.host.closes == 1);
    }
    SECTION("while it closes") {
        Rig rig;
        rig.open_fully();
        rig.receive();
        rig.host.on_close = fails;
        rig.transport->close();
        rig.run();
        CHECK(rig.lost == codes(Errc::connection_lost));
        CHECK(rig.host.closes == 1);
        CHECK(rig.loop.stopped());
    }
    SECTION("because a function is missing") {
        boost::asio::io_context loop;
        const auto transport = lcm::push([] { return lcm::PushSocket(); })(loop.get_executor(), max_message);
        std::vector<error_code> opened;
        transport->async_open([&](error_code ec) { opened.push_back(ec); });
        loop.poll();
        CHECK(opened == codes(Errc::connect_failed));
    }
}

TEST_CASE("What the host knows of a failure reaches the client as a whole") {
    const error_code reset = boost::asio::error::connection_reset;
    const lcm::TransportFailure why{.cause = {},
                                    .detail = "the bus wants a new ticket",
                                    .is_permanent = true,
                                    .retry_after = 7s,
                                    .block = lcm::BlockReason::credentials,
                                    .moves_on = true};
    Rig rig;
    rig.open();
    rig.host.events->failed(Errc::upgrade_rejected, why);
    rig.run();
    CHECK(rig.opened == codes(Errc::upgrade_rejected));
    const lcm::TransportFailure told = rig.transport->last_failure();
    CHECK_FALSE(told.cause);
    CHECK(told.detail == why.detail);
    CHECK(told.is_permanent);
    CHECK(told.retry_after == 7s);
    CHECK(told.block == lcm::BlockReason::credentials);
    CHECK(told.moves_on);

    Rig with_cause;
    with_cause.open();
    with_cause.host.events->failed(boost::asio::error::timed_out, lcm::TransportFailure{.cause = reset});
    with_cause.run();
    CHECK(with_cause.opened == codes(Errc::connect_failed));
    CHECK(with_cause.cause() == reset);
}

// --- signs of life -------------------------------------------------------------------------------------------------

namespace {

/// A connection to a host that can ping, on a clock of the test's, and what the client is told of the peer.
struct Watched {
    Host host;
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    std::unique_ptr<lcm::PushTransport> transport;
    lcm::Outstanding outstanding;
    std::vector<bool> told;
    Texts received;
    std::vector<error_code> lost;

    explicit Watched(bool can_ping = true) {
        host.can_ping = can_ping;
        transport =
            lcm::push([this] { return host.socket(); }, {.idle_timeout = 10s}, clock)(loop.get_executor(), max_message);
        transport->watch({.outstanding = [this](auto) { return outstanding; },
                          .tell = [this](bool is_alive) { told.push_back(is_alive); }});
        transport->async_open([this](error_code) { receive(); });
        host.events->opened();
        run();
    }

    void receive() {
        transport->async_receive([this](error_code ec, std::string_view text) {
            if (ec) return lost.push_back(ec);
            received.emplace_back(text);
            receive();
        });
    }
    void run() {
        loop.restart();
        loop.poll();
    }
    void pass(std::chrono::nanoseconds time) {
        clock.advance(time);
        run();
    }
};

} // namespace

TEST_CASE("It can all that a client asks for, but for what a pushed socket hides") {
    STATIC_REQUIRE(lcm::ProbesPeer<lcm::PushTransport>);
    STATIC_REQUIRE(lcm::WatchesPeer<lcm::PushTransport>);
    STATIC_REQUIRE(lcm::KnowsBacklog<lcm::PushTransport>);
    STATIC_REQUIRE_FALSE(lcm::AbortsConnection<lcm::PushTransport>);
    STATIC_REQUIRE_FALSE(lcm::ConfirmsDelivery<lcm::PushTransport>);
}

TEST_CASE("A silent peer is pinged after half of the idle time-out, and given up after the other half") {
    Watched peer;
    peer.pass(4999ms);
    CHECK(peer.host.pings == 0);
    peer.pass(1ms);
    CHECK(peer.host.pings == 1);
    SECTION("without an answer") {
        peer.pass(4999ms);
        CHECK(peer.lost.empty());
        peer.pass(1ms);
        CHECK(peer.lost == codes(Errc::idle_timeout));
        CHECK(peer.transport->last_failure().cause == boost::asio::error::timed_out);
        CHECK(peer.transport->last_failure().detail == "the peer was silent for 10000 ms");
        CHECK(peer.host.closes == 1);
    }
    SECTION("a pong keeps it") {
        peer.host.events->pong();
        peer.run();
        peer.pass(5s);
        CHECK(peer.host.pings == 2);
        CHECK(peer.lost.empty());
    }
    SECTION("a message keeps it while nothing is outstanding") {
        peer.host.events->received("a");
        peer.run();
        peer.pass(5s);
        CHECK(peer.host.pings == 2);
        CHECK(peer.lost.empty());
    }
    SECTION("a message keeps it not while something is unanswered") {
        peer.outstanding.is_unanswered = true;
        peer.host.events->received("a");
        peer.run();
        peer.pass(5s);
        CHECK(peer.lost == codes(Errc::idle_timeout));
    }
    SECTION("an answer keeps it") {
        peer.outstanding = {.is_unanswered = true, .answers = 1};
        peer.host.events->received("a");
        peer.run();
        peer.pass(5s);
        CHECK(peer.lost.empty());
    }
    SECTION("a request with more time keeps it, and is told of") {
        peer.outstanding = {.is_unanswered = true, .patience = 1min};
        peer.told.clear();
        peer.pass(5s);
        CHECK(peer.lost.empty());
        CHECK(peer.told == std::vector{false});
        peer.host.events->pong();
        peer.run();
        CHECK(peer.told == std::vector{false, true});
    }
}

TEST_CASE("The first thing that comes is told as a sign of life, and so is the answer to a probe") {
    Watched peer;
    CHECK(peer.told.empty());
    peer.host.events->received("hello");
    peer.run();
    CHECK(peer.told == std::vector{true});
    peer.transport->probe();
    CHECK(peer.host.pings == 1);
    peer.transport->probe(); // while one is under way
    CHECK(peer.host.pings == 1);
    SECTION("answered") {
        peer.host.events->pong();
        peer.run();
        CHECK(peer.told == std::vector{true, true});
        peer.pass(5s);
        CHECK(peer.lost.empty());
    }
    SECTION("not answered") {
        peer.pass(5s);
        CHECK(peer.lost == codes(Errc::idle_timeout));
        CHECK(peer.transport->last_failure().detail == "the peer was probed, and gave no sign of life for 5000 ms");
    }
    CHECK(peer.told.front());
}

TEST_CASE("A host that cannot ping is taken at its word") {
    Watched peer(false);
    CHECK(peer.told == std::vector{true}); // when it opened
    peer.transport->probe();
    CHECK(peer.told.size() == 1); // not inside the call
    peer.run();
    CHECK(peer.told == std::vector{true, true});
    peer.pass(24h);
    CHECK(peer.lost.empty());
}

TEST_CASE("A ping that throws ends the connection") {
    Watched peer;
    peer.host.on_ping = [] { throw std::runtime_error("secret"); };
    peer.pass(5s);
    CHECK(peer.lost == codes(Errc::connection_lost));
    CHECK(peer.transport->last_failure().detail == "the host's function that sends a ping threw an exception");
}

TEST_CASE("It knows whether another message waits") {
    Rig rig;
    CHECK_FALSE(rig.transport->has_message());
    rig.open_fully();
    CHECK_FALSE(rig.transport->has_message());
    rig.host.events->received("a");
    rig.host.events->received("b");
    CHECK(rig.transport->has_message());
    rig.receive();
    rig.run();
    CHECK(rig.transport->has_message());
    rig.receive();
    rig.run();
    CHECK_FALSE(rig.transport->has_message());
    rig.host.events->received("c");
    rig.transport->close();
    CHECK_FALSE(rig.transport->has_message());
}

// --- ends ----------------------------------------------------------------------------------------------------------

TEST_CASE("Close ends the connection in any state: handlers run once, the host's socket is closed once") {
    Rig rig;
    const auto close_twice = [&] {
        rig.transport->close();
        rig.transport->close();
        rig.run();
    };
    SECTION("before it was opened") {
        close_twice();
        CHECK(rig.host.opens == 0);
        CHECK(rig.host.closes == 0);
    }
    SECTION("while it opens") {
        rig.open();
        close_twice();
        CHECK(rig.opened == codes(Errc::connect_failed));
        CHECK(rig.cause() == boost::asio::error::operation_aborted);
        CHECK(rig.host.closes == 1);
    }
    SECTION("when opened() is reported and not yet seen") {
        rig.open();
        rig.host.events->opened();
        close_twice();
        CHECK(rig.opened == codes(Errc::connect_failed));
        CHECK(rig.host.closes == 1);
    }
    SECTION("while it is open, with messages on their way") {
        rig.open_fully();
        rig.receive();
        rig.send({"a"});
        rig.host.events->received("b");
        close_twice();
        CHECK(rig.sent == codes(error_code()));
        CHECK(rig.received.empty());
        CHECK(rig.lost == codes(Errc::connection_lost));
        CHECK(rig.cause() == boost::asio::error::operation_aborted);
        CHECK(rig.host.closes == 1);
    }
    SECTION("after it failed") {
        rig.open_fully();
        rig.receive();
        rig.host.events->failed({}, "broken");
        rig.run();
        close_twice();
        CHECK(rig.lost == codes(Errc::connection_lost));
        CHECK(rig.detail() == "broken");
        CHECK(rig.host.closes == 1);
    }
    SECTION("while the host makes its socket, which then is not opened") {
        rig.host.on_make = [&] { rig.transport->close(); };
        rig.open();
        rig.run();
        CHECK(rig.opened == codes(Errc::connect_failed));
        CHECK(rig.host.opens == 0);
    }
    SECTION("inside the host's functions") {
        rig.host.on_close = [&] {
            rig.host.events->failed({});
            rig.transport->close();
        };
        rig.host.on_open = [&] { rig.transport->close(); };
        rig.open();
        rig.run();
        CHECK(rig.opened == codes(Errc::connect_failed));
        CHECK(rig.host.closes == 1);
    }
    SECTION("inside the host's send: the rest of the batch is not given to it") {
        rig.open_fully();
        rig.host.on_send = [&](std::string_view) { rig.transport->close(); };
        rig.send({"a", "b"});
        rig.run();
        CHECK(rig.host.sent == Texts{"a"});
        CHECK(rig.sent == codes(Errc::connection_lost));
        CHECK(rig.host.closes == 1);
    }
    CHECK(rig.loop.stopped());
}

TEST_CASE("Handlers may destroy the transport") {
    Rig rig;
    SECTION("when it opens") {
        rig.transport->async_open([&](error_code) { rig.transport.reset(); });
        rig.host.events->opened();
        rig.host.events->received("a");
    }
    SECTION("when it receives") {
        rig.open_fully();
        rig.transport->async_receive([&](error_code, std::string_view text) {
            rig.transport.reset();
            rig.received.emplace_back(text); // still valid
        });
        rig.host.events->received("a");
        rig.host.events->received("b");
    }
    SECTION("when it fails") {
        rig.open_fully();
        rig.transport->async_receive([&](error_code, std::string_view) { rig.transport.reset(); });
        rig.host.events->failed({});
    }
    rig.run();
    CHECK(rig.transport == nullptr);
    CHECK(rig.host.closes == 1);
    CHECK(rig.loop.stopped());
}

TEST_CASE("Reports are harmless when connection, transport and loop are gone") {
    std::optional<lcm::PushEvents> events;
    const auto report_all = [&] {
        events->opened();
        events->received("a");
        events->failed(Errc::connection_lost, "late");
    };
    {
        Rig rig;
        rig.open_fully();
        events = rig.host.events;
        SECTION("ended by close()") { rig.transport->close(); }
        SECTION("ended by a failure") {
            rig.host.events->failed({});
            rig.run();
        }
        SECTION("ended by the transport's destruction") { rig.transport.reset(); }
        if (!rig.transport) report_all();
    }
    report_all();
    events.reset();
}

TEST_CASE("A loop that is destroyed drops the handlers, even those that own the transport, and closes the socket") {
    Host host;
    const auto token = std::make_shared<int>();
    auto loop = std::make_unique<boost::asio::io_context>();
    auto factory = lcm::push([&host] { return host.socket(); });
    SECTION("while it opens") {
        std::shared_ptr<lcm::PushTransport> transport = factory(loop->get_executor(), max_message);
        auto* const raw = transport.get();
        raw->async_open([token, transport = std::move(transport)](error_code) {});
    }
    SECTION("while it receives") {
        std::shared_ptr<lcm::PushTransport> transport = factory(loop->get_executor(), max_message);
        transport->async_open([token](error_code) {});
        host.events->opened();
        loop->poll();
        auto* const raw = transport.get();
        raw->async_receive([token, transport = std::move(transport)](error_code, std::string_view) {});
    }
    SECTION("with a report on its way") {
        std::shared_ptr<lcm::PushTransport> transport = factory(loop->get_executor(), max_message);
        auto* const raw = transport.get();
        raw->async_open([token, transport = std::move(transport)](error_code) {});
        host.events->opened();
    }
    CHECK(token.use_count() == 2);
    loop.reset();
    CHECK(token.use_count() == 1);
    CHECK(host.closes == 1);
    host.events->received("late");
}

// --- threads -------------------------------------------------------------------------------------------------------

TEST_CASE("Reports may come from any thread, also while the connection ends") {
    constexpr int count = 1000;
    Rig rig({.queued_messages = 2 * count, .queued_bytes = 2 * count});
    rig.transport->async_open([&](error_code) { rig.receive_all(); });
    const auto report = [events = *rig.host.events] {
        events.opened();
        for (int i = 0; i < count; ++i) events.received("x");
    };
    std::thread one(report);
    std::thread two(report);
    while (rig.received.size() < count) rig.loop.run_one();
    rig.transport->close(); // while one of them may still report
    one.join();
    two.join();
    rig.run();
    CHECK(rig.lost == codes(Errc::connection_lost));
    CHECK(rig.loop.stopped());
}

// --- the client ----------------------------------------------------------------------------------------------------

TEST_CASE("A client works over a socket that pushes") {
    Host host;
    host.on_open = [&] { host.events->opened(); };
    boost::asio::io_context loop;
    lcm::LcmClient<lcm::PushTransport> client({.source = "test"}, lcm::push([&] { return host.socket(); }),
                                              loop.get_executor());
    SECTION("a request is accepted") {
        host.on_send = [&](std::string_view) { host.events->received(lcm::testing::reply<SetOutcome>("12345")); };
        auto future = client.call(sample());
        loop.poll();
        REQUIRE(future.wait_for(0s) == std::future_status::ready);
        CHECK(future.get().success);
        CHECK(host.sent == Texts{lcm::encode(sample(), "test")});
    }
    SECTION("a request that was sent ends as unknown when the socket breaks, and says why") {
        auto future = client.call(sample());
        loop.poll();
        host.events->failed(boost::asio::error::connection_reset, "the host's bus went down");
        loop.poll();
        REQUIRE(future.wait_for(0s) == std::future_status::ready);
        try {
            future.get();
            FAIL("the request was accepted");
        } catch (const lcm::LcmError& problem) {
            CHECK(problem.error().code == Errc::connection_lost);
            CHECK(problem.error().delivery == lcm::Delivery::unknown);
            CHECK(problem.error().cause == boost::asio::error::connection_reset);
            CHECK(problem.error().detail == "the host's bus went down");
        }
    }
}

TEST_CASE("A client over a socket that pushes notices a dead peer, and is told of blocks, on its own clock") {
    using Client = lcm::LcmClient<lcm::PushTransport, lcm::testing::ManualClock>;
    Host host;
    host.can_ping = true;
    host.on_open = [&] { host.events->opened(); };
    boost::asio::io_context loop;
    lcm::testing::ManualClock clock;
    std::vector<lcm::LinkStatus> links;
    Client client({.source = "test", .on_state = [&](const lcm::LinkStatus& status) { links.push_back(status); }},
                  lcm::push([&] { return host.socket(); }, {}, clock), loop.get_executor(), clock);
    const auto pass = [&](std::chrono::nanoseconds time) {
        clock.advance(time);
        loop.poll();
    };
    loop.poll();
    REQUIRE(links.back().state == lcm::LinkState::ready);
    SECTION("after silence") {
        for (int i = 0; i < 14; ++i) pass(1s);
        CHECK(host.pings == 1);
        CHECK(links.size() == 2);
        pass(2s);
        REQUIRE(links.size() == 3);
        CHECK(links.back().state == lcm::LinkState::waiting);
        CHECK(links.back().error->code == Errc::idle_timeout);
    }
    SECTION("after a refusal") {
        host.events->failed(Errc::unauthorized, lcm::TransportFailure{.detail = "the ticket is too old",
                                                                      .is_permanent = true,
                                                                      .block = lcm::BlockReason::credentials});
        loop.poll();
        CHECK(links.back().state == lcm::LinkState::blocked);
        CHECK(links.back().block == lcm::BlockReason::credentials);
    }
    SECTION("after being asked to come back later") {
        host.events->failed({}, lcm::TransportFailure{.retry_after = 40s});
        loop.poll();
        CHECK(links.back().state == lcm::LinkState::waiting);
        CHECK(links.back().next_wait >= 40s);
    }
}

TEST_CASE("A client may outlive its loop over a socket that pushes") {
    Host host;
    host.on_open = [&] { host.events->opened(); };
    std::optional<boost::asio::io_context> loop(std::in_place);
    lcm::LcmClient<lcm::PushTransport> client({.source = "test"}, lcm::push([&] { return host.socket(); }),
                                              loop->get_executor());
    auto future = client.call(sample());
    loop->poll();
    loop.reset();
    CHECK(host.closes == 1);
    CHECK(future.wait_for(0s) == std::future_status::ready);
    CHECK_THROWS_AS(future.get(), lcm::LcmError);
    host.events->received("late");
}

TEST_CASE("Options that are not acceptable are refused by name") {
    struct Row {
        std::string member;
        lcm::PushOptions options;
    };
    const std::vector<Row> rows{
        {"open_timeout", {.open_timeout = 0ms}},     {"open_timeout", {.open_timeout = 25h}},
        {"idle_timeout", {.idle_timeout = 0ms}},     {"idle_timeout", {.idle_timeout = 25h}},
        {"queued_messages", {.queued_messages = 0}}, {"queued_bytes", {.queued_bytes = 0}},
    };
    for (const Row& row : rows) {
        std::string problem;
        try {
            static_cast<void>(lcm::push([] { return lcm::PushSocket(); }, row.options));
        } catch (const lcm::LcmError& refused) {
            CHECK(refused.error().code == Errc::invalid_argument);
            problem = refused.error().detail;
        }
        CHECK(problem.starts_with(row.member + ": must be"));
    }
    CHECK_THROWS_AS(lcm::push(nullptr), lcm::LcmError);
}
