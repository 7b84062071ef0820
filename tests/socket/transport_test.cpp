// SPDX-License-Identifier: BSL-1.0
// The WebSocket transport where it is about the connection itself: options, stages and their time bounds, ends.
#include <support/catch.hpp>
#include <support/socket_client.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::Simulator;
using tcp = boost::asio::ip::tcp;

namespace {

static_assert(lcm::Transport<lcm::WebSocketTransport>);
static_assert(lcm::ExplainsFailure<lcm::WebSocketTransport>);

// Accepts connections (in the kernel's queue) and never says a word.
class SilentServer {
public:
    [[nodiscard]] std::string url(const std::string& scheme) const {
        return scheme + "://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
    }

private:
    boost::asio::io_context loop_;
    tcp::acceptor acceptor_{loop_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
};

// A port of the loopback address on which nobody listens.
std::uint16_t unused_port() {
    boost::asio::io_context loop;
    const tcp::acceptor acceptor(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    return acceptor.local_endpoint().port();
}

lcm::Error failure_of(const lcm::WebSocketOptions& options) {
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket(options), clock);
    auto future = client.call(sample());
    if (!is_ready_soon(future)) throw std::logic_error("no ending");
    return result_of(future).error();
}

std::string refusal_of(lcm::WebSocketOptions options) {
    try {
        static_cast<void>(lcm::websocket(std::move(options)));
    } catch (const lcm::LcmError& problem) {
        if (problem.code() != lcm::Errc::invalid_argument) return "another code";
        return problem.error().detail;
    }
    return "accepted";
}

} // namespace

TEST_CASE("Options that are not acceptable are refused when the factory is made, naming the member") {
    struct Row {
        lcm::WebSocketOptions options;
        std::string begin;
    };
    const std::string url = "ws://127.0.0.1:1/";
    const std::vector<Row> rows{
        {{.url = ""}, "url"},
        {{.url = "http://127.0.0.1/"}, "url"},
        {{.url = "ws://127.0.0.1:99999/"}, "url"},
        {{.url = "ws://[::1/"}, "url"},
        {{.url = "ws://example.com/"}, "url"}, // not encrypted, not loopback
        {{.url = url, .headers = {{"Bad Name", "x"}}}, "headers"},
        {{.url = url, .headers = {{"X-Line", "a\r\nInjected: b"}}}, "headers"},
        {{.url = url, .headers = {{"Sec-WebSocket-Key", "x"}}}, "headers"},
        {{.url = "wss://127.0.0.1/", .tls = {.ca_file = "/nowhere/at/all.pem"}}, "tls.ca_file"},
        {{.url = url, .connect_timeout = 0ms}, "connect_timeout"},
        {{.url = url}, "accepted"},
        {{.url = "ws://[::1]:8080/path?query=1"}, "accepted"},
        {{.url = "WSS://example.com"}, "accepted"},
        {{.url = "ws://example.com/", .allow_plaintext_to_remote_hosts = true}, "accepted"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.options.url, row.begin);
        const std::string refusal = refusal_of(row.options);
        CAPTURE(refusal);
        CHECK(refusal.starts_with(row.begin));
    }
}

TEST_CASE("A refusal of a URL does not repeat its credentials") {
    const std::string refusal = refusal_of({.url = "wss://agent:s3cret@host:port/"});
    CHECK(refusal.starts_with("url"));
    CHECK(refusal.find("s3cret") == std::string::npos);
    CHECK(refusal.find("agent") == std::string::npos);
}

TEST_CASE("A stage that takes too long ends the attempt with its own code, caused by a time-out, not sent") {
    const SilentServer server;
    SECTION("the upgrade") {
        const auto error = failure_of({.url = server.url("ws"), .upgrade_timeout = 30ms});
        CHECK(error.code == lcm::Errc::upgrade_rejected);
        CHECK(error.cause == boost::asio::error::timed_out);
        CHECK(error.delivery == lcm::Delivery::not_sent);
    }
    SECTION("the TLS handshake") {
        const auto error = failure_of({.url = server.url("wss"), .tls_timeout = 30ms});
        CHECK(error.code == lcm::Errc::tls_failed);
        CHECK(error.cause == boost::asio::error::timed_out);
        CHECK(error.delivery == lcm::Delivery::not_sent);
    }
}

TEST_CASE("A port where nobody listens and a name that does not exist are told apart") {
    const auto refused = failure_of({.url = "ws://127.0.0.1:" + std::to_string(unused_port())});
    CHECK(refused.code == lcm::Errc::connect_failed);
    CHECK(refused.cause == boost::asio::error::connection_refused);
    CHECK(refused.delivery == lcm::Delivery::not_sent);

    const auto unresolved = failure_of({.url = "wss://no-such-host.invalid/", .resolve_timeout = 2000ms});
    CHECK(unresolved.code == lcm::Errc::resolve_failed);
    CHECK(unresolved.delivery == lcm::Delivery::not_sent);
}

TEST_CASE("A certificate of an authority that is not trusted is refused with the reason, unless verification is off") {
    Simulator simulator({.tls = true});
    const auto error = failure_of({.url = simulator.url()}); // the system's store does not know this authority
    CHECK(error.code == lcm::Errc::tls_failed);
    CHECK(error.detail.find("certificate") != std::string::npos);

    lcm::testing::ManualClock clock;
    SocketClient client(
        {.source = "test"},
        lcm::websocket({.url = simulator.url(), .tls = {.insecure_skip_certificate_verification = true}}), clock);
    auto future = client.call(sample());
    REQUIRE(is_ready_soon(future));
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE("The server's name is verified, by address and by host name") {
    Simulator simulator({.tls = true});
    const TemporaryFile authority;
    simulator.write_authority(authority.path());
    const std::string by_name = "wss://localhost:" + std::to_string(simulator.port()) + "/";
    for (const std::string& url : {simulator.url(), by_name}) {
        CAPTURE(url);
        lcm::testing::ManualClock clock;
        SocketClient client({.source = "test"}, lcm::websocket({.url = url, .tls = {.ca_file = authority.path()}}),
                            clock);
        auto future = client.call(sample());
        REQUIRE(is_ready_soon(future));
        CHECK(ending_of(future) == "accepted");
    }
    simulator.set_fault(Fault::wrong_host);
    const auto error = failure_of({.url = by_name, .tls = {.ca_file = authority.path()}});
    CHECK(error.code == lcm::Errc::tls_failed);
    CHECK(error.detail.find("ostname mismatch") != std::string::npos);
}

TEST_CASE("Credentials that cannot be made end the attempt as unauthorized, without the exception's text") {
    Simulator simulator;
    const auto error = failure_of({.url = simulator.url(), .credentials = []() -> lcm::Credentials {
                                       throw std::runtime_error("token s3cret has expired");
                                   }});
    CHECK(error.code == lcm::Errc::unauthorized);
    CHECK(error.delivery == lcm::Delivery::not_sent);
    CHECK(error.message().find("s3cret") == std::string::npos);
}

TEST_CASE("A client over a real socket may be destroyed at any moment, from outside, while requests are under way") {
    Simulator simulator({.fault = Fault::no_answer});
    for (int step = 0; step < 4; ++step) {
        std::optional<SocketClient> client;
        lcm::testing::ManualClock clock;
        client.emplace(lcm::ClientConfig{.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
        auto future = client->call(sample(std::to_string(step)));
        if (step == 1) std::this_thread::yield();
        if (step >= 2) REQUIRE(simulator.wait_for_requests(static_cast<std::size_t>(step) - 1, patience));
        client.reset();
        REQUIRE(is_ready(future));
        CHECK(ending_of(future).starts_with("client_closed"));
    }
}

TEST_CASE("A client over a real socket may be destroyed in its own callback") {
    Simulator simulator;
    lcm::testing::ManualClock clock;
    auto client = std::make_unique<SocketClient>(lcm::ClientConfig{.source = "test"},
                                                 lcm::websocket({.url = simulator.url()}), clock);
    std::promise<std::string> ended;
    auto ending = ended.get_future();
    client->async_call(sample(), [&](const Outcome& result) {
        client.reset();
        ended.set_value(ending_of(result));
    });
    REQUIRE(ending.wait_for(patience) == std::future_status::ready);
    CHECK(ending.get() == "accepted");
}

TEST_CASE("A client over a real socket on the application's loop may outlive that loop, and may go before it") {
    Simulator simulator({.fault = Fault::no_answer});
    lcm::testing::ManualClock clock;
    std::optional<SocketClient> client;
    std::future<lcm::OutcomeResponse> future;
    for (const bool loop_first : {true, false}) {
        CAPTURE(loop_first);
        auto loop = std::make_unique<boost::asio::io_context>();
        client.emplace(lcm::ClientConfig{.source = "test"}, lcm::websocket({.url = simulator.url()}),
                       loop->get_executor(), clock);
        future = client->call(sample());
        const std::size_t before = simulator.requests().size();
        while (simulator.requests().size() == before) loop->run_one_for(patience);
        if (loop_first) loop.reset();
        client.reset();
        CHECK(ending_of(future) == "client_closed (unknown)");
        loop.reset();
    }
}

TEST_CASE("Closing after the last answer leaves nothing pending, and later calls are not sent") {
    Simulator simulator;
    lcm::testing::ManualClock clock;
    SocketClient client({.source = "test"}, lcm::websocket({.url = simulator.url()}), clock);
    auto future = client.call(sample());
    REQUIRE(is_ready_soon(future));
    client.close(0ms);
    auto later = client.call(sample());
    CHECK(ending_of(later) == "client_closed (not_sent)");
    CHECK(client.stats().pending == 0);
    CHECK(simulator.requests().size() == 1);
}
