// SPDX-License-Identifier: BSL-1.0
// All that is secret is one word, and a client goes through what can go wrong: the word appears in nothing that it tells.
#include <support/catch.hpp>
#include <support/raw_server.hpp>
#include <support/scripted_proxy.hpp>
#include <support/socket_client.hpp>
#include <support/tls_server.hpp>

#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/websocket/url.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <fstream>
#include <functional>
#include <future>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Credentials;
using lcm::WebSocketOptions;
using lcm::testing::CertificateAuthority;
using lcm::testing::Fault;
using lcm::testing::Simulator;

namespace {

const std::string canary = "c4n4ry";
const std::string user_info = canary + ":" + canary + "@";

// Whether the text has it, in clear or as Basic credentials write it.
bool sings(const std::string& text) {
    return text.find(canary) != std::string::npos ||
           text.find(lcm::detail::base64(canary + ":" + canary)) != std::string::npos;
}

std::string text_of(const lcm::Error& error) {
    return error.message() + '\n' + error.detail + '\n' + error.cause.message() + '\n' + error.link.message() + '\n' +
           error.operation + '\n' + error.callid + '\n' + error.server.actual + '\n';
}

std::string text_of(const lcm::LinkError& error) {
    return error.message() + '\n' + error.detail + '\n' + error.cause.message() + '\n';
}

// What the client's certificate is signed with, and its key, which is encrypted with the canary.
struct Company {
    CertificateAuthority authority;
    lcm::testing::Identity desk = authority.issue_client();
    std::string encrypted_key = lcm::testing::encrypt_key(desk.key_pem, canary);
};

// A client that has all secrets that there are, and what it tells, its hooks and the endings of its requests.
class Desk {
public:
    // `server` is a URL with a path, and `proxy` one without a user. With `asks`, the server's credentials come from
    // the function, and else from the URL.
    Desk(boost::asio::io_context& loop, const Company& company, const std::string& server, const std::string& trusted,
         const std::string& proxy, bool asks)
        : loop_(loop) {
        const lcm::Url url = lcm::parse_url(server);
        WebSocketOptions options{.url = (url.tls ? "wss://" : "ws://") + (asks ? std::string() : user_info) +
                                        "127.0.0.1:" + url.port + "/" + canary + "?key=" + canary};
        options.headers = {{"Cookie", "own=" + canary}, {"X-Key", canary}};
        if (asks)
            options.credentials = [] {
                return Credentials::bearer(canary).with_header("X-Api-Key", canary).with_query(canary);
            };
        options.on_upgrade = [this](const lcm::UpgradeResponse& response) {
            std::ostringstream text;
            text << response.server << ' ' << response.status << '\n';
            for (const lcm::Header& header : response.headers) text << header.name << ": " << header.value << '\n';
            told_ += text.str();
        };
        options.tls.ca_pem = trusted;
        options.tls.certificate_pem = company.desk.certificate_pem;
        options.tls.key_pem = company.encrypted_key;
        options.tls.key_password = [] { return canary; };
        options.allow_plaintext_to_remote_hosts = true;
        options.proxy.url = "http://" + user_info + proxy;
        options.proxy.credentials = [this](const lcm::ProxyQuestion& question) {
            told_ += question.proxy + '\n';
            return "Negotiate " + canary + std::to_string(question.round);
        };
        lcm::ClientConfig config{.source = "test"};
        config.on_state = [this](const lcm::LinkStatus& status) { on_state(status); };
        config.on_settled = [this](const lcm::Settled& settled) { told_ += text_of(settled.reported); };
        client_.emplace(std::move(config), lcm::websocket(std::move(options)), loop_.get_executor(), clock_);
        request_ = client_->call(sample());
    }

    // Waits until an attempt has failed or the link was lost, and lets the next one begin at once.
    void fail_once() {
        const std::size_t before = failures_;
        while (failures_ == before)
            if (loop_.run_one_for(patience) == 0) throw std::logic_error("the attempt does not end");
        loop_.poll(); // its timer is set
        clock_.advance(120s);
    }

    // All that was told, when the client is destroyed, too.
    [[nodiscard]] std::string told() {
        client_.reset();
        while (!is_ready(request_))
            if (loop_.run_one_for(patience) == 0) throw std::logic_error("the request does not end");
        const Outcome result = result_of(request_);
        if (!result.has_error()) throw std::logic_error("the request did not fail");
        return told_ + text_of(result.error()) + lcm::LcmError(result.error()).what();
    }

private:
    void on_state(const lcm::LinkStatus& status) {
        told_ += std::string(to_string(status.state)) + ' ' + to_string(status.block) + ' ' + status.server + '\n';
        if (status.error) told_ += text_of(*status.error);
        if (status.state == lcm::LinkState::waiting || status.state == lcm::LinkState::blocked) ++failures_;
    }

    boost::asio::io_context& loop_;
    lcm::testing::ManualClock clock_;
    std::string told_;
    std::size_t failures_ = 0;
    std::optional<SocketClient> client_;
    std::future<lcm::OutcomeResponse> request_;
};

void check(Desk& desk, const std::string& expected, int failures = 3) {
    for (int i = 0; i < failures; ++i) desk.fail_once();
    const std::string told = desk.told();
    CAPTURE(told);
    CHECK(told.find(expected) != std::string::npos);
    CHECK_FALSE(sings(told));
}

unsigned short port_of(const std::string& url) {
    return static_cast<unsigned short>(std::stoul(lcm::parse_url(url).port));
}

// What `make` throws for a value that cannot be used.
std::string refusal_of(const std::function<void()>& make) {
    try {
        make();
    } catch (const lcm::LcmError& problem) {
        return text_of(problem.error()) + problem.what();
    }
    return {};
}

void check_refused(const std::function<void()>& make) {
    const std::string refusal = refusal_of(make);
    CAPTURE(refusal);
    CHECK_FALSE(refusal.empty());
    CHECK_FALSE(sings(refusal));
}

} // namespace

TEST_CASE("No secret appears in what is told of a proxy that refuses") {
    const Company company;
    const std::vector<std::pair<std::string, std::string>> answers{
        {"407 " + canary + "\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm=\"" + canary + "\"",
         "407"},
        {"401 " + canary + "\r\nWWW-Authenticate: Basic realm=\"" + canary + "\"", "401"},
        {"403 no " + canary + "\r\nSet-Cookie: " + canary + "=" + canary, "403"},
        {"302 " + canary + "\r\nLocation: https://" + user_info + "login.example/?" + canary, "302"},
        {canary, "proxy"},
    };
    for (const auto& [answer, expected] : answers)
        for (const bool asks : {false, true}) {
            CAPTURE(answer, asks);
            boost::asio::io_context loop;
            ScriptedProxy::Options options;
            for (int i = 0; i < 32; ++i)
                options.script.push_back({"HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\n\r\n"});
            const ScriptedProxy proxy(loop, 1, std::move(options));
            Desk desk(loop, company, "wss://127.0.0.1:1/", company.authority.pem(), proxy.address(), asks);
            check(desk, expected);
            CHECK(sings(proxy.requests().front())); // it was sent, and nothing of it told
        }
}

TEST_CASE("No secret appears in what is told of a server that refuses") {
    const Company company;
    const std::vector<std::pair<std::string, std::string>> answers{
        {"HTTP/1.1 401 " + canary + "\r\nWWW-Authenticate: Basic realm=\"" + canary + "\"\r\n\r\n", "401"},
        {"HTTP/1.1 302 " + canary + "\r\nLocation: https://" + user_info + "login.example/a;" + canary + "?" + canary +
             "#" + canary + "\r\n\r\n",
         "login.example"},
        {"HTTP/1.1 503 x\r\nSet-Cookie: " + canary + "=" + canary + "\r\nRetry-After: " + canary + "\r\n\r\n", "503"},
        {"HTTP/1.1 101 x\r\nSet-Cookie: " + canary + "=" + canary + "\r\nUpgrade: " + canary + "\r\n\r\n", "upgrade"},
        {"HTTP/1.1 101 x\r\nSec-WebSocket-Protocol: " + canary + "\r\nSec-WebSocket-Accept: " + canary + "\r\n\r\n",
         "upgrade"},
        {canary + "\r\n\r\n" + canary, "upgrade"},
    };
    for (const auto& [answer, expected] : answers)
        for (const bool asks : {false, true}) {
            CAPTURE(answer, asks);
            boost::asio::io_context loop;
            const lcm::testing::Identity identity = company.authority.issue();
            const TlsServer server(loop, {.identity = identity,
                                          .demands_certificate = true,
                                          .answer = answer,
                                          .client_authority = company.authority.pem()});
            const ScriptedProxy proxy(loop, port_of(server.url()), {});
            Desk desk(loop, company, server.url(), company.authority.pem(), proxy.address(), asks);
            desk.fail_once();
            CHECK(sings(server.request())); // it was sent, and nothing of it told
            check(desk, expected, 2);
        }
}

TEST_CASE("No secret appears in what is told of TLS that fails") {
    const Company company;
    const std::string others = CertificateAuthority().pem();
    boost::asio::io_context loop;
    const TlsServer untrusted(loop, {.answer = not_found});
    const TlsServer untrusting(loop, {.identity = company.authority.issue(),
                                      .demands_certificate = true,
                                      .answer = not_found,
                                      .client_authority = others});
    for (const TlsServer* server : {&untrusted, &untrusting}) {
        const ScriptedProxy proxy(loop, port_of(server->url()), {});
        Desk desk(loop, company, server->url(), company.authority.pem(), proxy.address(), true);
        check(desk, "certificate");
    }
}

TEST_CASE("No secret appears in what is told of a link that was good, and of its requests") {
    const Company company;
    for (const Fault fault : {Fault::success_false, Fault::garbage, Fault::missing_success, Fault::drop_before_answer,
                              Fault::close_policy, Fault::close_internal_error, Fault::huge_message}) {
        CAPTURE(lcm::testing::info(fault).name);
        const Simulator simulator({.tls = true, .client_authority_pem = company.authority.pem(), .fault = fault});
        boost::asio::io_context loop;
        const ScriptedProxy proxy(loop, simulator.port(), {});
        Desk desk(loop, company, simulator.url(), simulator.authority_pem(), proxy.address(), true);
        REQUIRE(soon([&] {
            loop.poll();
            return !simulator.requests().empty();
        }));
        check(desk, "ready", 0);
    }
}

TEST_CASE("No secret appears in what is told of a server that sets a cookie and breaks the protocol") {
    const Company company;
    for (const std::string& frames : {frame(fin | 8, close_payload(1008) + canary), frame(fin | rsv1 | 1, canary),
                                      frame(fin | 3, canary), canary + canary + canary}) {
        boost::asio::io_context loop;
        const RawServer server(loop, {.tls = true,
                                      .frames_with_answer = frames,
                                      .more_headers = "Set-Cookie: " + canary + "=" + canary + "\r\n"});
        const WebSocketOptions options = server.client_options();
        const ScriptedProxy proxy(loop, port_of(options.url), {});
        std::ostringstream trusted;
        trusted << std::ifstream(options.tls.ca_file).rdbuf();
        Desk desk(loop, company, options.url, trusted.str(), proxy.address(), true);
        check(desk, "upgrade_rejected", 1);
    }
}

TEST_CASE("No secret appears in what is told of options that cannot be used") {
    const std::string at = user_info + "127.0.0.1";
    for (const std::string& url :
         {canary, "ws://" + user_info, "ws://" + at + ":99999/", "ws://" + at + ":" + canary + "/",
          "http://" + at + "/", "ws://" + user_info + "lcm.example/", "ws://" + at + "/" + canary + " ",
          "ws://" + at + "/?" + canary + "\n", "ws://" + canary + "\n:" + canary + "@127.0.0.1/",
          "ws://" + at + "/#" + canary, canary + "://127.0.0.1/", "wss://" + user_info + "[" + canary + "]/"}) {
        CAPTURE(url);
        check_refused([&] { static_cast<void>(lcm::websocket({.url = url})); });
        check_refused([&] { static_cast<void>(lcm::websocket({.urls = {"ws://127.0.0.1/", url}})); });
    }
    for (const std::string& url :
         {"ftp://" + at + ":1", "http://" + user_info, "http://" + at + ":99999", "http://" + at + ":1/" + canary,
          "http://" + at + ":1?" + canary, "http://" + at + ":1#" + canary,
          "http://" + canary + "\n:" + canary + "@127.0.0.1:1"}) {
        CAPTURE(url);
        check_refused([&] { static_cast<void>(lcm::websocket({.url = "wss://lcm.example/", .proxy = {.url = url}})); });
    }
    for (const lcm::Header& header : {lcm::Header{"X-Key", canary + "\r\n" + canary}, lcm::Header{"Host", canary},
                                      lcm::Header{"X-Key", canary + std::string(20'000, 'x')},
                                      lcm::Header{"X Key", canary}, lcm::Header{"Sec-WebSocket-Key", canary}}) {
        CAPTURE(header.name);
        check_refused([&] { static_cast<void>(lcm::websocket({.url = "ws://127.0.0.1/", .headers = {header}})); });
        check_refused([&] { static_cast<void>(Credentials::none().with_header(header.name, header.value)); });
    }
}

TEST_CASE("No secret appears in what is told of credentials that cannot be used") {
    check_refused([] { static_cast<void>(Credentials::bearer(canary + " " + canary)); });
    check_refused([] { static_cast<void>(Credentials::bearer(canary + std::string(20'000, 'x'))); });
    check_refused([] { static_cast<void>(Credentials::basic(canary + ":", canary)); });
    check_refused([] { static_cast<void>(Credentials::basic(canary, canary + "\n")); });
    check_refused([] { static_cast<void>(Credentials::none().with_query(canary + "#")); });
}

TEST_CASE("No secret appears in what is told of a key that cannot be used") {
    const Company company;
    const auto make = [&](const std::string& key, std::function<lcm::Sensitive<std::string>()> password) {
        check_refused([&] {
            WebSocketOptions options{.url = "wss://127.0.0.1/"};
            options.tls.certificate_pem = company.desk.certificate_pem;
            options.tls.key_pem = key;
            options.tls.key_password = password;
            static_cast<void>(lcm::websocket(options));
        });
    };
    const auto wrong = [] { return canary + "?"; };
    make(company.encrypted_key, wrong);
    make(company.encrypted_key, [] { return canary + std::string(5'000, 'x'); });
    make(company.encrypted_key, []() -> lcm::Sensitive<std::string> { throw std::runtime_error(canary); });
    make(canary, wrong);
    make("-----BEGIN PRIVATE KEY-----\n" + canary + "\n-----END PRIVATE KEY-----\n", wrong);
    make(lcm::testing::encrypt_key(company.authority.issue_client().key_pem, canary), [] { return canary; });
}
