// SPDX-License-Identifier: BSL-1.0
// Internal: which proxy the environment names for a server, if any.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_PROXY_PROXY_ENVIRONMENT_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_PROXY_PROXY_ENVIRONMENT_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_url.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// --- The hosts that are reached directly ----------------------------------------------------------------------------

/// An address as its bits; nothing if `text` is none. Brackets do not count.
[[nodiscard]] inline std::string address_bits(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    error_code problem;
    const auto address = boost::asio::ip::make_address(std::string(text), problem);
    std::string bits;
    const auto add = [&bits](const auto& bytes) {
        for (const unsigned byte : bytes)
            for (int shift = 7; shift >= 0; --shift) bits += (byte >> shift & 1U) != 0 ? '1' : '0';
    };
    if (problem) return bits;
    if (address.is_v4()) add(address.to_v4().to_bytes());
    else add(address.to_v6().to_bytes());
    return bits;
}

/// Whether `host`, an address, is in `network`: an address with "/24" or without.
[[nodiscard]] inline bool is_in_network(std::string_view host, std::string_view network) {
    const std::size_t slash = network.find('/');
    const std::string bits = address_bits(network.substr(0, slash));
    const std::string own = address_bits(host);
    if (own.empty() || own.size() != bits.size()) return false;
    if (slash == std::string_view::npos) return own == bits;
    const auto length = small_number(network.substr(slash + 1));
    return length && *length <= bits.size() && own.compare(0, *length, bits, 0, *length) == 0;
}

/// Whether `name` is `domain` or below it. A dot in front of the domain, or at its end, does not count.
[[nodiscard]] inline bool is_in_domain(std::string_view name, std::string_view domain) {
    if (domain.starts_with("*.")) domain.remove_prefix(1);
    if (domain.starts_with('.')) domain.remove_prefix(1);
    if (domain.ends_with('.')) domain.remove_suffix(1);
    if (domain.empty() || domain.size() > name.size()) return false;
    const std::string_view above = name.substr(0, name.size() - domain.size());
    return same_name(name.substr(above.size()), domain) && (above.empty() || above.ends_with('.'));
}

/// An entry of the list without its port, if it has one that is a port; an IPv6 address has one behind brackets only.
[[nodiscard]] inline std::pair<std::string_view, std::string_view> split_port(std::string_view entry) {
    const std::size_t colon = entry.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (entry.find(':') == colon || (colon > 0 && entry[colon - 1] == ']'));
    if (!has_port) return {entry, {}};
    return {entry.substr(0, colon), entry.substr(colon + 1)};
}

[[nodiscard]] inline bool entry_matches(std::string_view entry, const Url& target) {
    if (entry == "*") return true;
    const auto [host, port] = split_port(entry);
    if (!port.empty() && port != target.port) return false;
    return is_in_network(target.host, host) || is_in_domain(target.name(), host);
}

/// Whether the list, of entries with commas or spaces between them, names the target's host.
[[nodiscard]] inline bool is_excluded(std::string_view list, const Url& target) {
    constexpr std::string_view between = ", \t";
    while (true) {
        list.remove_prefix((std::min)(list.find_first_not_of(between), list.size()));
        if (list.empty()) return false;
        const std::size_t end = (std::min)(list.find_first_of(between), list.size());
        if (entry_matches(list.substr(0, end), target)) return true;
        list.remove_prefix(end);
    }
}

// --- The proxy ------------------------------------------------------------------------------------------------------

/// What the environment says about proxies.
class ProxyEnvironment {
public:
    /// The value of a variable; empty if there is none.
    using Lookup = std::function<std::string(const char* name)>;

    ProxyEnvironment() = default;
    explicit ProxyEnvironment(const Lookup& look_up) {
        const auto first_of = [&](const char* name, const char* other) {
            Variable variable{name, look_up(name)};
            if (variable.value.empty() && *other != '\0') variable = {other, look_up(other)};
            return variable;
        };
        const bool is_cgi = !look_up("REQUEST_METHOD").empty();
        for_wss_ = first_of("https_proxy", "HTTPS_PROXY");
        for_ws_ = first_of("http_proxy", is_cgi ? "" : "HTTP_PROXY");
        excluded_ = first_of("no_proxy", "NO_PROXY").value;
    }

    /// The proxy for this server; nothing for the direct way. Throws `LcmError` with `Errc::invalid_argument` and the
    /// variable's name if its value is no URL of a proxy.
    [[nodiscard]] std::optional<Url> choose(const Url& target) const {
        const Variable& variable = target.tls ? for_wss_ : for_ws_;
        if (variable.value.empty() || target.is_loopback() || is_excluded(excluded_, target)) return std::nullopt;
        const bool has_scheme = variable.value.find("://") != std::string::npos;
        return parse_proxy_url((has_scheme ? "" : "http://") + variable.value, variable.name);
    }

private:
    struct Variable {
        std::string name{};
        std::string value{};
    };

    Variable for_wss_;
    Variable for_ws_;
    std::string excluded_;
};

} // namespace lcm::detail

#endif
