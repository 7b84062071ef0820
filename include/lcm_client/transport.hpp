// SPDX-License-Identifier: BSL-1.0
// What the client asks of a connection: the Transport concept, and the types that its members pass.
#ifndef LCM_CLIENT_TRANSPORT_HPP
#define LCM_CLIENT_TRANSPORT_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/errc.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/link_status.hpp>
#include <lcm_client/sensitive.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// The messages of one write, in order, in one flat buffer. A batch and not a message, because a write per message
/// costs a system call per message.
///
/// @par Thread safety
/// Distinct objects may be used from several threads.
class Batch {
public:
    Batch() = default;
    Batch(const Batch&) = default;                 ///< copies the texts
    Batch(Batch&& other) noexcept { swap(other); } ///< leaves `other` empty
    /// Takes the messages of `other`.
    Batch& operator=(Batch other) noexcept {
        swap(other);
        return *this;
    }
    ~Batch() = default;

    /// Makes room for that many messages, which have so many bytes together.
    void reserve(std::size_t messages, std::size_t bytes) {
        if (messages > 1) ends_.reserve(messages - 1);
        bytes_.reserve(bytes);
    }

    /// Appends one message. When this throws `std::bad_alloc`, the batch must not be sent.
    void add(std::string_view message) {
        if (size_++ != 0) ends_.push_back(bytes_.size());
        bytes_.insert(bytes_.end(), message.begin(), message.end());
    }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }  ///< whether there is no message
    [[nodiscard]] std::size_t size() const noexcept { return size_; } ///< how many messages there are
    /// How many bytes all messages have together.
    [[nodiscard]] std::size_t byte_count() const noexcept { return bytes_.size(); }

    /// The message at `index`, from 0; valid until the batch changes or moves.
    [[nodiscard]] std::string_view operator[](std::size_t index) const noexcept {
        const std::size_t first = index == 0 ? 0 : ends_[index - 1];
        const std::size_t end = index + 1 == size_ ? bytes_.size() : ends_[index];
        return {bytes_.data() + first, end - first};
    }

private:
    void swap(Batch& other) noexcept {
        bytes_.swap(other.bytes_);
        ends_.swap(other.ends_);
        std::swap(size_, other.size_);
    }

    std::vector<char> bytes_;       // which moves in fewer steps than a string
    std::vector<std::size_t> ends_; // of all messages but the last one, so that one alone needs none
    std::size_t size_ = 0;
};

using OpenHandler = Handler<void(error_code)>;                      ///< how `async_open` completes
using SendHandler = Handler<void(error_code)>;                      ///< how `async_send` and `async_confirm` complete
using ReceiveHandler = Handler<void(error_code, std::string_view)>; ///< how `async_receive` completes

/// One connection that carries whole text messages, used once: the client makes a new one for each attempt.
///
/// | member | contract |
/// | --- | --- |
/// | `get_executor()` | where the completions run |
/// | `async_open(OpenHandler)` | everything until messages may flow, each stage bounded in time; called once, first. The code says which stage failed: `Errc::resolve_failed`, `connect_failed`, `tls_failed`, `upgrade_rejected`, `unauthorized`; any other code is reported as `connect_failed` with that code as its cause |
/// | `async_send(Batch, SendHandler)` | takes over the texts and sends each as one message, in order; one batch is outstanding at a time. Messages count as sent from this call on, even if the write then fails |
/// | `async_receive(ReceiveHandler)` | the next text message, valid during the handler; one is outstanding at a time, and always while the connection is open. An error ends the connection; `Errc::idle_timeout` and `connection_lost` pass as they are, any other code becomes the cause of a `connection_lost` |
/// | `close() noexcept` | idempotent, in any state, does not wait; every pending handler completes soon, with an error. A close handshake may follow in the background, bounded in time |
///
/// @par Thread safety
/// None is needed. Calls come one at a time, on the transport's executor when that is the one which the client gave to
/// the factory, else on the client's. No handler may run inside the call that took it.
///
/// @par Cancellation
/// There is none of a single operation. The client calls `close()` before it destroys a transport; handlers that are
/// then still pending may run later or be dropped.
template <class T>
concept Transport = requires(T& transport, const T& constant, Batch batch, OpenHandler opened, SendHandler sent,
                             ReceiveHandler received) {
    { constant.get_executor() } -> std::convertible_to<boost::asio::any_io_executor>;
    transport.async_open(std::move(opened));
    transport.async_send(std::move(batch), std::move(sent));
    transport.async_receive(std::move(received));
    requires noexcept(transport.close());
};

/// What a transport can tell of its last failure beyond the code.
struct TransportFailure {
    error_code cause{};   ///< the underlying system, TLS or WebSocket code
    std::string detail{}; ///< in words, what was refused and why; holds no token and no personal data
    /// Trying again will fail as well until somebody has done something about it: a certificate that was refused, a
    /// path that is not there. `Errc::unauthorized` counts as permanent in any case, every other code only if this says
    /// so.
    bool is_permanent = false;
    std::optional<std::chrono::seconds> retry_after{}; ///< how long the server asked to be left alone
    /// The connection ended because a message was larger than the limit that the factory was given. The client then
    /// does not ask again for what it can tell was the reply.
    bool message_too_large = false;
    Sensitive<std::string> message_head{};  ///< how that message began: at most `max_message_head` bytes of it, if any
    BlockReason block = BlockReason::other; ///< who can do something about it, if it is permanent
    /// The next attempt goes to another server, or to another address of this one, which has not been tried since the last
    /// link that was good. It follows soon; but within 8 s if such a link has just died, since all clients of this server
    /// fall upon that one. Not said of a server that has announced its end: the first wait is for all who hear that.
    /// Before the first link, requests wait for it even with `WhileOffline::fail`.
    bool moves_on = false;
};

/// More of a message than this is not needed to tell what it is.
inline constexpr std::size_t max_message_head = 1024;

/// A transport that can say more about a failure than a code. Optional: the client asks when the member is there.
/// `last_failure()` is called in or after the handler that brought an error.
template <class T>
concept ExplainsFailure = Transport<T> && requires(const T& transport) {
    { transport.last_failure() } -> std::convertible_to<TransportFailure>;
};

/// A transport that can look at once whether its peer is still there. Optional: the client asks when the member is
/// there, after the computer has slept or when the application says that the network has changed. `probe()` returns at
/// once; if the peer gives no sign of life soon, the connection ends with `Errc::idle_timeout`. Called while it is
/// open.
template <class T>
concept ProbesPeer = Transport<T> && requires(T& transport) {
    transport.probe();
};

/// What the client still expects of a peer; only it knows what an answer is.
struct Outstanding {
    bool is_unanswered = false; ///< something was handed to this connection and has had no answer, ended or not
    std::uint64_t answers = 0;  ///< how many answers have come over this connection
    /// For how much longer one of the requests under way may take that was given more than the usual time from the
    /// beginning; zero if there is none.
    std::chrono::nanoseconds patience{};
};

/// How a transport that watches its peer asks its client, and tells it. Both functions may be called from the
/// transport's own code on its executor, not inside a call of the client, and until `close()` or `abort()`.
struct PeerWatch {
    /// `usual` is the time after which the transport gives a silent peer up.
    std::function<Outstanding(std::chrono::milliseconds usual)> outstanding{};
    /// False: a sign of life is overdue, and the connection goes on only because of `Outstanding::patience`. True: a
    /// sign of life has come, which was awaited, because of a probe, or since the connection opened.
    std::function<void(bool is_alive)> tell{};
};

/// A transport that watches whether its peer makes progress, and not only whether it says something; it runs on the
/// executor that its factory was given, since what it asks is known there only. Optional: the client calls `watch()` once, before `async_open`. Until the first sign of life of a connection, the client has one
/// request under way, and 250 ms at most; after a request has run out of time with nothing heard since, it probes the
/// peer and hands nothing over until a sign of life has come.
template <class T>
concept WatchesPeer = ProbesPeer<T> && requires(T& transport, PeerWatch watch) {
    transport.watch(std::move(watch));
};

/// A transport that can end a connection in such a way that nothing of what was sent is delivered later. Optional: the
/// client calls `abort()` in place of `close()` when it gives a connection up; a transport that gives one up by itself
/// does so as well. After it, this computer holds nothing that it would still deliver; what the buffers of the peer, or
/// of a proxy on the way, hold already cannot be taken back. Every pending handler completes soon, with an error.
template <class T>
concept AbortsConnection = Transport<T> && requires(T& transport) {
    requires noexcept(transport.abort());
};

/// A transport that can tell whether what was sent has arrived. Optional: the client asks for the requests to which the
/// server does not reply, which count as accepted then, and not when the system has taken them. `async_confirm` is
/// called while the connection is open, after the handler of `async_send`, one at a time; it completes when all that
/// was sent before has reached the peer's system, or has been read by the peer, or with the error that ended the
/// connection.
template <class T>
concept ConfirmsDelivery = Transport<T> && requires(T& transport, SendHandler confirmed) {
    transport.async_confirm(std::move(confirmed));
};

/// A transport that knows what has arrived and is not yet delivered. Optional: the client asks when the member is
/// there, to write once for all the messages that came together. `has_message()` tells whether another whole message
/// has already arrived, so that it will be delivered without waiting once asked for: until then the client sends
/// nothing.
template <class T>
concept KnowsBacklog = Transport<T> && requires(const T& transport) {
    { transport.has_message() }
    noexcept->std::same_as<bool>;
};

/// A transport that treats an attempt otherwise when a person has asked for it. Optional: the client calls
/// `on_demand()` once, before `async_open`, if this attempt follows a call of `reconnect_now()`.
template <class T>
concept OpensOnDemand = Transport<T> && requires(T& transport) {
    transport.on_demand();
};

/// A transport that can say which server it is connected to, as "wss://host:port", without secrets. Optional: the
/// client asks while the connection is open, for `LinkStatus::server`.
template <class T>
concept NamesServer = Transport<T> && requires(const T& transport) {
    { transport.server() } -> std::convertible_to<std::string>;
};

/// A transport that knows of several servers, and which of them is to be preferred. Optional: the client asks in
/// `reconnect_now()`, while the connection is open. If there is a better server, nothing is under way and the client
/// lets requests wait while there is no link (`WhileOffline::wait`), it calls `close()`, and makes the next attempt at
/// once; it is up to the factory that this goes to the better server.
template <class T>
concept KnowsBetterServer = Transport<T> && requires(const T& transport) {
    { transport.has_better_server() } -> std::convertible_to<bool>;
};

/// Makes the transport of one connection attempt, whose completions run on the given executor and which takes no
/// message larger than the given number of bytes from the server. Called on the client's executor. An exception that
/// leaves it, or no transport, makes the link `LinkState::blocked`.
template <class T> using TransportFactory =
    std::function<std::unique_ptr<T>(boost::asio::any_io_executor executor, std::size_t max_inbound_message)>;

} // namespace lcm

#endif
