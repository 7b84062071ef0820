// SPDX-License-Identifier: BSL-1.0
// What an application can say about its WebSocket connections.
#ifndef LCM_CLIENT_WEBSOCKET_OPTIONS_HPP
#define LCM_CLIENT_WEBSOCKET_OPTIONS_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/websocket/credentials.hpp>
#include <lcm_client/websocket/header.hpp>
#include <lcm_client/websocket/proxy.hpp>
#include <lcm_client/websocket/tls_options.hpp>
#include <lcm_client/websocket/upgrade_response.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// Configuration of the WebSocket transport.
///
/// @par Errors
/// `websocket()` checks it, and throws `LcmError` with `Errc::invalid_argument` and the member's name.
struct WebSocketOptions {
    /// Where the server is: `wss://host/path?query`. User information in it is sent as Basic credentials.
    std::string url{};
    /// Several servers, in order of preference, in place of `url`; each is checked in the same way, and an error names
    /// `urls[2]`. An attempt goes to the first one of which nothing bad is known. A server whose attempt has failed,
    /// whose link lasted less than 30 s or that has closed it with code 1001 or 1012 (going away, service restart) is
    /// passed over for a minute, or for as long as its `Retry-After` says; until a link is good for 30 s again, none is
    /// tried twice before each of the others was tried. A better server is gone back to when the link is lost anyway,
    /// or when `LcmClient::reconnect_now()` says so and nothing is under way. A server that has refused the credentials
    /// stays the one that is tried, so that the others are not offered the same.
    std::vector<std::string> urls{};
    /// More headers for the HTTP request that opens the connection, in this order. A name may stand here more than
    /// once. Those that HTTP and WebSocket need are refused; a User-Agent replaces the library's own, and to a Cookie
    /// those are added that the server has set at an earlier attempt of the same client.
    std::vector<Header> headers{};
    /// The subprotocols that are asked for, the favourite first. A server that names none of them is accepted, as RFC
    /// 6455 allows: the messages are the same. One that names another one, or two, is not a server for this client.
    std::vector<std::string> subprotocols{};
    /// Asked at the beginning of each connection attempt, before the server's name is looked up, on the client's
    /// executor, so that a token can be renewed: it must not block. Within an attempt it is asked once more when a
    /// server that was sent credentials gives way to the next address. If it throws, the attempt ends with
    /// `Errc::unauthorized`.
    ///
    /// Credentials whose secret the server has refused with 401 are offered once more at the first attempt
    /// after 30 s, and then after waits that double from 5 up to 30 minutes; until then attempts end with
    /// `Errc::unauthorized` before anything is sent. Other credentials are offered at once, and
    /// `LcmClient::reconnect_now()` ends the wait. That is true for what stands in `headers` and in the URL as well: its
    /// user information, or an Authorization header, or else its query and all headers but User-Agent and Origin.
    std::function<Credentials()> credentials{};
    /// Told what the server has answered to each request for the upgrade, also when it declines, on the client's
    /// executor, before the client learns what becomes of the attempt; not if no HTTP answer came. The headers are
    /// those that have come by then: of an answer that declines, perhaps not all. It may close or destroy the client.
    /// If it throws, a connection that would have opened has failed with `Errc::upgrade_rejected`.
    std::function<void(const UpgradeResponse& response)> on_upgrade{};
    TlsOptions tls{}; ///< for wss:// alone
    /// The HTTP proxy on the way to the server; none if nothing is said.
    ProxyOptions proxy{};
    /// Without it, a ws:// URL is refused unless its host is loopback, and there is no proxy: all that it carries can be
    /// read on the way. A `localhost` that resolves to another machine is refused at each attempt.
    bool allow_plaintext_to_remote_hosts = false;

    // Time bounds, from 1 ms to one day. Of several servers, one beside which there is another that was not tried
    // since the last good link gets at most 3 s for each of the first four.
    std::chrono::milliseconds resolve_timeout{10'000}; ///< for the name server
    std::chrono::milliseconds connect_timeout{10'000}; ///< for TCP, over all addresses of the host
    /// For the TLS handshake. If the server says nothing for 3 s, another address of the host is tried, if there is
    /// one.
    std::chrono::milliseconds tls_timeout{10'000};
    /// For the answer to the HTTP request. If the server says nothing for 3 s, another address of the host is tried, if
    /// there is one.
    std::chrono::milliseconds upgrade_timeout{10'000};
    /// For the server's silence while the connection is open. A ping is sent when half of it has passed: that also
    /// keeps a proxy or load balancer in front of the server from cutting the connection as idle, if its limit is
    /// longer than half of this; nginx's `proxy_read_timeout` and the balancers of the clouds have 60 s by default.
    std::chrono::milliseconds idle_timeout{15'000};
    std::chrono::milliseconds close_timeout{2'000}; ///< for the close handshake, in the background after `close()`
};

} // namespace lcm

#endif
