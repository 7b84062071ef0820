// SPDX-License-Identifier: BSL-1.0
// The address of a server, taken apart: its parts, and why it is refused.
#include <lcm_client/result.hpp>
#include <lcm_client/websocket/url.hpp>

#include <support/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using lcm::parse_url;
using lcm::Url;

// Its parts as text; its scheme in front.
std::string parts_of(const std::string& text) {
    const Url url = parse_url(text);
    return std::string(url.tls ? "wss " : "ws ") + url.user_info.reveal() + '@' + url.host + ' ' + url.port + ' ' +
           url.target;
}

// Why it is refused; empty if it is not.
std::string reason_of(const std::string& text) {
    try {
        static_cast<void>(parse_url(text));
        return {};
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.error().code == lcm::Errc::invalid_argument);
        return problem.error().detail;
    }
}

const std::string long_host(253, 'h');

} // namespace

TEST_CASE("An address is taken apart") {
    struct Row {
        std::string url;
        std::string parts;
    };
    const std::vector<Row> rows{
        {"ws://h", "ws @h 80 /"},
        {"WSS://h", "wss @h 443 /"},
        {"wss://h:1/", "wss @h 1 /"},
        {"wss://h:65535/x", "wss @h 65535 /x"},
        {"wss://h:00080/x?y=/?", "wss @h 80 /x?y=/?"},
        {"wss://h?y", "wss @h 443 /?y"},
        {"wss://aA0-zZ9_.h./~", "wss @aA0-zZ9_.h. 443 /~"},
        {"wss://" + long_host + "/", "wss @" + long_host + " 443 /"},
        {"wss://[::1]", "wss @::1 443 /"},
        {"ws://[fe80:0:aF:9::1.2.3.4]:99/", "ws @fe80:0:aF:9::1.2.3.4 99 /"},
        {"wss://user@h/", "wss user:@h 443 /"},
        {"wss://user:p@ss@h/", "wss user:p@ss@h 443 /"},
        {"wss://%41%7e%0F:%fa%AF%99@h/", "wss A~\x0F:\xFA\xAF\x99@h 443 /"},
        {"wss://u:%40@h/@?:", "wss u:@@h 443 /@?:"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.url);
        CHECK(parts_of(row.url) == row.parts);
    }
}

TEST_CASE("An address that cannot be taken apart is refused, with what to write instead") {
    struct Row {
        std::vector<std::string> urls;
        std::string reason;
    };
    const std::vector<Row> rows{
        {{"wss://h/ x", "wss://h/\x7F", "wss://h/\n", "wss://\xC3\xA4/", " wss://h"},
         "url: spaces, control characters and letters outside ASCII must be written as %XX"},
        {{"", "h", "ftp://h", "://h", "ws:/h"},
         "url: it must begin with ws:// or wss://, as wss://lcm.example/ws does"},
        {{"http://h"}, "url: it must begin with ws:// or wss://; in place of http:// write ws://"},
        {{"HTTPS://h"}, "url: it must begin with ws:// or wss://; in place of https:// write wss://"},
        {{"ws"}, "url: it must begin with ws:// or wss://, as wss://lcm.example/ws does"},
        {{"wss://h/#", "wss://h#x"}, "url: a fragment ('#') has no meaning for WebSocket; write the character as %23"},
        {{"wss://%@h", "wss://%4@h", "wss://%g0@h", "wss://%0g@h", "wss://a%:@h", "wss://%`0@h"},
         "url: a '%' in the user information begins no escape; write it as %25"},
        {{"wss://", "wss:///x", "wss://:80", "wss://u@/", "wss://[]"}, "url: the host is missing"},
        {{"wss://" + long_host + "h/"}, "url: the host is longer than 253 characters"},
        {{"wss://h!", "wss://h{", "wss://h[", "wss://[::g]", "wss://[::1%25eth0]", "wss://[::-]", "wss://h*x"},
         "url: the host must be a name, an IPv4 address or an IPv6 address in brackets; in the user "
         "information write '/' as %2F and '@' as %40"},
        {{"wss://.h", "wss://a..b", "wss://h.."}, "url: the host has an empty part between its dots"},
        {{"wss://[1.2.3.4]", "wss://[abc]"}, "url: only an IPv6 address stands in brackets"},
        {{"wss://h:", "wss://h:0", "wss://h:65536", "wss://h:000080", "wss://h:8x", "wss://h:-1", "wss://h:1:2"},
         "url: the port must be a number from 1 to 65535; in the user information write '/' as %2F"},
        {{"wss://[::1", "wss://[::1/]"}, "url: the ']' after the IPv6 address is missing"},
        {{"wss://[::1]1", "wss://[::1]]"}, "url: after the IPv6 address there may only be a port"},
    };
    for (const Row& row : rows)
        for (const std::string& url : row.urls) {
            CAPTURE(url);
            CHECK(reason_of(url) == row.reason);
        }
}

TEST_CASE("An escape that is cut off is none, whatever stands behind the text") {
    const std::string_view text = "%41";
    CHECK(lcm::detail::percent_decoded(text) == "A");
    CHECK_FALSE(lcm::detail::percent_decoded(text.substr(0, 2)));
    CHECK_FALSE(lcm::detail::percent_decoded(text.substr(0, 1)));
}

TEST_CASE("Only this machine is a loopback address, by its text") {
    for (const char* const host : {"localhost", "LocalHost.", "127.0.0.1", "127.255.0.9", "[::1]"})
        CHECK(parse_url(std::string("ws://") + host).is_loopback());
    for (const char* const host : {"localhost.example", "127.0.0.example", "127.0.0.256", "127.0.0", "127.0.0.1.2",
                                   "127.0.00.1", "127.x.0.1", "128.0.0.1", "0127.0.0.1", "[::2]"}) {
        CAPTURE(host);
        CHECK_FALSE(parse_url(std::string("ws://") + host).is_loopback());
    }
    using lcm::detail::is_ipv4;
    CHECK((is_ipv4("0.0.0.0") && is_ipv4("255.255.255.255") && is_ipv4("10.20.30.40")));
    CHECK_FALSE((is_ipv4("") || is_ipv4("1.2.3") || is_ipv4("1.2.3.") || is_ipv4("1.2.3.4.") || is_ipv4("1.2.3.x")));
    CHECK_FALSE((is_ipv4("01.2.3.4") || is_ipv4("1.2.3.04") || is_ipv4("256.1.1.1") || is_ipv4("1..2.3")));
}

TEST_CASE("The value of the Host header has the port if it is not the scheme's, and the brackets of an IPv6 address") {
    CHECK(parse_url("ws://h").host_header() == "h");
    CHECK(parse_url("ws://h:443").host_header() == "h:443");
    CHECK(parse_url("wss://h:443").host_header() == "h");
    CHECK(parse_url("wss://[::1]:80").host_header() == "[::1]:80");
    CHECK(parse_url("wss://h.").name() == "h");
}
