// SPDX-License-Identifier: BSL-1.0
// What an application can say about an HTTP proxy between it and its server.
#ifndef LCM_CLIENT_WEBSOCKET_PROXY_HPP
#define LCM_CLIENT_WEBSOCKET_PROXY_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/websocket/tls_options.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

/// One parameter of a `ProxyChallenge`.
struct ProxyParameter {
    std::string name;  ///< such as "realm", as the proxy spells it
    std::string value; ///< without the quotes
};

/// One way to sign on that a proxy offers (RFC 9110, 11.6.1). It has either a token or parameters, or neither. All of
/// it is text from outside.
struct ProxyChallenge {
    std::string scheme{};                     ///< such as "Basic" or "Negotiate", as the proxy spells it
    std::string token{};                      ///< what stands behind the scheme, for Negotiate and NTLM: base64
    std::vector<ProxyParameter> parameters{}; ///< in the proxy's order

    /// Whether this is the scheme of that name, in whatever letter case.
    [[nodiscard]] bool is(std::string_view name) const noexcept { return detail::same_name(scheme, name); }

    /// The value of the first parameter of that name, in whatever letter case; empty if there is none.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept {
        for (const ProxyParameter& each : parameters)
            if (detail::same_name(each.name, name)) return each.value;
        return {};
    }
};

/// What a proxy asks with status 407, or with 401 as some do after wrong credentials.
struct ProxyQuestion {
    std::string proxy;                      ///< which one, as "host:port"
    std::vector<ProxyChallenge> challenges; ///< the ways to sign on that it offers; one of them has to be taken
    unsigned round;                         ///< 1 for the first question of an attempt, up to `max_rounds`

    /// So often an attempt answers. Negotiate takes two rounds, NTLM three.
    static constexpr unsigned max_rounds = 4;
};

/// What takes the answer of `ProxyOptions::proxy_for`: the URL of a proxy, or an empty text for the direct way. It may
/// be copied, and called from any thread, also within `proxy_for` and when the client is gone; the first call counts.
/// May throw `std::bad_alloc`; then it has not been called.
using ProxyAnswer = std::function<void(std::string proxy_url)>;

/// An HTTP proxy, which is asked by CONNECT for a tunnel to the server, for ws:// as for wss://. At most one of `url`,
/// `from_environment` and `proxy_for` is given; without them connections are direct. Behind a proxy the server's name
/// is looked up by the proxy, and not here. What goes over ws:// can be read by the proxy, so that this needs
/// `allow_plaintext_to_remote_hosts` whatever the host is.
///
/// @par Errors
/// Until there is a tunnel an attempt fails with the codes of a direct one, and the detail says that it was the proxy,
/// with its host and port. If it is permanent, the link is blocked with `BlockReason::proxy`:
/// - `Errc::resolve_failed`, `connect_failed`, `tls_failed`: the way to the proxy itself;
/// - `Errc::unauthorized`: the proxy answered 407, or 401, and there is no other answer to that;
/// - `Errc::connect_failed`: it answered anything else but a 2xx, which the detail names with its reason; its answer was
///   not one; it was silent for longer than `timeout`; or `proxy_for` named no proxy.
///
/// Its cause is `WebSocketErrc::proxy_declined` where the proxy has answered.
struct ProxyOptions {
    /// Where the proxy is: `http://host:port`, or `https://host:port` for TLS to it; 80 or 443 without a port. User
    /// information in it is sent as Basic credentials with the first request, as curl does, and to an http:// proxy in
    /// plain text: whoever is on the way to the proxy can read the password. What the proxy has refused is not offered
    /// again for the times that `WebSocketOptions::credentials` names.
    std::string url{};
    /// Takes the proxy from the process's environment, read once by `websocket()`: `https_proxy` for wss://,
    /// `http_proxy` for ws://, or the same in capitals, in the form of `url`, with or without the scheme. Capital
    /// `HTTP_PROXY` does not count where `REQUEST_METHOD` is set: a CGI program gets it from whoever calls it.
    /// `no_proxy` or `NO_PROXY` lists the hosts that are reached directly: names, which stand for what is below them
    /// too, addresses, networks such as `10.0.0.0/8`, each with a port if it is for this one only, or `*` for all. A
    /// host that can only be this machine is always reached directly.
    bool from_environment = false;
    /// Asked at each attempt for the proxy of a server, such as "wss://lcm.example:443/", so that the system's settings
    /// or a script can decide. Runs on the client's executor and must not block: whoever has to wait keeps `answer`,
    /// which may be called later, within `timeout`. The answer has the form of `url`, or is empty. If it throws, or
    /// answers with something else, the attempt has failed for good.
    std::function<void(const std::string& server_url, ProxyAnswer answer)> proxy_for{};
    /// Asked when the proxy answers 407, on the client's executor: it must not block. Returns the value of the
    /// Proxy-Authorization field, such as "Negotiate " with a token, or `Credentials::basic(user, password)`'s
    /// `authorization()`; or an empty text, which ends the attempt. If the proxy goes on asking it is asked again, over
    /// the same connection where the proxy keeps it. The same value is not offered twice.
    std::function<Sensitive<std::string>(const ProxyQuestion& question)> credentials{};
    TlsOptions tls{}; ///< how the proxy of an https:// URL has to prove who it is
    /// For the answer of `proxy_for`, and for the proxy's answer to CONNECT, of all rounds together over one
    /// connection; from 1 ms to one day.
    std::chrono::milliseconds timeout{10'000};
};

} // namespace lcm

#endif
