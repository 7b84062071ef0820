// SPDX-License-Identifier: BSL-1.0
// Fuzz target: what an application or a server can write about the HTTP request that opens a connection. It is either
// taken, and then fit for HTTP, or refused with `invalid_argument`, and no secret is repeated. And what a server can
// answer.
#include <fuzz/input.hpp>
#include <fuzz/require.hpp>
#include <fuzz/targets.hpp>

#include <lcm_client/websocket/impl/check_options.hpp>
#include <lcm_client/websocket/impl/http/retry_after.hpp>
#include <lcm_client/websocket/impl/http/upgrade_answer.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::tests {

namespace {

constexpr std::string_view secret = "Zq7xV9";

bool is_visible_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool can_be_in_a_header(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

// The value that `make` gives, or nothing if it refuses. Any other exception ends the program.
template <class Make> auto accepted(Make make) -> std::optional<decltype(make())> {
    try {
        return make();
    } catch (const LcmError& refusal) {
        require(refusal.error().code == Errc::invalid_argument, "what is refused is an invalid argument");
        require(refusal.error().delivery == Delivery::not_sent, "what is refused is not sent");
        require(std::string_view(refusal.what()).find(secret) == std::string_view::npos, "no secret is repeated");
        return std::nullopt;
    }
}

void check_credentials(const Credentials& credentials) {
    const std::string& value = credentials.authorization().reveal();
    require(value.empty() || value.starts_with("Basic ") || value.starts_with("Bearer "), "the scheme is known");
    require(can_be_in_a_header(value), "credentials end no line");
}

void check_url(const Url& url) {
    require(!url.host.empty() && url.host.size() <= 253 && is_visible_ascii(url.host), "a host is a name");
    require(url.host.find_first_of("/?#@[]%") == std::string::npos, "a host is only a host");
    const int port = std::stoi(url.port);
    require(port >= 1 && port <= 65535 && std::to_string(port) == url.port, "a port is a number");
    require(url.target.starts_with('/') && is_visible_ascii(url.target), "a target is a path");
    require(url.target.find('#') == std::string::npos, "a target has no fragment");
    const std::string& user_info = url.user_info.reveal();
    require(user_info.empty() || user_info.find(':') != std::string::npos, "user information has two parts");
    if (url.is_loopback())
        require(url.is_ipv6() || url.host.starts_with("127.") || url.name().size() == 9, "loopback is this machine");

    const Url again = parse_url((url.tls ? "wss://" : "ws://") + url.host_header() + url.target);
    require(again.host == url.host && again.port == url.port && again.target == url.target && again.tls == url.tls,
            "a URL's parts make the same URL");
    if (const auto credentials = accepted([&] { return detail::url_credentials(url); }))
        check_credentials(*credentials);
}

void check_options(const std::string& text, const Url& url) {
    const WebSocketOptions options{.url = text};
    const auto is_taken = accepted([&] {
        detail::ensure_valid(options, url);
        return true;
    });
    if (is_taken) require(url.tls || url.is_loopback(), "plain text stays on this machine");
}

void check_header(const Header& header) {
    const auto is_taken = accepted([&] {
        detail::ensure_valid(header);
        return true;
    });
    if (!is_taken) return;
    require(!header.name.empty() && is_visible_ascii(header.name), "a header's name is a word");
    require(header.name.find_first_of(":,;()<>@[]{}\"/\\?=") == std::string::npos, "a header's name is only a name");
    require(can_be_in_a_header(header.value.reveal()), "a header ends no line but its own");
}

void check_retry_after(std::string_view text) {
    const std::chrono::system_clock::time_point now{std::chrono::hours(24 * 365 * 30)};
    const auto wait = detail::parse_retry_after(text, now);
    if (!wait) return;
    require(wait->count() >= 0 && *wait <= std::chrono::hours(24), "a server cannot send anybody away for long");
    const bool is_number = text.find_first_not_of("0123456789") == std::string_view::npos;
    require(is_number || (text.size() == 29 && text.ends_with(" GMT")), "a wait is a number or a date");
    if (is_number && text.size() < 5) require(std::stoi(std::string(text)) == wait->count(), "a number is seconds");
}

// What a server answers to the request, whole and in two pieces.
void check_answer(std::string_view bytes, std::size_t cut) {
    using State = detail::UpgradeAnswer::State;
    const std::chrono::system_clock::time_point now{std::chrono::hours(24 * 365 * 30)};
    const std::string accept("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    detail::UpgradeAnswer whole(detail::UpgradeOffer{.subprotocols = {"lcm"}});
    detail::UpgradeAnswer split(detail::UpgradeOffer{.subprotocols = {"lcm"}});
    whole.expect(accept);
    split.expect(accept);
    const State state = whole.take(bytes, now);
    if (split.take(bytes.substr(0, cut), now) == State::incomplete) split.take(bytes.substr(cut), now);
    require(split.state() == state, "the pieces of an answer change nothing");
    if (state == State::accepted)
        require(bytes.find(accept) != std::string_view::npos, "nobody knows the answer by chance");
    if (state != State::refused) return;
    require(whole.why().failure.detail == split.why().failure.detail, "the pieces of a refusal change nothing");
    require(!whole.why().failure.detail.empty(), "a refusal is told in words");
}

} // namespace

void fuzz_url(std::string_view bytes) {
    check_retry_after(bytes);
    check_answer(bytes, bytes.size() / 2);

    // The secret goes where the first byte says.
    Input input(bytes);
    const std::size_t place = input.below(256);
    std::string text(input.text('\0'));
    if (place < text.size()) text.insert(place, secret);

    if (const auto url = accepted([&] { return parse_url(text); })) {
        check_url(*url);
        check_options(text, *url);
    }
    const std::string name(input.text('\0'));
    if (name.find(secret) == std::string::npos) check_header({.name = name, .value = text}); // a name may be repeated
    if (const auto bearer = accepted([&] { return Credentials::bearer(text); })) check_credentials(*bearer);
    if (const auto basic = accepted([&] { return Credentials::basic(text, text); })) check_credentials(*basic);
}

} // namespace lcm::tests
