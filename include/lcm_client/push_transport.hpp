// SPDX-License-Identifier: BSL-1.0
// The adapter for sockets that push: it makes a Transport of a Qt QWebSocket, or of a host application's message bus.
#ifndef LCM_CLIENT_PUSH_TRANSPORT_HPP
#define LCM_CLIENT_PUSH_TRANSPORT_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/errc.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/assert.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm {

namespace detail {

/// Why a connection ended.
struct PushFailure {
    error_code code;
    std::string detail;
    bool message_too_large = false;
    Sensitive<std::string> message_head{};
};

/// What the host has reported and the client has not yet taken, in bounded memory. Thread-safe. The host may keep it
/// for longer than the connection and its loop: once disconnected it takes nothing and touches nothing.
class PushInbox {
public:
    PushInbox(std::size_t max_texts, std::size_t max_bytes, std::size_t max_text)
        : max_texts_(max_texts), max_bytes_(max_bytes), max_text_(max_text) {}

    // --- the host's side --------------------------------------------------------------------------------------------

    void opened() {
        const std::lock_guard lock(mutex_);
        if (!takes_reports()) return;
        is_opened_ = true;
        wake();
    }

    void received(std::string text) {
        const std::lock_guard lock(mutex_);
        if (!takes_reports()) return;
        if (text.size() > max_text_)
            return fail({Errc::connection_lost,
                         "a message of " + std::to_string(text.size()) + " bytes came; the limit is " +
                             std::to_string(max_text_) + " (limits.inbound_message)",
                         true, text.substr(0, max_message_head)});
        if (texts_.size() == max_texts_ || text.size() > max_bytes_ - bytes_)
            return fail(
                {Errc::connection_lost, "messages came faster than they were taken: " + std::to_string(texts_.size()) +
                                            " messages of " + std::to_string(bytes_) + " bytes wait (PushOptions)"});
        bytes_ += text.size();
        texts_.push_back(std::move(text));
        wake();
    }

    void failed(PushFailure failure) {
        const std::lock_guard lock(mutex_);
        if (takes_reports()) fail(std::move(failure));
    }

    // --- the connection's side --------------------------------------------------------------------------------------

    /// Begins to take reports. `notify` is called under the lock when there is something new: it has to post, and to
    /// call `awake()` when it gets there. One such post is under way at a time.
    void connect(std::function<void()> notify) {
        const std::lock_guard lock(mutex_);
        notify_ = std::move(notify);
    }

    void disconnect() noexcept {
        const std::lock_guard lock(mutex_);
        notify_ = nullptr;
        texts_.clear();
    }

    void awake() {
        const std::lock_guard lock(mutex_);
        is_waking_ = false;
    }

    /// Notifies again if something is left.
    void look_again() {
        const std::lock_guard lock(mutex_);
        if (notify_ && (!texts_.empty() || failure_)) wake();
    }

    [[nodiscard]] bool is_opened() const {
        const std::lock_guard lock(mutex_);
        return is_opened_;
    }

    [[nodiscard]] std::optional<std::string> take_text() {
        const std::lock_guard lock(mutex_);
        if (texts_.empty()) return std::nullopt;
        std::string text = std::move(texts_.front());
        texts_.pop_front();
        bytes_ -= text.size();
        return text;
    }

    /// The failure, once all that came before it has been taken: an answer is not lost because the socket broke next.
    [[nodiscard]] std::optional<PushFailure> failure() const {
        const std::lock_guard lock(mutex_);
        return is_opened_ && !texts_.empty() ? std::nullopt : failure_;
    }

private:
    [[nodiscard]] bool takes_reports() const noexcept { return notify_ && !failure_; }

    void fail(PushFailure failure) {
        failure_ = std::move(failure);
        wake();
    }

    void wake() {
        if (is_waking_) return;
        notify_();
        is_waking_ = true;
    }

    const std::size_t max_texts_;
    const std::size_t max_bytes_;
    const std::size_t max_text_;

    mutable std::mutex mutex_;
    std::function<void()> notify_; // empty before and after the connection
    bool is_waking_ = false;
    bool is_opened_ = false;
    std::deque<std::string> texts_;
    std::size_t bytes_ = 0; // of all texts
    std::optional<PushFailure> failure_;
};

} // namespace detail

/// Where the host reports what its socket does. Copies report to the same connection. Thread-safe; every function may
/// be called from any thread, also inside a function of `PushSocket`, and does nothing once the connection has ended,
/// even if client and loop are long gone.
class PushEvents {
public:
    /// For the transport.
    explicit PushEvents(std::shared_ptr<detail::PushInbox> inbox) : inbox_(std::move(inbox)) {}

    /// The connection is open: messages may flow.
    void opened() const { inbox_->opened(); }

    /// One whole text message came. The client takes them in order. One that is larger than the client's
    /// `limits.inbound_message`, or for which `PushOptions` leaves no room, ends the connection.
    void received(std::string text) const { inbox_->received(std::move(text)); }

    /// The connection could not be made, or has ended, in whatever way. What was received before still reaches the
    /// client; nothing is taken after. Requests end with `ec` if it is one of the link's codes, `Errc::resolve_failed`
    /// to `Errc::idle_timeout`; else with `connect_failed` or `connection_lost`, whose cause is `ec`, if there is an
    /// error in it. `detail` becomes a part of error texts: no tokens, no personal data.
    void failed(error_code ec, std::string detail = {}) const { inbox_->failed({ec, std::move(detail)}); }

private:
    std::shared_ptr<detail::PushInbox> inbox_;
};

/// What the host's socket can do; all three are set. They are called on the client's executor, one at a time, and must
/// not block. An exception that leaves one of them ends the connection.
struct PushSocket {
    /// Begins to connect, and keeps the events to report to. Called once, first.
    std::function<void(PushEvents)> open;
    /// Sends one text message; the text is valid during the call. Called only after `opened()` and before `close`, but
    /// possibly just after a `failed()` that the client has not seen yet.
    std::function<void(std::string_view text)> send;
    /// Closes the socket and lets go of it. Called once after `open`, in any state, also after `failed()`; the last
    /// call. If the loop is destroyed first, it comes from the thread that does so.
    std::function<void()> close;
};

/// Configuration of `push()`.
struct PushOptions {
    std::chrono::milliseconds open_timeout{10'000}; ///< from `open` to `opened()`; 1 ms to one day
    std::size_t queued_messages = 1024;             ///< received, not yet taken by the client; one more ends the link
    std::size_t queued_bytes = 1024 * 1024;         ///< their sizes together; one message always fits
};

namespace detail {

inline void ensure_valid(const PushOptions& options) {
    if (options.open_timeout < std::chrono::milliseconds(1) || options.open_timeout > std::chrono::hours(24))
        throw_invalid("open_timeout: must be from 1 ms to one day");
    if (options.queued_messages == 0) throw_invalid("queued_messages: must be positive");
    if (options.queued_bytes == 0) throw_invalid("queued_bytes: must be positive");
}

inline bool is_link_code(error_code ec) noexcept {
    return ec.category() == lcm_category() && ec.value() >= static_cast<int>(Errc::resolve_failed) &&
           ec.value() <= static_cast<int>(Errc::idle_timeout);
}

/// One connection of the adapter. It owns its handlers, and is owned by the wait of its timer alone, which lasts until
/// the connection has ended: so a loop that is destroyed takes it along, before anything that it needs is gone.
class PushConnection : public std::enable_shared_from_this<PushConnection> {
public:
    PushConnection(boost::asio::any_io_executor executor, const PushOptions& options, std::size_t max_inbound_message,
                   std::shared_ptr<TransportFailure> last_failure)
        : executor_(std::move(executor)), timer_(executor_), open_timeout_(options.open_timeout),
          inbox_(std::make_shared<PushInbox>(
              options.queued_messages, (std::max)(options.queued_bytes, max_inbound_message), max_inbound_message)),
          last_failure_(std::move(last_failure)) {}

    PushConnection(const PushConnection&) = delete;
    PushConnection& operator=(const PushConnection&) = delete;
    ~PushConnection() { shut(); }

    void open(const std::function<PushSocket()>& make_socket, OpenHandler handler) {
        opened_ = std::move(handler);
        inbox_->connect([executor = executor_, weak = weak_from_this()] {
            boost::asio::post(executor, [weak] {
                if (const auto self = weak.lock()) self->on_reports();
            });
        });
        wait_until(std::chrono::steady_clock::now() + open_timeout_);
        try {
            socket_ = make_socket();
            if (state_ == State::opening) socket_.open(PushEvents(inbox_));
        } catch (...) {
            fail({{}, "the host's function that opens the socket threw an exception"});
        }
    }

    void send(const Batch& batch, SendHandler handler) {
        give(batch);
        inbox_->look_again(); // whoever had to tell of a report may have had no memory for it
        post_completion(handler, state_ == State::open ? error_code() : Errc::connection_lost);
    }

    void receive(ReceiveHandler handler) {
        if (state_ != State::open) return post_completion(handler, Errc::connection_lost, std::string_view());
        BOOST_ASSERT(!receiving_); // one at a time
        receiving_ = std::move(handler);
        inbox_->look_again();
    }

    void close() noexcept {
        try {
            fail({boost::asio::error::operation_aborted, "the connection was closed by this side"});
        } catch (const std::bad_alloc&) {
            shut();
        }
    }

private:
    enum class State { opening, open, closed };

    // What the host has reported is looked at here, on the executor, one report at a time: the handler may do anything.
    void on_reports() {
        inbox_->awake();
        if (state_ == State::opening && inbox_->is_opened()) return on_opened();
        if (state_ == State::open && receiving_) {
            if (const auto text = inbox_->take_text()) return receiving_(error_code(), *text);
        }
        if (auto failure = inbox_->failure()) fail(std::move(*failure));
    }

    void on_opened() {
        state_ = State::open;
        wait_until((std::chrono::steady_clock::time_point::max)());
        inbox_->look_again();
        opened_(error_code());
    }

    void give(const Batch& batch) {
        try {
            for (std::size_t i = 0; i < batch.size() && state_ == State::open; ++i) socket_.send(batch[i]);
        } catch (...) {
            fail({{}, "the host's function that sends a message threw an exception"});
        }
    }

    // Replaces the wait before it.
    void wait_until(std::chrono::steady_clock::time_point time) {
        timer_.expires_at(time);
        timer_.async_wait([self = shared_from_this()](error_code) { self->on_time(); });
    }

    void on_time() {
        if (const auto code = std::exchange(unsaid_, std::nullopt)) return complete_now(*code);
        if (state_ != State::opening || timer_.expiry() > std::chrono::steady_clock::now()) return;
        fail({boost::asio::error::timed_out,
              "the host did not report opened() within " + std::to_string(open_timeout_.count()) + " ms"});
    }

    void fail(PushFailure failure) {
        if (state_ == State::closed) return;
        error_code code = state_ == State::opening ? Errc::connect_failed : Errc::connection_lost;
        if (is_link_code(failure.code)) code = failure.code;
        else last_failure_->cause = failure.code;
        last_failure_->detail = std::move(failure.detail);
        last_failure_->message_too_large = failure.message_too_large;
        last_failure_->message_head = std::move(failure.message_head);
        shut();
        complete_all(code);
    }

    // Without memory to post them, they are called when the wait ends that was under way.
    void complete_all(error_code code) noexcept {
        try {
            post_completion(opened_, code);
            post_completion(receiving_, code, std::string_view());
        } catch (const std::bad_alloc&) {
            unsaid_ = code;
        }
    }

    // Whoever is told may end the client.
    void complete_now(error_code code) {
        if (opened_) opened_(code);
        if (receiving_) receiving_(code, std::string_view());
    }

    void shut() noexcept {
        if (state_ == State::closed) return;
        state_ = State::closed;
        inbox_->disconnect();
        try {
            timer_.cancel();
            if (socket_.close) socket_.close();
        } catch (...) {
            // The connection has ended either way.
        }
    }

    // Handlers are posted: none may run inside the call that took it. When this throws, the handler is still there: on
    // its way through Asio's layers one that was moved could be lost.
    template <class Handler, class... Results>
    void post_completion(Handler& handler, error_code ec, Results... results) {
        if (!handler) return;
        const auto kept = std::make_shared<Handler>(std::move(handler));
        try {
            boost::asio::post(executor_, [kept, ec, results...] { (*kept)(ec, results...); });
        } catch (...) {
            handler = std::move(*kept);
            throw;
        }
    }

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    std::chrono::milliseconds open_timeout_;
    std::shared_ptr<PushInbox> inbox_;               // shared with the host
    std::shared_ptr<TransportFailure> last_failure_; // shared with the handle, which may be asked when this is gone

    State state_ = State::opening;
    std::optional<error_code> unsaid_; // what all handlers are to be told when the wait ends
    PushSocket socket_;
    OpenHandler opened_;
    ReceiveHandler receiving_;
};

} // namespace detail

/// One connection over a socket of the host's; a model of `Transport` and `ExplainsFailure`. Made by the factory that
/// `push()` returns.
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
                  const PushOptions& options, std::size_t max_inbound_message)
        : executor_(std::move(executor)), make_socket_(std::move(make_socket)), options_(options),
          max_inbound_message_(max_inbound_message), failure_(std::make_shared<TransportFailure>()) {}

    PushTransport(const PushTransport&) = delete;
    PushTransport& operator=(const PushTransport&) = delete;

    /// Does what `close()` does.
    ~PushTransport() { close(); }

    /// Where the completions run.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return executor_; }

    /// Makes the host's socket and opens it. Called once, first. Completes when the host has reported `opened()`, or
    /// with the code that it reported, or with `Errc::connect_failed`: another code was reported, a function of the
    /// host's threw, the time ran out (then `last_failure().cause` is `boost::asio::error::timed_out`), or `close()`
    /// was called.
    void async_open(OpenHandler handler) {
        BOOST_ASSERT(connection_.expired()); // one transport is one connection
        const auto connection =
            std::make_shared<detail::PushConnection>(executor_, options_, max_inbound_message_, failure_);
        connection_ = connection;
        connection->open(make_socket_, std::move(handler));
    }

    /// Gives each text to the host's `send`, in order, inside this call. Completes with success when all were given,
    /// or with `Errc::connection_lost`. Whether the host's socket has written them is not known.
    void async_send(Batch batch, SendHandler handler) {
        if (const auto connection = connection_.lock()) return connection->send(batch, std::move(handler));
        boost::asio::post(executor_, [handler = std::move(handler)]() mutable { handler(Errc::connection_lost); });
    }

    /// Receives the next message. One call is outstanding at a time. Completes with the text, valid until the handler
    /// returns, or with the code that the host reported, or with `Errc::connection_lost`: anything else, also a call
    /// when the connection is not open.
    void async_receive(ReceiveHandler handler) {
        if (const auto connection = connection_.lock()) return connection->receive(std::move(handler));
        boost::asio::post(executor_, [handler = std::move(handler)]() mutable {
            handler(Errc::connection_lost, std::string_view());
        });
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
    PushOptions options_;
    std::size_t max_inbound_message_;
    std::shared_ptr<TransportFailure> failure_;
    std::weak_ptr<detail::PushConnection> connection_;
};

/// Makes a client's connections of the host's sockets: `make_socket` is called on the client's executor for each
/// connection, and its socket is used once. Throws `LcmError` with `Errc::invalid_argument` if there is no such
/// function or an option is not acceptable. The factory can be copied and called from any thread.
///
/// A Qt QWebSocket, which lives in the thread of the user interface:
///
///     lcm::PushSocket qt_socket(const QUrl& url) {
///         auto* socket = new QWebSocket;
///         socket->moveToThread(qApp->thread());
///         const auto there = [=](auto f) { QMetaObject::invokeMethod(socket, std::move(f), Qt::QueuedConnection); };
///         return {.open = [=](lcm::PushEvents to) { there([=] {
///                     QObject::connect(socket, &QWebSocket::connected, [=] { to.opened(); });
///                     QObject::connect(socket, &QWebSocket::textMessageReceived,
///                                      [=](const QString& text) { to.received(text.toStdString()); });
///                     QObject::connect(socket, &QWebSocket::disconnected, [=] { to.failed({}); });
///                     socket->open(url); }); },
///                 .send = [=](std::string_view text) {
///                     there([=, t = QString::fromStdString(std::string(text))] { socket->sendTextMessage(t); }); },
///                 .close = [=] { socket->deleteLater(); }};
///     }
///     lcm::LcmClient<lcm::PushTransport> client({.source = "desktop"}, lcm::push([=] { return qt_socket(url); }));
[[nodiscard]] inline TransportFactory<PushTransport> push(std::function<PushSocket()> make_socket,
                                                          PushOptions options = {}) {
    if (!make_socket) detail::throw_invalid("make_socket: must be set");
    detail::ensure_valid(options);
    return [make_socket = std::move(make_socket), options](boost::asio::any_io_executor executor,
                                                           std::size_t max_inbound_message) {
        return std::make_unique<PushTransport>(std::move(executor), make_socket, options, max_inbound_message);
    };
}

} // namespace lcm

#endif
