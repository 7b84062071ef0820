// SPDX-License-Identifier: BSL-1.0
// How faults of a WebSocket connection are sorted and put into words: statuses, Retry-After, close codes, errors.
#include <support/catch.hpp>

#include <lcm_client/link_status.hpp>
#include <lcm_client/websocket/impl/http/explain.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using lcm::Errc;
using lcm::WebSocketErrc;
using lcm::detail::CloseCode;
using lcm::detail::explain_loss;
using lcm::detail::explain_silence;
using lcm::detail::Explanation;
using lcm::detail::ReadEnd;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT, and half a second more.
constexpr std::chrono::system_clock::time_point now(784111777s + 500ms);

Explanation explain_status(unsigned status, const std::string& retry_after = {}) {
    return lcm::detail::explain_status(status, retry_after, now);
}

Explanation explain_close(unsigned code) {
    const auto server_code = static_cast<CloseCode>(code);
    return lcm::detail::explain_end({WebSocketErrc::closed, server_code, server_code}, 65536);
}

Explanation explain_end(WebSocketErrc why) { return lcm::detail::explain_end({why, CloseCode::protocol_error}, 65536); }

bool has(const Explanation& why, const std::string& words) {
    return why.failure.detail.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("Retry-After is understood as seconds and as a date, bounded, and ignored when it is neither") {
    struct Row {
        std::string text;
        std::optional<std::chrono::seconds> expected;
    };
    const std::vector<Row> rows{
        {"0", 0s},
        {"1", 1s},
        {"120", 120s},
        {"0000000120", 120s},
        {"86400", 24h},
        {"86401", 24h},
        {"99999999999999999999999999999999", 24h},
        {"Sun, 06 Nov 1994 08:49:38 GMT", 1s},
        {"Sun, 06 Nov 1994 09:49:37 GMT", 1h},
        {"Mon, 07 Nov 1994 08:49:37 GMT", 24h},
        {"Mon, 07 Nov 1994 08:49:38 GMT", 24h},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 24h},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0s},
        {"Sun, 06 Nov 1994 08:49:36 GMT", 0s},
        {"Sat, 01 Jan 0000 00:00:00 GMT", 0s},
        {"Sun, 06 Nov 1994 08:49:60 GMT", 23s}, // a leap second
        {"", std::nullopt},
        {"12 0", std::nullopt},
        {"-1", std::nullopt},
        {"+1", std::nullopt},
        {"1.5", std::nullopt},
        {"soon", std::nullopt},
        {"0x10", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:61 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:60:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 24:49:37 GMT", std::nullopt},
        {"Thu, 31 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 00 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 ovD 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:37 CET", std::nullopt},
        {"Sun, 06 Nov 1994 08.49.37 GMT", std::nullopt},
        {"Sun, +6 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 6 Nov 1994 08:49:37 GMT", std::nullopt},
        {"Sunday, 06-Nov-94 08:49:37 GMT", std::nullopt}, // the obsolete forms
        {"Sun Nov  6 08:49:37 1994", std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto parsed = lcm::detail::parse_retry_after(row.text, now);
        CHECK(parsed == row.expected);
        CHECK(explain_status(503, row.text).failure.retry_after == row.expected);
        CHECK(has(explain_status(503, row.text), "Retry-After") == row.expected.has_value());
    }
}

TEST_CASE("Statuses at the upgrade are sorted into permanent and passing ones, and 401, 403 and 407 are unauthorized") {
    for (unsigned status = 100; status < 1000; ++status) {
        CAPTURE(status);
        const Explanation why = explain_status(status, "120");
        const bool passes = status == 408 || status == 425 || status == 429 || status >= 500;
        CHECK(why.failure.is_permanent != passes);
        CHECK(why.code ==
              (status == 401 || status == 403 || status == 407 ? Errc::unauthorized : Errc::upgrade_rejected));
        CHECK(why.failure.cause == WebSocketErrc::upgrade_declined);
        CHECK(why.failure.retry_after == 120s); // whatever the status
        CHECK(has(why, "status " + std::to_string(status)));
        CHECK(has(why, "try again in 120 s"));
    }
    CHECK(has(explain_status(301), "final URL"));
    CHECK(has(explain_status(404), "path of the URL"));
    CHECK(has(explain_status(200), "path of the URL"));
    CHECK_FALSE(explain_status(503).failure.retry_after.has_value());
}

TEST_CASE("The words about an answer to the upgrade hold nothing that the server wrote") {
    const std::string text = "Sec, 06 Nov 1994 08:49:38 GMT"; // what stands for the weekday is not looked at
    CHECK(explain_status(503, text).failure.retry_after == 1s);
    CHECK_FALSE(has(explain_status(503, text), "Sec"));
    CHECK_FALSE(has(explain_status(503, "s3cret"), "s3cret"));
}

TEST_CASE("A server that cannot be connected to is named with its port, also where the URL names none") {
    const auto words = [](const char* url) {
        return lcm::detail::explain_no_connection(boost::asio::error::connection_refused, lcm::parse_url(url))
            .failure.detail;
    };
    CHECK(words("ws://127.0.0.1:8080/") == "the server is 127.0.0.1:8080");
    CHECK(words("ws://127.0.0.1/") == "the server is 127.0.0.1, at port 80 since the URL names no other");
    CHECK(words("wss://lcm.example/ws") == "the server is lcm.example, at port 443 since the URL names no other");
}

TEST_CASE("An upgrade that breaks off is worth another try, and an answer that is not WebSocket's is not") {
    struct Row {
        lcm::error_code ec;
        std::string words;
    };
    const std::vector<Row> rows{
        {boost::asio::error::eof, "closed the connection"},
        {boost::asio::error::connection_reset, "broke"},
        {boost::asio::error::broken_pipe, "broke"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.ec.message());
        const Explanation why = lcm::detail::explain_broken_upgrade(row.ec);
        CHECK(why.code == Errc::upgrade_rejected);
        CHECK(why.failure.cause == row.ec);
        CHECK_FALSE(why.failure.is_permanent);
        CHECK(has(why, row.words));
        CHECK_FALSE(why.failure.retry_after.has_value());
        CHECK_FALSE(has(why, "wss://"));
        CHECK(has(lcm::detail::explain_broken_upgrade(row.ec, true), "use wss:// for this port"));
    }
    for (const Explanation& why :
         {lcm::detail::explain_no_websocket(WebSocketErrc::no_accept), lcm::detail::explain_unasked("an extension")}) {
        CAPTURE(why.failure.detail);
        CHECK(why.code == Errc::upgrade_rejected);
        CHECK(why.failure.cause);
        CHECK(why.failure.is_permanent);
    }
    CHECK(has(lcm::detail::explain_no_websocket({}), "not that of a WebSocket server"));
    CHECK(has(lcm::detail::explain_unasked("an extension"), "an extension that was not asked for"));
    CHECK(has(lcm::detail::explain_tls_there(), "use wss:// for this port"));
    CHECK(lcm::detail::explain_tls_there().failure.is_permanent);
}

TEST_CASE("Close codes that object to this client are permanent, all others are not") {
    for (unsigned code = 1; code < 5000; ++code) {
        CAPTURE(code);
        const Explanation why = explain_close(code);
        const bool objects = code == 1002 || code == 1003 || code == 1007 || code == 1008 || code == 1010;
        CHECK(why.failure.is_permanent == objects);
        CHECK(why.code == Errc::connection_lost);
        CHECK(has(why, "code " + std::to_string(code)));
    }
    CHECK(has(explain_close(1001), "going away"));
    const Explanation silent = explain_close(0);
    CHECK_FALSE(silent.failure.is_permanent);
    CHECK(has(silent, "without a code"));
}

TEST_CASE("A close frame right behind the upgrade is about the moment, or about this client") {
    for (unsigned code = 1000; code < 5000; ++code) {
        const ReadEnd end{lcm::WebSocketErrc::closed, CloseCode::normal, static_cast<CloseCode>(code)};
        REQUIRE(lcm::detail::is_passing_close(end) == (code < 3000 && !lcm::detail::is_permanent_close(code)));
    }
    CHECK_FALSE(lcm::detail::is_passing_close({lcm::WebSocketErrc::bad_utf8, CloseCode::invalid_payload}));
}

TEST_CASE("What one address has done is for it alone, but for what concerns credentials or asks for time") {
    using lcm::detail::is_for_one_address;
    CHECK(is_for_one_address({Errc::tls_failed, {.is_permanent = true}}));
    CHECK(is_for_one_address({Errc::upgrade_rejected, {}}));
    CHECK(is_for_one_address({Errc::connect_failed, {}})); // a proxy's
    CHECK_FALSE(is_for_one_address({Errc::unauthorized, {.is_permanent = true}}));
    CHECK_FALSE(is_for_one_address({Errc::upgrade_rejected, {.retry_after = std::chrono::seconds(0)}}));
    CHECK_FALSE(is_for_one_address({Errc::upgrade_rejected, {boost::asio::error::no_memory}}));
    CHECK(lcm::detail::without_advice("it was so; do this; or that") == "it was so");
    CHECK(lcm::detail::without_advice("it was so") == "it was so");
}

TEST_CASE("The loss of an open connection is permanent only if the server violates the WebSocket protocol") {
    struct Row {
        Explanation why;
        lcm::error_code cause;
        Errc code;
        bool is_permanent;
        std::string words;
    };
    std::vector<Row> rows{{explain_silence(), boost::asio::error::timed_out, Errc::idle_timeout, false, ""},
                          {explain_end(WebSocketErrc::message_too_big), WebSocketErrc::message_too_big,
                           Errc::connection_lost, false, "limit of 65536 bytes"}};
    for (const auto ec : {boost::asio::error::connection_reset, boost::asio::error::broken_pipe,
                          boost::asio::error::timed_out, boost::asio::error::connection_aborted})
        rows.push_back({explain_loss(ec), ec, Errc::connection_lost, false, ""});
    const lcm::error_code eof = boost::asio::error::eof;
    rows.push_back({explain_loss(eof), eof, Errc::connection_lost, false, "dropped"});
    for (const auto violation :
         {WebSocketErrc::bad_opcode, WebSocketErrc::unexpected_data_frame, WebSocketErrc::unexpected_continuation,
          WebSocketErrc::bad_reserved_bits, WebSocketErrc::fragmented_control_frame, WebSocketErrc::bad_control_size,
          WebSocketErrc::masked_frame, WebSocketErrc::bad_length, WebSocketErrc::bad_utf8,
          WebSocketErrc::bad_close_code, WebSocketErrc::bad_close_size, WebSocketErrc::bad_close_reason})
        rows.push_back({explain_end(violation), violation, Errc::connection_lost, true, "violated"});
    for (const Row& row : rows) {
        CAPTURE(row.cause.message());
        CHECK(row.why.code == row.code);
        CHECK(row.why.failure.cause == row.cause);
        CHECK(row.why.failure.is_permanent == row.is_permanent);
        CHECK(row.why.failure.message_too_large == (row.cause == WebSocketErrc::message_too_big));
        CHECK(has(row.why, row.words));
    }
}

TEST_CASE("Each code of WebSocket has a sentence of its own, in a category of its own") {
    std::set<std::string> sentences;
    for (int value = 1; value <= static_cast<int>(WebSocketErrc::bad_close_reason); ++value) {
        const lcm::error_code ec = static_cast<WebSocketErrc>(value);
        CHECK(ec);
        CHECK(std::string(ec.category().name()) == "lcm.websocket");
        sentences.insert(ec.message());
    }
    CHECK(sentences.size() == static_cast<std::size_t>(WebSocketErrc::bad_close_reason));
    CHECK(sentences.count("unknown code") == 0);
    CHECK(lcm::error_code(WebSocketErrc::closed) != Errc::invalid_argument); // the same number
}

TEST_CASE("Each refusal says whom the link waits for, and what can be done") {
    using lcm::BlockReason;
    struct Row {
        unsigned status;
        std::string location;
        lcm::detail::UpgradeFacts request;
        BlockReason block;
        std::string words;
    };
    const std::vector<Row> rows{
        {401, "", {.has_credentials = true}, BlockReason::credentials, "something before the server has taken it out"},
        {401, "", {.has_credentials = false}, BlockReason::credentials, "no Authorization header was sent"},
        {403, "", {}, BlockReason::credentials, "status 403"},
        {407, "", {}, BlockReason::proxy, "status 407"},
        {400, "", {}, BlockReason::path, "status 400"},
        {400, "", {.tls = false}, BlockReason::path, "status 400; does it want TLS at this port? Then use wss://"},
        {404, "", {}, BlockReason::path, "check the path"},
        {200, "", {}, BlockReason::path, "check the path"},
        {302, "", {}, BlockReason::path, "give the final URL"},
        {302, "/other?s3cret", {}, BlockReason::path, "which leads to /other; redirections are not followed"},
        {302, "mailto:s3cret@h", {}, BlockReason::path, "status 302; redirections are not followed"},
        {303, "https://login.example/x?s3cret", {}, BlockReason::credentials, "a page for signing in"},
        {301, "https://h/x", {.tls = false, .host = "h"}, BlockReason::path, "which leads to https://h/x; use wss://"},
        {301, "https://h/x", {.tls = true, .host = "h"}, BlockReason::path, "give the final URL"},
        {404, "/s3cret", {}, BlockReason::path, "status 404; check"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.status, row.location);
        const Explanation why = lcm::detail::explain_status(row.status, {}, now, row.request, row.location);
        CHECK(why.failure.is_permanent);
        CHECK(why.failure.block == row.block);
        CHECK(has(why, row.words));
        CHECK_FALSE(has(why, "s3cret"));
    }
    CHECK(lcm::detail::explain_no_websocket(WebSocketErrc::no_accept).failure.block == BlockReason::path);
    CHECK(explain_close(1008).failure.block == BlockReason::other);
    CHECK(explain_end(WebSocketErrc::masked_frame).failure.block == BlockReason::other);
}

TEST_CASE("Credentials that are held back tell since when and until when") {
    const Explanation why = lcm::detail::explain_held({12s, 288s});
    CHECK(why.code == Errc::unauthorized);
    CHECK(why.failure.is_permanent);
    CHECK(why.failure.block == lcm::BlockReason::credentials);
    CHECK(has(why, "12 s ago"));
    CHECK(has(why, "288 s"));
}
