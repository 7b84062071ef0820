// SPDX-License-Identifier: BSL-1.0
// The same days over WebSocket connections to a server in this process, whose memory does not fail. In the middle of
// Asio's own operations the connection is lost, and no request with it.
#include <memory/failing_new.hpp>
#include <memory/requests.hpp>
#include <support/catch.hpp>
#include <support/scripted_proxy.hpp>
#include <support/socket_client.hpp>

#include <lcm_client.hpp>
#include <lcm_client/testing/simulator.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <new>
#include <optional>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Fault;

namespace {

// A proxy before a server, on a thread of its own, whose memory does not fail.
class ProxyBefore {
public:
    explicit ProxyBefore(const lcm::testing::Simulator& server)
        : proxy_(loop_, static_cast<unsigned short>(std::stoul(lcm::parse_url(server.url()).port)), {}),
          url_(proxy_.url("user:password@")), thread_([this] { loop_.run(); }) {}
    ProxyBefore(const ProxyBefore&) = delete;
    ProxyBefore& operator=(const ProxyBefore&) = delete;
    ~ProxyBefore() {
        loop_.stop();
        thread_.join();
    }

    [[nodiscard]] const std::string& url() const noexcept { return url_; }

private:
    boost::asio::io_context loop_;
    ScriptedProxy proxy_;
    std::string url_;
    std::thread thread_;
};

class Day {
public:
    explicit Day(lcm::testing::Simulator& peer, const std::string& proxy) : server(peer) {
        server.set_fault(Fault::none);
        lcm::ClientConfig config{.source = "test", .deadline = 50ms};
        config.on_settled = [](const lcm::Settled&) {};
        config.on_event = [](std::string_view) {};
        lcm::WebSocketOptions options{.url = "ws://localhost:" + std::to_string(server.port()) + "/"};
        options.connect_timeout = options.upgrade_timeout = 300ms;
        options.close_timeout = 50ms;
        options.credentials = [] { return lcm::Credentials::basic("user", "password").with_header("X-Key", "key"); };
        options.on_upgrade = [](const lcm::UpgradeResponse& response) { static_cast<void>(response.headers.size()); };
        options.allow_plaintext_to_remote_hosts = !proxy.empty();
        if (!proxy.empty()) // asked for it at each attempt
            options.proxy.proxy_for = [proxy](const std::string&, const lcm::ProxyAnswer& answer) { answer(proxy); };
        options.proxy.timeout = 300ms;
        auto factory = lcm::websocket(options);
        client.emplace(std::move(config), std::move(factory));
        std::promise<void> marked;
        boost::asio::post(client->get_executor(), [&] {
            may_fail = true; // this thread, from now on
            marked.set_value();
        });
        marked.get_future().wait();
    }

    void connect() {
        const auto before = server.connections();
        static_cast<void>(soon([&] { return server.connections() > before || works_once(); }));
    }

    void destroy() {
        const MayFail may(true);
        client.reset();
    }

    /// Whether the client does its work, perhaps after a new connection.
    bool works() {
        server.set_fault(Fault::none);
        return soon([this] { return works_once(); });
    }

    lcm::testing::Simulator& server;
    std::optional<lcm::Client> client;

private:
    bool works_once() {
        client->reconnect_now();
        return client->call_and_wait(sample("probe"), {.deadline = 100ms}).has_value();
    }
};

using Scenario = std::function<void(Day&, Requests&)>;

std::string live_through(lcm::testing::Simulator& server, const std::string& proxy, const Scenario& scenario,
                         std::size_t nth, std::size_t in_row) {
    Requests requests;
    Day day(server, proxy);
    day.connect();
    failing_new.start(nth, in_row);
    scenario(day, requests);
    const bool have_ended = soon([&] { return requests.have_ended(); });
    const bool has_failed = failing_new.has_failed();
    failing_new.stop();
    std::string problem = have_ended ? requests.check() : "a request has not ended";
    if (problem.empty() && day.client && !day.works()) problem = "the client does not work afterwards";
    if (problem.empty() && !has_failed) problem = "none failed";
    return problem;
}

void live_through_all(const Scenario& scenario, bool has_proxy = false) {
    lcm::testing::Simulator server;
    std::optional<ProxyBefore> proxy;
    if (has_proxy) proxy.emplace(server);
    const std::string url = proxy ? proxy->url() : std::string();
    for (const std::size_t in_row : {1U, 20U})
        for (std::size_t nth = 1;; ++nth) {
            const std::string problem = live_through(server, url, scenario, nth, in_row);
            if (problem == "none failed") {
                REQUIRE(nth > 10);
                break;
            }
            INFO("allocation " << nth << ", and " << in_row - 1 << " after it: " << problem);
            REQUIRE(problem.empty());
        }
}

} // namespace

TEST_CASE("Out of memory over a socket: requests that are accepted") {
    live_through_all([](Day& day, Requests& requests) {
        submit_some(*day.client, requests);
        static_cast<void>(soon([&] { return requests.have_ended(); }));
    });
}

TEST_CASE("Out of memory over a socket: requests that run out of time") {
    live_through_all([](Day& day, Requests& requests) {
        day.server.set_fault(Fault::no_answer);
        submit_some(*day.client, requests);
    });
}

TEST_CASE("Out of memory over a socket: the link is lost and comes again") {
    live_through_all([](Day& day, Requests& requests) {
        day.server.set_fault(Fault::no_answer);
        submit_some(*day.client, requests);
        std::this_thread::sleep_for(2ms);
        day.server.set_fault(Fault::none);
        day.server.drop_all();
        requests.call(*day.client, sample("5"));
        const MayFail may(true);
        day.client->reconnect_now();
    });
}

TEST_CASE("Out of memory over a socket: the link goes through a proxy, is lost and comes again") {
    live_through_all(
        [](Day& day, Requests& requests) {
            const auto before = day.server.connections();
            day.server.drop_all();
            requests.call(*day.client, sample("5"));
            {
                const MayFail may(true);
                day.client->reconnect_now();
            }
            static_cast<void>(soon([&] { return day.server.connections() > before || failing_new.has_failed(); }));
        },
        true);
}

TEST_CASE("Out of memory over a socket: the link is lost and comes again, and nothing is to be sent") {
    live_through_all([](Day& day, Requests&) {
        const auto before = day.server.connections();
        day.server.drop_all();
        {
            const MayFail may(true);
            day.client->reconnect_now();
        }
        static_cast<void>(soon([&] { return day.server.connections() > before || failing_new.has_failed(); }));
        std::this_thread::sleep_for(5ms); // in which the first ping leaves
    });
}

TEST_CASE("Out of memory over a socket: an attempt is refused, and the next one looks the name up") {
    live_through_all([](Day& day, Requests& requests) {
        day.server.set_fault(Fault::service_unavailable);
        day.server.drop_all();
        requests.call(*day.client, sample("6"));
        {
            const MayFail may(true);
            day.client->reconnect_now();
        }
        std::this_thread::sleep_for(2ms);
        day.server.set_fault(Fault::none);
        const MayFail may(true);
        day.client->reconnect_now();
    });
}

TEST_CASE("Out of memory over a socket: cancellations, and late replies") {
    live_through_all([](Day& day, Requests& requests) {
        day.server.set_fault(Fault::late_answer);
        submit_some(*day.client, requests);
        std::this_thread::sleep_for(2ms);
        requests.cancel_futures();
        day.server.release_answers();
        day.server.send_to_all(R"({"topic":"WebService","subtopic":"Else","message":{}})");
    });
}

TEST_CASE("Out of memory over a socket: a client is closed with requests under way") {
    live_through_all([](Day& day, Requests& requests) {
        day.server.set_fault(Fault::no_answer);
        submit_some(*day.client, requests);
        {
            const MayFail may(true);
            try {
                day.client->close(1ms);
            } catch (const std::bad_alloc&) {}
        }
        day.destroy();
    });
}
