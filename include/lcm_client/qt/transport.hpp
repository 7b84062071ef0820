// SPDX-License-Identifier: BSL-1.0
// A transport over Qt's QWebSocket, for where TLS, proxies and cookies are Qt's. Qt 5.15 or 6, needed only where this
// is included.
#ifndef LCM_CLIENT_QT_TRANSPORT_HPP
#define LCM_CLIENT_QT_TRANSPORT_HPP

#include <lcm_client/push_transport.hpp>
#include <lcm_client/qt/impl/explain.hpp>
#include <lcm_client/qt/impl/socket.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <QNetworkRequest>
#include <QSslConfiguration>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::qt {

/// Configuration of `qt::websocket()`.
struct WebSocketOptions {
    /// The URL, and what headers the request shall have. Asked at each attempt to connect, on the application's main
    /// thread, so that a token can be renewed. If it throws, the attempt ends with `Errc::unauthorized`.
    std::function<QNetworkRequest()> request{};
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration(); ///< for wss:// alone
    PushOptions bounds{};                                              ///< time-outs, and what may wait
};

/// Makes a client's connections of `QWebSocket`s, which live on the application's main thread: its loop has to run. The
/// client may run anywhere. A dead peer is noticed, since it is pinged. lcm_client/qt/README.md tells how this differs
/// from `lcm::websocket()`: nothing that was sent can be taken back, and the words of a failure are as many as Qt has.
/// Times are those of `clock`, as with `push()`.
///
/// @par Exceptions
/// `LcmError` with `Errc::invalid_argument` if there is no request or a bound is not acceptable.
///
/// @par Thread safety
/// The factory can be copied and called from any thread. There must be a `QCoreApplication` as long as a client uses
/// it.
template <Clock C = SteadyClock>
[[nodiscard]] TransportFactory<PushTransport> websocket(WebSocketOptions options, C clock = {}) {
    if (!options.request) lcm::detail::throw_invalid("request: must be set");
    lcm::detail::ensure_valid(options.bounds);
    const auto kept = std::make_shared<const WebSocketOptions>(std::move(options));
    return [kept, clock = std::move(clock)](boost::asio::any_io_executor executor, std::size_t max_inbound_message) {
        auto make_socket = [kept, max_inbound_message] {
            return detail::push_socket({kept->request, kept->tls, max_inbound_message});
        };
        return push(std::move(make_socket), kept->bounds, clock)(std::move(executor), max_inbound_message);
    };
}

} // namespace lcm::qt

#endif
