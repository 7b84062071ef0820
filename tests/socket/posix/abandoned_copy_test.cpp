// SPDX-License-Identifier: BSL-1.0
// What is left behind in the operating system by a connection of which another process holds a copy, or whose process dies.
#include <support/catch.hpp>
#include <support/raw_link.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::error_code;

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
