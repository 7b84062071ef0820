// SPDX-License-Identifier: BSL-1.0
// A WebSocket transport and a server that sends bytes made by hand, on one loop, which the test moves.
#ifndef LCM_CLIENT_TESTS_SUPPORT_RAW_LINK_HPP
#define LCM_CLIENT_TESTS_SUPPORT_RAW_LINK_HPP

#include <support/raw_server.hpp>

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

inline constexpr std::size_t limit = 65'536;

class RawLink {
public:
    explicit RawLink(
        RawServer::Options options, std::function<void(lcm::WebSocketOptions&)> change = [](auto&) {})
        : server(loop, std::move(options)) {
        lcm::WebSocketOptions client = server.client_options();
        change(client);
        transport = lcm::websocket(client)(loop.get_executor(), limit);
    }

    lcm::error_code try_to_open() {
        std::optional<lcm::error_code> opened;
        transport->async_open([&](lcm::error_code ec) { opened = ec; });
        run_until([&] { return opened.has_value(); });
        return *opened;
    }

    void open() {
        if (try_to_open()) throw std::logic_error("the connection does not open: " + detail());
    }

    void open_and_receive() {
        open();
        receive();
    }

    void receive() {
        transport->async_receive([this](lcm::error_code ec, std::string_view message) {
            if (ec) {
                lost = ec;
                return;
            }
            received.emplace_back(message);
            had_backlog.push_back(transport->has_message());
            receive();
            if (on_message) on_message();
        });
    }

    void send(const std::vector<std::string>& messages) {
        lcm::Batch batch;
        for (const std::string& message : messages) batch.add(message);
        sent.reset();
        transport->async_send(std::move(batch), [this](lcm::error_code ec) { sent = ec; });
    }

    template <class Condition> void run_until(Condition condition) {
        while (!condition())
            if (loop.run_one_for(patience) == 0) throw std::logic_error("what the test waits for does not happen");
    }

    /// Until nothing of the connection is left, while the server does nothing either.
    void run_to_the_end() {
        loop.run_for(patience);
        if (!loop.stopped()) throw std::logic_error("the connection does not end");
        loop.restart();
    }

    /// The server's next bytes, as one piece, and what comes of them at the client.
    void pass(const std::string& bytes) {
        server.send(bytes);
        loop.poll();
    }

    void wait_for_loss() {
        run_until([this] { return lost.has_value(); });
    }

    [[nodiscard]] std::string detail() const { return transport->last_failure().detail; }

    boost::asio::io_context loop;
    RawServer server;
    std::unique_ptr<lcm::WebSocketTransport> transport;
    std::vector<std::string> received;
    std::vector<bool> had_backlog; // after each of them, whether there was another one
    std::function<void()> on_message;
    std::optional<lcm::error_code> sent;
    std::optional<lcm::error_code> lost;
};

inline const ClientFrame farewell{fin | 8, close_payload(1000)};

} // namespace lcm::tests

#endif
