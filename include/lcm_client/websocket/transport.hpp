// SPDX-License-Identifier: BSL-1.0
// The transport over WebSocket, ws:// and wss://.
#ifndef LCM_CLIENT_WEBSOCKET_TRANSPORT_HPP
#define LCM_CLIENT_WEBSOCKET_TRANSPORT_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/impl/home_process.hpp>
#include <lcm_client/transport.hpp>
#include <lcm_client/websocket/error.hpp>
#include <lcm_client/websocket/options.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

struct WebSocketSettings;  // the options, checked and prepared once for all connections
struct ClientMemory;       // what a client's connections leave to the next one
class WebSocketConnection; // the connection, which outlives its handle until its close handshake is over

} // namespace detail

/// One WebSocket connection, a model of `Transport`, `ExplainsFailure`, `ProbesPeer`, `WatchesPeer`,
/// `AbortsConnection`, `ConfirmsDelivery`, `KnowsBacklog`, `OpensOnDemand`, `NamesServer` and `KnowsBetterServer`. Made
/// by the factory that `websocket()` returns.
///
/// @par Thread safety
/// None; all calls come one at a time, on the executor, which can be a strand. When the loop no longer runs, `close()`
/// and the destructor may be called from any one thread. All completions run on the executor, never inside a call.
/// Destroy the transport before the execution context; a context that is destroyed with operations pending drops their
/// handlers.
///
/// @par Cancellation
/// `close()` and `abort()` end whatever is pending, with `Errc::connection_lost`; there is none of a single operation.
///
/// A name server that does not answer cannot be interrupted: the wait for it is given up in time, but a context that
/// is destroyed meanwhile waits in its destructor until the operating system has given up too.
class WebSocketTransport {
public:
    /// For the factory.
    WebSocketTransport(boost::asio::any_io_executor executor, std::shared_ptr<const detail::WebSocketSettings> settings,
                       std::shared_ptr<detail::ClientMemory> memory, std::size_t max_inbound_message)
        : executor_(std::move(executor)), settings_(std::move(settings)), memory_(std::move(memory)),
          max_inbound_message_(max_inbound_message), failure_(std::make_shared<TransportFailure>()) {}

    WebSocketTransport(const WebSocketTransport&) = delete;
    WebSocketTransport& operator=(const WebSocketTransport&) = delete;

    /// Does what `close()` does.
    ~WebSocketTransport() { close(); }

    /// Where the completions run.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return executor_; }

    /// What the client expects of the server, and how it is told; see `PeerWatch`. Once, before `async_open`.
    LCM_CLIENT_DECL void watch(PeerWatch watch);

    /// Says that a person has asked for this attempt, as with `LcmClient::reconnect_now()`: credentials that the server
    /// has refused are offered once more. Once, before `async_open`.
    void on_demand() noexcept { is_on_demand_ = true; }

    /// Asks for the credentials, resolves the name, connects to one of its addresses, does the TLS handshake and the
    /// upgrade to WebSocket, each bounded by its time in the options. Called once, first. With a proxy, name and addresses
    /// are the proxy's, and before TLS with the server comes its answer to CONNECT; see `ProxyOptions`, also for what
    /// its errors mean.
    ///
    /// The addresses race for TCP (RFC 8305 in small): IPv6 and IPv4 alternate, the next address starts when the one
    /// before has been silent for 250 ms or has failed, and the first one that connects is taken. TLS and the upgrade
    /// are done with one server at a time. One that says nothing for 3 s, or with which TLS or the upgrade fails, gives
    /// way to the next address, if one is left; so does one that agrees and ends the connection in the same moment. But
    /// a server that refuses the credentials, or that says `Retry-After`, speaks for all addresses, and the attempt has
    /// failed. At most 16 addresses are tried in one attempt, each once. If none serves, the error is that of the last
    /// one that was reached; it is permanent only if all that were reached refused for good. An address over which a
    /// connection was opened comes first at the next attempt of any client of the factory, one whose TLS or upgrade
    /// failed comes last.
    ///
    /// A look-up whose time is over goes on, and the next attempt waits for it as well. A good answer is kept for a
    /// minute, or until an attempt with it fails.
    ///
    /// @par Completion
    /// `void(error_code)`: success, or
    /// - `Errc::resolve_failed`, `Errc::connect_failed`, `Errc::tls_failed`, `Errc::upgrade_rejected`: that stage
    ///   failed, or its time ran out (then `last_failure().cause` is `boost::asio::error::timed_out`);
    /// - `Errc::unauthorized`: the server answered 401, 403 or 407, or the credentials could not be made, or nothing
    /// was
    ///   sent because the server has refused them before and may lock the account;
    /// - `Errc::connection_lost`: `close()` was called.
    ///
    /// The answer to the upgrade is judged by its status line and header, and its body is not waited for. Interim
    /// answers are passed over. An answer that agrees to an extension, or to a subprotocol that was not asked for, is
    /// refused. What arrives together with the answer is looked at first: if the server has closed it there, or
    /// ended the connection otherwise, the attempt has failed with `Errc::upgrade_rejected`, and messages in front of
    /// that are not delivered. A ping leaves before anything else: with what the handler sends, or right after
    /// it.
    ///
    /// A `localhost` that resolves to another machine only, while ws:// must not leave this one, is
    /// `Errc::resolve_failed`.
    ///
    /// A demand for a client certificate, or its refusal, is `Errc::tls_failed`, also where TLS 1.3 reports it during
    /// the upgrade only.
    ///
    /// A TLS session from before is offered to the server (`TlsOptions`). If it refuses the handshake for that, the
    /// attempt fails, not for good, and the next one goes without.
    LCM_CLIENT_DECL void async_open(OpenHandler handler);

    /// Sends each text as one text message, in order. One batch is outstanding at a time.
    ///
    /// @par Completion
    /// `void(error_code)`: success when the operating system has taken the last byte, or the error that ended the
    /// connection, `Errc::idle_timeout` or `Errc::connection_lost`, as with `async_receive`.
    LCM_CLIENT_DECL void async_send(Batch batch, SendHandler handler);

    /// Waits until what was sent before has arrived. One call is outstanding at a time, while the connection is open
    /// and no batch is being sent.
    ///
    /// @par Completion
    /// `void(error_code)`: success when the server's system has acknowledged all of it, where this system tells that
    /// (Linux, macOS), or when the server has answered a ping that left behind it; or `Errc::connection_lost`.
    LCM_CLIENT_DECL void async_confirm(SendHandler handler);

    /// Receives the next message; a binary one is delivered like a text. One call is outstanding at a time, and pings
    /// are answered and a dead peer is noticed only while one is.
    ///
    /// @par Completion
    /// `void(error_code, std::string_view)`: success and the text, which is valid until the handler returns, or
    /// - `Errc::idle_timeout`: the server was silent and did not answer a ping; or, while something was unanswered or
    ///   unwritten, it neither answered a ping nor anything else, whatever else it said;
    /// - `Errc::connection_lost`: anything else, also a message over the limit, and a call when the connection is not
    ///   open.
    LCM_CLIENT_DECL void async_receive(ReceiveHandler handler);

    /// Sends a ping. Unless anything at all comes from the server soon, within half of `idle_timeout` and 5 s at the
    /// most, the connection ends with `Errc::idle_timeout`. Does nothing while a probe is under way and when the
    /// connection is not open. Disturbs neither what is being sent nor what is being received; answers are noticed
    /// only while an `async_receive` is outstanding.
    LCM_CLIENT_DECL void probe();

    /// Whether another message has arrived already, whole, and no `async_receive` has delivered it: the next one does
    /// so without waiting for the server.
    [[nodiscard]] LCM_CLIENT_DECL bool has_message() const noexcept;

    /// Which server this is a connection to, as "wss://host:port": always with the port, without user information, path
    /// and query. Of several it is the one that was chosen when the connection was opened; empty before that, and when
    /// all is over.
    [[nodiscard]] LCM_CLIENT_DECL std::string server() const;

    /// Whether the connection is open and one of the servers that stand in front of its own in `WebSocketOptions::urls`
    /// could be tried again.
    [[nodiscard]] LCM_CLIENT_DECL bool has_better_server() const noexcept;

    /// Ends the connection, in any state; again does nothing. What is pending completes with `Errc::connection_lost`,
    /// its cause being `boost::asio::error::operation_aborted`. An open connection then does the close handshake in the
    /// background, bounded by `close_timeout`; the executor has to run for that, but nothing waits for it. It does what
    /// `abort()` does instead if a request was not answered, and may not have reached the server's system: what ends as
    /// unknown must not be delivered later. In a fork of the process that made the transport it does nothing, so that
    /// the connection of that process goes on.
    LCM_CLIENT_DECL void close() noexcept;

    /// Ends the connection, in any state, without a close handshake: the operating system drops what it has not
    /// delivered, and the server sees a reset. Otherwise as `close()`. The connection does so by itself when the server
    /// is silent, when a write fails, when its close frame is not answered in time, and when the process ends; so an
    /// open connection is closed in order by `close()` and the destructor only.
    LCM_CLIENT_DECL void abort() noexcept;

    /// What ended the connection, beyond the code; empty while nothing did. Holds neither tokens nor anything that the
    /// server wrote, other than numbers; the name of a certificate's issuer that is not trusted, in quotes, in printable
    /// ASCII, of 64 characters at most; where a redirection leads to: its scheme, host and path, as visible ASCII of at
    /// most 200 characters, without user information, parameters and query; and of a proxy that refuses, the reason, as
    /// `ProxyOptions` says. If no connection was opened, and the host has several addresses or TCP failed, the detail
    /// names the first six addresses that were tried and what became of each.
    ///
    /// `is_permanent` is true for a refused certificate or TLS handshake; for the statuses 1xx to 4xx at the upgrade,
    /// and of a proxy, save 408, 425 and 429; for an answer that is not WebSocket's, or that agrees to what was not asked
    /// for; for credentials that could not be made, or that are not to be offered again yet; for a `localhost` that is
    /// not this machine; for a violation of the WebSocket protocol; and for the close codes 1002, 1003, 1007, 1008 and
    /// 1010. It is false for everything else: names, refused, broken and silent connections, times that ran out, 5xx, the
    /// other close codes. `block` is `BlockReason::certificate` if a certificate was refused, the server's or the
    /// client's, or is missing. `retry_after` is what the header of that name said in the server's answer to the upgrade,
    /// at most one day.
    ///
    /// With several servers (`WebSocketOptions::urls`), `detail` begins with the name of the one that it was;
    /// `is_permanent` is true only if, since the last good link, it was so of each of them, or if the credentials were
    /// refused; `retry_after` is there only if each of them has asked to be left alone, and is the shortest of their
    /// times; and `moves_on` says whether the next attempt goes to another one that was not tried since.
    [[nodiscard]] TransportFailure last_failure() const { return *failure_; }

private:
    boost::asio::any_io_executor executor_;
    std::shared_ptr<const detail::WebSocketSettings> settings_;
    std::shared_ptr<detail::ClientMemory> memory_;
    std::size_t max_inbound_message_;
    detail::HomeProcess home_;
    std::shared_ptr<TransportFailure> failure_;
    PeerWatch watch_; // until it is opened
    bool is_on_demand_ = false;
    // The connection is kept alive by its own pending operations. A context that is destroyed destroys these, and so
    // the sockets while their context is still there, and the handlers before anything can refer to them in a circle.
    std::weak_ptr<detail::WebSocketConnection> connection_;
};

/// Checks the options, makes the TLS context of them, and returns what a client needs to make its connections.
///
/// @par Errors
/// Throws `LcmError` with `Errc::invalid_argument` and a detail that names the member: a bad URL, both `url` and `urls`
/// or neither, `ws://` to another host than loopback without `allow_plaintext_to_remote_hosts`, a header that HTTP does
/// not allow, a time out of its bounds, certificates or a key that cannot be read or do not belong together. What
/// `TlsOptions::configure` throws passes.
///
/// @par Thread safety
/// This may be called from any thread, and so may the factory, which can be copied. A client remembers what it has met
/// on its way to the server, for its next attempt, in its own copy of the factory: each copy begins without memories.
/// The TLS context and its sessions belong to all of them, and so does what is known of names and addresses; in a fork
/// of the process nothing is known of these.
[[nodiscard]] LCM_CLIENT_DECL TransportFactory<WebSocketTransport> websocket(WebSocketOptions options);

/// A URL alone is refused by the compiler, in one sentence.
template <std::convertible_to<std::string_view> Url> TransportFactory<WebSocketTransport> websocket(const Url&) {
    static_assert(sizeof(Url) == 0, "the URL is one of the options: lcm::websocket({.url = \"wss://lcm.example/ws\"})");
    return {};
}

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/websocket/impl/transport.ipp>
#endif

#endif
