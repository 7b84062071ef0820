// SPDX-License-Identifier: BSL-1.0
// Several servers of one client, each played by a script, and chosen as the WebSocket transport chooses among its own.
#ifndef LCM_CLIENT_TESTS_SUPPORT_SEVERAL_SERVERS_HPP
#define LCM_CLIENT_TESTS_SUPPORT_SEVERAL_SERVERS_HPP

#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/scripted_transport.hpp>
#include <lcm_client/websocket/impl/addresses/server_list.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

/// What the connections of one client have in common.
struct ServersOfClient {
    std::vector<testing::Script> scripts;
    detail::ServerList list;
    testing::ManualClock clock;
    std::function<void(std::size_t server)> on_attempt{};
};

/// A connection to one of them.
class ListedTransport : public testing::ScriptedTransport {
public:
    ListedTransport(boost::asio::any_io_executor executor, std::shared_ptr<ServersOfClient> servers, std::size_t server)
        : ScriptedTransport(std::move(executor), servers->scripts[server]), servers_(std::move(servers)),
          server_(server) {}

    void async_open(OpenHandler handler) {
        if (servers_->on_attempt) servers_->on_attempt(server_);
        ScriptedTransport::async_open(
            [servers = servers_, opened = opened_, handler = std::move(handler)](error_code ec) mutable {
                if (!ec) *opened = servers->clock.now();
                handler(ec);
            });
    }

    /// Asked once, in the handler of the error.
    [[nodiscard]] TransportFailure last_failure() const {
        TransportFailure failure = ScriptedTransport::last_failure();
        const auto now = servers_->clock.now();
        if (const auto opened = std::exchange(*opened_, std::nullopt))
            servers_->list.lose(server_, failure, *opened, false, now);
        else servers_->list.fail(server_, failure, now);
        return failure;
    }

    [[nodiscard]] std::string server() const { return std::to_string(server_); }
    [[nodiscard]] bool has_better_server() const { return servers_->list.has_better(server_, servers_->clock.now()); }

    void close() noexcept {
        if (std::exchange(*opened_, std::nullopt)) servers_->list.leave();
        ScriptedTransport::close();
    }

private:
    using Opened = std::optional<std::chrono::steady_clock::time_point>;

    std::shared_ptr<ServersOfClient> servers_;
    std::size_t server_;
    std::shared_ptr<Opened> opened_ = std::make_shared<Opened>(); // while it is open
};

/// A factory for one client.
[[nodiscard]] inline TransportFactory<ListedTransport> listed(std::shared_ptr<ServersOfClient> servers) {
    return [servers = std::move(servers)](boost::asio::any_io_executor executor, std::size_t) {
        return std::make_unique<ListedTransport>(std::move(executor), servers,
                                                 servers->list.choose(servers->clock.now()));
    };
}

} // namespace lcm::tests

#endif
