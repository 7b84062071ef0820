// SPDX-License-Identifier: BSL-1.0
// Several servers over real sockets: they die and come back, and a client goes where one lives.
#include <support/catch.hpp>
#include <support/raw_server.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/server_urls.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::Simulator;

namespace {

// A server's URL without the path, which is its name.
std::string name_of(const std::string& url) { return url.substr(0, url.find('/', url.find("//") + 2)); }
std::string name_of(const Simulator& server) { return name_of(server.url()); }

// The URL of a port on which nobody listens.
std::string url_of_nobody(const std::string& scheme) {
    boost::asio::io_context loop;
    const boost::asio::ip::tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
    return scheme + "://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
}

// A client whose waits the test shortens.
class Desktop {
public:
    explicit Desktop(lcm::TransportFactory<lcm::WebSocketTransport> factory)
        : client_({.source = "test", .on_state = [this](const lcm::LinkStatus& status) { on_state(status); }},
                  std::move(factory), clock_) {}
    explicit Desktop(lcm::WebSocketOptions options) : Desktop(lcm::websocket(std::move(options))) {}

    lcm::LcmClient<lcm::WebSocketTransport, lcm::testing::ManualClock>& client() noexcept { return client_; }

    [[nodiscard]] bool is_soon_on(const std::string& server) {
        return soon([&] {
            clock_.advance(50ms);
            return status().state == lcm::LinkState::ready && status().server == server;
        });
    }

    [[nodiscard]] lcm::LinkStatus status() const {
        const std::lock_guard lock(mutex_);
        return status_;
    }

    /// What is told of the attempts that failed and the links that were lost.
    [[nodiscard]] std::vector<std::string> details() const {
        const std::lock_guard lock(mutex_);
        return details_;
    }

private:
    void on_state(const lcm::LinkStatus& status) {
        const std::lock_guard lock(mutex_);
        status_ = status;
        if (status.state == lcm::LinkState::waiting) details_.push_back(status.error->detail);
    }

    mutable std::mutex mutex_;
    lcm::LinkStatus status_;
    std::vector<std::string> details_;
    lcm::testing::ManualClock clock_;
    lcm::LcmClient<lcm::WebSocketTransport, lcm::testing::ManualClock> client_;
};

} // namespace

TEST_CASE("When the first server dies the second one has the link, and the first again when the second dies") {
    std::optional<Simulator> first(std::in_place);
    std::optional<Simulator> second(std::in_place);
    const std::uint16_t port = first->port();
    const std::string first_name = name_of(*first);
    Desktop desktop(lcm::WebSocketOptions{.urls = {first->url(), second->url()}});
    REQUIRE(desktop.is_soon_on(first_name));
    first.reset();
    REQUIRE(desktop.is_soon_on(name_of(*second)));
    for (const std::string& detail : desktop.details()) CHECK(detail.starts_with(first_name));
    auto answer = desktop.client().call(sample());
    REQUIRE(is_ready_soon(answer));
    CHECK(ending_of(answer) == "accepted");

    first.emplace(lcm::testing::SimulatorOptions{.port = port});
    second.reset();
    CHECK(desktop.is_soon_on(first_name));
}

TEST_CASE("When all servers are dead, the one that comes back is found, whichever it is") {
    for (const std::size_t survivor : {0U, 1U, 2U}) {
        CAPTURE(survivor);
        std::vector<std::unique_ptr<Simulator>> servers;
        std::vector<std::string> urls;
        for (int i = 0; i < 3; ++i) urls.push_back(servers.emplace_back(std::make_unique<Simulator>())->url());
        Desktop desktop(lcm::WebSocketOptions{.urls = urls});
        REQUIRE(desktop.is_soon_on(name_of(urls[0])));
        const std::uint16_t port = servers[survivor]->port();
        servers.clear();
        REQUIRE(soon([&] { return desktop.status().state == lcm::LinkState::waiting; }));
        const Simulator back({.port = port});
        CHECK(desktop.is_soon_on(name_of(back)));
    }
}

TEST_CASE("A server that goes away with a close frame is left for the next one") {
    Simulator first({.fault = Fault::close_going_away});
    const Simulator second;
    Desktop desktop(lcm::WebSocketOptions{.urls = {first.url(), second.url()}});
    REQUIRE(desktop.is_soon_on(name_of(first)));
    auto answer = desktop.client().call(sample());
    REQUIRE(is_ready_soon(answer));
    CHECK(ending_of(answer) == "connection_lost (unknown)");
    CHECK(desktop.is_soon_on(name_of(second)));
    CHECK(first.connections() == 1);
}

TEST_CASE("Servers with and without TLS can stand in one list") {
    const Simulator secure({.tls = true});
    const Simulator plain;
    const TemporaryFile authority(secure.authority_pem());
    for (const auto& [dead, server] :
         {std::pair(url_of_nobody("ws"), &secure), std::pair(url_of_nobody("wss"), &plain)}) {
        Desktop desktop(lcm::WebSocketOptions{.urls = {dead, server->url()}, .tls = {.ca_file = authority.path()}});
        CHECK(desktop.is_soon_on(name_of(*server)));
    }
}

TEST_CASE("A server whose certificate is refused does not keep a client from another one") {
    const Simulator untrusted({.tls = true});
    const Simulator plain;
    Desktop desktop(lcm::WebSocketOptions{.urls = {untrusted.url(), plain.url()}});
    CHECK(desktop.is_soon_on(name_of(plain)));
    REQUIRE(desktop.details().size() == 1);
    CHECK(desktop.details()[0].starts_with(name_of(untrusted)));
}

TEST_CASE("On request a client goes back from the second server to the first one, once that may be tried again") {
    const Simulator first;
    const Simulator second;
    auto settings = std::make_shared<lcm::detail::WebSocketSettings>();
    settings->options.urls = {first.url(), second.url()};
    settings->urls = lcm::detail::server_urls(settings->options);
    const auto memory = std::make_shared<lcm::detail::ClientMemory>(2);
    lcm::TransportFailure failure;
    memory->servers.fail(0, failure, std::chrono::steady_clock::now() - 59s); // so that it is tried in a second
    Desktop desktop([&](boost::asio::any_io_executor executor, std::size_t max_inbound_message) {
        return std::make_unique<lcm::WebSocketTransport>(std::move(executor), settings, memory, max_inbound_message);
    });
    REQUIRE(desktop.is_soon_on(name_of(second)));
    REQUIRE(soon([&] {
        desktop.client().reconnect_now();
        return desktop.status().server == name_of(first);
    }));
    CHECK(desktop.details() == std::vector<std::string>{"left for a better server"});
    auto answer = desktop.client().call(sample());
    REQUIRE(is_ready_soon(answer));
    CHECK(ending_of(answer) == "accepted");
}

TEST_CASE("A server that refuses the credentials stays the one that is tried") {
    boost::asio::io_context loop;
    const RawServer first(loop, {.other_answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"});
    const Simulator second;
    const std::string url = first.client_options().url;
    const auto factory = lcm::websocket({.urls = {url, second.url()}});
    const auto transport = factory(loop.get_executor(), 65'536);
    CHECK(transport->server().empty());
    std::optional<lcm::error_code> opened;
    transport->async_open([&](lcm::error_code ec) { opened = ec; });
    CHECK(transport->server() == url);
    while (!opened) loop.run_one();
    CHECK(*opened == lcm::Errc::unauthorized);
    CHECK(transport->last_failure().is_permanent);
    CHECK(transport->last_failure().detail.starts_with(url + ": "));
    const auto next = factory(loop.get_executor(), 65'536);
    next->async_open([](lcm::error_code) {});
    CHECK(next->server() == url);
}
