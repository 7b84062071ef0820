// SPDX-License-Identifier: BSL-1.0
// Internal: one WebSocket connection from its first step to its farewell.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_CONNECTION_HPP

#include <lcm_client/compilation.hpp>
#include <lcm_client/handler_memory.hpp>
#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/impl/explain.hpp>
#include <lcm_client/websocket/impl/frame_writer.hpp>
#include <lcm_client/websocket/impl/memory_layer.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace lcm::detail {

struct WebSocketSettings {
    WebSocketOptions options;
    Url url;
    std::shared_ptr<boost::asio::ssl::context> tls; // null for ws
};

/// Runs a handler on the executor, with an error or another result, but not now. Without a handler nothing happens. When this
/// throws, the handler is still there.
template <class Handler, class... Results> void post_completion(const boost::asio::any_io_executor& executor,
                                                                Handler& handler, error_code ec, Results... results) {
    if (!handler) return;
    // On its way through Asio's layers a handler that was moved could be lost.
    const auto kept = std::make_shared<Handler>(std::move(handler));
    try {
        boost::asio::post(executor, [kept, ec, results...] { (*kept)(ec, results...); });
    } catch (...) {
        handler = std::move(*kept);
        throw;
    }
}

/// The connection owns its handlers, and its pending operations own the connection: the timer's wait from the first
/// step until all is over, so that an idle connection lives too. Nothing else may own it (see WebSocketTransport).
/// Whatever goes wrong first ends it: every step after a wait looks at the state before it goes on.
///
/// Beast does the upgrade over the stream, and then makes and reads frames in memory only. What is read from the socket
/// and written to it, and when, and how long silence may last, is decided here.
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
    /// Ends it without a word, also to its handlers.
    LCM_CLIENT_DECL void drop() noexcept;
    [[nodiscard]] bool has_message() const noexcept {
        return state_ == State::open && websocket_->next_layer().inbox().messages() != 0;
    }

private:
    using Resolver = boost::asio::ip::tcp::resolver;
    using TimePoint = std::chrono::steady_clock::time_point;
    using WebSocket = boost::beast::websocket::stream<MemoryLayer>;

    enum class State {
        opening,
        open,
        closing, // all handlers are gone; the last frames leave, and perhaps the server's farewell is awaited
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

    [[nodiscard]] LCM_CLIENT_DECL error_code write(std::string_view text);
    LCM_CLIENT_DECL void flush();
    LCM_CLIENT_DECL void write_rest();
    [[nodiscard]] LCM_CLIENT_DECL bool write_now();
    LCM_CLIENT_DECL void on_written(error_code ec, std::size_t count);
    [[nodiscard]] LCM_CLIENT_DECL bool end_write();

    LCM_CLIENT_DECL void resume();
    LCM_CLIENT_DECL void read();
    LCM_CLIENT_DECL void on_read(error_code ec, std::size_t count);
    LCM_CLIENT_DECL void deliver();
    LCM_CLIENT_DECL void deliver_one();
    LCM_CLIENT_DECL void read_message();
    [[nodiscard]] LCM_CLIENT_DECL bool end_delivery();
    LCM_CLIENT_DECL void refuse_message();
    [[nodiscard]] LCM_CLIENT_DECL bool has_next() const noexcept;

    LCM_CLIENT_DECL void on_ping(std::span<const unsigned char> payload);
    LCM_CLIENT_DECL void answer_ping();
    LCM_CLIENT_DECL void ping();

    LCM_CLIENT_DECL void wait();
    LCM_CLIENT_DECL void on_time();
    LCM_CLIENT_DECL void on_stage_time();
    LCM_CLIENT_DECL void guard_open_time(TimePoint now);
    LCM_CLIENT_DECL void on_open_time(TimePoint now);
    LCM_CLIENT_DECL void on_probe_time();
    LCM_CLIENT_DECL void schedule();
    LCM_CLIENT_DECL void on_silence(TimePoint now);
    LCM_CLIENT_DECL void hear(TimePoint now) noexcept;

    [[nodiscard]] LCM_CLIENT_DECL Explanation explain(error_code ec);
    LCM_CLIENT_DECL void fail(Explanation why);
    LCM_CLIENT_DECL void on_write_failed(error_code ec);
    LCM_CLIENT_DECL void on_lost(error_code ec);
    LCM_CLIENT_DECL void on_refused(error_code ec);
    LCM_CLIENT_DECL void begin_closing();
    LCM_CLIENT_DECL void await_farewell();
    LCM_CLIENT_DECL void complete_all(Errc code) noexcept;
    LCM_CLIENT_DECL void complete_now(Errc code);
    LCM_CLIENT_DECL void shut();
    LCM_CLIENT_DECL void shut_when_said();

    // Half of the idle timeout until the server is pinged, and the other half for its answer.
    [[nodiscard]] TimePoint silence_end() const noexcept {
        return pinged_.value_or(last_heard_) + TimePoint::duration(options().idle_timeout) / 2;
    }

    [[nodiscard]] bool is_probing() const noexcept { return probe_end_ != (TimePoint::max)(); }

    // As long as the answer to a ping of the idle timeout may take.
    [[nodiscard]] std::chrono::milliseconds probe_timeout() const {
        return (std::min)(options().idle_timeout / 2, std::chrono::milliseconds(5'000));
    }

    [[nodiscard]] Stream& stream() noexcept { return websocket_->next_layer().next_layer(); }
    [[nodiscard]] Inbox& inbox() noexcept { return websocket_->next_layer().inbox(); }
    [[nodiscard]] const Inbox& inbox() const noexcept { return websocket_->next_layer().inbox(); }
    [[nodiscard]] Outbox& outbox() noexcept { return websocket_->next_layer().outbox(); }
    [[nodiscard]] const Url& url() const noexcept { return settings_->url; }
    [[nodiscard]] const WebSocketOptions& options() const noexcept { return settings_->options; }

    boost::asio::any_io_executor executor_;
    std::shared_ptr<const WebSocketSettings> settings_;
    std::size_t max_inbound_message_;
    std::shared_ptr<TransportFailure> failure_; // shared with the handle, which may be asked when this is gone

    State state_ = State::opening;
    bool expects_farewell_ = false; // the server's, while closing
    Stage stage_{};
    TimePoint last_heard_{};
    std::optional<TimePoint> pinged_;               // in this silence
    TimePoint probe_end_ = (TimePoint::max)();      // while one is under way
    error_code write_error_;                        // nothing can be written any more, but something may still be read
    TimePoint last_words_end_ = (TimePoint::max)(); // until when
    bool probe_is_answered_ = false;                // by whatever has come since
    boost::asio::steady_timer timer_;
    Resolver resolver_;
    boost::asio::ip::tcp::socket socket_; // until it is connected; then it is in websocket_
    std::optional<WebSocket> websocket_;
    boost::beast::websocket::response_type response_;

    std::optional<Errc> unsaid_; // what all handlers are to be told when the timer goes off
    OpenHandler open_;
    SendHandler send_;
    ReceiveHandler receive_;
    std::optional<boost::beast::websocket::ping_data> unanswered_; // the last ping that came
    MaskingKeys keys_;
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool is_delivering_ = false;
    bool farewell_waits_ = false;                         // for the end of the delivery
    bool ping_waits_ = false;                             // in the outbox, for the end of a write
    bool batch_waits_ = false;                            // the same
    bool batch_leaves_ = false;                           // is being written
    HandlerMemory::Owner memory_ = HandlerMemory::make(); // of reads and writes
    boost::beast::flat_buffer message_;                   // that is being looked at
    LeanCapacity message_capacity_;
};

} // namespace lcm::detail

#endif
