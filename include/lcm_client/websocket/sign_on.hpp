// SPDX-License-Identifier: BSL-1.0
// The ways to sign on that the vendor's page `authentication` shows, as values for `WebSocketOptions::credentials`.
#ifndef LCM_CLIENT_WEBSOCKET_SIGN_ON_HPP
#define LCM_CLIENT_WEBSOCKET_SIGN_ON_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI {

/// Who signs on. The page serves one application of the vendor's, whose name begins each login there; that the call
/// interface takes the same logins is written nowhere, so the name can be changed.
struct SignOn {
    std::string user{};                             ///< the agent's id
    std::string application = "PerformanceMetrics"; ///< what the login begins with
};

/// What identifies an application of its own: both come from the server's administration.
struct ApiKey {
    std::string key{};               ///< not empty, without a colon
    Sensitive<std::string> secret{}; ///< not empty
};

namespace detail {

[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const char low = to_lower(c);
        if (is_digit(c) || (low >= 'a' && low <= 'z') || c == '-' || c == '.' || c == '_' || c == '~') {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += hex[byte >> 4U];
        encoded += hex[byte & 0x0FU];
    }
    return encoded;
}

/// Basic credentials whose user name also stands in the URL's query, as `name`. `password` holds `secret` in some form,
/// and `login` may hold the time: by who signs on and `secret` they are known again.
[[nodiscard]] inline Credentials sign_on(const SignOn& who, const std::string& login, std::string_view password,
                                         std::string_view secret) {
    if (secret.empty()) throw_invalid("credentials: a token or key must not be empty");
    return Credentials::basic(login, password)
        .with_query("name=" + percent_encoded(login))
        .with_secret(who.application + '_' + who.user + '\n' + std::string(secret));
}

// A login of its own for each attempt: the server refuses two with one name.
[[nodiscard]] inline std::string timed_login(const SignOn& who, std::chrono::system_clock::time_point now) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    return who.application + '_' + who.user + '_' + std::to_string(seconds);
}

} // namespace detail

/// By an access token, as the page's first form: the login is `APPLICATION_USER`, the token goes as it is. For a URL
/// such as `wss://HOST:PORT/AEConsole`. Any thread.
///
/// @par Errors
/// Throws `LcmError` with `Errc::invalid_argument` for an empty token, and for texts that HTTP cannot carry.
[[nodiscard]] inline Credentials access_token(const SignOn& who, std::string_view token) {
    return detail::sign_on(who, who.application + '_' + who.user, token, token);
}

/// By an access token, as the page's form "socket connect": the login is `APPLICATION_USER_SECONDS` with the time
/// `now`, the token goes in base64. For a URL such as `wss://HOST:PORT/AEDataTransmitter`. Any thread.
///
/// @par Errors
/// Throws `LcmError` with `Errc::invalid_argument` for an empty token, and for texts that HTTP cannot carry.
[[nodiscard]] inline Credentials access_token_at(const SignOn& who, std::string_view token,
                                                 std::chrono::system_clock::time_point now) {
    return detail::sign_on(who, detail::timed_login(who, now), detail::base64(token), token);
}

/// By an API key, as the page's third form: as `access_token_at`, with `KEY:SECRET` in base64. Any thread.
///
/// @par Errors
/// Throws `LcmError` with `Errc::invalid_argument` for an empty key or secret, a key with a colon, and texts that HTTP
/// cannot carry.
[[nodiscard]] inline Credentials api_key(const SignOn& who, const ApiKey& key,
                                         std::chrono::system_clock::time_point now) {
    if (key.key.empty() || key.key.find(':') != std::string::npos || key.secret.reveal().empty())
        detail::throw_invalid("credentials: an API key and its secret must not be empty, nor the key have a ':'");
    const std::string both = key.key + ':' + key.secret.reveal();
    return detail::sign_on(who, detail::timed_login(who, now), detail::base64(both), both);
}

} // namespace lcm

#endif
