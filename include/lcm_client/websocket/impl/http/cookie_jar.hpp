// SPDX-License-Identifier: BSL-1.0
// Internal: the cookies that a client's servers have set (RFC 6265), by which a front finds the node of the last link.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_HTTP_COOKIE_JAR_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_HTTP_COOKIE_JAR_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/http/set_cookie.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Each cookie is for the scheme, host and port that set it, and for no other ones, whatever its Domain says. One that
/// is Secure counts over TLS only.
class CookieJar {
public:
    using TimePoint = std::chrono::system_clock::time_point;

    static constexpr std::size_t max_cookies = 50;
    static constexpr std::size_t max_size = 8 * 1024; ///< of all together; the oldest ones make room

    /// `set_cookie` is the value of one such header in an answer to `url`.
    void take(const Url& url, std::string_view set_cookie, TimePoint now) {
        const auto given = parse_set_cookie(set_cookie, now);
        if (!given || (given->is_secure && !url.tls) || !covers(given->domain, url)) return;
        Cookie cookie{url.tls, fold(url.name()), url.port, std::string(given->path), {}, {}, given->expires};
        if (cookie.path.empty()) cookie.path = default_path(url.target);
        cookie.name = given->name;
        cookie.value = given->value;
        if (cookie.size() <= max_size) keep(std::move(cookie), now);
    }

    /// The value of the Cookie header for `url`: what the application sets itself, `own`, and what is kept here under
    /// other names. Empty if there is none.
    [[nodiscard]] std::string header(const Url& url, std::string_view own, TimePoint now) const {
        std::string text(own);
        for (const Cookie* cookie : matching(url, now)) {
            if (has_cookie(own, cookie->name)) continue;
            if (!text.empty()) text += "; ";
            text.append(cookie->name).append("=").append(cookie->value);
        }
        return text;
    }

    /// Whether there is anything to send to `url`.
    [[nodiscard]] bool has(const Url& url, TimePoint now) const { return !matching(url, now).empty(); }

    /// Forgets those of a server.
    void drop(const Url& url) {
        std::erase_if(cookies_, [&url](const Cookie& cookie) { return cookie.is_of(url); });
    }

    /// Forgets all.
    void clear() noexcept { cookies_.clear(); }

private:
    struct Cookie {
        bool tls;
        std::string host;
        std::string port;
        std::string path;
        std::string name;
        std::string value;
        std::optional<TimePoint> expires;

        [[nodiscard]] std::size_t size() const noexcept { return path.size() + name.size() + value.size(); }
        [[nodiscard]] bool is_of(const Url& url) const noexcept {
            return tls == url.tls && port == url.port && same_name(host, url.name());
        }
        [[nodiscard]] bool is_over(TimePoint now) const noexcept { return expires && *expires <= now; }
        [[nodiscard]] bool is_same(const Cookie& other) const noexcept {
            return tls == other.tls && host == other.host && port == other.port && path == other.path &&
                   name == other.name;
        }
        // RFC 6265, 5.1.4.
        [[nodiscard]] bool is_for_path(std::string_view wanted) const noexcept {
            if (!wanted.starts_with(path)) return false;
            return wanted.size() == path.size() || path.ends_with('/') || wanted[path.size()] == '/';
        }
    };

    static std::string_view path_of(std::string_view target) noexcept { return take_until(target, '?'); }

    static std::string default_path(std::string_view target) {
        const std::string_view path = path_of(target);
        const std::size_t last = path.rfind('/');
        return std::string(last == 0 || last == std::string_view::npos ? "/" : path.substr(0, last));
    }

    // A server may set cookies for the domain that it is in, and not for another one.
    static bool covers(std::string_view domain, const Url& url) noexcept {
        const std::string_view host = url.name();
        if (domain.empty() || same_name(domain, host)) return true;
        if (url.is_ipv6() || is_ipv4(host) || domain.size() >= host.size()) return false;
        const std::string_view end = host.substr(host.size() - domain.size());
        return host[host.size() - domain.size() - 1] == '.' && same_name(end, domain);
    }

    static bool has_cookie(std::string_view list, std::string_view name) noexcept {
        while (!list.empty()) {
            std::string_view pair = take_until(list, ';');
            if (trim(take_until(pair, '=')) == name) return true;
        }
        return false;
    }

    // Those with longer paths come first.
    [[nodiscard]] std::vector<const Cookie*> matching(const Url& url, TimePoint now) const {
        std::vector<const Cookie*> found;
        for (const Cookie& cookie : cookies_)
            if (cookie.is_of(url) && !cookie.is_over(now) && cookie.is_for_path(path_of(url.target)))
                found.push_back(&cookie);
        std::stable_sort(found.begin(), found.end(),
                         [](const Cookie* a, const Cookie* b) { return a->path.size() > b->path.size(); });
        return found;
    }

    void keep(Cookie cookie, TimePoint now) {
        const auto is_out = [&](const Cookie& each) { return each.is_same(cookie) || each.is_over(now); };
        std::erase_if(cookies_, is_out);
        if (cookie.is_over(now)) return;
        cookies_.push_back(std::move(cookie));
        while (cookies_.size() > max_cookies || size() > max_size) cookies_.erase(cookies_.begin());
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return std::accumulate(cookies_.begin(), cookies_.end(), std::size_t{0},
                               [](std::size_t sum, const Cookie& cookie) { return sum + cookie.size(); });
    }

    std::vector<Cookie> cookies_; // the oldest one first
};

} // namespace lcm::detail

#endif
