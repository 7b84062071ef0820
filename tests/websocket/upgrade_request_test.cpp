// SPDX-License-Identifier: BSL-1.0
// The request for the upgrade, byte by byte.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/http/upgrade_request.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace {

using lcm::Credentials;
using lcm::detail::make_upgrade_request;
using lcm::detail::own_cookies;
using lcm::detail::secret_of;
using lcm::detail::websocket_key;

const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";

std::string request(const std::string& url, const lcm::WebSocketOptions& options = {},
                    const Credentials& credentials = Credentials::none()) {
    return make_upgrade_request(lcm::parse_url(url), options, credentials, key, own_cookies(options, credentials));
}

std::string expected(const std::string& target, const std::string& host, const std::string& more) {
    return "GET " + target + " HTTP/1.1\r\nHost: " + host +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key +
           "\r\nSec-WebSocket-Version: 13\r\n" + more + "\r\n";
}

const std::string user_agent = "User-Agent: lcm_client\r\n";

} // namespace

TEST_CASE("The request names target, host, key and version, and the library") {
    CHECK(request("ws://localhost") == expected("/", "localhost", user_agent));
    CHECK(request("wss://server:443/a/b?c=d") == expected("/a/b?c=d", "server", user_agent));
    CHECK(request("ws://[::1]:8080/x") == expected("/x", "[::1]:8080", user_agent));
}

TEST_CASE("Own headers come in their order, also twice, and replace the library's name") {
    lcm::WebSocketOptions options;
    options.headers = {{"X-A", "1"}, {"X-B", " two words\t"}, {"X-A", "3"}, {"X-Empty", ""}};
    CHECK(request("ws://h", options) ==
          expected("/", "h", user_agent + "X-A: 1\r\nX-B: two words\r\nX-A: 3\r\nX-Empty: \r\n"));
    options.headers = {{"user-agent", "mine"}};
    CHECK(request("ws://h", options) == expected("/", "h", "user-agent: mine\r\n"));
}

TEST_CASE("Subprotocols stand in one header, and credentials in another one and in the query") {
    lcm::WebSocketOptions options;
    options.subprotocols = {"lcm.v2", "lcm.v1"};
    const auto credentials = Credentials::basic("user", "password").with_query("name=user");
    CHECK(request("ws://h/p?q", options, credentials) ==
          expected("/p?q&name=user", "h",
                   user_agent +
                       "Sec-WebSocket-Protocol: lcm.v2, lcm.v1\r\nAuthorization: Basic dXNlcjpwYXNzd29yZA==\r\n"));
}

TEST_CASE("A key is 16 bytes in base64, other ones for each seed, of which no part stays the same") {
    std::set<std::string> beginnings;
    std::set<std::string> ends;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const std::string own = websocket_key(seed);
        CHECK(own.size() == 24);
        CHECK(own.ends_with("=="));
        beginnings.insert(own.substr(0, 4));
        ends.insert(own.substr(18, 4));
    }
    CHECK(beginnings.size() == 100);
    CHECK(ends.size() == 100);
}

TEST_CASE("Headers of the credentials take the places of those of the options") {
    lcm::WebSocketOptions options;
    options.headers = {{"X-Key", "old"}, {"X-Tag", "t"}, {"x-key", "old too"}};
    const auto credentials = Credentials::none().with_header("X-KEY", "new").with_header("user-agent", "mine");
    CHECK(request("ws://h", options, credentials) ==
          expected("/", "h", "X-Tag: t\r\nX-KEY: new\r\nuser-agent: mine\r\n"));
}

TEST_CASE("The secret is that of the credentials, or an Authorization, or whatever else may be one and is not empty") {
    struct Row {
        std::string url;
        std::vector<lcm::Header> headers;
        Credentials credentials;
        std::string secret;
    };
    const std::vector<Row> rows{
        {"ws://h/p", {}, Credentials::none(), ""},
        {"ws://h/p?", {}, Credentials::none(), ""},
        {"ws://h/p", {{"User-Agent", "me"}, {"ORIGIN", "https://h"}, {"X-Empty", " "}}, Credentials::none(), ""},
        {"ws://h/p?a=b", {}, Credentials::none(), "a=b\n"},
        {"ws://h/p", {{"X-Key", "k"}, {"User-Agent", "me"}, {"Cookie", "c=d"}}, Credentials::none(), "k\nc=d\n"},
        {"ws://h/p?a=b", {{"X-Key", "k"}}, Credentials::none(), "a=b\nk\n"},
        {"ws://h/p?a=b", {{"X-Key", "k"}, {"authorization", "A"}}, Credentials::none(), "A"},
        {"ws://h/p?a=b", {{"X-Key", "k"}}, Credentials::bearer("t"), "Bearer t"},
        {"ws://h/p?a=b", {{"X-Key", "k"}}, Credentials::none().with_header("X-Key", "new"), "\nnew"},
        {"ws://h/p?a=b", {{"X-Key", "k"}}, Credentials::none().with_secret("s"), "s"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.url);
        lcm::WebSocketOptions options;
        options.headers = row.headers;
        CHECK(secret_of(lcm::parse_url(row.url), options, row.credentials).reveal() == row.secret);
    }
}

TEST_CASE("All cookies stand in one header") {
    lcm::WebSocketOptions options;
    options.headers = {{"Cookie", " a=1 "}, {"X-Tag", "t"}, {"cookie", "b=2"}};
    CHECK(own_cookies(options, Credentials::none()) == "a=1; b=2");
    CHECK(own_cookies(options, Credentials::none().with_header("COOKIE", "c=3")) == "c=3");
    CHECK(own_cookies({}, Credentials::none()).empty());
    CHECK(make_upgrade_request(lcm::parse_url("ws://h"), options, Credentials::none(), key, "a=1; d=4") ==
          expected("/", "h", user_agent + "X-Tag: t\r\nCookie: a=1; d=4\r\n"));
}
