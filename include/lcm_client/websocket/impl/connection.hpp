// SPDX-License-Identifier: BSL-1.0
// Internal: one WebSocket connection from its first step to its farewell.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_HPP

#include <lcm_client/compilation.hpp>
#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/impl/explain.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/stream.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace lcm::detail {

struct WebSocketSettings {
    WebSocketOptions options;
    Url url;
    std::shared_ptr<boost::asio::ssl::context> tls; // null for ws
};

/// Runs a handler on the executor, with an error or another result, but not now. Without a handler nothing happens.
template <class Handler, class... Results> void post_completion(const boost::asio::any_io_executor& executor,
                                                                Handler& handler, error_code ec, Results... results) {
    if (!handler) return;
    boost::asio::post(executor,
                      [handler = std::move(handler), ec, results...]() mutable { std::move(handler)(ec, results...); });
}

/// The connection owns its handlers, and its pending operations own the connection: the timer's wait from the first
/// step until all is over, so that an idle connection lives too. Nothing else may own it (see WebSocketTransport).
/// Whatever goes wrong first ends it: every step after a wait looks at the state before it goes on.
class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection> {
public:
    LCM_CLIENT_DECL WebSocketConnection(boost::asio::any_io_executor executor,
                                        std::shared_ptr<const WebSocketSettings> settings,
                                        std::size_t max_inbound_message, std::shared_ptr<TransportFailure> failure);

    LCM_CLIENT_DECL void open(OpenHandler handler);
    LCM_CLIENT_DECL void send(Batch batch, SendHandler handler);
    LCM_CLIENT_DECL void receive(ReceiveHandler handler);
    LCM_CLIENT_DECL void probe();
    LCM_CLIENT_DECL void close();

private:
    using Resolver = boost::asio::ip::tcp::resolver;
    using WebSocket = boost::beast::websocket::stream<Stream>;

    enum class State {
        opening,
        open,
        closing, // all handlers are gone; the farewell is being said
        closed,
    };

    // What is being done while the connection opens, for its time-out.
    struct Stage {
        Errc code;
        const char* what;
        std::chrono::milliseconds limit;
    };

    LCM_CLIENT_DECL void begin(Stage stage);
    LCM_CLIENT_DECL void resolve();
    LCM_CLIENT_DECL void connect(const Resolver::results_type& endpoints);
    LCM_CLIENT_DECL void on_connected(error_code ec);
    LCM_CLIENT_DECL void tls_handshake();
    LCM_CLIENT_DECL void on_tls(error_code ec);
    LCM_CLIENT_DECL void upgrade();
    LCM_CLIENT_DECL void configure(const Credentials& credentials);
    LCM_CLIENT_DECL void on_upgraded(error_code ec);
    LCM_CLIENT_DECL void hear_last_words(error_code ec);
    LCM_CLIENT_DECL void on_upgrade_failed(error_code ec);

    LCM_CLIENT_DECL void write_next();
    LCM_CLIENT_DECL void on_read(error_code ec);
    LCM_CLIENT_DECL void on_lost(error_code ec);

    LCM_CLIENT_DECL void wait();
    LCM_CLIENT_DECL void on_time();
    LCM_CLIENT_DECL void on_stage_time();
    LCM_CLIENT_DECL void on_probe_time();

    LCM_CLIENT_DECL void fail(Explanation why);
    LCM_CLIENT_DECL void complete_all(Errc code);
    LCM_CLIENT_DECL void shut();

    // Beast pings after half of the idle timeout, and waits for the other half.
    [[nodiscard]] std::chrono::milliseconds probe_timeout() const {
        return (std::min)(options().idle_timeout / 2, std::chrono::milliseconds(5'000));
    }

    [[nodiscard]] const Url& url() const noexcept { return settings_->url; }
    [[nodiscard]] const WebSocketOptions& options() const noexcept { return settings_->options; }

    boost::asio::any_io_executor executor_;
    std::shared_ptr<const WebSocketSettings> settings_;
    std::size_t max_inbound_message_;
    std::shared_ptr<TransportFailure> failure_; // shared with the handle, which may be asked when this is gone

    State state_ = State::opening;
    bool farewell_pending_ = false;
    bool ping_pending_ = false;                          // that of a probe; Beast's own are apart
    std::optional<std::uint64_t> received_before_probe_; // while one is under way
    Stage stage_{};
    boost::asio::steady_timer timer_;
    Resolver resolver_;
    boost::asio::ip::tcp::socket socket_; // until it is connected; then it is in websocket_
    std::optional<WebSocket> websocket_;
    boost::beast::websocket::response_type response_;

    OpenHandler open_;
    SendHandler send_;
    ReceiveHandler receive_;
    Batch batch_;
    std::size_t next_ = 0; // the message of the batch that is to be written next
    // Two, because the next message may be asked for while the last one is still being looked at.
    boost::beast::flat_buffer incoming_;
    boost::beast::flat_buffer delivered_;
};

} // namespace lcm::detail

#endif
