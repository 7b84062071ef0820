// SPDX-License-Identifier: BSL-1.0
// How the answer to the request for the upgrade is judged: by its status line and header, whatever its body, its pieces
// and its letter case are.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/http/header_end.hpp>
#include <lcm_client/websocket/impl/http/http_answer.hpp>
#include <lcm_client/websocket/impl/http/upgrade_answer.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using lcm::Errc;
using lcm::detail::Explanation;
using lcm::detail::HeaderEnd;
using lcm::detail::UpgradeAnswer;
using State = lcm::detail::UpgradeAnswer::State;
using Breach = lcm::WebSocketErrc;

namespace {

constexpr std::chrono::system_clock::time_point now(784111777s);

// The sample of RFC 6455, 1.3.
const std::string answer_to_key = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const std::string first_line = "HTTP/1.1 101 Switching Protocols\r\n";
const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
const std::string accepts = "Sec-WebSocket-Accept: " + answer_to_key + "\r\n";
const std::string good = first_line + upgrade + accepts;

UpgradeAnswer make(std::vector<std::string> subprotocols = {}, bool is_tls = true) {
    UpgradeAnswer answer({std::move(subprotocols), {.tls = is_tls}});
    answer.expect(answer_to_key);
    return answer;
}

// Takes the bytes in pieces of that size, as many as it wants.
State feed(UpgradeAnswer& answer, std::string_view bytes, std::size_t piece) {
    State state = State::incomplete;
    while (state == State::incomplete && !bytes.empty()) {
        state = answer.take(bytes.substr(0, piece), now);
        bytes.remove_prefix((std::min)(piece, bytes.size()));
    }
    return state;
}

Explanation refusal_of(const std::string& bytes, const std::vector<std::string>& subprotocols = {}) {
    UpgradeAnswer answer = make(subprotocols);
    CAPTURE(bytes.substr(0, 200));
    REQUIRE(answer.take(bytes, now) == State::refused);
    return answer.why();
}

bool is_accepted(const std::string& bytes, const std::vector<std::string>& subprotocols = {}) {
    return make(subprotocols).take(bytes, now) == State::accepted;
}

bool has(const Explanation& why, const std::string& words) {
    return why.failure.detail.find(words) != std::string::npos;
}

const std::string no_websocket = "not that of a WebSocket server";

} // namespace

TEST_CASE("The answer to a key is that of the specification's sample") {
    CHECK(lcm::detail::accept_for("dGhlIHNhbXBsZSBub25jZQ==") == answer_to_key);
}

TEST_CASE("No answer is accepted before it is known what a server has to answer to the key") {
    UpgradeAnswer answer(lcm::detail::UpgradeOffer{});
    CHECK(answer.take(first_line + upgrade + "Sec-WebSocket-Accept:\r\n\r\n", now) == State::refused);
}

TEST_CASE("An answer that agrees is accepted, in any letter case and order, and with other headers") {
    const std::vector<std::string> rows{
        good,
        first_line + accepts + upgrade,
        "HTTP/1.1 101\r\n" + upgrade + accepts,
        "HTTP/1.1 101 \r\n" + upgrade + accepts,
        first_line + "UPGRADE: WebSocket\r\nCONNECTION: UPGRADE\r\nSEC-WEBSOCKET-ACCEPT:" + answer_to_key + "\r\n",
        first_line + "Upgrade: h2c, websocket\r\nConnection: keep-alive,Upgrade\r\n" + accepts,
        first_line + "Connection: keep-alive\r\n" + upgrade + accepts,
        first_line + upgrade + "Connection: keep-alive\r\nUpgrade: h2c\r\n" + accepts,
        first_line + upgrade + "Sec-WebSocket-Accept: \t" + answer_to_key + " \t\r\n",
        good + "Set-Cookie: a=b:c\r\nServer:\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        good + "X-Long: " + std::string(60'000, 'x') + "\r\n",
    };
    for (const std::string& header : rows) {
        CAPTURE(header.substr(0, 200));
        CHECK(is_accepted(header + "\r\n"));
    }
    std::string without_returns = good + "\r\n";
    std::erase(without_returns, '\r');
    CHECK(is_accepted(without_returns));
}

TEST_CASE("A 101 that is not the answer to this request is refused for good") {
    struct Row {
        std::string header;
        lcm::error_code cause;
    };
    const lcm::error_code malformed = make_error_code(boost::system::errc::bad_message);
    const std::vector<Row> rows{
        {first_line, Breach::no_upgrade},
        {first_line + "Connection: Upgrade\r\n" + accepts, Breach::no_upgrade},
        {first_line + "Upgrade: h2c\r\nConnection: Upgrade\r\n" + accepts, Breach::no_upgrade},
        {first_line + "Upgrade: websockets\r\nConnection: Upgrade\r\n" + accepts, Breach::no_upgrade},
        {first_line + "Upgrade: websocket\r\n" + accepts, Breach::no_connection_upgrade},
        {first_line + "Upgrade: websocket\r\nConnection: close\r\n" + accepts, Breach::no_connection_upgrade},
        {first_line + upgrade, Breach::no_accept},
        {first_line + upgrade + "Sec-WebSocket-Accept:\r\n", Breach::bad_accept},
        {first_line + upgrade + "Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\r\n", Breach::bad_accept},
        {first_line + upgrade + "Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO=\r\n", Breach::bad_accept},
        {good + accepts, Breach::bad_accept}, // twice
        {"HTTP/1.0 101 x\r\n" + upgrade + accepts, Breach::bad_http_version},
        {"HTTP/2 101 x\r\n" + upgrade + accepts, Breach::bad_http_version},
        {good + "no colon\r\n", malformed},
        {good + ": no name\r\n", malformed},
        {good + "Two words: x\r\n", malformed},
        {good + "Space : x\r\n", malformed},
        {good + "X-Folded: a\r\n b\r\n", malformed},
    };
    for (const Row& row : rows) {
        const Explanation why = refusal_of(row.header + "\r\n");
        CAPTURE(row.header, why.failure.cause.message());
        CHECK(why.code == Errc::upgrade_rejected);
        CHECK(why.failure.cause == row.cause);
        CHECK(why.failure.is_permanent);
        CHECK(has(why, no_websocket));
    }
}

TEST_CASE("What was not asked for refuses the answer: any extension, another subprotocol, or two") {
    struct Row {
        std::string line;
        std::vector<std::string> asked;
        std::string words; // empty: accepted
    };
    const std::string extension = "an extension that was not asked for";
    const std::string subprotocol = "a subprotocol that was not asked for";
    const std::vector<Row> rows{
        {"Sec-WebSocket-Extensions: permessage-deflate\r\n", {}, extension},
        {"Sec-WebSocket-Extensions: x-own; a=1\r\n", {"chat"}, extension},
        {"sec-websocket-extensions:\r\n", {}, extension},
        {"Sec-WebSocket-Protocol: chat\r\n", {}, subprotocol},
        {"Sec-WebSocket-Protocol: \r\n", {}, subprotocol},
        {"Sec-WebSocket-Protocol: chat\r\n", {"lcm.v1"}, subprotocol},
        {"Sec-WebSocket-Protocol: LCM.V1\r\n", {"lcm.v1"}, subprotocol},
        {"Sec-WebSocket-Protocol: lcm.v1, lcm.v2\r\n", {"lcm.v1", "lcm.v2"}, subprotocol},
        {"Sec-WebSocket-Protocol: lcm.v1\r\nSec-WebSocket-Protocol: lcm.v2\r\n", {"lcm.v1", "lcm.v2"}, subprotocol},
        {"Sec-WebSocket-Protocol: lcm.v1\r\nSec-WebSocket-Protocol: lcm.v1\r\n", {"lcm.v1"}, subprotocol},
        {"Sec-WebSocket-Protocol: lcm.v2\r\n", {"lcm.v1", "lcm.v2"}, ""},
        {"SEC-WEBSOCKET-PROTOCOL: lcm.v1 \r\n", {"lcm.v1"}, ""},
        {"", {"lcm.v1"}, ""}, // the server speaks none of them, and the connection stands
    };
    for (const Row& row : rows) {
        CAPTURE(row.line, row.asked);
        if (row.words.empty()) {
            CHECK(is_accepted(good + row.line + "\r\n", row.asked));
            continue;
        }
        const Explanation why = refusal_of(good + row.line + "\r\n", row.asked);
        CHECK(why.code == Errc::upgrade_rejected);
        CHECK(why.failure.is_permanent);
        CHECK(has(why, row.words));
    }
}

TEST_CASE("Another status is told when its header ends, whatever that says of a body") {
    const std::vector<std::string> bodies{"",
                                          "Content-Length: 0\r\n",
                                          "Content-Length: 20000000\r\n",
                                          "Content-Length: 99999999999999999999999999\r\n",
                                          "Content-Length: -1\r\n",
                                          "Content-Length: 5\r\nContent-Length: 6\r\n",
                                          "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "Transfer-Encoding: gzip, identity, nonsense\r\n",
                                          "no colon\r\n",
                                          "X-Folded: a\r\n b\r\n",
                                          upgrade + accepts,
                                          "Sec-WebSocket-Extensions: x\r\n"};
    for (const std::string& lines : bodies)
        for (const std::string status : {"200", "302", "401", "403", "404", "407", "426", "503"}) {
            CAPTURE(lines, status);
            const std::string head = "HTTP/1.1 " + status + " x\r\n" + lines + "Retry-After: 7\r\n";
            CHECK(make().take(head, now) == State::incomplete);
            const Explanation why = refusal_of(head + "\r\n");
            const bool is_unauthorized = status == "401" || status == "403" || status == "407";
            CHECK(why.code == (is_unauthorized ? Errc::unauthorized : Errc::upgrade_rejected));
            CHECK(why.failure.is_permanent == (status != "503"));
            CHECK(why.failure.retry_after == 7s);
            CHECK(has(why, "status " + status));
        }
    CHECK(has(refusal_of("HTTP/1.0 429 x\r\n\r\n"), "status 429"));
    CHECK(has(refusal_of("HTTP/1.1 401\r\n\r\n"), "status 401"));
    CHECK(has(refusal_of("HTTP/1.1 401\n\n"), "status 401"));
    CHECK(has(refusal_of("HTTP/2 403 \r\n\r\n"), "status 403"));
}

TEST_CASE("What does not begin like an answer of HTTP is refused at its first bytes") {
    for (const std::string bytes :
         {"220 mail.example ESMTP\r\n", "SSH-2.0-x\r\n", "\x16\x03\x03", "h", "\r\n", "HTTQ", "http/1.1 101 x\r\n",
          "HTTP/1.1\r\n", "HTTP/1.1 x\r\n", "HTTP/1.1 1010 x\r\n", "HTTP/1.1  101 x\r\n", "HTTP/1.1 99 x\r\n",
          "HTTP/1.1 099 x\r\n", "HTTP/1.1 1a1 x\n"}) {
        CAPTURE(bytes);
        const Explanation why = refusal_of(bytes);
        CHECK(why.code == Errc::upgrade_rejected);
        CHECK(why.failure.is_permanent);
        CHECK(has(why, no_websocket));
    }
    for (const std::string bytes : {"H", "HTTP/", "HTTP/1.1 ", "HTTP/1.1 101 x", "HTTP/1.1 401 x\r"}) {
        CAPTURE(bytes);
        CHECK(make().take(bytes, now) == State::incomplete);
    }
}

TEST_CASE("An alert of TLS in answer to plain text says which scheme is wanted, however few of its bytes have come") {
    for (const std::string bytes : {"\x15", "\x15\x03\x01"}) {
        UpgradeAnswer answer = make({}, false);
        REQUIRE(answer.take(bytes, now) == State::refused);
        CHECK(has(answer.why(), "use wss:// for this port"));
        CHECK_FALSE(has(refusal_of(bytes), "wss://")); // it was asked over TLS
    }
    UpgradeAnswer answer = make({}, false);
    CHECK(has(answer.broken_off(boost::asio::error::eof, now), "use wss:// for this port"));
}

TEST_CASE("Interim answers are passed over, each with its header, but not without end") {
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n"
                                "Sec-WebSocket-Protocol: chat\r\nRetry-After: 9\r\n\r\nHTTP/1.1 102 x\n\n";
    CHECK(is_accepted(interim + good + "\r\n"));
    const Explanation refused = refusal_of(interim + "HTTP/1.1 503 x\r\n\r\n");
    CHECK(has(refused, "status 503"));
    CHECK_FALSE(refused.failure.retry_after.has_value());

    std::string many;
    for (int i = 0; i < UpgradeAnswer::max_interim; ++i) many += "HTTP/1.1 102 Processing\r\n\r\n";
    CHECK(is_accepted(many + good + "\r\n"));
    CHECK(has(refusal_of(many + "HTTP/1.1 102 Processing\r\n\r\n" + good + "\r\n"), no_websocket));
}

TEST_CASE("A header may have 64 KB, and one that has more is judged by its status line") {
    const auto with_size = [](const std::string& head, std::size_t size) {
        return head + "X-Long: " + std::string(size - head.size() - 12, 'x') + "\r\n\r\n";
    };
    CHECK(is_accepted(with_size(good, UpgradeAnswer::max_header)));
    CHECK(has(refusal_of(with_size(good, UpgradeAnswer::max_header + 1)), no_websocket));
    for (const std::size_t size : {UpgradeAnswer::max_header, UpgradeAnswer::max_header + 1, std::size_t{200'000}}) {
        CAPTURE(size);
        const std::string long_refusal = with_size("HTTP/1.1 503 x\r\nRetry-After: 7\r\n", size);
        CHECK(refusal_of(long_refusal).failure.retry_after == 7s);
        UpgradeAnswer endless = make();
        CHECK(feed(endless, "HTTP/1.1 401 x\r\nX: " + std::string(200'000, 'x'), size / 50) == State::refused);
        CHECK(endless.why().code == Errc::unauthorized);
    }
    UpgradeAnswer nothing = make();
    CHECK(feed(nothing, "HTTP/1.1 " + std::string(200'000, '1'), 4096) == State::refused);
    CHECK(has(nothing.why(), no_websocket));
}

TEST_CASE("An answer that breaks off is told by its status, if that has come, and else by what broke it") {
    const auto broken_off = [](const std::string& bytes) {
        UpgradeAnswer answer = make();
        CHECK(answer.take(bytes, now) == State::incomplete);
        return answer.broken_off(boost::asio::error::eof, now);
    };
    UpgradeAnswer declining = make();
    CHECK_FALSE(declining.refusal_so_far(now).has_value());
    CHECK(declining.take("HTTP/1.1 407 x\r\nProxy", now) == State::incomplete);
    CHECK(declining.refusal_so_far(now)->code == Errc::unauthorized);
    CHECK(broken_off("HTTP/1.1 401 Unauthorized\r\n").code == Errc::unauthorized);
    CHECK(broken_off("HTTP/1.1 503 x\r\nRetry-After: 7\r\nServ").failure.retry_after == 7s);
    for (const std::string& bytes :
         {std::string(), std::string("HTTP/1.1 401"), good, std::string("HTTP/1.1 100 Continue\r\n\r\n")}) {
        CAPTURE(bytes);
        const Explanation why = broken_off(bytes);
        CHECK(why.code == Errc::upgrade_rejected);
        CHECK(why.failure.cause == boost::asio::error::eof);
        CHECK_FALSE(why.failure.is_permanent);
        CHECK_FALSE(has(why, "TLS"));
    }
    UpgradeAnswer plain = make({}, false);
    CHECK(has(plain.broken_off(boost::asio::error::connection_reset, now), "if the server wants TLS, use wss://"));
    CHECK(plain.take("H", now) == State::incomplete);
    CHECK_FALSE(has(plain.broken_off(boost::asio::error::connection_reset, now), "TLS"));
}

TEST_CASE("The pieces in which an answer comes change nothing, and what is behind it is kept") {
    const std::string behind = "\x81\x05hello\r\n\r\n";
    const std::vector<std::string> all{"HTTP/1.1 103 x\r\nA: b\r\n\r\n" + good + "\r\n" + behind,
                                       "HTTP/1.1 100 x\n\n" + good + "\n" + behind,
                                       "HTTP/1.1 401 x\r\nA: b\r\n\r\n" + behind, "HTTP/1.1 abc\r\n" + behind,
                                       good + "Sec-WebSocket-Extensions: x\r\n\r\n" + behind};
    for (const std::string& bytes : all)
        for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
            CAPTURE(bytes, piece);
            UpgradeAnswer whole = make();
            UpgradeAnswer cut = make();
            const State state = whole.take(bytes, now);
            REQUIRE(state != State::incomplete);
            REQUIRE(feed(cut, bytes, piece) == state);
            if (state == State::refused) REQUIRE(cut.why().failure.detail == whole.why().failure.detail);
            if (state == State::accepted) REQUIRE(behind.starts_with(cut.rest()));
            if (state == State::accepted) REQUIRE(whole.rest() == behind);
        }
}

TEST_CASE("Whatever bytes come, the answer ends, is not accepted by chance, and repeats nothing of them") {
    std::mt19937 random(6455);
    const auto any = [&](std::size_t end) { return random() % end; };
    const std::vector<std::string> parts{"HTTP/1.1 ",
                                         "101",
                                         "401",
                                         "100",
                                         " x",
                                         "\r\n",
                                         "\n",
                                         "\r",
                                         ":",
                                         " ",
                                         upgrade,
                                         "s3cret",
                                         "Sec-WebSocket-Accept: ",
                                         "s3cret: s3cret\r\n",
                                         "\r\n\r\n",
                                         "Retry-After: 5",
                                         first_line};
    for (int repetition = 0; repetition < 5000; ++repetition) {
        std::string bytes;
        for (std::size_t count = any(12); count != 0; --count) bytes += parts[any(parts.size())];
        for (std::size_t count = any(3); count != 0 && !bytes.empty(); --count)
            bytes[any(bytes.size())] = static_cast<char>(any(256));
        UpgradeAnswer answer = make();
        const State state = feed(answer, bytes, 1 + any(bytes.size() + 1));
        CAPTURE(bytes);
        REQUIRE(state != State::accepted); // nobody knows the key
        const Explanation why =
            state == State::refused ? answer.why() : answer.broken_off(boost::asio::error::eof, now);
        REQUIRE_FALSE(has(why, "s3cret"));
        REQUIRE_FALSE(why.failure.detail.empty());
    }
}

TEST_CASE("The blank line that ends a header is found in pieces of any size, with and without carriage returns") {
    for (const std::string header :
         {"HTTP/1.1 101 Switching\r\nA: b\r\r\nC: d\r\n\r\r\n\r\n", "HTTP/1.1 101 x\nA: b\n\n",
          "HTTP/1.1 101 x\r\nA: b\n\r\n", "HTTP/1.1 101 x\nA: b\r\n\n"}) {
        const std::string all = header + "\r\n\r\nframes";
        for (std::size_t piece = 1; piece <= all.size(); ++piece) {
            HeaderEnd end;
            std::size_t taken = 0;
            for (std::size_t at = 0; at < all.size(); at += piece)
                taken += end.take(std::string_view(all).substr(at, piece));
            CHECK(end.is_found());
            CHECK(taken == header.size());
        }
    }
    HeaderEnd unfinished;
    CHECK(unfinished.take("HTTP/1.1 101\r\n\r") == 15);
    CHECK_FALSE(unfinished.is_found());
}

TEST_CASE("An answer is known by its status line, a 101 by its header, and an interim one never") {
    UpgradeAnswer interim = make();
    REQUIRE(interim.take("HTTP/1.1 103 Early Hints\r\nLocation: /hint\r\n", now) == State::incomplete);
    CHECK_FALSE(interim.head());
    UpgradeAnswer agrees = make();
    REQUIRE(agrees.take(good, now) == State::incomplete);
    CHECK_FALSE(agrees.head());
    REQUIRE(agrees.take("\r\n", now) == State::accepted);
    REQUIRE(agrees.head());
    CHECK(agrees.head()->status == 101);
    UpgradeAnswer declines = make();
    REQUIRE(declines.take("HTTP/1.1 503 Busy\r\n", now) == State::incomplete);
    REQUIRE(declines.head());
    CHECK(declines.head()->status == 503);
}

TEST_CASE("Of a field that stands twice the first value counts") {
    const std::string lines = "Retry-After: 5\r\nRetry-After: 7\r\nLocation: /a\r\nLocation: /b\r\n";
    const lcm::detail::UpgradeFields fields(lines);
    CHECK(fields.retry_after() == "5");
    CHECK(fields.location() == "/a");
}
