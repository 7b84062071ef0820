// SPDX-License-Identifier: BSL-1.0
// The WebSocket transport where it is about the connection itself: options, stages and their time bounds, the answer to
// the upgrade, silence and probes, ends.
#include <support/catch.hpp>
#include <support/raw_link.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/websocket/sign_on.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
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
using lcm::testing::Fault;
using lcm::testing::Simulator;
using tcp = boost::asio::ip::tcp;

namespace {

static_assert(lcm::Transport<lcm::WebSocketTransport>);
static_assert(lcm::ExplainsFailure<lcm::WebSocketTransport>);
static_assert(lcm::ProbesPeer<lcm::WebSocketTransport>);

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

// A transport on a loop that the test moves.
class Link {
public:
    Link(boost::asio::io_context& loop, const lcm::WebSocketOptions& options)
        : loop_(loop), transport_(lcm::websocket(options)(loop.get_executor(), 65536)) {}

    [[nodiscard]] lcm::WebSocketTransport& transport() { return *transport_; }
    [[nodiscard]] lcm::TransportFailure failure() const { return transport_->last_failure(); }
    [[nodiscard]] const std::vector<std::string>& received() const { return received_; }
    [[nodiscard]] bool is_lost() const { return lost_.has_value(); }

    [[nodiscard]] lcm::error_code open() {
        std::optional<lcm::error_code> opened;
        transport_->async_open([&](lcm::error_code ec) { opened = ec; });
        run_until([&] { return opened.has_value(); });
        if (!*opened) receive();
        return *opened;
    }

    /// Sends as many messages, and does not wait for that.
    void send(std::size_t count, const std::string& message) {
        lcm::Batch batch;
        for (std::size_t i = 0; i < count; ++i) batch.add(message);
        transport_->async_send(std::move(batch), [this](lcm::error_code ec) { sent_ = ec; });
    }

    template <class Condition> void run_until(Condition condition) {
        while (!condition())
            if (loop_.run_one_for(patience) == 0) throw std::logic_error("what the test waits for does not happen");
    }

    [[nodiscard]] lcm::error_code wait_for_sent() {
        run_until([this] { return sent_.has_value(); });
        return *sent_;
    }

    [[nodiscard]] lcm::error_code wait_for_loss() {
        run_until([this] { return lost_.has_value(); });
        return *lost_;
    }

private:
    void receive() {
        transport_->async_receive([this](lcm::error_code ec, std::string_view message) {
            if (ec) {
                lost_ = ec;
                return;
            }
            received_.emplace_back(message);
            receive();
        });
    }

    boost::asio::io_context& loop_;
    std::unique_ptr<lcm::WebSocketTransport> transport_;
    std::vector<std::string> received_;
    std::optional<lcm::error_code> sent_;
    std::optional<lcm::error_code> lost_;
};

// Answers the request for the upgrade of one client with the same bytes whatever it says, then ends the connection.
class CannedServer {
public:
    CannedServer(boost::asio::io_context& loop, std::string answer)
        : acceptor_(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), socket_(loop),
          answer_(std::move(answer)) {
        acceptor_.async_accept(socket_, [this](lcm::error_code) { read(); });
    }

    [[nodiscard]] std::string url() const {
        return "ws://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
    }

    /// What the client has asked for; empty until then.
    [[nodiscard]] const std::string& request() const noexcept { return request_; }

private:
    void read() {
        boost::asio::async_read_until(socket_, boost::asio::dynamic_buffer(request_), "\r\n\r\n",
                                      [this](lcm::error_code, std::size_t) { write(); });
    }

    void write() {
        boost::asio::async_write(socket_, boost::asio::buffer(answer_), [this](lcm::error_code, std::size_t) {
            lcm::error_code ignored;
            socket_.close(ignored);
        });
    }

    tcp::acceptor acceptor_;
    tcp::socket socket_;
    std::string request_;
    std::string answer_;
};

struct Opening {
    lcm::error_code ec;
    lcm::TransportFailure failure;
};

Opening open(const lcm::WebSocketOptions& options) {
    boost::asio::io_context loop;
    Link link(loop, options);
    const lcm::error_code ec = link.open();
    return {ec, link.failure()};
}

bool has(const lcm::TransportFailure& failure, const std::string& words) {
    return failure.detail.find(words) != std::string::npos;
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

TEST_CASE("A stage that takes too long ends the attempt with its own code, caused by a time-out, worth another try") {
    const SilentServer server;
    SECTION("the upgrade") {
        const Opening opening = open({.url = server.url("ws"), .upgrade_timeout = 30ms});
        CHECK(opening.ec == lcm::Errc::upgrade_rejected);
        CHECK(opening.failure.cause == boost::asio::error::timed_out);
        CHECK_FALSE(opening.failure.is_permanent);
        CHECK(has(opening.failure, "longer than 30 ms"));
    }
    SECTION("the TLS handshake") {
        const Opening opening = open({.url = server.url("wss"), .tls_timeout = 30ms});
        CHECK(opening.ec == lcm::Errc::tls_failed);
        CHECK(opening.failure.cause == boost::asio::error::timed_out);
        CHECK_FALSE(opening.failure.is_permanent);
        CHECK(has(opening.failure, "longer than 30 ms"));
    }
}

TEST_CASE("A port where nobody listens and a name that does not exist are told apart, and are worth another try") {
    const Opening refused = open({.url = "ws://127.0.0.1:" + std::to_string(unused_port())});
    CHECK(refused.ec == lcm::Errc::connect_failed);
    CHECK(refused.failure.cause == boost::asio::error::connection_refused);
    CHECK_FALSE(refused.failure.is_permanent);

    const Opening unresolved = open({.url = "wss://no-such-host.invalid/", .resolve_timeout = 2000ms});
    CHECK(unresolved.ec == lcm::Errc::resolve_failed);
    CHECK_FALSE(unresolved.failure.is_permanent);
}

TEST_CASE("Credentials that cannot be made end the attempt as unauthorized, without the exception's text") {
    Simulator simulator;
    const Opening opening = open({.url = simulator.url(), .credentials = []() -> lcm::Credentials {
                                      throw std::runtime_error("token s3cret has expired");
                                  }});
    CHECK(opening.ec == lcm::Errc::unauthorized);
    CHECK(opening.failure.is_permanent);
    CHECK(has(opening.failure, "credentials"));
    CHECK_FALSE(has(opening.failure, "s3cret"));
}

TEST_CASE("An answer that refuses the upgrade is told with its status, its sort and its Retry-After") {
    struct Row {
        std::string answer;
        lcm::Errc code;
        bool is_permanent;
        std::optional<std::chrono::seconds> retry_after;
        std::string words;
    };
    using lcm::Errc;
    const std::string empty = "Content-Length: 0\r\n\r\n";
    const std::vector<Row> rows{
        {"HTTP/1.1 503 x\r\nRetry-After: 120\r\n" + empty, Errc::upgrade_rejected, false, 120s, "status 503"},
        {"HTTP/1.1 503 x\r\nRetry-After: soon\r\n" + empty, Errc::upgrade_rejected, false, std::nullopt, "status 503"},
        {"HTTP/1.1 503 x\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n" + empty, Errc::upgrade_rejected, false, 24h,
         "try again in 86400 s"},
        {"HTTP/1.0 429 x\r\nRetry-After: 7\r\n\r\n", Errc::upgrade_rejected, false, 7s, "status 429"},
        {"HTTP/1.1 401 x\r\n" + empty, Errc::unauthorized, true, std::nullopt, "status 401"},
        {"HTTP/1.1 403 x\r\n\r\nits body ends with the connection", Errc::unauthorized, true, std::nullopt, "403"},
        {"HTTP/1.1 404 x\r\n" + empty, Errc::upgrade_rejected, true, std::nullopt, "check the path"},
        {"HTTP/1.1 302 x\r\nLocation: /elsewhere?s3cret\r\n" + empty, Errc::upgrade_rejected, true, std::nullopt,
         "final URL"},
        {"HTTP/1.1 200 x\r\n" + empty, Errc::upgrade_rejected, true, std::nullopt, "status 200"},
        {"HTTP/1.1 101 x\r\n\r\n", Errc::upgrade_rejected, true, std::nullopt, "not that of a WebSocket server"},
        {"220 mail.s3cret ESMTP\r\n", Errc::upgrade_rejected, true, std::nullopt, "not that of a WebSocket server"},
        {"HTTP/1.1 503", Errc::upgrade_rejected, false, std::nullopt, "closed the connection"},
        {"", Errc::upgrade_rejected, false, std::nullopt, "closed the connection"},
    };
    for (const Row& row : rows) {
        boost::asio::io_context loop;
        const CannedServer server(loop, row.answer);
        Link link(loop, {.url = server.url()});
        const lcm::error_code ec = link.open();
        CAPTURE(row.answer, link.failure().detail);
        CHECK(ec == row.code);
        CHECK(link.failure().is_permanent == row.is_permanent);
        CHECK(link.failure().retry_after == row.retry_after);
        CHECK(has(link.failure(), row.words));
        CHECK_FALSE(has(link.failure(), "s3cret"));
    }
}

TEST_CASE("A login stands in the query and in the Authorization header of each attempt, and in no error") {
    struct Row {
        std::string path;
        std::string target;
    };
    for (const Row& row : {Row{"AEConsole", "/AEConsole?name=PerformanceMetrics_ann%20b"},
                           Row{"AEConsole?a=1", "/AEConsole?a=1&name=PerformanceMetrics_ann%20b"}}) {
        CAPTURE(row.path);
        boost::asio::io_context loop;
        const CannedServer server(loop, "HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n");
        Link link(loop, {.url = server.url() + row.path,
                         .credentials = [] { return lcm::access_token({.user = "ann b"}, "s3cret"); }});
        CHECK(link.open() == lcm::Errc::unauthorized);
        CHECK(server.request().starts_with("GET " + row.target + " HTTP/1.1\r\n"));
        const std::string both = lcm::detail::base64("PerformanceMetrics_ann b:s3cret");
        CHECK(server.request().find("\r\nAuthorization: Basic " + both + "\r\n") != std::string::npos);
        CHECK_FALSE(has(link.failure(), "s3cret"));
        CHECK_FALSE(has(link.failure(), both));
    }
}

TEST_CASE("A close code that objects to this client is permanent, one that speaks of the server is not") {
    for (const auto& [fault, objects] : {std::pair(Fault::close_policy, true), {Fault::close_going_away, false}}) {
        Simulator simulator({.fault = fault});
        boost::asio::io_context loop;
        Link link(loop, {.url = simulator.url()});
        REQUIRE_FALSE(link.open());
        link.send(1, "a message");
        CHECK(link.wait_for_loss() == lcm::Errc::connection_lost);
        CHECK(link.failure().is_permanent == objects);
    }
}

TEST_CASE("A half-open connection is noticed within the idle timeout") {
    Simulator simulator({.fault = Fault::stop_reading});
    boost::asio::io_context loop;
    Link link(loop, {.url = simulator.url(), .idle_timeout = 40ms});
    REQUIRE_FALSE(link.open());
    SECTION("when nothing is being sent") { CHECK(link.wait_for_loss() == lcm::Errc::idle_timeout); }
    SECTION("when a write is stuck, which ends with the same code") {
        link.send(512, std::string(60'000, 'x')); // more than the system's buffers hold
        CHECK(link.wait_for_loss() == lcm::Errc::idle_timeout);
        CHECK(link.wait_for_sent() == lcm::Errc::idle_timeout);
    }
    CHECK_FALSE(link.failure().is_permanent);
}

TEST_CASE("A probe without a sign of life ends the connection in half the idle timeout, however often it is repeated") {
    Simulator simulator({.fault = Fault::stop_reading});
    boost::asio::io_context loop;
    Link link(loop, {.url = simulator.url(), .idle_timeout = 1000ms});
    REQUIRE_FALSE(link.open());
    SECTION("when nothing is being sent") {
        while (!link.is_lost()) {
            link.transport().probe();
            loop.run_for(5ms);
        }
        CHECK(link.wait_for_loss() == lcm::Errc::idle_timeout);
    }
    SECTION("when a write is stuck, which ends with the same code") {
        link.send(512, std::string(60'000, 'x'));
        link.transport().probe();
        CHECK(link.wait_for_loss() == lcm::Errc::idle_timeout);
        CHECK(link.wait_for_sent() == lcm::Errc::idle_timeout);
    }
    CHECK(link.failure().cause == boost::asio::error::timed_out);
    CHECK(has(link.failure(), "probed, and gave no sign of life within 500 ms"));
    CHECK_FALSE(link.failure().is_permanent);
}

TEST_CASE("A server that answers the ping passes the probe") {
    Simulator simulator;
    boost::asio::io_context loop;
    Link link(loop, {.url = simulator.url(), .idle_timeout = 1000ms});
    REQUIRE_FALSE(link.open());
    link.transport().probe();
    loop.run_for(600ms); // beyond the time for a sign of life
    CHECK_FALSE(link.is_lost());
}

TEST_CASE(
    "Each probe is told its own sign of life, also when the next one comes soon after the last one was answered") {
    RawLink link({});
    std::size_t signs = 0;
    link.transport->watch({.tell = [&](bool is_alive) { signs += is_alive ? 1U : 0U; }});
    link.open_and_receive();
    for (std::size_t probes = 1; probes <= 3; ++probes) {
        link.transport->probe();
        link.transport->probe(); // while one is under way it does nothing
        link.run_until([&] { return link.server.count(fin | 9) == probes; });
        link.server.send(frame(fin | 10, link.server.frames().back().payload));
        link.run_until([&] { return signs == probes; });
    }
    CHECK_FALSE(link.lost);
}

TEST_CASE("A probe disturbs neither what is being sent nor what is being received") {
    Simulator simulator;
    boost::asio::io_context loop;
    Link link(loop, {.url = simulator.url()});
    REQUIRE_FALSE(link.open());
    const std::string message(60'000, 'x');
    link.send(50, message);
    link.transport().probe();
    simulator.send_to_all("an event");
    REQUIRE_FALSE(link.wait_for_sent());
    REQUIRE(simulator.wait_for_requests(50, patience));
    link.run_until([&] { return link.received().size() == 1; });
    CHECK_FALSE(link.is_lost());
    CHECK(simulator.requests() == std::vector<std::string>(50, message));
    CHECK(link.received() == std::vector<std::string>{"an event"});
}

TEST_CASE("Any message is a sign of life, though the ping is not answered; and a connection can be probed again") {
    std::atomic<bool> has_stopped = false;
    Simulator simulator(
        {.on_log = [&](const std::string& line) { has_stopped = has_stopped || line == "stopped reading"; }});
    boost::asio::io_context loop;
    Link link(loop, {.url = simulator.url(), .idle_timeout = 1000ms});
    REQUIRE_FALSE(link.open());
    simulator.set_fault(Fault::stop_reading);
    link.send(1, "stays unread");
    REQUIRE(soon([&] {
        loop.poll();
        return has_stopped.load();
    }));

    link.transport().probe();
    simulator.send_to_all("first");
    link.run_until([&] { return link.received().size() == 1; });
    SECTION("so that this probe is passed, and the idle timeout ends the connection") {
        CHECK(link.wait_for_loss() == lcm::Errc::idle_timeout);
        CHECK_FALSE(has(link.failure(), "probed"));
    }
    SECTION("so that only a later probe ends it") {
        loop.run_for(550ms); // the first probe is over
        REQUIRE_FALSE(link.is_lost());
        simulator.send_to_all("second"); // the idle timeout begins anew
        link.run_until([&] { return link.received().size() == 2; });
        link.transport().probe();
        CHECK(link.wait_for_loss() == lcm::Errc::idle_timeout);
        CHECK(has(link.failure(), "probed"));
    }
}

TEST_CASE("A probe does nothing before the connection is open") {
    const SilentServer server;
    boost::asio::io_context loop;
    Link link(loop, {.url = server.url("ws"), .upgrade_timeout = 30ms});
    link.transport().probe();
    std::optional<lcm::error_code> opened;
    link.transport().async_open([&](lcm::error_code ec) { opened = ec; });
    link.transport().probe();
    link.run_until([&] { return opened.has_value(); });
    CHECK(*opened == lcm::Errc::upgrade_rejected);
    CHECK(has(link.failure(), "longer than 30 ms"));
}

TEST_CASE("A probe does nothing after the connection was closed, not even to its farewell") {
    Simulator simulator({.fault = Fault::stop_reading});
    boost::asio::io_context loop;
    Link link(loop, {.url = simulator.url(), .idle_timeout = 24h, .close_timeout = 20ms});
    REQUIRE_FALSE(link.open());
    link.transport().close();
    link.transport().probe();
    CHECK(link.wait_for_loss() == lcm::Errc::connection_lost);
    loop.run_for(2s); // ends with the farewell; the time of a probe would be 5 s
    CHECK(loop.stopped());
    link.transport().probe();
    CHECK(link.failure().cause == boost::asio::error::operation_aborted);
    CHECK(has(link.failure(), "closed by this side"));
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
        REQUIRE(soon([&] {
            loop->poll();
            return simulator.requests().size() > before;
        }));
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
