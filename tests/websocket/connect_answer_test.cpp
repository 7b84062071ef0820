// SPDX-License-Identifier: BSL-1.0
// A proxy's answer to CONNECT: when there is a tunnel, when another request may follow, and what is said if not.
#include <support/catch.hpp>

#include <lcm_client/websocket/impl/proxy/connect_answer.hpp>
#include <lcm_client/websocket/impl/proxy/explain_proxy.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

using lcm::Errc;
using lcm::detail::at_proxy;
using lcm::detail::ConnectAnswer;
using lcm::detail::Explanation;
using lcm::detail::of_proxy;
using lcm::detail::presentable_reason;
using lcm::detail::ProxyLogin;
using lcm::detail::ProxyRefusal;
using State = ConnectAnswer::State;

namespace {

bool has(const Explanation& why, const std::string& words) {
    return why.failure.detail.find(words) != std::string::npos;
}

// All of the text, in pieces of that size.
ConnectAnswer take(const std::string& text, std::size_t piece, bool awaits_body = true) {
    ConnectAnswer answer(awaits_body);
    for (std::size_t i = 0; i < text.size() && answer.state() == State::incomplete; i += piece)
        answer.take(std::string_view(text).substr(i, piece));
    return answer;
}

const std::string page(100'000, 'x');

} // namespace

TEST_CASE("An answer to CONNECT is judged by its status, in pieces of any size") {
    struct Row {
        std::string text;
        State state;
        unsigned status;
    };
    const std::vector<Row> rows{
        {"HTTP/1.1 200 Connection established\r\n\r\n", State::open, 200},
        {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", State::open, 200},
        {"HTTP/1.1 299\n\n", State::open, 299},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", State::open, 200},
        {"HTTP/1.1 200 OK\r\n", State::incomplete, 200},
        {"HTTP/1.1 200 O", State::incomplete, 0},
        {"", State::incomplete, 0},
        {"HTTP/1.1 101 Switching Protocols\r\n\r\n", State::refused, 101},
        {"HTTP/1.1 300 Multiple Choices\r\n\r\n", State::refused, 300},
        {"HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n", State::refused, 302},
        {"HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\n", State::refused, 403},
        {"HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n", State::challenged, 407},
        {"HTTP/1.1 407 x\r\n\r\n", State::challenged, 407},
        {"HTTP/1.0 401 Unauthorized\r\nConnection: close\r\n\r\n", State::challenged, 401},
        {"HTTP/1.1 503 x\r\nX: " + page, State::refused, 503},
        {"HTTP/1.1 407 x\r\nX: " + page, State::challenged, 407},
        {"HTTP/1.1 200 x\r\nX: " + page, State::garbage, 200},
        {"220 mail.example ESMTP\r\n", State::garbage, 0},
        {"HTTP/1.1 twohundred\r\n", State::garbage, 0},
        {std::string("\x15\x03\x01\x00\x02", 5), State::garbage, 0},
    };
    for (const Row& row : rows)
        for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, row.text.size() + 1}) {
            CAPTURE(row.text.substr(0, 60), piece);
            const ConnectAnswer answer = take(row.text, piece);
            CHECK(answer.state() == row.state);
            CHECK(answer.status() == row.status);
            CHECK(bool(answer.breach()) == (row.state == State::garbage));
        }
    std::string interim;
    for (int i = 0; i <= ConnectAnswer::max_interim; ++i) interim += "HTTP/1.1 100 x\r\n\r\n";
    CHECK(take(interim, 4096).state() == State::garbage);
}

TEST_CASE("The bytes behind a header that agrees belong to the tunnel") {
    const ConnectAnswer answer = take("HTTP/1.1 200 OK\r\nX: y\r\n\r\nfirst bytes", 4096);
    CHECK(answer.state() == State::open);
    CHECK(answer.rest() == "first bytes");
}

TEST_CASE("Another request may follow a 407 if its body is short and its end is known") {
    struct Row {
        std::string fields;
        std::string behind;
        State state;
        bool keeps;
    };
    const std::vector<Row> rows{
        {"Content-Length: 0\r\n", "", State::challenged, true},
        {"Content-Length: 5\r\n", "hello", State::challenged, true},
        {"Content-Length: 5\r\n", "hell", State::incomplete, false},
        {"Content-Length: 5\r\n", "hello and more", State::challenged, false},
        {"Content-Length: 5\r\nContent-Length: 5\r\n", "hello", State::challenged, true},
        {"Content-Length: 5\r\nContent-Length: 6\r\n", "hello", State::challenged, false},
        {"Content-Length: five\r\n", "hello", State::challenged, false},
        {"Content-Length: -5\r\n", "hello", State::challenged, false},
        {"Content-Length: 99999999999999999999999\r\n", "hello", State::challenged, false},
        {"Content-Length: 65536\r\n", page.substr(0, 65536), State::challenged, true},
        {"Content-Length: 65537\r\n", "", State::challenged, false},
        {"Content-Length: 5\r\nConnection: close\r\n", "hello", State::challenged, false},
        {"Content-Length: 5\r\nProxy-Connection: x, Close\r\n", "hello", State::challenged, false},
        {"Transfer-Encoding: chunked\r\n", "", State::challenged, false},
        {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "", State::challenged, false},
        {"", "", State::challenged, false},
    };
    for (const Row& row : rows)
        for (const std::size_t piece : {std::size_t{3}, std::size_t{1'000'000}}) {
            CAPTURE(row.fields, row.behind.substr(0, 20), piece);
            const std::string text =
                "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=x\r\n" + row.fields + "\r\n" + row.behind;
            const ConnectAnswer answer = take(text, piece);
            CHECK(answer.state() == row.state);
            // In small pieces what is behind the body comes too late to be seen.
            if (row.behind != "hello and more" || piece > 100) CHECK(answer.keeps_connection() == row.keeps);
            if (answer.state() == State::challenged) CHECK(answer.challenges().size() == 1);
        }
    const std::string old = "HTTP/1.0 407 x\r\nContent-Length: 0\r\n";
    CHECK_FALSE(take(old + "\r\n", 4096).keeps_connection());
    CHECK(take(old + "Proxy-Connection: keep-alive\r\n\r\n", 4096).keeps_connection());
}

TEST_CASE("Without another request to come, the body of a 407 is not waited for") {
    CHECK(take("HTTP/1.1 407 x\r\nContent-Length: 5\r\n\r\n", 4096, false).state() == State::challenged);
}

TEST_CASE("An answer that is broken off counts by its status, if that declines") {
    struct Row {
        std::string text;
        State state;
    };
    const std::vector<Row> rows{
        {"HTTP/1.1 403 Forbidden\r\n", State::refused},
        {"HTTP/1.1 407 x\r\nProxy-Auth", State::challenged},
        {"HTTP/1.1 200 OK\r\nX", State::incomplete},
        {"HTTP/1.1 100 Continue\r\nX", State::incomplete},
        {"HTTP/1.1 403", State::incomplete},
        {"HTTP/1.1 200 OK\r\n\r\n", State::open},
        {"", State::incomplete},
        {"HTTP/1.1 407 x\r\nContent-Length: 9\r\n\r\nhalf", State::challenged},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        ConnectAnswer answer = take(row.text, 4096);
        answer.end();
        CHECK(answer.state() == row.state);
        CHECK_FALSE(answer.keeps_connection());
    }
}

TEST_CASE("The reason of a proxy is shown if it is printable and holds no piece of a secret") {
    struct Row {
        std::string reason;
        std::vector<std::string> secrets;
        std::string expected;
    };
    const std::vector<Row> rows{
        {"Forbidden", {}, "Forbidden"},
        {" Access  denied ", {}, "Access  denied"},
        {"", {}, ""},
        {"tab\there", {}, ""},
        {"umlaut \xc3\xa4", {}, ""},
        {"escape \x1b[31m", {}, ""},
        {std::string(100, 'r'), {}, std::string(64, 'r')},
        {"Forbidden for agent7", {"agent7"}, ""},
        {"Forbidden for AGENT7", {"agent7"}, ""},
        {"your password begins with hunt", {"xx", "hunter2"}, ""},
        {"Forbidden", {"hunter2"}, "Forbidden"},
        {"Forbidden", {"bid"}, ""},
        {"Forbidden", {""}, "Forbidden"},
        {std::string(70, 'r') + "hunter2", {"hunter2"}, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.reason, row.secrets);
        CHECK(presentable_reason(row.reason, row.secrets) == row.expected);
    }
    CHECK(take("HTTP/1.1 403 Not this port\r\n\r\n", 4096).reason() == " Not this port");
    CHECK(take("HTTP/1.1 403\r\n\r\n", 4096).reason().empty());
}

TEST_CASE("A proxy's refusal has its status, its reason, a code, and says whether trying again can help") {
    struct Row {
        unsigned status;
        Errc code;
        bool is_permanent;
        std::string words;
    };
    const std::vector<Row> rows{
        {302, Errc::connect_failed, true, "wants a browser"},
        {403, Errc::connect_failed, true, "does not allow the server's host or port"},
        {404, Errc::connect_failed, true, "status 404 (Reason)"},
        {407, Errc::unauthorized, true, "status 407 (Reason)"},
        {401, Errc::unauthorized, true, "status 401 (Reason)"},
        {429, Errc::connect_failed, false, "status 429"},
        {500, Errc::connect_failed, false, "status 500"},
        {502, Errc::connect_failed, false, "may not reach the server"},
        {504, Errc::connect_failed, false, "may not reach the server"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.status);
        const Explanation why = lcm::detail::explain_proxy_status({row.status, "Reason", {}});
        CHECK(why.code == row.code);
        CHECK(why.failure.is_permanent == row.is_permanent);
        CHECK(why.failure.cause == lcm::WebSocketErrc::proxy_declined);
        CHECK(has(why, row.words));
    }
}

TEST_CASE("A 407 that is not answered says what was missing, and that a password went in plain text") {
    const ProxyRefusal refusal{407, "Reason", {}};
    const auto why = [&](ProxyLogin::Verdict verdict, bool is_plain = true) {
        return lcm::detail::explain_proxy_login(verdict, is_plain, refusal);
    };
    CHECK(has(why(ProxyLogin::Verdict::needed), "there are none"));
    CHECK(has(why(ProxyLogin::Verdict::refused), "does not accept the credentials, which it got in plain text"));
    CHECK_FALSE(has(why(ProxyLogin::Verdict::refused, false), "plain text"));
    CHECK(has(why(ProxyLogin::Verdict::unusable), "no header may have"));
    CHECK(has(why(ProxyLogin::Verdict::failed), "threw an exception"));
    CHECK(why(ProxyLogin::Verdict::failed).code == Errc::unauthorized);
}

TEST_CASE("What fails on the way to a tunnel is told as the proxy's") {
    Explanation why{Errc::tls_failed, {{}, "the server's certificate was refused: name it in tls.ca_file", true}};
    why = at_proxy("proxy.example:443", of_proxy(why));
    CHECK(why.failure.detail ==
          "the proxy proxy.example:443: the proxy's certificate was refused: name it in proxy.tls.ca_file");
    CHECK(why.failure.block == lcm::BlockReason::proxy);
    CHECK(at_proxy("p:1", {Errc::connect_failed, {}}).failure.detail == "the proxy p:1");
    CHECK(has(lcm::detail::explain_broken_connect(boost::asio::error::eof), "closed the connection"));
    CHECK(has(lcm::detail::explain_broken_connect(boost::asio::error::connection_reset), "broke"));
    CHECK(lcm::detail::explain_no_proxy(boost::asio::error::eof).failure.is_permanent);
}

TEST_CASE("A challenge has the ways to sign on of both fields, that of a proxy and that of a server") {
    const auto count = [](std::string_view lines) {
        return lcm::detail::ChallengeFields(lines, true).challenges().size();
    };
    CHECK(count("Proxy-Authenticate: Basic realm=x\r\n") == 1);
    CHECK(count("WWW-Authenticate: Basic realm=x\r\n") == 1);
    CHECK(count("Authenticate: Basic realm=x\r\n") == 0);
}

TEST_CASE("Whether a request may follow a challenge on its connection is said by all of its fields together") {
    const auto body = [](std::string_view lines, bool is_http_1_1 = true) {
        return lcm::detail::ChallengeFields(lines, is_http_1_1).body_before_next();
    };
    CHECK(body("Content-Length: 5\r\n") == 5U);
    CHECK_FALSE(body("Content-Length: 5x\r\n"));
    CHECK_FALSE(body("Content-Length: 99999999999999999999999\r\n"));
    CHECK(body("X-Note: close\r\nContent-Length: 5\r\n") == 5U);
    CHECK_FALSE(body("Connection: close\r\nProxy-Connection: keep-alive\r\nContent-Length: 5\r\n"));
    CHECK_FALSE(body("Content-Length: 5\r\n", false));
    CHECK(body("Proxy-Connection: keep-alive\r\nConnection: TE\r\nContent-Length: 5\r\n", false) == 5U);
}
