// SPDX-License-Identifier: BSL-1.0
// Internal: why there is no tunnel through a proxy, in words that say that it was the proxy. They hold nothing that it
// wrote, other than its status and a reason phrase that is short, printable and without what it was told.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_PROXY_EXPLAIN_PROXY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_PROXY_EXPLAIN_PROXY_HPP

#include <lcm_client/link_status.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/error.hpp>
#include <lcm_client/websocket/impl/http/explain.hpp>
#include <lcm_client/websocket/impl/proxy/connect_answer.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_login.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline constexpr std::size_t max_reason = 64; ///< more of a reason phrase is not shown

/// Whether `text` has a piece of `secret` in it, of four characters or all of a shorter one, in whatever letter case.
[[nodiscard]] inline bool has_piece_of(std::string_view text, std::string_view secret) {
    constexpr std::size_t piece = 4;
    const std::string folded = fold(text);
    const std::string hidden = fold(secret);
    if (hidden.empty()) return false;
    for (std::size_t i = 0; i == 0 || i + piece <= hidden.size(); ++i)
        if (folded.find(hidden.substr(i, piece)) != std::string::npos) return true;
    return false;
}

/// A proxy's reason phrase as it may be shown: empty if it is not printable ASCII, or has a piece of a secret.
[[nodiscard]] inline std::string presentable_reason(std::string_view reason, const std::vector<std::string>& secrets) {
    reason = trim(reason);
    if (std::any_of(reason.begin(), reason.end(), [](char c) { return c < ' ' || c > '~'; })) return {};
    for (const std::string& secret : secrets)
        if (has_piece_of(reason, secret)) return {};
    return std::string(trim(reason.substr(0, max_reason)));
}

/// An answer that opens no tunnel.
struct ProxyRefusal {
    unsigned status;
    std::string_view reason;
    std::vector<std::string> secrets;
};

[[nodiscard]] constexpr std::string_view advice_on_refusal(unsigned status) noexcept {
    if (status >= 300 && status < 400) return "; it wants a browser, perhaps for signing in to the network";
    if (status == 403 || status == 405) return "; it does not allow the server's host or port";
    if (status == 502 || status == 503 || status == 504) return "; it may not reach the server";
    return {};
}

/// The proxy answered with another status than a 2xx.
[[nodiscard]] inline Explanation explain_proxy_status(const ProxyRefusal& refusal) {
    const std::string reason = presentable_reason(refusal.reason, refusal.secrets);
    std::string detail = "it answered CONNECT with status " + std::to_string(refusal.status);
    if (!reason.empty()) detail += " (" + reason + ")";
    detail += advice_on_refusal(refusal.status);
    const Errc code = is_question(refusal.status) ? Errc::unauthorized : Errc::connect_failed;
    return {code, {WebSocketErrc::proxy_declined, std::move(detail), is_permanent_status(refusal.status)}};
}

/// Why a 407 was not answered. `is_plain`: whatever went to the proxy could be read on the way.
[[nodiscard]] inline Explanation explain_proxy_login(ProxyLogin::Verdict verdict, bool is_plain,
                                                     const ProxyRefusal& refusal) {
    Explanation why = explain_proxy_status(refusal);
    switch (verdict) {
    case ProxyLogin::Verdict::offer: break;
    case ProxyLogin::Verdict::needed: why.failure.detail += "; it wants credentials, and there are none"; break;
    case ProxyLogin::Verdict::refused:
        why.failure.detail += "; it does not accept the credentials";
        if (is_plain) why.failure.detail += ", which it got in plain text";
        break;
    case ProxyLogin::Verdict::unusable:
        why.failure.detail += "; the function `proxy.credentials` returned what no header may have";
        break;
    case ProxyLogin::Verdict::failed:
        why.failure.detail += "; the function `proxy.credentials` of the options threw an exception";
        break;
    }
    return why;
}

/// The application's function `proxy_for` has answered with nothing that can be used. `what` it did.
[[nodiscard]] inline Explanation explain_proxy_for(const std::string& what) {
    Explanation why{Errc::connect_failed, {{}, "the function `proxy.proxy_for` of the options " + what, true}};
    why.failure.block = BlockReason::proxy;
    return why;
}

/// The answer is not HTTP's, or too long.
[[nodiscard]] inline Explanation explain_no_proxy(error_code ec) {
    return {Errc::connect_failed, {ec, "what answers there is no HTTP proxy; check its port", true}};
}

/// Why there was no whole answer to CONNECT.
[[nodiscard]] inline Explanation explain_broken_connect(error_code ec) {
    if (ec == boost::asio::error::eof)
        return {Errc::connect_failed, {ec, "it closed the connection without a whole answer to CONNECT"}};
    return {Errc::connect_failed, {ec, "the connection broke before it answered CONNECT"}};
}

/// What was said of a server and was true of the proxy, because TCP or TLS to it failed.
[[nodiscard]] inline Explanation of_proxy(Explanation why) {
    std::string& text = why.failure.detail;
    const auto replace = [&text](std::string_view what, std::string_view by) {
        for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
            text.replace(at, what.size(), by);
    };
    replace("the server", "the proxy");
    replace("tls.ca_file", "proxy.tls.ca_file");
    return why;
}

/// What went wrong on the way to a tunnel.
[[nodiscard]] inline Explanation at_proxy(const std::string& proxy, Explanation why) {
    std::string& text = why.failure.detail;
    text = "the proxy " + proxy + (text.empty() ? "" : ": ") + text;
    why.failure.block = BlockReason::proxy;
    return why;
}

} // namespace lcm::detail

#endif
