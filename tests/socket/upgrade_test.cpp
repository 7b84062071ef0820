// SPDX-License-Identifier: BSL-1.0
// The upgrade to WebSocket as it goes over the wire: what is asked for, answers whose body never ends, and what comes
// together with the answer.
#include <support/catch.hpp>
#include <support/front_server.hpp>
#include <support/raw_link.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Errc;

namespace {

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

using Values = std::vector<std::string>;

} // namespace

TEST_CASE("An answer that declines is told at once, though its body does not end and the connection stays open") {
    struct Row {
        std::string answer;
        Errc code;
        bool is_permanent;
        std::string words;
    };
    const std::string page(100'000, 'x');
    const std::vector<Row> rows{
        {"HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", Errc::unauthorized, true, "401"},
        {"HTTP/1.1 401 x\r\nContent-Length: 5000\r\n\r\n", Errc::unauthorized, true, "401"},
        {"HTTP/1.1 403 x\r\nContent-Length: 20000000\r\n\r\n" + page, Errc::unauthorized, true, "403"},
        {"HTTP/1.1 407 x\r\nContent-Length: no number\r\n\r\n", Errc::unauthorized, true, "407"},
        {"HTTP/1.1 401 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Errc::unauthorized, true, "401"},
        {"HTTP/1.1 302 x\r\nLocation: https://login.example/\r\n\r\n", Errc::upgrade_rejected, true, "302"},
        {"HTTP/1.1 503 x\r\nRetry-After: 7\r\n\r\n", Errc::upgrade_rejected, false, "try again in 7 s"},
        {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page, Errc::upgrade_rejected, true, "200"},
        {"HTTP/1.1 401 x\r\nX: " + page, Errc::unauthorized, true, "401"}, // a header without end
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 x\r\n\r\n", Errc::upgrade_rejected, true, "404"},
        {"220 mail.example ESMTP\r\n", Errc::upgrade_rejected, true, "not that of a WebSocket server"},
    };
    for (const Row& row : rows)
        for (const bool tls : {false, true}) {
            CAPTURE(row.answer.substr(0, 80), tls);
            RawLink link({.tls = tls, .other_answer = row.answer},
                         [](lcm::WebSocketOptions& options) { options.upgrade_timeout = std::chrono::hours(24); });
            CHECK(link.try_to_open() == row.code);
            CHECK(link.transport->last_failure().is_permanent == row.is_permanent);
            CHECK(has(link.detail(), row.words));
            link.run_until([&] { return link.server.is_over(); });
            CHECK(link.server.frames().empty());
        }
}

TEST_CASE("A header that does not end in time is told by its status, if that has come") {
    const auto late = [](const std::string& answer) {
        RawLink link({.other_answer = answer}, [](lcm::WebSocketOptions& options) { options.upgrade_timeout = 50ms; });
        static_cast<void>(link.try_to_open());
        return link.detail();
    };
    CHECK(has(late("HTTP/1.1 401 x\r\nWWW-Auth"), "status 401"));
    CHECK(has(late("HTTP/1.1 101 x\r\nUpgrade"), "longer than 50 ms"));
    CHECK(has(late("HTTP/1.1 4"), "longer than 50 ms"));
}

TEST_CASE("A server that goes without having read the request is heard all the same") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        boost::asio::io_context loop;
        const std::string answer = "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n";
        RawLink link({.tls = tls, .reads = false, .other_answer = answer, .answers_unread = true},
                     [](lcm::WebSocketOptions& options) {
                         for (int i = 0; i < 3; ++i) options.headers.push_back({"X-Large", std::string(16'000, 'x')});
                     });
        CHECK(link.try_to_open() == Errc::upgrade_rejected);
        CHECK(has(link.detail(), "431"));
    }
}

TEST_CASE("TLS that breaks behind the handshake, before the server has answered, is worth another try") {
    const std::vector<std::string> rows{
        raw({0x17, 3, 3, 0, 32}) + std::string(32, 'x'), // a record that nobody has encrypted
        "HTTP/1.1 502 Bad Gateway\r\n\r\n",
    };
    for (const std::string& bytes : rows) {
        RawLink link({.tls = true, .other_answer = "H"});
        std::optional<lcm::error_code> opened;
        link.transport->async_open([&](lcm::error_code ec) { opened = ec; });
        link.run_until([&] { return !link.server.request().empty(); });
        link.server.send_below_tls(bytes);
        link.run_until([&] { return opened.has_value(); });
        CAPTURE(link.detail());
        CHECK(*opened == Errc::tls_failed);
        CHECK_FALSE(link.transport->last_failure().is_permanent);
    }
}

TEST_CASE("A header of 60 KB and interim answers come before an upgrade that succeeds") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link(
            {.tls = tls,
             .frames_with_answer = frame(fin | 1, "at once"),
             .more_headers = "X-Long: " + std::string(60'000, 'x') + "\r\n",
             .interim_answers = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"});
        link.open_and_receive();
        link.run_until([&] { return link.received.size() == 1; });
        link.send({"a request"});
        link.run_until([&] { return link.server.frames().size() == 1; });
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 1, "a request"}});
    }
}

TEST_CASE("Headers of the application may repeat a name, keep their order, and replace the library's User-Agent") {
    RawLink plain({});
    plain.open();
    CHECK(values_of("User-Agent", plain.server.request()) == Values{"lcm_client"});
    CHECK(values_of("Sec-WebSocket-Protocol", plain.server.request()).empty());
    CHECK(values_of("Sec-WebSocket-Extensions", plain.server.request()).empty());
    CHECK(values_of("Sec-WebSocket-Version", plain.server.request()) == Values{"13"});

    RawLink link({}, [](lcm::WebSocketOptions& options) {
        options.headers = {{"X-Tag", "first"},
                           {"Origin", "https://desk"},
                           {"X-Tag", "second"},
                           {"user-agent", "desk/1"},
                           {"X-Tag", "first"}};
    });
    link.open();
    const std::string& request = link.server.request();
    CHECK(values_of("X-Tag", request) == Values{"first", "second", "first"});
    CHECK(values_of("Origin", request) == Values{"https://desk"});
    CHECK(values_of("user-agent", request) == Values{"desk/1"});
    CHECK(values_of("User-Agent", request).empty());
}

TEST_CASE("A subprotocol is asked for, and the server may name it, or none") {
    for (const std::string line : {"", "Sec-WebSocket-Protocol: lcm.v2\r\n"}) {
        CAPTURE(line);
        RawLink link({.more_headers = line}, [](lcm::WebSocketOptions& options) {
            options.subprotocols = {"lcm.v2", "lcm.v1"};
        });
        link.open();
        CHECK(values_of("Sec-WebSocket-Protocol", link.server.request()) == Values{"lcm.v2, lcm.v1"});
    }
}

TEST_CASE("What was not asked for fails the attempt, and nothing leaves") {
    for (const std::string line : {"Sec-WebSocket-Extensions: permessage-deflate\r\n",
                                   "Sec-WebSocket-Extensions: x-own\r\n", "Sec-WebSocket-Protocol: chat\r\n"}) {
        CAPTURE(line);
        RawLink link({.more_headers = line});
        CHECK(link.try_to_open() == Errc::upgrade_rejected);
        CHECK(link.transport->last_failure().is_permanent);
        CHECK(has(link.detail(), "not asked for"));
        link.run_until([&] { return link.server.is_over(); });
        CHECK_FALSE(link.server.first_frame());
    }
}

TEST_CASE("A ping leaves right behind the upgrade, before anything that is sent") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls, .frames_with_answer = frame(fin | 9, "yours")});
        bool is_open = false;
        link.transport->async_open([&](lcm::error_code ec) {
            CHECK_FALSE(ec);
            is_open = true;
            link.send({"a request"}); // as soon as can be
        });
        link.run_until([&] { return is_open && link.server.frames().size() == 2; });
        REQUIRE(link.server.first_frame());
        CHECK(link.server.first_frame()->first == (fin | 9));
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 10, "yours"}, {fin | 1, "a request"}});
    }
}

TEST_CASE("The first ping leaves also when nothing is sent, and when whoever is told of the connection throws") {
    for (const bool throws : {false, true}) {
        CAPTURE(throws);
        RawLink link({});
        bool is_told = false;
        link.transport->async_open([&](lcm::error_code) {
            is_told = true;
            if (throws) throw std::runtime_error("the handler's");
        });
        const auto wait_for_handler = [&] { link.run_until([&] { return is_told; }); };
        if (throws) CHECK_THROWS_AS(wait_for_handler(), std::runtime_error);
        else wait_for_handler();
        link.run_until([&] { return link.server.first_frame().has_value(); });
        CHECK(link.server.first_frame()->first == (fin | 9));
    }
}

TEST_CASE("A farewell that comes together with the answer fails the attempt, and is answered") {
    struct Row {
        int code;
        bool is_permanent;
    };
    for (const Row& row : {Row{1000, false}, {1001, false}, {1008, true}, {1012, false}, {4401, false}})
        for (const bool tls : {false, true})
            for (const std::string& before :
                 {std::string(), frame(fin | 1, "an event"), frame(1, "begun") + frame(fin | 9, "ping")}) {
                CAPTURE(row.code, tls, before);
                RawLink link({.tls = tls, .frames_with_answer = before + frame(fin | 8, close_payload(row.code))});
                CHECK(link.try_to_open() == Errc::upgrade_rejected);
                CHECK(link.transport->last_failure().is_permanent == row.is_permanent);
                CHECK(has(link.detail(), std::to_string(row.code)));
                CHECK(has(link.detail(), "right behind the answer to the upgrade"));
                link.run_until([&] { return link.server.is_over(); });
                CHECK(link.server.first_frame() == ClientFrame{fin | 8, close_payload(row.code)});
                CHECK(link.server.frames().size() == 1);
                link.run_to_the_end();
            }
}

#ifndef _WIN32 // which cannot be told to hold a segment back
TEST_CASE(
    "A farewell in a record of TLS of its own, in the segment of the answer, is read before the connection is open") {
    RawLink link({.tls = true, .second_write = frame(fin | 8, close_payload(4401))});
    CHECK(link.try_to_open() == Errc::upgrade_rejected);
    CHECK(has(link.detail(), "4401"));
}
#endif

TEST_CASE("Whatever ends the connection fails the attempt if it comes together with the answer") {
    struct Row {
        std::string frames;
        bool is_permanent;
        std::string words;
        int answer; // the code of the client's farewell
    };
    const std::vector<Row> rows{
        {frame(fin | rsv1 | 1, "compressed"), true, "violated", 1002},
        {frame(fin | 3, "no such opcode"), true, "violated", 1002},
        {frame(fin | 1, "ok") + frame(fin | 1, "\xff"), false, "", 0}, // read when it is received, as ever
        {frame(fin | 8, "x"), true, "violated", 1002},
        {raw({0x81, 127, 0, 0, 0, 0, 1, 0, 0, 0}), false, "larger than the limit", 1009},
    };
    for (const Row& row : rows) {
        CAPTURE(row.words, row.answer);
        RawLink link({.frames_with_answer = row.frames});
        if (row.answer == 0) {
            link.open_and_receive();
            link.wait_for_loss();
            CHECK(link.received == std::vector<std::string>{"ok"});
            continue;
        }
        CHECK(link.try_to_open() == Errc::upgrade_rejected);
        CHECK(link.transport->last_failure().is_permanent == row.is_permanent);
        CHECK(has(link.detail(), row.words));
        link.run_until([&] { return link.server.is_over(); });
        CHECK(link.server.frames() == std::vector<ClientFrame>{{fin | 8, close_payload(row.answer)}});
    }
}

TEST_CASE("A server that agrees and goes at once has opened nothing") {
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls, .frames_with_answer = frame(fin | 1, "an event"), .goes_at_once = true});
        CHECK(link.try_to_open() == Errc::upgrade_rejected);
        CHECK_FALSE(link.transport->last_failure().is_permanent);
        CHECK(has(link.detail(), "right behind the answer to the upgrade"));
        link.run_to_the_end();
    }
}

TEST_CASE("Messages that come together with the answer, more than one read brings, are delivered when it is open") {
    std::string frames;
    std::vector<std::string> expected;
    for (int i = 0; i < 30; ++i) {
        expected.push_back(std::to_string(i) + std::string(1000, 'm'));
        frames += frame(fin | 1, expected.back());
    }
    for (const bool tls : {false, true}) {
        CAPTURE(tls);
        RawLink link({.tls = tls, .frames_with_answer = frames});
        link.open_and_receive();
        link.run_until([&] { return link.received.size() == expected.size(); });
        CHECK(link.received == expected);
    }
}
