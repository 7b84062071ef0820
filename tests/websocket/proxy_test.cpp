// SPDX-License-Identifier: BSL-1.0
// Which proxy is taken and what it is asked and offered: URLs, the environment, challenges, credentials.
#include <support/catch.hpp>

#include <lcm_client/result.hpp>
#include <lcm_client/websocket/impl/check_options.hpp>
#include <lcm_client/websocket/impl/proxy/connect_request.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_challenges.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_environment.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_login.hpp>
#include <lcm_client/websocket/impl/proxy/proxy_url.hpp>
#include <lcm_client/websocket/options.hpp>
#include <lcm_client/websocket/url.hpp>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::ProxyChallenge;
using lcm::ProxyQuestion;
using lcm::detail::host_and_port;
using lcm::detail::parse_proxy_url;
using lcm::detail::ProxyEnvironment;
using lcm::detail::ProxyLogin;
using Secret = lcm::Sensitive<std::string>;
using Verdict = ProxyLogin::Verdict;

namespace {

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

template <class Action> std::string detail_of(Action action) {
    try {
        action();
    } catch (const lcm::LcmError& problem) {
        return problem.error().detail;
    }
    return "no error";
}

using Variables = std::map<std::string, std::string>;

ProxyEnvironment environment(const Variables& variables) {
    return ProxyEnvironment([&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
    });
}

// "scheme://host:port" of the proxy, or "direct".
std::string choice(const Variables& variables, const std::string& server) {
    const auto proxy = environment(variables).choose(lcm::parse_url(server));
    return proxy ? (proxy->tls ? "https://" : "http://") + host_and_port(*proxy) : "direct";
}

bool is_direct(const std::string& no_proxy, const std::string& server) {
    return choice({{"https_proxy", "p:1"}, {"http_proxy", "p:1"}, {"no_proxy", no_proxy}}, server) == "direct";
}

// The challenges in a short form: "scheme token name=value name=value; ...".
std::string challenges(const std::vector<std::string>& fields) {
    std::vector<ProxyChallenge> found;
    for (const std::string& field : fields) lcm::detail::add_challenges(field, found);
    std::string text;
    for (const ProxyChallenge& each : found) {
        text += (text.empty() ? "" : "; ") + each.scheme;
        if (!each.token.empty()) text += " " + each.token;
        for (const auto& parameter : each.parameters) text += " " + parameter.name + "=" + parameter.value;
    }
    return text;
}

} // namespace

TEST_CASE("The URL of a proxy is http or https, a host and a port") {
    struct Row {
        std::string url;
        std::string expected;
        bool tls;
    };
    const std::vector<Row> rows{
        {"http://proxy.example:3128", "proxy.example:3128", false},
        {"http://proxy.example:3128/", "proxy.example:3128", false},
        {"HTTP://proxy.example", "proxy.example:80", false},
        {"https://proxy.example", "proxy.example:443", true},
        {"http://user:pass%40word@10.0.0.1:8080", "10.0.0.1:8080", false},
        {"http://[2001:db8::1]:3128", "[2001:db8::1]:3128", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.url);
        const lcm::Url url = parse_proxy_url(row.url, "proxy.url");
        CHECK(host_and_port(url) == row.expected);
        CHECK(url.tls == row.tls);
    }
    CHECK(parse_proxy_url("http://user:pass%40word@p", "x").user_info.reveal() == "user:pass@word");
}

TEST_CASE("A URL that is no proxy's is refused by the member's name, without its text") {
    for (const std::string url :
         {"", "proxy.example:3128", "socks5://canary:1080", "http://", "http://canary:0", "http://canary/path",
          "http://canary?query", "http://user:canary@", "http://[canary]:1", "http://[::canary]", "http://[1:2]:3128",
          "http://can ary", "http://us%0aer:canary@host", "http://us%zzer:canary@host"}) {
        CAPTURE(url);
        const std::string detail = detail_of([&] { static_cast<void>(parse_proxy_url(url, "proxy.url")); });
        CHECK(has(detail, "proxy.url: "));
        CHECK_FALSE(has(detail, "canary"));
    }
}

TEST_CASE("The options take one source of proxies, and ws:// through one counts as remote") {
    const auto refusal = [](auto change) {
        lcm::WebSocketOptions options{.url = "ws://localhost/"};
        change(options);
        return detail_of([&] { lcm::detail::ensure_valid(options, lcm::parse_url(options.url)); });
    };
    CHECK(refusal([](auto&) {}) == "no error");
    CHECK(refusal([](auto& options) { options.proxy.from_environment = true; }) == "no error");
    CHECK(has(refusal([](auto& options) { options.proxy.url = "http://p"; }), "allow_plaintext_to_remote_hosts"));
    CHECK(refusal([](auto& options) {
              options.proxy.url = "http://p";
              options.allow_plaintext_to_remote_hosts = true;
          }) == "no error");
    CHECK(has(refusal([](auto& options) {
                  options.url = "wss://localhost/";
                  options.proxy.url = "http://p";
                  options.proxy.from_environment = true;
              }),
              "proxy: use one of"));
    CHECK(has(refusal([](auto& options) { options.proxy.timeout = 0ms; }), "proxy.timeout"));
}

TEST_CASE("The environment names a proxy for each scheme, small letters before capitals") {
    struct Row {
        Variables variables;
        std::string server;
        std::string expected;
    };
    const std::vector<Row> rows{
        {{}, "wss://lcm.example", "direct"},
        {{{"https_proxy", "http://p:1"}}, "wss://lcm.example", "http://p:1"},
        {{{"https_proxy", "p:1"}}, "wss://lcm.example", "http://p:1"},
        {{{"https_proxy", "https://p"}}, "wss://lcm.example", "https://p:443"},
        {{{"HTTPS_PROXY", "http://P:1"}}, "wss://lcm.example", "http://P:1"},
        {{{"HTTPS_PROXY", "http://P:1"}, {"https_proxy", "http://p:1"}}, "wss://lcm.example", "http://p:1"},
        {{{"http_proxy", "http://p:1"}}, "wss://lcm.example", "direct"},
        {{{"https_proxy", "http://p:1"}}, "ws://lcm.example", "direct"},
        {{{"http_proxy", "http://p:1"}}, "ws://lcm.example", "http://p:1"},
        {{{"HTTP_PROXY", "http://P:1"}}, "ws://lcm.example", "http://P:1"},
        // A CGI program's caller chooses HTTP_PROXY.
        {{{"HTTP_PROXY", "http://P:1"}, {"REQUEST_METHOD", "GET"}}, "ws://lcm.example", "direct"},
        {{{"http_proxy", "http://p:1"}, {"REQUEST_METHOD", "GET"}}, "ws://lcm.example", "http://p:1"},
        {{{"HTTPS_PROXY", "http://P:1"}, {"REQUEST_METHOD", "GET"}}, "wss://lcm.example", "http://P:1"},
        {{{"https_proxy", "p:1"}, {"NO_PROXY", "lcm.example"}}, "wss://lcm.example", "direct"},
        {{{"https_proxy", "p:1"}, {"NO_PROXY", "lcm.example"}, {"no_proxy", "x"}}, "wss://lcm.example", "http://p:1"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.server, row.expected);
        CHECK(choice(row.variables, row.server) == row.expected);
    }
    for (const std::string server : {"wss://localhost", "wss://localhost.", "wss://127.1.2.3:9", "wss://[::1]"}) {
        CAPTURE(server);
        CHECK(choice({{"https_proxy", "http://p:1"}}, server) == "direct");
    }
    const std::string detail = detail_of([] { choice({{"HTTPS_PROXY", "socks://canary"}}, "wss://lcm.example"); });
    CHECK(has(detail, "HTTPS_PROXY: "));
    CHECK_FALSE(has(detail, "canary"));
}

TEST_CASE("Hosts in NO_PROXY are reached directly: names and what is below, ports, addresses, networks, all") {
    struct Row {
        std::string list;
        std::string server;
        bool is_direct;
    };
    const std::vector<Row> rows{
        {"*", "wss://lcm.example", true},
        {"a, *", "wss://lcm.example", true},
        {"example", "wss://lcm.example", true},
        {".example", "wss://lcm.example", true},
        {"*.example", "wss://lcm.example", true},
        {".lcm.example", "wss://lcm.example", true},
        {"LCM.Example", "wss://lcm.example", true},
        {"lcm.example.", "wss://lcm.example", true},
        {"lcm.example", "wss://lcm.example.", true},
        {"cm.example", "wss://lcm.example", false},
        {"lcm.example.org", "wss://lcm.example", false},
        {"a.lcm.example", "wss://lcm.example", false},
        {"a b\tlcm.example", "wss://lcm.example", true},
        {",,a,,lcm.example,,", "wss://lcm.example", true},
        {"", "wss://lcm.example", false},
        {" , .", "wss://lcm.example", false},
        {"lcm.example:443", "wss://lcm.example", true},
        {"lcm.example:8443", "wss://lcm.example", false},
        {"lcm.example:8443", "wss://lcm.example:8443", true},
        {"example:80", "ws://lcm.example", true},
        {"10.1.2.3", "wss://10.1.2.3", true},
        {"10.1.2.3", "wss://10.1.2.4", false},
        {"10.1.2.3:443", "wss://10.1.2.3", true},
        {"10.1.2.3:444", "wss://10.1.2.3", false},
        {"10.0.0.0/8", "wss://10.1.2.3", true},
        {"10.0.0.0/8", "wss://11.1.2.3", false},
        {"10.1.2.0/23", "wss://10.1.3.3", true},
        {"10.1.2.0/24", "wss://10.1.3.3", false},
        {"0.0.0.0/0", "wss://10.1.3.3", true},
        {"0.0.0.0/0", "wss://lcm.example", false},
        {"10.0.0.0/33", "wss://10.0.0.0", false},
        {"10.0.0.0/", "wss://10.0.0.0", false},
        {"10.0.0.0/x", "wss://10.0.0.0", false},
        {"2001:db8::1", "wss://[2001:DB8:0::1]", true},
        {"[2001:db8::1]", "wss://[2001:db8::1]", true},
        {"[2001:db8::1]:443", "wss://[2001:db8::1]", true},
        {"[2001:db8::1]:444", "wss://[2001:db8::1]", false},
        {"2001:db8::/32", "wss://[2001:db8:1::1]", true},
        {"2001:db8::/32", "wss://[2001:db9::1]", false},
        {"10.0.0.0/8", "wss://[2001:db9::1]", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.list, row.server);
        CHECK(is_direct(row.list, row.server) == row.is_direct);
    }
}

TEST_CASE("CONNECT names the server with its port, and carries credentials if there are any") {
    const auto request = [](const std::string& url, const std::string& authorization) {
        return lcm::detail::make_connect_request(lcm::parse_url(url), authorization);
    };
    CHECK(request("wss://user:secret@lcm.example/path?token=x", "") ==
          "CONNECT lcm.example:443 HTTP/1.1\r\nHost: lcm.example:443\r\nUser-Agent: lcm_client\r\n\r\n");
    CHECK(request("ws://[::2]:81", "Basic eA==") ==
          "CONNECT [::2]:81 HTTP/1.1\r\nHost: [::2]:81\r\nUser-Agent: lcm_client\r\n"
          "Proxy-Authorization: Basic eA==\r\n\r\n");
    CHECK(has(request("wss://lcm.example.", ""), "CONNECT lcm.example:443 "));
}

TEST_CASE("Challenges stand in one field or in several, with tokens, parameters and quotes") {
    struct Row {
        std::vector<std::string> fields;
        std::string expected;
    };
    const std::vector<Row> rows{
        {{}, ""},
        {{""}, ""},
        {{"Basic realm=\"office\""}, "Basic realm=office"},
        {{"Basic realm=office"}, "Basic realm=office"},
        {{"Basic realm = \"office\" , charset=\"UTF-8\""}, "Basic realm=office charset=UTF-8"},
        {{"Negotiate"}, "Negotiate"},
        {{"Negotiate YII=="}, "Negotiate YII=="},
        {{"NTLM TlRM+/a="}, "NTLM TlRM+/a="},
        {{"Negotiate, Basic realm=\"a, b\""}, "Negotiate; Basic realm=a, b"},
        {{"Negotiate YII==,Basic realm=a,NTLM"}, "Negotiate YII==; Basic realm=a; NTLM"},
        {{"Negotiate", "NTLM", "Basic realm=\"x\""}, "Negotiate; NTLM; Basic realm=x"},
        {{"Digest realm=\"say \\\"hi\\\"\", nonce=\"a=b,c\", qop=\"auth\", Basic realm=\"y\""},
         "Digest realm=say \"hi\" nonce=a=b,c qop=auth; Basic realm=y"},
        {{",, ,Basic realm=x, ,"}, "Basic realm=x"},
        {{"realm=\"of nobody\", Basic realm=x"}, "Basic realm=x"},
        {{"Basic realm=\"without end"}, "Basic realm=\"without end"},
        {{"@@@, Basic realm=x"}, "Basic realm=x"},
        {{"\"quoted\", NTLM"}, "NTLM"},
        {{"Basic", "realm=x"}, "Basic"}, // a field's parameters belong to its own challenges
    };
    for (const Row& row : rows) {
        CAPTURE(row.fields, row.expected);
        CHECK(challenges(row.fields) == row.expected);
    }
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "NTLM, ";
    std::vector<ProxyChallenge> found;
    lcm::detail::add_challenges(many, found);
    CHECK(found.size() == lcm::detail::ChallengeReader::max_challenges);
}

TEST_CASE("A challenge is asked for by its scheme and its parameters in whatever letter case") {
    const ProxyChallenge challenge{.scheme = "bAsIc", .parameters = {{"Realm", "office"}, {"realm", "other"}}};
    CHECK(challenge.is("Basic"));
    CHECK_FALSE(challenge.is("NTLM"));
    CHECK(challenge.parameter("REALM") == "office");
    CHECK(challenge.parameter("charset").empty());
}

TEST_CASE("What is offered to a proxy: the URL's user at once, then what the application answers, four times at most") {
    using Ask = std::function<Secret(const ProxyQuestion&)>;
    const lcm::Url anonymous = parse_proxy_url("http://proxy.example:3128", "x");
    const lcm::Url known = parse_proxy_url("http://user:canary@proxy.example:3128", "x");
    const std::string basic = lcm::Credentials::basic("user", "canary").authorization().reveal();

    CHECK(ProxyLogin(anonymous).offered().empty());
    CHECK(ProxyLogin(known).offered() == basic);
    CHECK(ProxyLogin(anonymous).challenge({}, Ask()) == Verdict::needed);
    CHECK(ProxyLogin(known).challenge({}, Ask()) == Verdict::refused);

    const auto verdict_on = [&](const std::string& answer) {
        return ProxyLogin(known).challenge({}, [&](const ProxyQuestion&) { return Secret(answer); });
    };
    CHECK(verdict_on("Negotiate abc") == Verdict::offer);
    CHECK(verdict_on("") == Verdict::refused);
    CHECK(verdict_on(basic) == Verdict::refused); // the same again
    CHECK(verdict_on("Basic a\r\nX: y") == Verdict::unusable);
    CHECK(verdict_on("Basic " + std::string(20'000, 'x')) == Verdict::unusable);
    CHECK(ProxyLogin(known).challenge({}, [](const ProxyQuestion&) -> Secret { throw std::runtime_error("canary"); }) ==
          Verdict::failed);

    ProxyLogin login(anonymous);
    std::vector<unsigned> rounds;
    const Ask ask = [&](const ProxyQuestion& question) {
        CHECK(question.proxy == "proxy.example:3128");
        CHECK(question.challenges.size() == 1);
        rounds.push_back(question.round);
        return Secret("Negotiate " + std::to_string(question.round));
    };
    for (unsigned i = 1; i <= ProxyQuestion::max_rounds; ++i) {
        CHECK(login.challenge({{.scheme = "Negotiate"}}, ask) == Verdict::offer);
        CHECK(login.offered() == "Negotiate " + std::to_string(i));
    }
    CHECK(login.challenge({{.scheme = "Negotiate"}}, ask) == Verdict::refused);
    CHECK(rounds == std::vector<unsigned>{1, 2, 3, 4});
}

TEST_CASE("The secrets that a proxy was told are known, also those within Basic") {
    using Secrets = std::vector<std::string>;
    const auto secrets = [](const std::string& offered) {
        ProxyLogin login(parse_proxy_url("http://p", "x"));
        static_cast<void>(login.challenge({}, [&](const ProxyQuestion&) { return Secret(offered); }));
        return login.secrets();
    };
    const std::string basic = lcm::Credentials::basic("user", "pass:word").authorization().reveal();
    CHECK(secrets(basic) == Secrets{basic.substr(6), "user", "pass:word"});
    CHECK(secrets("basic " + lcm::detail::base64("user")) == Secrets{lcm::detail::base64("user"), "user", ""});
    CHECK(secrets("Negotiate YII=") == Secrets{"YII="});
    CHECK(secrets("word") == Secrets{"word"});
    CHECK(secrets("") == Secrets{""});
    for (const std::string text : {"", "a", "ab", "abc", "abcd", "\xff\x80z"})
        CHECK(lcm::detail::base64_decoded(lcm::detail::base64(text)) == text);
}
