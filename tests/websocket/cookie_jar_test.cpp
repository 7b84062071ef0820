// SPDX-License-Identifier: BSL-1.0
// Which cookies are kept, for how long, and to whom they are sent.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/http/cookie_jar.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::Url;
using lcm::detail::CookieJar;
using lcm::detail::parse_cookie_date;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT.
constexpr std::chrono::system_clock::time_point now(784111777s);

Url url(const std::string& text) { return lcm::parse_url(text); }

std::string sent_after(const std::vector<std::string>& set, const std::string& from, const std::string& to,
                       std::chrono::seconds later = 0s) {
    CookieJar jar;
    for (const std::string& each : set) jar.take(url(from), each, now);
    const std::string header = jar.header(url(to), {}, now + later);
    CHECK(jar.has(url(to), now + later) == !header.empty());
    return header;
}

} // namespace

TEST_CASE("The date of a cookie is read in all forms that servers write") {
    struct Row {
        std::string text;
        std::optional<std::chrono::sys_seconds> expected;
    };
    const std::chrono::sys_seconds date(784111777s);
    const std::vector<Row> rows{
        {"Sun, 06 Nov 1994 08:49:37 GMT", date},
        {"Sun, 06-Nov-1994 08:49:37 GMT", date},
        {"Sunday, 06-Nov-94 08:49:37 GMT", date},
        {"Sun Nov  6 08:49:37 1994", date},
        {"6 november 1994 8:49:37", date},
        {"Thu, 01-Jan-70 00:00:00 GMT", std::chrono::sys_seconds(0s)},
        {"Thu, 01 Jan 1970 00:00:00 GMT", std::chrono::sys_seconds(0s)},
        {"Fri, 01-Jan-38 00:00:00 GMT", std::chrono::sys_seconds(2145916800s)},
        {"Sun, 06-Nov-69 08:49:37 GMT", std::chrono::sys_days(2069y / 11 / 6) + 8h + 49min + 37s},
        {"Sun, 06 Nov 1994 23:59:59 GMT", std::chrono::sys_days(1994y / 11 / 6) + 24h - 1s},
        {"Mon, 01 Jan 1601 00:00:00 GMT", std::chrono::sys_days(1601y / 1 / 1)},
        {"1994 Nov 06 08:49:37", date},
        {"007 6 Nov 123 1994 08:49:37 09:49:37 7 Dec 1995", date}, // the first that can be meant counts
        {"6{Nov}1994~08:49:37", date},
        {"6 zNov 1994 08:49:37", std::nullopt},
        {"Nov 1994 08:49:37", std::nullopt},
        {"06 1994 08:49:37", std::nullopt},
        {"06 Nov 08:49:37", std::nullopt},
        {"Sun, 06 Nov 1994 08:60:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:x9:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994", std::nullopt},
        {"Sun, 31 Feb 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 24:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:60 GMT", std::nullopt},
        {"Sun, 06 Nov 1600 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Abc 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 008:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:49 GMT", std::nullopt},
        {"never", std::nullopt},
        {"", std::nullopt},
        {"\xC3\xA4\xC3\xB6", std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(parse_cookie_date(row.text) == row.expected);
    }
}

TEST_CASE("A cookie goes back to the scheme, host, port and path that set it, and to nobody else") {
    struct Row {
        std::string set;
        std::string from;
        std::string to;
        std::string sent;
    };
    const std::vector<Row> rows{
        {"a=b", "wss://h/", "wss://h/", "a=b"},
        {" a = b c ; HttpOnly", "wss://h/", "wss://h/", "a=b c"},
        {"a=\"x=y\"; Secure", "wss://h/", "wss://h:443/", "a=\"x=y\""},
        {"a=", "wss://h/", "wss://H./", "a="},
        {"a=b", "wss://h/", "ws://h:443/", ""},
        {"a=b", "wss://h/", "wss://h:444/", ""},
        {"a=b", "wss://h/", "wss://i/", ""},
        {"a=b; Secure", "ws://h/", "ws://h/", ""},
        {"a=b", "ws://h/", "ws://h/", "a=b"},
        // Domain never makes it go further, and one that is not the host's refuses it.
        {"a=b; Domain=.example.com", "wss://x.example.com/", "wss://x.example.com/", "a=b"},
        {"a=b; Domain=example.com", "wss://x.example.com/", "wss://example.com/", ""},
        {"a=b; Domain=other.com", "wss://x.example.com/", "wss://x.example.com/", ""},
        {"a=b; Domain=ample.com", "wss://x.example.com/", "wss://x.example.com/", ""},
        {"a=b; Domain=example.org", "wss://x.example.com/", "wss://x.example.com/", ""},
        {"a=b; Domain=x.example.com", "wss://example.com/", "wss://example.com/", ""},
        {"a=b; Domain=H", "wss://h/", "wss://h/", "a=b"},
        {"a=b; Domain=xh", "wss://h/", "wss://h/", ""},
        {"a=b\tc", "wss://h/", "wss://h/", "a=b\tc"},
        {"a=b; Path= /one ", "wss://h/", "wss://h/", ""},
        {"a=b; Domain=i", "wss://h/", "wss://h/", ""},
        {"a=b; Domain=0.1", "wss://127.0.0.1/", "wss://127.0.0.1/", ""},
        // RFC 6265, 5.1.4.
        {"a=b", "wss://h/one/two?q=/", "wss://h/one/three", "a=b"},
        {"a=b", "wss://h/one/two", "wss://h/other", ""},
        {"a=b; Path=/", "wss://h/one/two", "wss://h/other", "a=b"},
        {"a=b; Path=/one", "wss://h/", "wss://h/one", "a=b"},
        {"a=b; Path=/one", "wss://h/", "wss://h/one/two?q", "a=b"},
        {"a=b; Path=/one", "wss://h/", "wss://h/oneself", ""},
        {"a=b; Path=/one", "wss://h/", "wss://h/two", ""},
        {"a=b; Path=/one/", "wss://h/", "wss://h/one/x", "a=b"},
        {"a=b; Path=relative", "wss://h/", "wss://h/", "a=b"},
        // Not one that can be sent back.
        {"a", "wss://h/", "wss://h/", ""},
        {"=b", "wss://h/", "wss://h/", ""},
        {"a b=c", "wss://h/", "wss://h/", ""},
        {std::string("a=b\0c", 5), "wss://h/", "wss://h/", ""},
        {"a=b\x01", "wss://h/", "wss://h/", ""},
        {"", "wss://h/", "wss://h/", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.set, row.from, row.to);
        CHECK(sent_after({row.set}, row.from, row.to) == row.sent);
    }
}

TEST_CASE("A cookie ends with its Max-Age, or with its Expires, and can be deleted") {
    struct Row {
        std::vector<std::string> set;
        std::chrono::seconds later;
        std::string sent;
    };
    const std::vector<Row> rows{
        {{"a=b; Max-Age=10"}, 9s, "a=b"},
        {{"a=b; Max-Age=10"}, 10s, ""},
        {{"a=b; Expires=Sun, 06 Nov 1994 08:49:47 GMT"}, 9s, "a=b"},
        {{"a=b; Expires=Sun, 06 Nov 1994 08:49:47 GMT"}, 10s, ""},
        {{"a=b; Max-Age=20; Expires=Sun, 06 Nov 1994 08:49:47 GMT"}, 10s, "a=b"},
        {{"a=b; Expires=Sun, 06 Nov 1994 08:49:47 GMT; Max-Age=20"}, 20s, ""},
        {{"a=b; Max-Age=99999999999999999999"}, 1h, "a=b"},
        // Dates beyond what the system's clock can count.
        {{"a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT"}, 1h, "a=b"},
        {{"a=b; Expires=Fri, 31-Dec-2500 23:59:59 GMT"}, 24h * 399, "a=b"},
        {{"a=b", "a=; Expires=Mon, 01-Jan-1601 00:00:00 GMT"}, 0s, ""},
        {{"a=b; Max-Age=soon; Expires=never"}, 24h * 1000, "a=b"},
        {{"a=b"}, 24h * 1000, "a=b"},
        {{"a=b; Made=Sun, 06 Nov 1994 08:49:37 GMT"}, 1s, "a=b"},
        {{"a=b", "a=; Max-Age=0"}, 0s, ""},
        {{"a=b", "a=; Max-Age=-1"}, 0s, ""},
        {{"a=b", "a=; Expires=Thu, 01-Jan-70 00:00:00 GMT"}, 0s, ""},
        {{"a=b", "a=; Path=/other; Max-Age=0"}, 0s, "a=b"},
        {{"a=b", "a=; Path=/; Max-Age=0"}, 0s, ""},
        {{"a=b", "c=d", "a=e"}, 0s, "c=d; a=e"},
        {{"a=short", "a=long; Path=/x", "c=d"}, 0s, "a=long; a=short; c=d"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.set, row.later.count());
        CHECK(sent_after(row.set, "wss://h/", "wss://h/x", row.later) == row.sent);
    }
}

TEST_CASE("The application's own cookies come first, and win over kept ones of their names") {
    CookieJar jar;
    jar.take(url("wss://h/"), "a=kept", now);
    jar.take(url("wss://h/"), "b=kept", now);
    CHECK(jar.header(url("wss://h/"), "x=1; a=own", now) == "x=1; a=own; b=kept");
    CHECK(jar.header(url("wss://other/"), "x=1", now) == "x=1");
}

TEST_CASE("Cookies of one server are forgotten without those of another one, or all at once") {
    CookieJar jar;
    jar.take(url("wss://h/"), "a=b", now);
    jar.take(url("wss://i/"), "a=c", now);
    jar.drop(url("wss://h/x"));
    CHECK(jar.header(url("wss://h/"), {}, now).empty());
    CHECK(jar.header(url("wss://i/"), {}, now) == "a=c");
    jar.clear();
    CHECK_FALSE(jar.has(url("wss://i/"), now));
}

TEST_CASE("However many and large cookies are, only so much is kept, the newest ones") {
    CookieJar many;
    for (int i = 0; i < 60; ++i) many.take(url("wss://h/"), "n" + std::to_string(i) + "=v", now);
    const std::string sent = many.header(url("wss://h/"), {}, now);
    CHECK(sent.starts_with("n10=v; "));
    CHECK(sent.ends_with("; n59=v"));

    CookieJar large;
    for (int i = 0; i < 20; ++i) large.take(url("wss://h/"), std::to_string(i) + "=" + std::string(1000, 'x'), now);
    CHECK(large.header(url("wss://h/"), {}, now).size() <= CookieJar::max_size + 200);
    CHECK(large.header(url("wss://h/"), {}, now).find("19=") != std::string::npos);
    large.take(url("wss://h/"), "huge=" + std::string(CookieJar::max_size, 'x'), now);
    CHECK(large.header(url("wss://h/"), {}, now).find("huge") == std::string::npos);
    CHECK(large.header(url("wss://h/"), {}, now).find("19=") != std::string::npos);

    CookieJar full;
    const std::string largest = "a=" + std::string(CookieJar::max_size - 2, 'x'); // and its path
    full.take(url("wss://h/"), largest + 'x', now);
    CHECK_FALSE(full.has(url("wss://h/"), now));
    full.take(url("wss://h/"), largest, now);
    CHECK(full.header(url("wss://h/"), {}, now) == largest);
}

TEST_CASE("Each server has its own cookie of a name") {
    const std::vector<std::string> servers{"wss://h/", "ws://h:443/", "wss://i/", "wss://h:444/", "ws://i/"};
    CookieJar jar;
    for (const std::string& server : servers) jar.take(url(server), "a=" + server, now);
    for (const std::string& server : servers) CHECK(jar.header(url(server), {}, now) == "a=" + server);
}
