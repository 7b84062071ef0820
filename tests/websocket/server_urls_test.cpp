// SPDX-License-Identifier: BSL-1.0
// The URLs of an application's servers: which are taken, and what is said of the others.
#include <lcm_client/websocket/impl/addresses/server_name.hpp>
#include <lcm_client/websocket/impl/server_urls.hpp>

#include <support/catch.hpp>

#include <string>

using lcm::WebSocketOptions;
using lcm::detail::server_name;
using lcm::detail::server_urls;

namespace {

std::string problem_of(const WebSocketOptions& options) {
    try {
        static_cast<void>(server_urls(options));
    } catch (const lcm::LcmError& error) {
        CHECK(error.error().code == lcm::Errc::invalid_argument);
        return error.error().detail;
    }
    return {};
}

} // namespace

TEST_CASE("One server stands in url, several in urls, in their order") {
    CHECK(server_urls({.url = "wss://one/"}).size() == 1);
    const auto several = server_urls({.urls = {"wss://one/", "ws://127.0.0.1:8080/", "wss://two/"}});
    REQUIRE(several.size() == 3);
    CHECK(several[0].host == "one");
    CHECK(several[1].port == "8080");
    CHECK(several[2].host == "two");
}

TEST_CASE("Neither url nor urls, or both, is told") {
    CHECK(problem_of({}).starts_with("url: it is missing"));
    CHECK(problem_of({.url = "wss://one/", .urls = {"wss://two/"}}).starts_with("urls: there is a url as well"));
}

TEST_CASE("Each of several URLs is checked like a single one, and the error says which it is") {
    struct Row {
        const char* bad;
        const char* problem;
    };
    const Row rows[] = {
        {"", "it must begin with ws:// or wss://"},
        {"lcm.example:8080", "it must begin with ws:// or wss://, as wss://lcm.example/ws does"},
        {"http://x/", "it must begin with ws:// or wss://; in place of http:// write ws://"},
        {"HTTPS://x/", "it must begin with ws:// or wss://; in place of https:// write wss://"},
        {"wss://", "the host is missing"},
        {"wss://[:::]/", "what stands in brackets is not an IPv6 address"},
        {"ws://remote.example/", "ws:// sends everything in plain text"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bad);
        CHECK(problem_of({.urls = {"wss://one/", "wss://two/", row.bad}})
                  .starts_with(std::string("urls[2]: ") + row.problem));
    }
    CHECK(problem_of({.urls = {"ws://remote.example/"}, .allow_plaintext_to_remote_hosts = true}).empty());
}

TEST_CASE("User information in one of several URLs is a source of credentials like any other") {
    WebSocketOptions options{.urls = {"wss://one/", "wss://user:password@two/"}};
    CHECK(problem_of(options).empty());
    options.credentials = [] { return lcm::Credentials::bearer("token"); };
    CHECK(problem_of(options).starts_with("credentials: given more than once"));
}

TEST_CASE("A server's name is its scheme, host and port, and nothing else of its URL") {
    CHECK(server_name(lcm::parse_url("wss://lcm.example/ws?token=secret")) == "wss://lcm.example:443");
    CHECK(server_name(lcm::parse_url("ws://user:password@127.0.0.1:8080/")) == "ws://127.0.0.1:8080");
    CHECK(server_name(lcm::parse_url("WSS://[::1]/")) == "wss://[::1]:443");
}
