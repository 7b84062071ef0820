// SPDX-License-Identifier: BSL-1.0
// The adapter for sockets that push: it makes a Transport of a host application's message bus, or of a Qt QWebSocket.
#ifndef LCM_CLIENT_PUSH_TRANSPORT_HPP
#define LCM_CLIENT_PUSH_TRANSPORT_HPP

#include <lcm_client/clock.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/errc.hpp>
#include <lcm_client/impl/any_clock.hpp>
#include <lcm_client/impl/push_connection.hpp>
#include <lcm_client/push_socket.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/assert.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

inline void ensure_valid(const PushOptions& options) {
    check_time(options.open_timeout, "open_timeout");
    check_time(options.idle_timeout, "idle_timeout");
    if (options.queued_messages == 0) throw_invalid("queued_messages: must be positive");
    if (options.queued_bytes == 0) throw_invalid("queued_bytes: must be positive");
}

} // namespace detail

/// One connection over a socket of the host's. It explains its failures, knows its backlog, and watches its peer if the
/// host can ping (`ExplainsFailure`, `KnowsBacklog`, `WatchesPeer`). It cannot abort: what the host's socket has taken
/// may leave after the client has given the connection up, and `close()` is all that can be said to it then. Made by
/// the factory that `push()` returns.
///
/// @par Thread safety
/// None; all calls come one at a time, on the executor, which can be a strand. All completions run on the executor,
/// never inside a call. When the loop no longer runs, `close()` and the destructor may be called from any one thread.
/// Destroy the transport before the execution context; a context that is destroyed with operations pending drops their
/// handlers.
class PushTransport {
public:
    /// For the factory.
    PushTransport(boost::asio::any_io_executor executor, std::function<PushSocket()> make_socket,
                  std::shared_ptr<const detail::AnyClock> clock, const PushOptions& options,
                  std::size_t max_inbound_message)
        : executor_(std::move(executor)), make_socket_(std::move(make_socket)), clock_(std::move(clock)),
          options_(options), max_inbound_message_(max_inbound_message), failure_(std::make_shared<TransportFailure>()) {
    }

    PushTransport(const PushTransport&) = delete;
    PushTransport& operator=(const PushTransport&) = delete;

    /// Does what `close()` does.
    ~PushTransport() { close(); }

    /// Where the completions run.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return executor_; }

    /// Whom to ask and to tell about the peer. Called at most once, before `async_open`.
    void watch(PeerWatch watch) { watch_ = std::move(watch); }

    /// Makes the host's socket and opens it. Called once, first. Completes when the host has reported `opened()`, or
    /// with the code that it reported, or with `Errc::connect_failed`: another code was reported, a function of the
    /// host's threw, the time ran out (then `last_failure().cause` is `boost::asio::error::timed_out`), or `close()`
    /// was called.
    void async_open(OpenHandler handler) {
        BOOST_ASSERT(connection_.expired()); // one transport is one connection
        const auto connection = std::make_shared<detail::PushConnection>(
            executor_, clock_, options_, max_inbound_message_, failure_, std::move(watch_));
        connection_ = connection;
        connection->open(make_socket_, std::move(handler));
    }

    /// Gives each text to the host's `send`, in order, inside this call. Completes with success when all were given,
    /// or with `Errc::connection_lost`. Whether the host's socket has written them is not known.
    void async_send(Batch batch, SendHandler handler) {
        if (const auto connection = connection_.lock()) return connection->send(batch, std::move(handler));
        detail::post_completion(executor_, handler, Errc::connection_lost);
    }

    /// Receives the next message. One call is outstanding at a time. Completes with the text, valid until the handler
    /// returns, or with the code that the host reported, or with `Errc::connection_lost`: anything else, also a call
    /// when the connection is not open.
    void async_receive(ReceiveHandler handler) {
        if (const auto connection = connection_.lock()) return connection->receive(std::move(handler));
        detail::post_completion(executor_, handler, Errc::connection_lost, std::string_view());
    }

    /// Asks the host for a ping. Without a sign of life within half of the idle time-out, 5 s at the most, the
    /// connection ends with `Errc::idle_timeout`. A host that cannot ping is taken at its word: the peer counts as
    /// alive.
    void probe() {
        if (const auto connection = connection_.lock()) connection->probe();
    }

    /// Whether the host has reported a message that has not been received.
    [[nodiscard]] bool has_message() const noexcept {
        const auto connection = connection_.lock();
        return connection && connection->has_message();
    }

    /// Ends the connection, in any state; again does nothing. Calls the host's `close`. What is pending completes with
    /// an error, its cause being `boost::asio::error::operation_aborted`.
    void close() noexcept {
        try {
            if (const auto connection = connection_.lock()) connection->close();
        } catch (...) {
            // Without memory to tell the handlers, they are dropped with the connection.
        }
    }

    /// What ended the connection, beyond the code; empty while nothing did.
    [[nodiscard]] TransportFailure last_failure() const { return *failure_; }

private:
    boost::asio::any_io_executor executor_;
    std::function<PushSocket()> make_socket_;
    std::shared_ptr<const detail::AnyClock> clock_;
    PeerWatch watch_; // until it is opened
    PushOptions options_;
    std::size_t max_inbound_message_;
    std::shared_ptr<TransportFailure> failure_;
    std::weak_ptr<detail::PushConnection> connection_;
};

/// Makes a client's connections of the host's sockets: `make_socket` is called on the client's executor for each
/// connection, and its socket is used once. Times are those of `clock`: give it the client's, if that has one of its
/// own. Throws `LcmError` with `Errc::invalid_argument` if there is no such function or an option is not acceptable. The
/// factory can be copied and called from any thread.
///
/// A message bus of the host's, whose functions may be called from any thread:
///
///     lcm::PushSocket on_bus(Bus& bus) {
///         auto channel = bus.make_channel("lcm");
///         return {.open = [=](lcm::PushEvents to) {
///                     channel->on_text = [=](std::string text) { to.received(std::move(text)); };
///                     channel->on_pong = [=] { to.pong(); };
///                     channel->on_down = [=](std::string why) { to.failed({}, std::move(why)); };
///                     channel->start([=] { to.opened(); });
///                 },
///                 .send = [=](std::string_view text) { channel->send(text); },
///                 .close = [=] { channel->stop(); },
///                 .ping = [=] { channel->ping(); }};
///     }
///     lcm::LcmClient<lcm::PushTransport> client({.source = "desktop"}, lcm::push([&] { return on_bus(bus); }));
template <Clock C = SteadyClock> [[nodiscard]] TransportFactory<PushTransport>
push(std::function<PushSocket()> make_socket, PushOptions options = {}, C clock = {}) {
    if (!make_socket) detail::throw_invalid("make_socket: must be set");
    detail::ensure_valid(options);
    std::shared_ptr<const detail::AnyClock> any_clock = std::make_shared<detail::ClockAdapter<C>>(std::move(clock));
    return [make_socket = std::move(make_socket), any_clock = std::move(any_clock),
            options](boost::asio::any_io_executor executor, std::size_t max_inbound_message) {
        return std::make_unique<PushTransport>(std::move(executor), make_socket, any_clock, options,
                                               max_inbound_message);
    };
}

} // namespace lcm

#endif
