// SPDX-License-Identifier: BSL-1.0
// How a request ends, for each thing that can happen to it on the wire, in the queue or at the caller's wish.
#include <support/bench.hpp>
#include <support/catch.hpp>

#include <boost/asio/error.hpp>

#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::Errc;
using lcm::testing::reply;
using lcm::testing::ws_error;

namespace {

std::string with_response(const std::string& response) {
    return R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
           R"("message":{"callid":"12345","response":)" +
           response + "}}";
}

} // namespace

TEST_CASE("A request ends as the server's message says") {
    struct Row {
        std::string message;
        std::string ending;
    };
    const std::vector<Row> rows{
        {reply<SetOutcome>("12345"), "accepted"},
        {reply<SetOutcome>("12345", false), "server_error (refused)"},
        {with_response(R"({})"), "bad_reply (unknown)"},
        {with_response(R"({"success":"true"})"), "bad_reply (unknown)"},
        {with_response(R"({"success":1})"), "bad_reply (unknown)"},
        {with_response(R"({"success":null})"), "bad_reply (unknown)"},
        {with_response("true"), "bad_reply (unknown)"}, // only one other operation answers like this
        {with_response(R"([{"success":true}])"), "accepted"},
        {with_response(R"([{"success":true},{"success":true}])"), "bad_reply (unknown)"},
        {with_response(R"([])"), "bad_reply (unknown)"},
        {with_response(R"({"success":true,"Success":false})"), "bad_reply (unknown)"},
        {with_response(R"({"SUCCESS":true})"), "accepted"},
        {R"({"Channel":"lcm","Topic":"Webservice","SubTopic":" setbusinessoutcomewithcalloutcomeRESULT ",)"
         R"("Message":{"CallId":"12345","Response":{"Success":true}}})",
         "accepted"},
        {R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult","message":{"callid":12345,"response":{"success":true}}})",
         "accepted"},
        {R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult","data":{"callid":"12345","response":{"success":true}}})",
         "accepted"},
        {ws_error("Invalid Call ID:12345"), "invalid_call_id (refused)"},
        {ws_error("Callid is empty"), "invalid_call_id (refused)"},
        {ws_error("Out of licences"), "invalid_call_id (refused)"}, // its `msg` is "Invalid Call ID."
        {R"({"topic":"error","message":{"errorType":"WS_Error","errorMessage":"Out of licences"}})",
         "server_error (refused)"},
        {R"({"channel":"Cisco","topic":"Error","data":{"packet":"apierror","data ":{"errorType":"WS_Error",)"
         R"("errorMessage":"Invalid Call ID:12345"}}})",
         "invalid_call_id (refused)"},
        // Not meant for this request:
        {ws_error("Invalid Call ID:54321"), "pending"},
        {R"({"topic":"Error","data":{"errorType":"WEBSOCKET_ERROR","errorMessage":"reconnecting"}})", "pending"},
        {reply<SetOutcome>("54321"), "pending"},
        {R"({"subtopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|1"})", "pending"},
        {R"({"subtopic":"SetBusinessOutcomeWithCallOutcome","data":{"callid":"12345","response":{"success":true}}})",
         "pending"},
        {"not JSON", "pending"},
        {"", "pending"},
        {"[]", "pending"},
        {"true", "pending"},
        {R"({"subtopic":7,"message":{"callid":"12345"}})", "pending"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.message);
        Bench bench;
        auto future = bench.client->call(sample());
        bench.run();
        bench.receive(row.message);
        const bool is_pending = row.ending == "pending";
        CHECK((is_ready(future) ? ending_of(future) : "pending") == row.ending);
        if (!is_pending) continue;
        // The link and the request are unharmed.
        bench.receive(reply<SetOutcome>("12345"));
        CHECK(ending_of(future) == "accepted");
        CHECK(bench.client->stats().unmatched_messages + bench.client->stats().bad_messages == 1);
    }
}

TEST_CASE("A refusal carries the server's texts, the operation and the call, and its message none of the texts") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.advance(3s);
    bench.receive(ws_error("Invalid Call ID:12345"));
    const auto result = result_of(future);
    REQUIRE(result.has_error());
    const lcm::Error error = result.error();
    CHECK(error.server == lcm::ServerTexts{"WS_Error", "Invalid Call ID:12345", "Invalid Call ID."});
    CHECK(error.operation == "SetBusinessOutcomeWithCallOutcome");
    CHECK(error.callid == "12345");
    CHECK(error.elapsed == 3s);
    CHECK(error.message() == "invalid_call_id (refused): the server does not know this call "
                             "[SetBusinessOutcomeWithCallOutcome, call 12345, after 3000 ms]");
}

TEST_CASE("A request that may not leave fails at once, names the field, and nothing is sent") {
    struct Row {
        std::function<void(SetOutcome&)> spoil;
        std::string code;
        std::string field;
    };
    const double infinity = std::numeric_limits<double>::infinity();
    const std::string bad_text = "caf\xE9";
    const std::vector<Row> rows{
        {[](SetOutcome& r) { r.callid = ""; }, "invalid_argument", "callid"},
        {[](SetOutcome& r) { r.account_number = ""; }, "invalid_argument", "AccountNumber"},
        {[](SetOutcome& r) { r.user_id = ""; }, "invalid_argument", "UserID"},
        {[](SetOutcome& r) { r.business_outcome = {}; }, "invalid_argument", "BusinessOutcome"},
        {[](SetOutcome& r) { r.call_outcome = {}; }, "invalid_argument", "CallOutcome"},
        {[](SetOutcome& r) { r.call_outcome = ""; }, "invalid_argument", "CallOutcome"},
        {[](SetOutcome& r) { r.lead_score = std::nan(""); }, "invalid_argument", "LeadScore"},
        {[&](SetOutcome& r) { r.target_amount = -infinity; }, "invalid_argument", "TargetAmount"},
        {[&](SetOutcome& r) { r.agent_comments = bad_text; }, "invalid_argument", "AgentComments"},
        {[&](SetOutcome& r) { r.account_number = bad_text; }, "invalid_argument", "AccountNumber"},
        {[](SetOutcome& r) { r.agent_comments = std::string(70'000, 'x'); }, "message_too_large", "AgentComments"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.field);
        Bench bench;
        SetOutcome request = sample();
        row.spoil(request);
        auto future = bench.client->call(request);
        REQUIRE(is_ready(future)); // without the loop
        const auto result = result_of(future);
        CHECK(ending_of(result) == row.code + " (not_sent)");
        CHECK(result.error().detail.starts_with(row.field + ": "));
        CHECK(result.error().message().find("caf") == std::string::npos);
        bench.run();
        CHECK(bench.script.sent().empty());
    }
}

TEST_CASE("A message of just the limit leaves, one byte more does not") {
    const std::string prefix = lcm::encode(sample(), "test");
    lcm::ClientConfig config;
    config.limits.outbound_message = prefix.size() + 10;
    Bench bench(config);
    SetOutcome request = sample();
    request.agent_comments = "Test comment" + std::string(10, 'x');
    auto fits = bench.client->call(request);
    request.agent_comments = "Test comment" + std::string(11, 'x');
    auto too_large = bench.client->call(request);
    bench.run();
    CHECK(ending_of(fits) == "pending");
    CHECK(ending_of(too_large) == "message_too_large (not_sent)");
    CHECK(bench.script.sent().size() == 1);
}

TEST_CASE("A time-out is reported at the deadline and not before, as not sent or unknown") {
    struct Row {
        std::string stage;
        std::function<void(Bench&)> prepare;
        std::string ending;
    };
    const std::vector<Row> rows{
        {"connecting", [](Bench& b) { b.script.hold_open(); }, "timed_out (not_sent)"},
        {"held back", [](Bench& b) { static_cast<void>(b.client->call(sample(), {.deadline = 1h})); },
         "timed_out (not_sent)"},
        {"writing", [](Bench& b) { b.script.hold_send(); }, "timed_out (unknown)"},
        {"awaiting", [](Bench&) {}, "timed_out (unknown)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.stage);
        Bench bench;
        row.prepare(bench);
        auto future = bench.client->call(sample());
        bench.advance(10s - 1ns);
        CHECK(ending_of(future) == "pending");
        bench.advance(1ns);
        CHECK(ending_of(future) == row.ending);
    }
}

TEST_CASE("A call can set its own deadline, which must be positive") {
    Bench bench;
    auto quick = bench.client->call(sample("1"), {.deadline = 50ms});
    auto slow = bench.client->call(sample("2"), {.deadline = std::chrono::milliseconds::max()});
    auto never = bench.client->call(sample("3"), {.deadline = 0ms});
    bench.advance(50ms);
    CHECK(ending_of(quick) == "timed_out (unknown)");
    bench.advance(1000h);
    CHECK(ending_of(slow) == "pending");
    CHECK(ending_of(never) == "invalid_argument (not_sent)");
}

TEST_CASE("Cancelling by stop token ends a request at every stage, saying which ending it is") {
    struct Row {
        std::string stage;
        std::function<void(Bench&)> prepare;
        std::string ending;
    };
    const std::vector<Row> rows{
        {"connecting", [](Bench& b) { b.script.hold_open(); }, "cancelled (not_sent)"},
        {"held back", [](Bench& b) { static_cast<void>(b.client->call(sample())); }, "cancelled (not_sent)"},
        {"writing", [](Bench& b) { b.script.hold_send(); }, "cancelled (unknown)"},
        {"awaiting", [](Bench&) {}, "cancelled (unknown)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.stage);
        Bench bench;
        row.prepare(bench);
        bench.run();
        std::stop_source stop;
        auto future = bench.client->call(sample(), {.stop = stop.get_token()});
        bench.run();
        CHECK(ending_of(future) == "pending");
        stop.request_stop();
        bench.run();
        CHECK(ending_of(future) == row.ending);
    }
}

TEST_CASE("A stop that was requested before the call, or before the loop runs, keeps the request from leaving") {
    Bench bench;
    bench.run();
    std::stop_source before;
    before.request_stop();
    auto first = bench.client->call(sample("1"), {.stop = before.get_token()});
    std::stop_source meanwhile;
    auto second = bench.client->call(sample("2"), {.stop = meanwhile.get_token()});
    meanwhile.request_stop();
    bench.run();
    CHECK(ending_of(first) == "cancelled (not_sent)");
    CHECK(ending_of(second) == "cancelled (not_sent)");
    CHECK(bench.script.sent().empty());
}

TEST_CASE("A stop after the end changes nothing") {
    Bench bench;
    std::stop_source stop;
    auto future = bench.client->call(sample(), {.stop = stop.get_token()});
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    stop.request_stop();
    bench.run();
    CHECK(ending_of(future) == "accepted");
}

TEST_CASE(
    "If it shall not wait while offline, all ends with the link: what was handed over as unknown, the rest not sent") {
    Bench bench({.while_offline = lcm::WhileOffline::fail});
    auto awaiting = bench.client->call(sample("1"));
    bench.run();
    bench.script.hold_send();
    auto writing = bench.client->call(sample("2"));
    bench.run();
    auto queued = bench.client->call(sample("3"));
    auto held_back = bench.client->call(sample("1"));
    bench.run();
    bench.script.drop(boost::asio::error::connection_reset);
    bench.run();
    for (auto* future : {&awaiting, &writing, &queued, &held_back}) {
        const auto result = result_of(*future);
        const bool handed_over = future == &awaiting || future == &writing;
        CHECK(ending_of(result) == (handed_over ? "connection_lost (unknown)" : "connection_lost (not_sent)"));
        CHECK(result.error().cause == boost::asio::error::connection_reset);
    }
    CHECK(bench.script.sent().size() == 2);

    auto later = bench.client->call(sample("4"));
    bench.run();
    CHECK(ending_of(later) == "connection_lost (not_sent)");
}

TEST_CASE(
    "If it shall not wait while offline, what waits for the first attempt and what comes later ends with its error") {
    struct Row {
        lcm::error_code failure;
        std::string ending;
    };
    const std::vector<Row> rows{
        {lcm::Errc::unauthorized, "unauthorized (not_sent)"},
        {lcm::Errc::tls_failed, "tls_failed (not_sent)"},
        {lcm::Errc::resolve_failed, "resolve_failed (not_sent)"},
        {boost::asio::error::connection_refused, "connect_failed (not_sent)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.ending);
        Bench bench({.while_offline = lcm::WhileOffline::fail});
        bench.script.fail_open(row.failure);
        auto waiting = bench.client->call(sample("1"));
        bench.run();
        auto later = bench.client->call(sample("2"));
        bench.run();
        CHECK(ending_of(waiting) == row.ending);
        CHECK(ending_of(later) == row.ending);
    }
}

TEST_CASE("A write that fails ends its requests as unknown, and the replies of others are still lost with the link") {
    Bench bench;
    bench.script.hold_send();
    auto future = bench.client->call(sample());
    bench.run();
    bench.script.finish_send(boost::asio::error::broken_pipe);
    bench.run();
    CHECK(ending_of(future) == "connection_lost (unknown)");
    CHECK(bench.script.is_closed_by_client());
}

TEST_CASE("A reply before the write has been reported completes the request") {
    Bench bench;
    bench.script.hold_send();
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(reply<SetOutcome>("12345"));
    CHECK(ending_of(future) == "accepted");
    bench.script.finish_send(boost::asio::error::broken_pipe);
    bench.run();
    CHECK(bench.client->stats().accepted == 1);
}

TEST_CASE("More requests given up on one link than may be remembered end the link") {
    lcm::ClientConfig config;
    config.limits.tombstones = 1;
    Bench bench(config);
    auto first = bench.client->call(sample("1"), {.deadline = 1s});
    auto second = bench.client->call(sample("2"), {.deadline = 2s});
    auto third = bench.client->call(sample("3"));
    bench.advance(1s);
    CHECK(ending_of(third) == "pending");
    bench.advance(1s);
    CHECK(ending_of(first) == "timed_out (unknown)");
    CHECK(ending_of(second) == "timed_out (unknown)");
    CHECK(ending_of(third) == "connection_lost (unknown)");
    // The random wait before the next attempt can be none.
    CHECK((bench.script.is_closed_by_client() || bench.script.connections() == 2));
}

TEST_CASE("One request beyond a bound of the queue ends at once as queue_full, also while the loop does not run") {
    struct Row {
        std::string bound;
        lcm::Limits limits;
    };
    const std::size_t size = lcm::encode(sample("1"), "test").size();
    const std::vector<Row> rows{{"count", {.queued = 2}}, {"bytes", {.queued_bytes = 2 * size}}};
    for (const Row& row : rows) {
        CAPTURE(row.bound);
        Bench bench({.limits = row.limits});
        auto first = bench.client->call(sample("1"));
        auto second = bench.client->call(sample("1")); // what is held back counts as well
        auto refused = bench.client->call(sample("3"));
        REQUIRE(is_ready(refused)); // without the loop
        CHECK(ending_of(refused) == "queue_full (not_sent)");

        bench.run(); // one is handed over: its place is free again
        auto third = bench.client->call(sample("4"));
        auto refused_again = bench.client->call(sample("5"));
        CHECK(ending_of(refused_again) == "queue_full (not_sent)");
        bench.run();
        bench.receive(reply<SetOutcome>("1"));
        bench.receive(reply<SetOutcome>("1"));
        bench.receive(reply<SetOutcome>("4"));
        for (auto* future : {&first, &second, &third}) CHECK(ending_of(*future) == "accepted");
    }
}

TEST_CASE("Requests that are cancelled or time out in the queue free their places") {
    Bench bench({.limits = {.queued = 1}});
    bench.script.hold_open();
    std::stop_source stop;
    auto cancelled = bench.client->call(sample("1"), {.stop = stop.get_token()});
    bench.run();
    stop.request_stop();
    bench.run();
    CHECK(ending_of(cancelled) == "cancelled (not_sent)");
    auto late = bench.client->call(sample("2"), {.deadline = 1s});
    bench.advance(1s);
    CHECK(ending_of(late) == "timed_out (not_sent)");
    auto waiting = bench.client->call(sample("3"));
    bench.run();
    CHECK(ending_of(waiting) == "pending");
}

TEST_CASE("A lost link is reported as such, whatever code the transport uses") {
    struct Row {
        lcm::error_code code;
        std::string ending;
    };
    const std::vector<Row> rows{
        {Errc::timed_out, "connection_lost (unknown)"},         {Errc::cancelled, "connection_lost (unknown)"},
        {Errc::message_too_large, "connection_lost (unknown)"}, {Errc::unauthorized, "connection_lost (unknown)"},
        {Errc::idle_timeout, "idle_timeout (unknown)"},         {Errc::connection_lost, "connection_lost (unknown)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.code.message());
        Bench bench;
        auto future = bench.client->call(sample());
        bench.run();
        bench.script.drop(row.code);
        bench.run();
        const auto result = result_of(future);
        CHECK(ending_of(result) == row.ending);
        const bool known = row.code == Errc::idle_timeout || row.code == Errc::connection_lost;
        CHECK(result.error().cause == (known ? lcm::error_code() : row.code));
    }
}

TEST_CASE("A deadline that is not positive is refused, however far it is from it") {
    Bench bench;
    auto future = bench.client->call(sample(), {.deadline = std::chrono::milliseconds::min()});
    CHECK(ending_of(future) == "invalid_argument (not_sent)");
}

TEST_CASE("A factory that makes no transport, or throws, ends the requests as not sent") {
    using Factory = lcm::TransportFactory<lcm::testing::ScriptedTransport>;
    const std::vector<Factory> factories{
        [](const boost::asio::any_io_executor&, std::size_t) { return nullptr; },
        [](const boost::asio::any_io_executor&, std::size_t) -> std::unique_ptr<lcm::testing::ScriptedTransport> {
            throw std::runtime_error("the secret is 4711");
        },
    };
    for (const Factory& factory : factories) {
        boost::asio::io_context loop;
        ScriptedClient client({.source = "test", .while_offline = lcm::WhileOffline::fail}, factory,
                              loop.get_executor());
        auto future = client.call(sample());
        loop.poll();
        const auto result = result_of(future);
        CHECK(ending_of(result) == "connect_failed (not_sent)");
        CHECK(result.error().message().find("4711") == std::string::npos);
    }
}
