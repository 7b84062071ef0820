// SPDX-License-Identifier: BSL-1.0
// The bodies of transport.hpp, and with them all of the transport.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TRANSPORT_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TRANSPORT_IPP

#include <lcm_client/websocket/impl/check_options.hpp>
#include <lcm_client/websocket/impl/connection.ipp>
#include <lcm_client/websocket/impl/tls.ipp>
#include <lcm_client/websocket/transport.hpp>

#include <boost/asio/ip/address_v6.hpp>
#include <boost/assert.hpp>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace lcm {

LCM_CLIENT_DECL void WebSocketTransport::watch(PeerWatch watch) { watch_ = std::move(watch); }

LCM_CLIENT_DECL void WebSocketTransport::async_open(OpenHandler handler) {
    BOOST_ASSERT(connection_.expired()); // one transport is one connection
    const auto connection =
        std::make_shared<detail::WebSocketConnection>(executor_, settings_, memory_, max_inbound_message_, failure_);
    connection_ = connection;
    connection->watch(std::exchange(watch_, {}));
    if (is_on_demand_) connection->on_demand();
    connection->open(std::move(handler));
}

LCM_CLIENT_DECL void WebSocketTransport::async_send(Batch batch, SendHandler handler) {
    if (const auto connection = connection_.lock()) return connection->send(std::move(batch), std::move(handler));
    detail::post_completion(executor_, handler, Errc::connection_lost);
}

LCM_CLIENT_DECL void WebSocketTransport::async_confirm(SendHandler handler) {
    if (const auto connection = connection_.lock()) return connection->confirm(std::move(handler));
    detail::post_completion(executor_, handler, Errc::connection_lost);
}

LCM_CLIENT_DECL void WebSocketTransport::async_receive(ReceiveHandler handler) {
    if (const auto connection = connection_.lock()) return connection->receive(std::move(handler));
    detail::post_completion(executor_, handler, Errc::connection_lost, std::string_view());
}

LCM_CLIENT_DECL void WebSocketTransport::probe() {
    if (const auto connection = connection_.lock()) connection->probe();
}

LCM_CLIENT_DECL bool WebSocketTransport::has_message() const noexcept {
    const auto connection = connection_.lock();
    return connection && connection->has_message();
}

LCM_CLIENT_DECL void WebSocketTransport::close() noexcept {
    if (home_.is_elsewhere()) return;
    const auto connection = connection_.lock();
    if (!connection) return;
    try {
        connection->close();
    } catch (...) { // there is no memory for the close handshake
        connection->drop();
    }
}

LCM_CLIENT_DECL void WebSocketTransport::abort() noexcept {
    if (home_.is_elsewhere()) return;
    const auto connection = connection_.lock();
    if (!connection) return;
    try {
        connection->abort();
    } catch (...) { // there is no memory to say why
        connection->drop();
    }
}

namespace detail {

// Makes the connections of one client. A copy is for another client, and shares nothing but the settings.
class WebSocketFactory {
public:
    explicit WebSocketFactory(std::shared_ptr<const WebSocketSettings> settings) : settings_(std::move(settings)) {}
    WebSocketFactory(const WebSocketFactory& other) : settings_(other.settings_) {}
    WebSocketFactory(WebSocketFactory&&) noexcept = default;
    WebSocketFactory& operator=(const WebSocketFactory&) = delete;
    ~WebSocketFactory() = default;

    std::unique_ptr<WebSocketTransport> operator()(boost::asio::any_io_executor executor,
                                                   std::size_t max_inbound_message) const {
        return std::make_unique<WebSocketTransport>(std::move(executor), settings_, memory_, max_inbound_message);
    }

private:
    std::shared_ptr<const WebSocketSettings> settings_;
    std::shared_ptr<ClientMemory> memory_ = std::make_shared<ClientMemory>();
};

// A proxy that the application names later may be one with TLS.
LCM_CLIENT_DECL ProxySettings make_proxy_settings(const ProxyOptions& options, const Url& server) {
    ProxySettings settings;
    std::optional<Url> chosen;
    if (!options.url.empty()) chosen = settings.fixed = parse_proxy_url(options.url, "proxy.url");
    if (options.from_environment) {
        settings.environment = ProxyEnvironment([](const char* name) {
            const char* const value = std::getenv(name);
            return std::string(value == nullptr ? "" : value);
        });
        chosen = settings.environment.choose(server);
    }
    if (options.proxy_for || (chosen && chosen->tls)) settings.tls = make_tls_context(options.tls);
    return settings;
}

} // namespace detail

LCM_CLIENT_DECL TransportFactory<WebSocketTransport> websocket(WebSocketOptions options) {
    auto settings = std::make_shared<detail::WebSocketSettings>();
    settings->url = parse_url(options.url);
    detail::ensure_valid(options, settings->url);
    error_code problem;
    if (settings->url.is_ipv6()) boost::asio::ip::make_address_v6(settings->url.host, problem);
    if (problem) detail::throw_invalid("url: what stands in brackets is not an IPv6 address");
    if (settings->url.tls) settings->tls = detail::make_tls_context(options.tls);
    settings->proxies = detail::make_proxy_settings(options.proxy, settings->url);
    settings->options = std::move(options);
    return detail::WebSocketFactory(std::move(settings));
}

} // namespace lcm

#endif
