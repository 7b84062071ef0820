// SPDX-License-Identifier: BSL-1.0
// Who a client is, for the server: a value that never shows its secret.
#ifndef LCM_CLIENT_WEBSOCKET_CREDENTIALS_HPP
#define LCM_CLIENT_WEBSOCKET_CREDENTIALS_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/websocket/header.hpp>
#include <lcm_client/websocket/impl/check_header.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

inline std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = (std::min)(bytes.size() - i, std::size_t{3});
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) text += k <= count ? alphabet[group >> (18 - 6 * k) & 63U] : '=';
    }
    return text;
}

} // namespace detail

/// Who the client is, for the server: the value of the Authorization header, other headers, and what the URL's query
/// says of it. A value that never shows its secret. `websocket/sign_on.hpp` makes those of the vendor's own ways to
/// sign on.
///
/// @par Thread safety
/// Distinct objects, and the const functions of one, may be used from several threads.
class Credentials {
public:
    /// No Authorization header.
    [[nodiscard]] static Credentials none() { return Credentials(std::string()); }

    /// "Bearer" with a token. Throws `LcmError` with `Errc::invalid_argument` if it is empty or has characters other
    /// than visible ASCII.
    [[nodiscard]] static Credentials bearer(std::string_view token) {
        const auto visible = [](char c) { return c > ' ' && c <= '~'; };
        if (token.empty() || !std::all_of(token.begin(), token.end(), visible))
            detail::throw_invalid("credentials: a bearer token must not be empty, and must be visible ASCII");
        return Credentials("Bearer " + std::string(token));
    }

    /// "Basic" with a user's name and password. Throws `LcmError` with `Errc::invalid_argument` if the name has a
    /// colon, or if there is a control character.
    [[nodiscard]] static Credentials basic(std::string_view user, std::string_view password) {
        if (user.find(':') != std::string_view::npos)
            detail::throw_invalid("credentials: a user's name must not have a ':'");
        const std::string both = std::string(user) + ':' + std::string(password);
        if (std::any_of(both.begin(), both.end(), detail::is_control))
            detail::throw_invalid("credentials: a user's name and password must not have control characters");
        return Credentials("Basic " + detail::base64(both));
    }

    /// These credentials, with `query` added to the URL's own query: "name=desk-7". Throws `LcmError` with
    /// `Errc::invalid_argument` if it has characters other than those of a query (RFC 3986, 3.4).
    [[nodiscard]] Credentials with_query(std::string query) const {
        const auto allowed = [](char c) {
            return c > ' ' && c <= '~' && std::string_view("\"#<>[\\]^`{|}").find(c) == std::string_view::npos;
        };
        if (!std::all_of(query.begin(), query.end(), allowed) || query.size() > detail::max_header_size)
            detail::throw_invalid("credentials: a query must be URL text of at most 16 KiB; write others as %XX");
        Credentials credentials(*this);
        credentials.query_ = std::move(query);
        return credentials;
    }

    /// These credentials, with a header more: "X-Api-Key". It takes the place of those of its name, also in
    /// `WebSocketOptions::headers`; one that is called Authorization becomes `authorization()`. Throws `LcmError` with
    /// `Errc::invalid_argument` for what cannot stand in `WebSocketOptions::headers` either.
    [[nodiscard]] Credentials with_header(std::string name, Sensitive<std::string> value) const {
        const Header header{std::move(name), std::move(value)};
        detail::ensure_valid(header);
        Credentials credentials(*this);
        if (detail::same_name(header.name, "Authorization")) {
            credentials.authorization_ = header.value;
            return credentials;
        }
        std::erase_if(credentials.headers_,
                      [&](const Header& each) { return detail::same_name(each.name, header.name); });
        credentials.headers_.push_back(header);
        return credentials;
    }

    /// These credentials, whose secret is `secret`: for those that are written anew at each attempt, with the time or a
    /// number in them, while what the server judges stays the same, such as a user and a password. It is never sent. By
    /// it the client knows credentials again that the server has refused, and does not offer them at each attempt.
    /// Throws `LcmError` with `Errc::invalid_argument` if it is empty.
    [[nodiscard]] Credentials with_secret(std::string secret) const {
        if (secret.empty()) detail::throw_invalid("credentials: a secret must not be empty");
        Credentials credentials(*this);
        credentials.secret_ = std::move(secret);
        return credentials;
    }

    /// The value of the Authorization header; empty for `none()`.
    [[nodiscard]] const Sensitive<std::string>& authorization() const noexcept { return authorization_; }

    /// The headers of `with_header`, but for Authorization.
    [[nodiscard]] const std::vector<Header>& headers() const noexcept { return headers_; }

    /// What was given to `with_secret`, or else the value of the Authorization header, or else the values of the other
    /// headers and the query. Empty if there is none of them.
    [[nodiscard]] Sensitive<std::string> secret() const {
        if (!secret_.reveal().empty()) return secret_;
        if (!authorization_.reveal().empty()) return authorization_;
        std::string all = query_.reveal();
        for (const Header& header : headers_) all.append("\n").append(header.value.reveal());
        return all;
    }

    /// `target`, a path with or without a query, with the query of `with_query` added.
    [[nodiscard]] std::string apply_to(const std::string& target) const {
        const std::string& query = query_.reveal();
        if (query.empty()) return target;
        return target + (target.find('?') == std::string::npos ? '?' : '&') + query;
    }

private:
    explicit Credentials(std::string authorization) {
        if (authorization.size() > detail::max_header_size)
            detail::throw_invalid("credentials: must not be longer than 16 KiB");
        authorization_ = std::move(authorization);
    }

    Sensitive<std::string> authorization_;
    Sensitive<std::string> query_;
    Sensitive<std::string> secret_;
    std::vector<Header> headers_;
};

} // namespace lcm

#endif
