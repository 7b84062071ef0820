// SPDX-License-Identifier: BSL-1.0
// The way through an HTTP proxy over real sockets: tunnels, TLS to the proxy, questions, refusals, silence.
#include <support/catch.hpp>
#include <support/environment_variable.hpp>
#include <support/raw_server.hpp>
#include <support/scripted_proxy.hpp>

#include <lcm_client/websocket/transport.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::BlockReason;
using lcm::Errc;
using lcm::ProxyAnswer;
using Then = ScriptedProxy::Then;
using Secret = lcm::Sensitive<std::string>;

namespace {

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

std::string basic(const std::string& user, const std::string& password) {
    return lcm::Credentials::basic(user, password).authorization().reveal();
}

unsigned short port_of(const lcm::WebSocketOptions& options) {
    return static_cast<unsigned short>(std::stoul(lcm::parse_url(options.url).port));
}

// A server, a proxy before it, and one attempt to get through.
struct Office {
    using Change = std::function<void(lcm::WebSocketOptions&, const ScriptedProxy&)>;

    explicit Office(
        ScriptedProxy::Options proxy_options = {}, RawServer::Options server_options = {},
        const Change& change = [](auto&, auto&) {})
        : server(loop, std::move(server_options)),
          proxy(loop, port_of(server.client_options()), std::move(proxy_options)) {
        lcm::WebSocketOptions options = server.client_options();
        options.allow_plaintext_to_remote_hosts = true;
        options.proxy.url = proxy.url();
        options.proxy.tls.ca_file = proxy.certificate_file();
        change(options, proxy);
        factory = lcm::websocket(options);
        renew();
    }

    // The next attempt of the same client.
    void renew() { transport = factory(loop.get_executor(), 65'536); }

    lcm::error_code open() {
        std::optional<lcm::error_code> opened;
        transport->async_open([&](lcm::error_code ec) { opened = ec; });
        run_until([&] { return opened.has_value(); });
        return *opened;
    }

    template <class Condition> void run_until(Condition condition) {
        while (!condition())
            if (loop.run_one_for(patience) == 0) throw std::logic_error("what the test waits for does not happen");
    }

    // Sends a text, and gets one back.
    std::string exchange(const std::string& text) {
        std::optional<std::string> received;
        transport->async_receive(
            [&](lcm::error_code ec, std::string_view message) { received = ec ? ec.message() : std::string(message); });
        lcm::Batch batch;
        batch.add(text);
        transport->async_send(std::move(batch), [](lcm::error_code) {});
        run_until([&] { return !server.frames().empty(); });
        CHECK(server.frames().front() == ClientFrame{fin | 1, text});
        server.send(frame(fin | 1, text));
        run_until([&] { return received.has_value(); });
        return *received;
    }

    [[nodiscard]] lcm::TransportFailure failure() const { return transport->last_failure(); }

    boost::asio::io_context loop;
    RawServer server;
    ScriptedProxy proxy;
    lcm::TransportFactory<lcm::WebSocketTransport> factory;
    std::unique_ptr<lcm::WebSocketTransport> transport;
};

ScriptedProxy::Answer challenge(const std::string& fields, Then then = Then::stay, const std::string& body = {}) {
    return {"HTTP/1.1 407 Proxy Authentication Required\r\n" + fields +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
            then};
}

// A change of the options: the proxy's URL with this user, and the application's answers.
Office::Change with_user(const std::string& user, const std::function<Secret(const lcm::ProxyQuestion&)>& ask = {}) {
    return [=](lcm::WebSocketOptions& options, const ScriptedProxy& proxy) {
        options.proxy.url = proxy.url(user);
        options.proxy.credentials = ask;
    };
}

Office::Change with_proxy_for(const std::function<void(const std::string&, ProxyAnswer)>& proxy_for) {
    return [=](lcm::WebSocketOptions& options, const ScriptedProxy&) {
        options.proxy.url.clear();
        options.proxy.proxy_for = proxy_for;
    };
}

} // namespace

TEST_CASE("Messages go both ways through a tunnel: plain and TLS, to the proxy and to the server") {
    for (const bool to_proxy : {false, true})
        for (const bool to_server : {false, true}) {
            CAPTURE(to_proxy, to_server);
            Office office({.tls = to_proxy}, {.tls = to_server});
            CHECK_FALSE(office.open());
            const std::string large(50'000, 'x');
            CHECK(office.exchange(large) == large);
            REQUIRE(office.proxy.requests().size() == 1);
            CHECK(has(office.proxy.requests().front(), "CONNECT 127.0.0.1:"));
            CHECK_FALSE(has(office.proxy.requests().front(), "Proxy-Authorization"));
            CHECK_FALSE(has(office.server.request(), "CONNECT"));
            office.transport->close();
            office.run_until([&] { return office.server.is_over(); });
            CHECK(office.server.count(fin | 8) == 1); // a close frame went all the way
        }
}

TEST_CASE("What comes together with the answer to the upgrade is delivered, also within two layers of TLS") {
    for (const bool to_proxy : {false, true}) {
        CAPTURE(to_proxy);
        Office office({.tls = to_proxy}, {.tls = true, .frames_with_answer = frame(fin | 1, "at once")});
        CHECK_FALSE(office.open());
        std::optional<std::string> received;
        office.transport->async_receive([&](lcm::error_code, std::string_view text) { received = text; });
        office.run_until([&] { return received.has_value(); });
        CHECK(*received == "at once");
    }
}

TEST_CASE("The server's name is for the proxy to look up, and nothing of the URL but host and port goes there") {
    Office office({}, {}, [](lcm::WebSocketOptions& options, const ScriptedProxy&) {
        options.url = "ws://agent:secret@no-such-name.invalid:81/path?token=canary";
        options.headers.push_back({"X-Own", "canary"});
    });
    CHECK_FALSE(office.open());
    CHECK(office.proxy.requests() ==
          std::vector<std::string>{"CONNECT no-such-name.invalid:81 HTTP/1.1\r\nHost: no-such-name.invalid:81\r\n"
                                   "User-Agent: lcm_client\r\n\r\n"});
    CHECK(has(office.server.request(), "token=canary"));
}

TEST_CASE("A server at its usual port has the same name in what it has answered as in the state of the link") {
    std::string answered;
    Office office({}, {}, [&answered](lcm::WebSocketOptions& options, const ScriptedProxy&) {
        options.url = "ws://no-such-name.invalid/";
        options.on_upgrade = [&answered](const lcm::UpgradeResponse& response) { answered = response.server; };
    });
    CHECK_FALSE(office.open());
    CHECK(office.transport->server() == "ws://no-such-name.invalid:80");
    CHECK(answered == office.transport->server());
}

TEST_CASE("A user in the proxy's URL is offered with the first request, and to the proxy only") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        Office office({.tls = tls}, {}, with_user("agent:pass%40word@"));
        CHECK_FALSE(office.open());
        REQUIRE(office.proxy.requests().size() == 1);
        CHECK(has(office.proxy.requests().front(), "\r\nProxy-Authorization: " + basic("agent", "pass@word") + "\r\n"));
        CHECK_FALSE(has(office.server.request(), "uthorization"));
    }
}

TEST_CASE(
    "A 407 is a question to the application, whose answer goes over the same connection where the proxy keeps it") {
    struct Row {
        ScriptedProxy::Answer answer;
        int connections;
    };
    const std::string fields = "Proxy-Authenticate: Negotiate, Basic realm=\"office\"\r\n";
    const std::vector<Row> rows{
        {challenge(fields), 1},
        {challenge(fields, Then::stay, std::string(10'000, 'x')), 1},
        {challenge(fields + "Connection: close\r\n", Then::go, "page"), 2},
        {challenge(fields, Then::stay, std::string(100'000, 'x')), 2},
        {{"HTTP/1.1 407 x\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}, 2},
        {{"HTTP/1.1 407 x\r\n" + fields + "Content-Length: 100\r\n\r\nhalf", Then::go}, 2},
        {{"HTTP/1.0 407 x\r\n" + fields + "\r\npage", Then::go}, 2},
    };
    for (const Row& row : rows)
        for (const bool tls : {false, true}) {
            CAPTURE(row.answer.text.substr(0, 200), tls);
            std::vector<std::string> schemes;
            Office office({.tls = tls, .script = {row.answer}}, {},
                          with_user("", [&](const lcm::ProxyQuestion& question) {
                              for (const auto& each : question.challenges) schemes.push_back(each.scheme);
                              return lcm::Credentials::basic("agent", "word").authorization();
                          }));
            CHECK_FALSE(office.open());
            CHECK(office.proxy.connections() == row.connections);
            REQUIRE(office.proxy.requests().size() == 2);
            CHECK_FALSE(has(office.proxy.requests()[0], "Proxy-Authorization"));
            CHECK(has(office.proxy.requests()[1], "Proxy-Authorization: " + basic("agent", "word") + "\r\n"));
            // What is cut off has lost its fields.
            CHECK(schemes == std::vector<std::string>{"Negotiate", "Basic"});
        }
}

TEST_CASE("Negotiate takes several rounds over one connection, and at most four are answered") {
    const auto ask = [](const lcm::ProxyQuestion& question) {
        const auto& first = question.challenges.at(0);
        return Secret("Negotiate " + (first.token.empty() ? "begin" : "after-" + first.token));
    };
    Office office(
        {.script = {challenge("Proxy-Authenticate: Negotiate\r\n"), challenge("Proxy-Authenticate: Negotiate one=\r\n"),
                    challenge("Proxy-Authenticate: Negotiate two=\r\n")}},
        {}, with_user("", ask));
    CHECK_FALSE(office.open());
    CHECK(office.proxy.connections() == 1);
    REQUIRE(office.proxy.requests().size() == 4);
    CHECK(has(office.proxy.requests()[1], "Proxy-Authorization: Negotiate begin\r\n"));
    CHECK(has(office.proxy.requests()[2], "Proxy-Authorization: Negotiate after-one=\r\n"));
    CHECK(has(office.proxy.requests()[3], "Proxy-Authorization: Negotiate after-two=\r\n"));

    std::deque<ScriptedProxy::Answer> endless;
    for (int i = 0; i < 10; ++i)
        endless.push_back(challenge("Proxy-Authenticate: Negotiate " + std::to_string(i) + "\r\n"));
    Office stubborn({.script = endless}, {}, with_user("", ask));
    CHECK(stubborn.open() == Errc::unauthorized);
    CHECK(stubborn.proxy.requests().size() == 1 + lcm::ProxyQuestion::max_rounds);
}

TEST_CASE("A 407 without another answer blocks the link, says that it was the proxy, and shows no secret") {
    struct Row {
        std::string user;
        std::function<Secret(const lcm::ProxyQuestion&)> ask;
        std::size_t requests;
        std::string words;
    };
    const std::vector<Row> rows{
        {"", {}, 1, "it wants credentials, and there are none"},
        {"agent:canary@", {}, 1, "does not accept the credentials, which it got in plain text"},
        {"", [](auto&) { return Secret(""); }, 1, "there are none"},
        {"", [](auto&) { return Secret("Basic canary"); }, 2, "does not accept the credentials"},
        {"", [](auto&) { return Secret("Basic canary\r\n"); }, 1, "no header may have"},
        {"", [](auto&) -> Secret { throw std::runtime_error("canary"); }, 1, "threw an exception"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.words);
        const auto refusal = challenge("Proxy-Authenticate: Basic realm=\"office\"\r\n");
        Office office({.script = {refusal, refusal, refusal}}, {}, with_user(row.user, row.ask));
        CHECK(office.open() == Errc::unauthorized);
        const lcm::TransportFailure failure = office.failure();
        CAPTURE(failure.detail);
        CHECK(failure.is_permanent);
        CHECK(failure.block == BlockReason::proxy);
        CHECK(failure.cause == lcm::WebSocketErrc::proxy_declined);
        CHECK(has(failure.detail, "the proxy " + office.proxy.address() +
                                      ": it answered CONNECT with status 407 (Proxy Authentication Required)"));
        CHECK(has(failure.detail, row.words));
        CHECK_FALSE(has(failure.detail, "canary"));
        CHECK(office.proxy.requests().size() == row.requests);
        CHECK(office.server.request().empty());
    }
}

TEST_CASE("A secret that the proxy has refused is not offered again until a person asks or there is another one") {
    const auto refusal = challenge("Proxy-Authenticate: Basic realm=\"office\"\r\n");
    Office office({.script = {refusal, refusal}}, {}, with_user("agent:canary@"));
    CHECK(office.open() == Errc::unauthorized);
    office.renew();
    CHECK(office.open() == Errc::unauthorized);
    CHECK(office.proxy.requests().size() == 1);
    CHECK(
        has(office.failure().detail, "the proxy " + office.proxy.address() + ": the proxy refused these credentials"));
    CHECK_FALSE(has(office.failure().detail, "canary"));
    CHECK(office.failure().block == BlockReason::proxy);
    CHECK(office.failure().is_permanent);
    office.renew();
    office.transport->on_demand();
    CHECK(office.open() == Errc::unauthorized);
    CHECK(office.proxy.requests().size() == 2);
    office.renew();
    office.transport->on_demand();
    CHECK_FALSE(office.open()); // behind the script it agrees
    CHECK(office.proxy.requests().size() == 3);
}

TEST_CASE("When the URL's user was refused, the application is asked for another one without offering it again") {
    const auto refusal = challenge("Proxy-Authenticate: Basic realm=\"office\"\r\n");
    std::vector<std::string> answers{"", basic("agent", "right")};
    Office office({.script = {refusal, refusal}}, {}, with_user("agent:canary@", [&](const lcm::ProxyQuestion&) {
                      const std::string answer = answers.front();
                      answers.erase(answers.begin());
                      return Secret(answer);
                  }));
    CHECK(office.open() == Errc::unauthorized);
    office.renew();
    CHECK_FALSE(office.open());
    const auto& requests = office.proxy.requests();
    REQUIRE(requests.size() == 3);
    CHECK(has(requests[0], basic("agent", "canary")));
    CHECK_FALSE(has(requests[1], "Proxy-Authorization"));
    CHECK(has(requests[2], basic("agent", "right")));
}

TEST_CASE("A proxy that gives a secret back as its reason is not quoted") {
    const std::string encoded = basic("agent", "canary");
    const std::vector<std::string> echoes{"agent", "canary", "CANARY!", "no canar", encoded, encoded.substr(8, 5)};
    for (const std::string& echo : echoes) {
        CAPTURE(echo);
        Office office({.script = {{"HTTP/1.1 403 sorry " + echo + "\r\n\r\n", Then::go}}}, {},
                      with_user("agent:canary@"));
        CHECK(office.open() == Errc::connect_failed);
        CHECK(has(office.failure().detail, "it answered CONNECT with status 403;"));
    }
}

TEST_CASE("Whatever else a proxy answers is told with its address, its status and its reason") {
    struct Row {
        ScriptedProxy::Answer answer;
        bool is_permanent;
        std::string words;
    };
    const std::string page(100'000, 'x');
    const std::vector<Row> rows{
        {{"HTTP/1.1 403 Not this port\r\nContent-Length: 99999999\r\n\r\n" + page}, true, "status 403 (Not this port)"},
        {{"HTTP/1.1 302 Found\r\nLocation: http://login/?canary\r\n\r\n"},
         true,
         "status 302 (Found); it wants a browser"},
        {{"HTTP/1.1 502 Bad Gateway\r\n\r\n", Then::go}, false, "status 502 (Bad Gateway)"},
        {{"HTTP/1.1 503 \x1b[31m\r\n\r\n", Then::go}, false, "status 503;"},
        {{"HTTP/1.1 403 Forbidden\r\nX: half of", Then::go}, true, "status 403 (Forbidden)"},
        {{"HTTP/1.1 200 OK\r\nX: " + page}, true, "no HTTP proxy"},
        {{"SSH-2.0-OpenSSH_9.2\r\n"}, true, "no HTTP proxy"},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"}, true, "speaks before it is asked"},
        {{"HTTP/1.1 200 O", Then::go}, false, "closed the connection without a whole answer"},
        {{"", Then::go}, false, "closed the connection without a whole answer"},
    };
    for (const Row& row : rows)
        for (const bool tls : {false, true}) {
            CAPTURE(row.answer.text.substr(0, 60), tls);
            Office office({.tls = tls, .script = {row.answer}});
            CHECK(office.open() == Errc::connect_failed);
            const lcm::TransportFailure failure = office.failure();
            CAPTURE(failure.detail);
            CHECK(has(failure.detail, "the proxy " + office.proxy.address() + ": "));
            CHECK(has(failure.detail, row.words));
            CHECK_FALSE(has(failure.detail, "canary"));
            CHECK(failure.is_permanent == row.is_permanent);
            CHECK(failure.block == BlockReason::proxy);
        }
}

TEST_CASE("A proxy that is silent ends the attempt in time, with what it has said so far") {
    struct Row {
        std::string text;
        Errc code;
        std::string words;
    };
    const std::vector<Row> rows{
        {"", Errc::connect_failed, "the answer to CONNECT took longer than 50 ms"},
        {"HTTP/1.1 200 OK\r\nX", Errc::connect_failed, "took longer than 50 ms"},
        {"HTTP/1.1 403 Forbidden\r\nX", Errc::connect_failed, "status 403 (Forbidden)"},
        {"HTTP/1.1 407 x\r\nProxy-Authen", Errc::unauthorized, "status 407"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        Office office({.script = {{row.text}}}, {},
                      [](lcm::WebSocketOptions& options, const ScriptedProxy&) { options.proxy.timeout = 50ms; });
        CHECK(office.open() == row.code);
        CAPTURE(office.failure().detail);
        CHECK(has(office.failure().detail, "the proxy " + office.proxy.address() + ": "));
        CHECK(has(office.failure().detail, row.words));
    }
}

TEST_CASE("What is wrong on the way to the proxy itself is told as the proxy's") {
    struct Row {
        Office::Change change;
        Errc code;
        std::string words;
    };
    const std::vector<Row> rows{
        {[](auto& options, auto&) { options.proxy.url = "http://no-such-proxy.invalid:3128"; }, Errc::resolve_failed,
         "the proxy no-such-proxy.invalid:3128: "},
        {[](auto& options, auto&) { options.proxy.url = "http://127.0.0.1:1"; }, Errc::connect_failed,
         "the proxy 127.0.0.1:1: "},
        {[](auto& options, auto& proxy) {
             options.proxy.url = "https://" + proxy.address(); // which waits for a request
             options.tls_timeout = 50ms;
         },
         Errc::tls_failed, ": the TLS handshake took longer than 50 ms"},
    };
    for (const Row& row : rows) {
        Office office({}, {}, row.change);
        CHECK(office.open() == row.code);
        CAPTURE(office.failure().detail);
        CHECK(has(office.failure().detail, row.words));
        CHECK(has(office.failure().detail, "the proxy "));
        CHECK(office.failure().block == BlockReason::proxy);
    }
    Office stranger({.tls = true}, {}, [](lcm::WebSocketOptions& options, const ScriptedProxy&) {
        options.proxy.tls.ca_file = options.tls.ca_file; // nothing: the system's store
    });
    CHECK(stranger.open() == Errc::tls_failed);
    CHECK(has(stranger.failure().detail, "the proxy's certificate was refused"));
    CHECK(has(stranger.failure().detail, "proxy.tls.ca_file"));
    CHECK(stranger.failure().is_permanent);
    CHECK(stranger.proxy.requests().empty());
}

TEST_CASE("What is wrong behind a tunnel is told as the server's") {
    Office declined({}, {.other_answer = "HTTP/1.1 404 x\r\n\r\n"});
    CHECK(declined.open() == Errc::upgrade_rejected);
    CHECK_FALSE(has(declined.failure().detail, "proxy"));
    for (const bool to_proxy : {false, true}) {
        CAPTURE(to_proxy);
        Office untrusted({.tls = to_proxy}, {.tls = true},
                         [](lcm::WebSocketOptions& options, const ScriptedProxy&) { options.tls.ca_file.clear(); });
        CHECK(untrusted.open() == Errc::tls_failed);
        CHECK(has(untrusted.failure().detail, "the server's certificate was refused"));
        CHECK(untrusted.server.request().empty());
    }
}

TEST_CASE("The application may name the proxy late, from any thread, or say that there is none") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        std::string asked;
        std::thread elsewhere;
        std::string named;
        Office office({.tls = tls}, {}, with_proxy_for([&](const std::string& server, ProxyAnswer answer) {
                          asked = server;
                          elsewhere = std::thread([&named, answer] {
                              answer(named);
                              answer("http://the-second-answer.invalid");
                          });
                      }));
        named = office.proxy.url("agent:word@");
        CHECK_FALSE(office.open());
        elsewhere.join();
        CHECK(asked == office.server.client_options().url + "/");
        REQUIRE(office.proxy.requests().size() == 1);
        CHECK(has(office.proxy.requests().front(), basic("agent", "word")));
    }
    Office direct({}, {}, with_proxy_for([](const std::string&, const ProxyAnswer& answer) { answer(""); }));
    CHECK_FALSE(direct.open());
    CHECK(direct.proxy.connections() == 0);
}

TEST_CASE("An answer that is no proxy, an exception and no answer at all end the attempt") {
    struct Row {
        std::function<void(const std::string&, ProxyAnswer)> proxy_for;
        bool is_permanent;
        std::string words;
    };
    const std::vector<Row> rows{
        {[](auto&, auto answer) { answer("socks://agent:canary@p"); }, true, "named no proxy: proxy_for: "},
        {[](auto&, auto) { throw std::runtime_error("canary"); }, true, "threw an exception"},
        {[](auto&, auto answer) {
             answer("http://127.0.0.1:1");
             throw std::runtime_error("canary");
         },
         true, "threw an exception"},
        {[](auto&, auto) {}, false, "longer than 50 ms"},
    };
    for (const Row& row : rows) {
        Office office({}, {}, [&](lcm::WebSocketOptions& options, const ScriptedProxy& proxy) {
            with_proxy_for(row.proxy_for)(options, proxy);
            options.proxy.timeout = 50ms;
        });
        CHECK(office.open() == Errc::connect_failed);
        CAPTURE(office.failure().detail);
        CHECK(has(office.failure().detail, row.words));
        CHECK_FALSE(has(office.failure().detail, "canary"));
        CHECK(office.failure().is_permanent == row.is_permanent);
        if (row.is_permanent) CHECK(office.failure().block == BlockReason::proxy);
    }
    Office plain({}, {}, [](lcm::WebSocketOptions& options, const ScriptedProxy& proxy) {
        with_proxy_for([url = proxy.url()](auto&, const ProxyAnswer& answer) { answer(url); })(options, proxy);
        options.allow_plaintext_to_remote_hosts = false;
    });
    CHECK(plain.open() == Errc::connect_failed);
    CHECK(has(plain.failure().detail, "allow_plaintext_to_remote_hosts"));
    CHECK(plain.proxy.connections() == 0);
}

TEST_CASE("A proxy that is named when nobody waits for it any more touches nothing") {
    ProxyAnswer kept;
    {
        Office office({}, {},
                      with_proxy_for([&](const std::string&, ProxyAnswer answer) { kept = std::move(answer); }));
        std::optional<lcm::error_code> opened;
        office.transport->async_open([&](lcm::error_code ec) { opened = ec; });
        office.run_until([&] { return kept != nullptr; });
        office.transport->close();
        kept("http://127.0.0.1:1");
        office.run_until([&] { return opened.has_value(); });
        CHECK(*opened == Errc::connection_lost);
        CHECK(office.proxy.connections() == 0);
    }
    kept("http://127.0.0.1:1"); // the loop is gone
    kept = nullptr;
    {
        Office office({}, {},
                      with_proxy_for([&](const std::string&, ProxyAnswer answer) { kept = std::move(answer); }));
        office.transport->async_open([](lcm::error_code) {});
        office.run_until([&] { return kept != nullptr; });
    }
    kept("http://127.0.0.1:1"); // the loop went while it was awaited
}

TEST_CASE("A client can be closed from within the questions, and at any step of the way") {
    for (const bool in_credentials : {false, true}) {
        lcm::WebSocketTransport* transport = nullptr;
        const auto ask = [&](const lcm::ProxyQuestion&) {
            transport->close();
            return Secret("Basic x");
        };
        const auto proxy_for = [&](const std::string&, const ProxyAnswer& answer) {
            transport->close();
            answer("http://127.0.0.1:1");
        };
        Office office({.script = {challenge("Proxy-Authenticate: Basic realm=x\r\n")}}, {},
                      in_credentials ? with_user("", ask) : with_proxy_for(proxy_for));
        transport = office.transport.get();
        CHECK(office.open() == Errc::connection_lost);
        CHECK(office.proxy.requests().size() == (in_credentials ? 1 : 0));
    }
    for (const bool tls : {false, true})
        for (std::size_t steps = 0; steps < 40; ++steps) {
            Office office({.tls = tls, .script = {challenge("Proxy-Authenticate: Basic realm=x\r\n")}}, {.tls = true},
                          with_user("", [](auto&) { return Secret("Basic x"); }));
            std::optional<lcm::error_code> opened;
            office.transport->async_open([&](lcm::error_code ec) { opened = ec; });
            for (std::size_t i = 0; i < steps && !opened; ++i) office.loop.run_one_for(patience);
            office.transport->close();
            office.run_until([&] { return opened.has_value(); });
        }
}

TEST_CASE("The environment names the proxy, and this computer's own servers are reached without it") {
    EnvironmentVariable variable("http_proxy", "");
    const auto from_environment = [&variable](const std::string& url) {
        return [url, &variable](lcm::WebSocketOptions& options, const ScriptedProxy& proxy) {
            if (!url.empty()) options.url = url;
            options.proxy.url.clear();
            options.proxy.from_environment = true;
            variable.set(proxy.url("agent:word@"));
        };
    };
    Office office({}, {}, from_environment("ws://lcm.invalid/"));
    CHECK_FALSE(office.open());
    REQUIRE(office.proxy.requests().size() == 1);
    CHECK(has(office.proxy.requests().front(), basic("agent", "word")));

    Office local({}, {}, from_environment(""));
    CHECK_FALSE(local.open());
    CHECK(local.proxy.connections() == 0);

    const EnvironmentVariable excluded("no_proxy", "lcm.invalid");
    Office direct({}, {}, from_environment("ws://lcm.invalid/"));
    CHECK(direct.open() == Errc::resolve_failed);
    CHECK(direct.proxy.connections() == 0);

    variable.set("socks://canary");
    try {
        lcm::WebSocketOptions options{.url = "ws://lcm.example/", .proxy = {.from_environment = true}};
        options.allow_plaintext_to_remote_hosts = true;
        static_cast<void>(lcm::websocket(options));
        FAIL("it was accepted");
    } catch (const lcm::LcmError& problem) {
        CHECK(has(problem.error().detail, "http_proxy: "));
        CHECK_FALSE(has(problem.error().detail, "canary"));
    }
}
