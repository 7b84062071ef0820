// SPDX-License-Identifier: BSL-1.0
// The bodies of connection.hpp that are about who signs on: the credentials of an attempt, and what is learnt from the
// answer to them.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_SIGNING_ON_IPP
#define LCM_CLIENT_WEBSOCKET_IMPL_SIGNING_ON_IPP

#include <lcm_client/websocket/impl/check_options.hpp>
#include <lcm_client/websocket/impl/connection.hpp>
#include <lcm_client/websocket/impl/http/http_answer.hpp>
#include <lcm_client/websocket/impl/http/upgrade_request.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// The application's function runs first, so that nothing at all is sent for a secret that has just been refused. It may
// end the client, and so it is called from the loop. A token can run out while the connection is being made; then the
// next attempt asks for another one.
LCM_CLIENT_DECL void WebSocketConnection::begin_attempt() {
    if (state_ != State::opening) return;
    try {
        if (is_on_demand_) client_memory_->refused.lift();
        if (ask_for_credentials()) choose_way();
    } catch (const std::bad_alloc&) {
        fail({stage_.code, {boost::asio::error::no_memory, {}}});
    }
}

// Returns whether there are credentials that may be offered now. If not, the attempt has failed, or was given up.
LCM_CLIENT_DECL bool WebSocketConnection::ask_for_credentials() {
    std::optional<Credentials> credentials;
    try {
        credentials = options().credentials ? options().credentials() : url_credentials(url());
    } catch (...) { // and not its text, which can hold a token
        fail(explain_thrown(Errc::unauthorized, "credentials", BlockReason::credentials));
        return false;
    }
    if (state_ != State::opening) return false; // the application's function may have closed the client
    offer_ = std::make_unique<Offer>(Offer{*std::move(credentials), {}, false});
    const Sensitive<std::string> secret = secret_of(url(), options(), offer_->credentials);
    return secret.reveal().empty() || may_offer(secret.reveal());
}

LCM_CLIENT_DECL bool WebSocketConnection::may_offer(std::string_view secret) {
    RefusedSecrets& refused = client_memory_->refused;
    offer_->secret = digest(realm_of_servers, secret);
    if (!offer_->secret) return false;
    const auto held = refused.hold(*offer_->secret, std::chrono::steady_clock::now());
    if (held) fail(explain_held(*held));
    else refused.reserve();
    return !held;
}

// By which a refused secret is known again. If there can be none, the attempt has failed.
LCM_CLIENT_DECL std::optional<SecretDigest> WebSocketConnection::digest(std::string_view realm,
                                                                        std::string_view secret) {
    if (auto made = client_memory_->refused.digest(realm, secret)) return made;
    const auto cause = make_error_code(boost::system::errc::resource_unavailable_try_again);
    fail({stage_.code, {cause, "the credentials could not be prepared"}});
    return std::nullopt;
}

// For the request that is about to leave. Cookies are of the one who signed on before: only the function's credentials
// can be somebody else's, and the URL of another server has other secrets of the same one.
LCM_CLIENT_DECL std::string WebSocketConnection::choose_cookies() {
    CookieJar& jar = client_memory_->cookies;
    const bool is_of_function = !offer_->credentials.secret().reveal().empty();
    const auto secret = is_of_function ? offer_->secret : std::nullopt;
    if (client_memory_->last_secret != secret) jar.clear();
    client_memory_->last_secret = secret;
    const auto now = std::chrono::system_clock::now();
    has_unproven_cookies_ = jar.has(url(), now);
    return jar.header(url(), own_cookies(options(), offer_->credentials), now);
}

// A node that has gone is not asked for once more by its cookie.
LCM_CLIENT_DECL void WebSocketConnection::distrust_cookies() noexcept {
    if (std::exchange(has_unproven_cookies_, false)) client_memory_->cookies.drop(url());
}

LCM_CLIENT_DECL void WebSocketConnection::learn_from(const AnswerHead& head) {
    RefusedSecrets& refused = client_memory_->refused;
    if (const auto secret = offer_->secret) {
        if (is_secret_refused(head.status)) refused.refuse(*secret, std::chrono::steady_clock::now());
        if (head.status == 101) refused.accept(*secret);
    }
    CookieJar& jar = client_memory_->cookies;
    if (is_cookie_refused(head.status)) return jar.drop(url()); // and what it sets leads to the same node
    const auto now = std::chrono::system_clock::now();
    for_each_field(head.fields, [&](std::string_view name, std::string_view value) {
        if (same_name(name, "Set-Cookie")) jar.take(url(), value, now);
    });
    has_unproven_cookies_ = head.status == 101 && jar.has(url(), now); // any other answer is a sign of life
}

LCM_CLIENT_DECL UpgradeResponse WebSocketConnection::shown(const AnswerHead& head) const {
    UpgradeResponse response{.server = server(), .status = head.status};
    for_each_field(head.fields, [&response](std::string_view name, std::string_view value) {
        if (std::none_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; }))
            response.headers.push_back({std::string(name), std::string(value)});
    });
    return response;
}

} // namespace lcm::detail

#endif
