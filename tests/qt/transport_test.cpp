// SPDX-License-Identifier: BSL-1.0
// The transport over QWebSocket: requests and endings, a peer that is dead, and what of a failure Qt tells.
#include "run_loop.hpp"

#include <support/catch.hpp>
#include <support/sample.hpp>

#include <lcm_client.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/qt/executor.hpp>
#include <lcm_client/qt/transport.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/error.hpp>

#include <QCoreApplication>
#include <QHostAddress>
#include <QNetworkRequest>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QString>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::BlockReason;
using lcm::Errc;
using lcm::LinkState;
using lcm::testing::Fault;
using Answer = lcm::Result<lcm::OutcomeResponse>;
using QtClient = lcm::LcmClient<lcm::PushTransport>;

namespace {

lcm::qt::WebSocketOptions options_for(const std::string& url) {
    return {.request = [url] { return QNetworkRequest(QUrl(QString::fromStdString(url))); }};
}

/// A client on Qt's own thread, and what it tells of its link.
struct Desk {
    std::vector<lcm::LinkStatus> links;
    QtClient client;

    explicit Desk(lcm::qt::WebSocketOptions options)
        : client({.source = "test", .on_state = [this](const lcm::LinkStatus& status) { links.push_back(status); }},
                 lcm::qt::websocket(std::move(options)), lcm::qt::executor(qApp)) {}

    bool reaches(LinkState state) {
        return run_until([&] { return !links.empty() && links.back().state == state; });
    }
    // The link once it has failed.
    lcm::LinkStatus failed() {
        REQUIRE(run_until([&] { return !links.empty() && links.back().error; }));
        return links.back();
    }
    std::string ending(const SetOutcome& request = sample()) {
        std::optional<std::string> said;
        client.async_call(
            request, [&](const Answer& answer) { said = answer ? "accepted" : to_string(answer.error().delivery); });
        REQUIRE(run_until([&] { return said.has_value(); }));
        return *said;
    }
};

/// Answers each connection with the same bytes, whatever it says, and stays.
struct RawAnswer {
    QTcpServer server;

    explicit RawAnswer(QByteArray answer) {
        REQUIRE(server.listen(QHostAddress::LocalHost));
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this, answer] {
            QTcpSocket* const socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [=] {
                socket->readAll();
                socket->write(answer);
            });
        });
    }
    std::string url() const { return "ws://127.0.0.1:" + std::to_string(server.serverPort()) + "/"; }
};

lcm::LinkStatus failed_with(const char* answer) {
    const RawAnswer server{QByteArray(answer)};
    return Desk(options_for(server.url())).failed();
}

QSslConfiguration trusting(const lcm::testing::Simulator& simulator) {
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setCaCertificates(QSslCertificate::fromData(QByteArray::fromStdString(simulator.authority_pem())));
    return tls;
}

} // namespace

TEST_CASE("Requests are accepted and refused over a QWebSocket, and its loss is mended") {
    lcm::testing::Simulator simulator;
    Desk desk(options_for(simulator.url()));
    CHECK(desk.ending() == "accepted");
    simulator.set_fault(Fault::success_false);
    CHECK(desk.ending() == "refused");
    simulator.set_fault(Fault::drop_before_answer);
    CHECK(desk.ending() == "unknown");
    simulator.set_fault(Fault::none);
    REQUIRE(desk.reaches(LinkState::ready));
    CHECK(desk.ending() == "accepted");
    const std::string text = "Gr\xC3\xBC\xC3\x9F Gott \xF0\x9F\x98\x80";
    SetOutcome request = sample("67890");
    request.agent_comments = text;
    CHECK(desk.ending(request) == "accepted");
    CHECK(simulator.requests().back().find(text) != std::string::npos);
}

TEST_CASE("A client in a thread of its own works over a QWebSocket, which stays on Qt's thread") {
    const lcm::testing::Simulator simulator;
    QtClient client({.source = "test"}, lcm::qt::websocket(options_for(simulator.url())));
    auto future = client.call(sample());
    REQUIRE(run_until([&] { return future.wait_for(0s) == std::future_status::ready; }));
    CHECK(future.get().success);
}

TEST_CASE("A QWebSocket whose peer is dead is given up") {
    lcm::testing::Simulator simulator({.fault = Fault::stop_reading});
    auto options = options_for(simulator.url());
    options.bounds.idle_timeout = 200ms;
    Desk desk(std::move(options));
    REQUIRE(desk.reaches(LinkState::ready));
    const auto link = desk.failed();
    CHECK(link.error->code == Errc::idle_timeout);
    CHECK(link.error->detail == "the peer was silent for 200 ms");
}

TEST_CASE("A QWebSocket whose peer says nothing but answers pings stays") {
    const lcm::testing::Simulator simulator;
    auto options = options_for(simulator.url());
    options.bounds.idle_timeout = 200ms;
    Desk desk(std::move(options));
    REQUIRE(desk.reaches(LinkState::ready));
    const auto end = std::chrono::steady_clock::now() + 1s;
    REQUIRE(run_until([&] { return std::chrono::steady_clock::now() > end; }));
    CHECK(desk.links.back().state == LinkState::ready);
    CHECK(simulator.connections() == 1);
}

TEST_CASE("Qt tells the status of an answer that declines in the text of its error, for as long as its form stays") {
    struct Row {
        const char* status;
        Errc code;
        LinkState state;
        BlockReason block;
        std::string detail;
    };
    const std::string said = "the server answered the upgrade with status ";
    const std::vector<Row> rows{
        {"401 Unauthorized", Errc::unauthorized, LinkState::blocked, BlockReason::credentials, said + "401"},
        {"403 Forbidden", Errc::unauthorized, LinkState::blocked, BlockReason::credentials, said + "403"},
        {"407 Proxy", Errc::unauthorized, LinkState::blocked, BlockReason::proxy, said + "407"},
        {"404 Not Found", Errc::upgrade_rejected, LinkState::blocked, BlockReason::path,
         said + "404; check the path of the URL"},
        {"302 Found", Errc::upgrade_rejected, LinkState::blocked, BlockReason::path,
         said + "302; redirections are not followed, so give the final URL"},
        {"503 Service Unavailable", Errc::upgrade_rejected, LinkState::waiting, BlockReason::none, said + "503"},
        {"429 Too Many", Errc::upgrade_rejected, LinkState::waiting, BlockReason::none, said + "429"},
        {"400 Bad Request", Errc::upgrade_rejected, LinkState::blocked, BlockReason::path,
         "the answer to the upgrade is not that of a WebSocket server, or its status is 400"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.status);
        const std::string answer = "HTTP/1.1 " + std::string(row.status) + "\r\nContent-Length: 0\r\n\r\n";
        const auto link = failed_with(answer.c_str());
        CHECK(link.error->code == row.code);
        CHECK(link.state == row.state);
        CHECK(link.block == row.block);
        CHECK(link.error->detail == row.detail);
    }
}

TEST_CASE("What is no WebSocket server blocks the link") {
    const auto link = failed_with("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Accept: secret\r\n\r\n");
    CHECK(link.error->code == Errc::upgrade_rejected);
    CHECK(link.state == LinkState::blocked);
    CHECK(link.error->message().find("secret") == std::string::npos);
}

TEST_CASE("A host that is not there, or does not listen, is tried again") {
    std::string url;
    {
        const RawAnswer gone{QByteArray()};
        url = gone.url();
    }
    const auto refused = Desk(options_for(url)).failed();
    CHECK(refused.error->code == Errc::connect_failed);
    CHECK(refused.error->cause == boost::asio::error::connection_refused);
    CHECK(refused.state == LinkState::waiting);
    const auto unknown = Desk(options_for("ws://no.such.name.invalid/")).failed();
    CHECK(unknown.error->code == Errc::resolve_failed);
    CHECK(unknown.state == LinkState::waiting);
}

TEST_CASE("A close frame's code says whether the link is tried again") {
    struct Row {
        Fault fault;
        LinkState state;
        std::string detail;
    };
    const std::vector<Row> rows{
        {Fault::close_going_away, LinkState::waiting, "the server closed the connection: code 1001 (going away)"},
        {Fault::close_policy, LinkState::blocked, "the server closed the connection: code 1008 (policy violation)"},
        {Fault::close_internal_error, LinkState::waiting,
         "the server closed the connection: code 1011 (internal error)"},
        {Fault::drop_before_answer, LinkState::waiting, "the server dropped the connection without closing it"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.detail);
        lcm::testing::Simulator simulator({.fault = row.fault});
        Desk desk(options_for(simulator.url()));
        CHECK(desk.ending() == "unknown");
        const auto link = desk.failed();
        CHECK(link.error->code == Errc::connection_lost);
        CHECK(link.error->detail == row.detail);
        CHECK(link.state == row.state);
    }
}

TEST_CASE("A message over the limit ends the link, and the read whose reply it was is not asked again") {
    lcm::testing::Simulator simulator({.fault = Fault::oversized_answer});
    Desk desk(options_for(simulator.url()));
    const auto answer = [&] {
        std::optional<lcm::Error> error;
        desk.client.async_call(lcm::GetCallOutCome{.callid = "12345"}, [&](const auto& result) {
            REQUIRE(result.has_error());
            error = result.error();
        });
        REQUIRE(run_until([&] { return error.has_value(); }));
        return *error;
    }();
    CHECK(answer.code == Errc::bad_reply);
    CHECK(answer.detail.find("larger than the limit of 1048576 bytes") != std::string::npos);
}

TEST_CASE("Qt's own words tell why a certificate was refused, and the link is blocked for it") {
    REQUIRE(QSslSocket::supportsSsl());
    lcm::testing::Simulator simulator({.tls = true});
    auto options = options_for(simulator.url());
    SECTION("a good one") {
        options.tls = trusting(simulator);
        Desk desk(std::move(options));
        CHECK(desk.ending() == "accepted");
    }
    SECTION("of an authority that is not trusted") {
        const auto link = Desk(std::move(options)).failed();
        CHECK(link.error->code == Errc::tls_failed);
        CHECK(link.state == LinkState::blocked);
        CHECK(link.block == BlockReason::certificate);
        CHECK(link.error->detail.find("Qt refused the server's certificate: ") == 0);
        CHECK(link.error->detail.find("issuer certificate") != std::string::npos);
    }
    SECTION("that has expired") {
        simulator.set_fault(Fault::expired);
        options.tls = trusting(simulator);
        const auto link = Desk(std::move(options)).failed();
        CHECK(link.state == LinkState::blocked);
        CHECK(link.error->detail == "Qt refused the server's certificate: The certificate has expired");
    }
    SECTION("for another host") {
        simulator.set_fault(Fault::wrong_host);
        options.tls = trusting(simulator);
        const auto link = Desk(std::move(options)).failed();
        CHECK(link.state == LinkState::blocked);
        CHECK(link.error->detail.find("did not match") != std::string::npos);
    }
    SECTION("or the whole handshake, as for a TLS that is too old") {
        simulator.set_fault(Fault::old_tls);
        options.tls = trusting(simulator);
        const auto link = Desk(std::move(options)).failed();
        CHECK(link.error->code == Errc::tls_failed);
        CHECK(link.state == LinkState::blocked);
        CHECK(link.block == BlockReason::other);
        CHECK(link.error->detail.find("Qt's TLS: ") == 0);
    }
}

TEST_CASE("The request is made anew for each attempt, and one that throws waits for credentials") {
    const lcm::testing::Simulator simulator;
    int asked = 0;
    Desk desk({.request = [&]() -> QNetworkRequest {
        if (++asked == 1) throw std::runtime_error("no token");
        return QNetworkRequest(QUrl(QString::fromStdString(simulator.url())));
    }});
    const auto link = desk.failed();
    CHECK(link.error->code == Errc::unauthorized);
    CHECK(link.block == BlockReason::credentials);
    desk.client.reconnect_now();
    CHECK(desk.reaches(LinkState::ready));
    CHECK(asked == 2);
}

TEST_CASE("Options that are not acceptable are refused by name") {
    const auto problem_of = [](lcm::qt::WebSocketOptions options) {
        try {
            static_cast<void>(lcm::qt::websocket(std::move(options)));
            return std::string();
        } catch (const lcm::LcmError& problem) {
            return problem.error().detail;
        }
    };
    CHECK(problem_of({}) == "request: must be set");
    auto options = options_for("ws://127.0.0.1/");
    CHECK(problem_of(options).empty());
    options.bounds.idle_timeout = 0ms;
    CHECK(problem_of(options) == "idle_timeout: must be from 1 ms to one day");
}
