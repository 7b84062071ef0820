// SPDX-License-Identifier: BSL-1.0
// The bodies of transport.hpp, and with them all of the transport.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TRANSPORT_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TRANSPORT_IPP

#include <lcm_client/websocket/impl/tls/openssl_version.hpp> // first: it says what is missing

#include <lcm_client/websocket/impl/connection.ipp>
#include <lcm_client/websocket/impl/server_urls.hpp>
#include <lcm_client/websocket/impl/tls/tls.ipp>
#include <lcm_client/websocket/transport.hpp>

#include <boost/assert.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

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
    if (const auto connection = connection_.lock()) return connection->send(batch, std::move(handler));
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

LCM_CLIENT_DECL std::string WebSocketTransport::server() const {
    const auto connection = connection_.lock();
    return connection ? connection->server() : std::string();
}

LCM_CLIENT_DECL bool WebSocketTransport::has_better_server() const noexcept {
    const auto connection = connection_.lock();
    return connection && connection->has_better_server();
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
    explicit WebSocketFactory(std::shared_ptr<const WebSocketSettings> settings)
        : settings_(std::move(settings)), memory_(std::make_shared<ClientMemory>(settings_->urls.size())) {}
    WebSocketFactory(const WebSocketFactory& other) : WebSocketFactory(other.settings_) {}
    WebSocketFactory(WebSocketFactory&&) noexcept = default;
    WebSocketFactory& operator=(const WebSocketFactory&) = delete;
    ~WebSocketFactory() = default;

    std::unique_ptr<WebSocketTransport> operator()(boost::asio::any_io_executor executor,
                                                   std::size_t max_inbound_message) const {
        return std::make_unique<WebSocketTransport>(std::move(executor), settings_, memory_, max_inbound_message);
    }

private:
    std::shared_ptr<const WebSocketSettings> settings_;
    std::shared_ptr<ClientMemory> memory_;
};

// A proxy that the application names later may be one with TLS.
LCM_CLIENT_DECL ProxySettings make_proxy_settings(const ProxyOptions& options, const std::vector<Url>& servers) {
    ProxySettings settings;
    bool needs_tls = static_cast<bool>(options.proxy_for);
    const auto choose = [&needs_tls](const std::optional<Url>& proxy) { needs_tls |= proxy && proxy->tls; };
    if (!options.url.empty()) choose(settings.fixed = parse_proxy_url(options.url, "proxy.url"));
    if (options.from_environment) {
        settings.environment = ProxyEnvironment([](const char* name) {
            const char* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here sets variables
            return std::string(value == nullptr ? "" : value);
        });
        for (const Url& server : servers) choose(settings.environment.choose(server));
    }
    if (needs_tls) settings.tls = make_tls_context(options.tls);
    return settings;
}

} // namespace detail

LCM_CLIENT_DECL TransportFactory<WebSocketTransport> websocket(WebSocketOptions options) {
    auto settings = std::make_shared<detail::WebSocketSettings>();
    settings->urls = detail::server_urls(options);
    if (std::any_of(settings->urls.begin(), settings->urls.end(), [](const Url& url) { return url.tls; }))
        settings->tls = detail::make_tls_context(options.tls);
    settings->proxies = detail::make_proxy_settings(options.proxy, settings->urls);
    options.tls = options.proxy.tls = {}; // keys and their passwords are the contexts' now, and nobody else's
    settings->options = std::move(options);
    return detail::WebSocketFactory(std::move(settings));
}

} // namespace lcm

#endif
