// SPDX-License-Identifier: BSL-1.0
// What other processes get of a client: programs that are started, and forks.
#include <support/bench.hpp>
#include <support/catch.hpp>
#include <support/fork.hpp>
#include <support/socket_client.hpp>

#include <lcm_client/json.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Simulator;

namespace {

using Client = SocketClient;

lcm::ClientConfig config() { return {.source = "test"}; }

// The descriptors from 3 on that are open.
std::vector<int> open_descriptors() {
    std::vector<int> found;
    for (int fd = 3; fd < 1024; ++fd)
        if (::fcntl(fd, F_GETFD) != -1) found.push_back(fd);
    return found;
}

bool is_socket(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

bool is_not_sent(const Outcome& result) {
    return !result && result.error().code == lcm::Errc::client_closed &&
           result.error().delivery == lcm::Delivery::not_sent &&
           result.error().detail.find("fork") != std::string::npos;
}

Outcome get(std::future<lcm::OutcomeResponse> future) {
    try {
        return future.get();
    } catch (const lcm::LcmError& problem) {
        return problem.error();
    }
}

// The number of the first thing that is not as it should be, or 0.
int use_in_fork(Client& client) {
    if (!is_not_sent(get(client.call(sample("in a fork"))))) return 1;
    if (!is_not_sent(client.call_and_wait(sample("in a fork")))) return 2;
    boost::asio::io_context loop;
    std::optional<Outcome> result;
    client.async_call(sample("in a fork"),
                      boost::asio::bind_executor(loop, [&](Outcome ended) { result = std::move(ended); }));
    if (result) return 3; // not inside the call
    loop.run_for(5s);
    if (!result || !is_not_sent(*result)) return 4;
    std::promise<bool> on_any_thread;
    client.async_call(sample("in a fork"), [&](const Outcome& ended) { on_any_thread.set_value(is_not_sent(ended)); });
    if (!on_any_thread.get_future().get()) return 5;
    client.reconnect_now();
    client.close();
    return is_not_sent(get(client.call(sample("in a fork")))) ? 0 : 6;
}

} // namespace

TEST_CASE("No socket of client or simulator is inherited by a program that is started") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        const std::vector<int> before = open_descriptors();
        Simulator simulator({.tls = tls});
        const TemporaryFile authority(simulator.authority_pem());
        lcm::WebSocketOptions options{.url = simulator.url()};
        if (tls) options.tls.ca_file = authority.path();
        lcm::testing::ManualClock clock;
        Client client(config(), lcm::websocket(options), clock);
        REQUIRE(client.call_and_wait(sample()).has_value());
        std::size_t sockets = 0;
        for (const int fd : open_descriptors()) {
            if (std::find(before.begin(), before.end(), fd) != before.end()) continue;
            CAPTURE(fd);
            sockets += is_socket(fd);
            CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0); // those of the loops, too
        }
        CHECK(sockets == 3); // it listens, and both ends of the connection
    }
}

TEST_CASE("A fork may use, close and destroy a client, and the parent's connection goes on") {
    Simulator simulator;
    lcm::testing::ManualClock clock;
    auto client = std::make_unique<Client>(config(), lcm::websocket({.url = simulator.url()}), clock);
    auto subscription = client->on<lcm::ErrorEvent>([](const lcm::ErrorEvent&) {});
    REQUIRE(client->call_and_wait(sample("before")).has_value());
    CHECK(exit_status_of_fork([&] {
              const int problem = use_in_fork(*client);
              subscription.reset();
              client.reset();
              return problem;
          }) == 0);
    CHECK(exit_status_of_fork([&] {
              client.reset(); // at once, as static objects go
              subscription.reset();
              return 0;
          }) == 0);
    CHECK(client->call_and_wait(sample("after")).has_value());
    CHECK(simulator.connections() == 1);
    CHECK(simulator.acted_on() == std::vector<std::string>{"before", "after"});
}

TEST_CASE("A fork may end while requests are under way and events are handled") {
    Simulator simulator({.fault = lcm::testing::Fault::late_answer});
    lcm::testing::ManualClock clock;
    auto client = std::make_unique<Client>(config(), lcm::websocket({.url = simulator.url()}), clock);
    std::promise<void> is_handling;
    std::promise<void> may_go_on;
    auto subscription = client->on_any([&](const lcm::Json&) {
        is_handling.set_value();
        may_go_on.get_future().wait();
    });
    auto future = client->call(sample("under way"));
    REQUIRE(simulator.wait_for_requests(1, patience));
    simulator.send_to_all(R"({"topic":"x","subtopic":"y"})");
    is_handling.get_future().wait();
    CHECK(exit_status_of_fork([&] {
              subscription.reset(); // its handler runs in a thread that is not here
              client.reset();
              return 0;
          }) == 0);
    may_go_on.set_value();
    simulator.release_answers();
    REQUIRE(is_ready_soon(future));
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE("In a fork no Do Not Call can be looked up, since those that are open are the parent's") {
    Bench bench({.do_not_call_guard = lcm::DoNotCallGuard()});
    SetOutcome mark = sample();
    mark.call_outcome = lcm::TelephonyOutcome::dnc;
    auto future = bench.client->call(mark);
    bench.run();
    bench.script.drop();
    bench.run();
    REQUIRE(ending_of(future) == "connection_lost (unknown)");
    CHECK(exit_status_of_fork([&] { return static_cast<int>(bench.client->resolve_do_not_call(subjects_of(mark))); }) ==
          0);
    CHECK(bench.client->resolve_do_not_call(subjects_of(mark)) == 1);
}

TEST_CASE("A fork may destroy a client of the application's loop and the loop, in either order") {
    for (const bool loop_first : {false, true}) {
        CAPTURE(loop_first);
        Simulator simulator;
        lcm::testing::ManualClock clock;
        auto loop = std::make_unique<boost::asio::io_context>();
        auto client =
            std::make_unique<Client>(config(), lcm::websocket({.url = simulator.url()}), loop->get_executor(), clock);
        const auto ending_of_call = [&](const std::string& callid) {
            auto future = client->call(sample(callid));
            while (!is_ready(future)) loop->run_one_for(patience);
            return ending_of(future);
        };
        REQUIRE(ending_of_call("before") == "accepted");
        CHECK(exit_status_of_fork([&] {
                  if (const int problem = use_in_fork(*client)) return problem;
                  if (loop_first) loop.reset();
                  client.reset();
                  loop.reset();
                  return 0;
              }) == 0);
        CHECK(ending_of_call("after") == "accepted");
        CHECK(simulator.connections() == 1);
        CHECK(simulator.acted_on() == std::vector<std::string>{"before", "after"});
    }
}

TEST_CASE("A fork may destroy a transport and its loop, and the parent's connection goes on") {
    Simulator simulator;
    auto loop = std::make_unique<boost::asio::io_context>();
    auto transport = lcm::websocket({.url = simulator.url()})(loop->get_executor(), 65536);
    std::optional<lcm::error_code> opened;
    transport->async_open([&](lcm::error_code ec) { opened = ec; });
    while (!opened) loop->run_one_for(patience);
    REQUIRE_FALSE(*opened);
    std::vector<std::string> received;
    transport->async_receive(
        [&](lcm::error_code ec, std::string_view text) { received.emplace_back(ec ? "lost" : text); });
    CHECK(exit_status_of_fork([&] {
              transport.reset();
              loop.reset();
              return 0;
          }) == 0);
    simulator.send_to_all("an event");
    while (received.empty()) loop->run_one_for(patience);
    CHECK(received == std::vector<std::string>{"an event"});
    transport.reset();
}

// The fork's client has neither a thread of its own nor one for names: the thread sanitizer has no place for them.
TEST_CASE("A fork may make a client with the parent's factory") {
    Simulator simulator;
    lcm::testing::ManualClock clock;
    const auto factory = lcm::websocket({.url = simulator.url()});
    Client client(config(), factory, clock);
    REQUIRE(client.call_and_wait(sample("parent")).has_value());
    CHECK(exit_status_of_fork([&] {
              boost::asio::io_context loop;
              lcm::testing::ManualClock own_clock;
              Client own(config(), factory, loop.get_executor(), own_clock);
              std::optional<Outcome> result;
              own.async_call(sample("fork"), [&](Outcome ended) { result = std::move(ended); });
              while (!result) loop.run_one();
              return result->has_value() ? 0 : 1;
          }) == 0);
    CHECK(simulator.acted_on() == std::vector<std::string>{"parent", "fork"});
}

TEST_CASE("A fork may destroy a simulator") {
    auto simulator = std::make_unique<Simulator>();
    CHECK(exit_status_of_fork([&] {
              simulator.reset();
              return 0;
          }) == 0);
    lcm::testing::ManualClock clock;
    Client client(config(), lcm::websocket({.url = simulator->url()}), clock);
    CHECK(client.call_and_wait(sample()).has_value());
}
