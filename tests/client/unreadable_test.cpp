// SPDX-License-Identifier: BSL-1.0
// Replies that arrive and are hard to read: what needs no doubt is understood, what decides and stands twice ends its
// request at once, and where nothing can be understood, the request that ends without an answer says what came.
#include <support/bench.hpp>

#include <lcm_client/operations.hpp>
#include <lcm_client/raw_request.hpp>
#include <lcm_client/testing/messages.hpp>

#include <support/catch.hpp>

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

using namespace lcm::tests;
using namespace std::chrono_literals;
using namespace std::string_literals;
using lcm::testing::reply;

namespace {

const std::string head =
    R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
    R"("message":{"callid":"12345","response":{"success":true)";

std::string with_subtopic(const std::string& subtopic, const std::string& message) {
    return R"({"channel":"LCM","topic":"WebService","subtopic":")" + subtopic + R"(","message":)" + message + "}";
}

/// How a request ends that `messages` come for, and then nothing.
lcm::Error error_after(const std::vector<std::string>& messages, lcm::ClientConfig config = {}) {
    Bench bench(std::move(config));
    auto future = bench.client->call(sample());
    bench.run();
    for (const std::string& message : messages) bench.receive(message);
    bench.advance(11s);
    const auto result = result_of(future);
    REQUIRE(result.has_error());
    return result.error();
}

std::string detail_after(const std::vector<std::string>& messages, lcm::ClientConfig config = {}) {
    const lcm::Error error = error_after(messages, std::move(config));
    CHECK(error.code == lcm::Errc::timed_out);
    CHECK(error.delivery == lcm::Delivery::unknown);
    return error.detail;
}

const std::string unread = "1 message came that could not be read as a reply: ";

} // namespace

// --- What needs no doubt --------------------------------------------------------------------------------------------

TEST_CASE("What is odd where nobody needs it does not cost the reply, and is counted") {
    struct Row {
        std::string reply;
        std::uint64_t deviations;
    };
    const std::vector<Row> rows{
        {head + R"(,"AgentComments":"see you \ud83d"}}})", 1},
        {head + R"(,"AgentComments":"\ude00 \ud83d\ud83d"}}})", 3},
        {head + R"(,"half \ud83d":1}}})", 1},
        {head + R"(,"x":1,"x":2}}})", 1},
        {head + R"(,"x":{"y":1,"y":1,"y":[{"z":1,"z":2}]}}}})", 2},
        {head + R"(,"x":1,"X":2}}})", 0}, // two names
        {head + R"(},"note":"a","note":"b"}})", 1},
        {head + R"(}},"channel":"LCM","extra":1,"extra":2})", 1},
        {head + R"(,"TargetAmount":1e400}}})", 0},
        {head + R"(,"TargetAmount":-1E+999,"LeadScore":)" + std::string(400, '9') + "}}}", 0},
        {head + R"(,"AgentComments":"\ud83d","x":1,"x":1e999}},"x":"\udc00","x":1})", 4},
    };
    for (const Row& row : rows) {
        CAPTURE(row.reply);
        Bench bench;
        auto future = bench.client->call(sample());
        bench.run();
        bench.receive(row.reply);
        CHECK(ending_of(future) == "accepted");
        CHECK(bench.client->stats().tolerated_deviations == row.deviations);
        CHECK(bench.client->stats().bad_messages == 0);
    }
}

TEST_CASE("The last of what stands twice is read, and the others are kept beside it") {
    Bench bench;
    auto future = bench.client->call(lcm::GetCallOutCome{.callid = "12345"});
    bench.run();
    bench.receive(with_subtopic("CallOutCome",
                                R"({"callid":"12345","response":[{"OutComeID":"0","Description":"first",)"
                                R"("Description":"last \ud83d","Score":1e400,"New":1,"New":2}]})"));
    REQUIRE(future.wait_for(0s) == std::future_status::ready);
    const auto list = future.get();
    REQUIRE(list.size() == 1);
    CHECK(list[0].description == "last \uFFFD");
    CHECK(list[0].others.reveal() == lcm::Json{{"Description", "first"}, {"Score", "1e400"}, {"New", 2}});
}

TEST_CASE("An event with half a surrogate pair, a name twice or a number beyond every float is told") {
    Bench bench;
    std::vector<std::string> keys;
    std::vector<lcm::Json> all;
    const auto typed = bench.client->on<lcm::OutcomeSetForCall>(
        [&](const lcm::OutcomeSetForCall& event) { keys.push_back(event.account_number.reveal()); });
    const auto any = bench.client->on_any([&](const lcm::Json& message) { all.push_back(message); });
    bench.run();
    bench.receive(R"({"subtopic":"OutcomeSetForCall","message":"1","note":"\ud83d"})");
    bench.receive(R"({"subtopic":"OutcomeSetForCall","message":"2","note":1,"note":1e400})");
    bench.receive(R"({"subtopic":"Other","message":"1","note":"\ud83d"})");
    bench.receive(R"({"subtopic":"Other","message":"2","note":1,"note":1e400})");
    CHECK(keys == std::vector<std::string>{"1", "2"});
    REQUIRE(all.size() == 2);
    CHECK(all[0]["note"] == "\uFFFD");
    CHECK(all[1]["note"] == "1e400");
    CHECK(bench.client->stats().bad_messages == 0);
}

// --- What decides ---------------------------------------------------------------------------------------------------

TEST_CASE("A reply in which something that decides stands twice ends its request at once, and is no answer") {
    struct Row {
        std::string reply;
        std::string detail;
    };
    const std::string subtopic = R"("subtopic":"SetBusinessOutcomeWithCallOutcomeResult")";
    const std::string yes = R"({"callid":"12345","response":{"success":true}})";
    const std::vector<Row> rows{
        {head + R"(,"success":false}}})", "response.success: stands twice"},
        {head + R"(,"success":true}}})", "response.success: stands twice"},
        {head + R"(,"Success":false}}})", "response.success: stands twice"},
        {head + R"(,"suc cess":true}}})", "response.success: stands twice"},
        {head + R"(,"\u0073uccess":false}}})", "response.success: stands twice"},
        {head + R"(},"response":{"success":false}}})", "response: stands twice"},
        {head + R"(},"Response":null}})", "response: stands twice"},
        {head + R"(},"callid":"12345"}})", "callid: stands twice"},
        {head + R"(},"CallID":12345}})", "callid: stands twice"},
        {head + R"(}},"topic":"WebService"})", "topic: stands twice"},
        {head + R"(}},"Topic":"Error"})", "topic: stands twice"},
        {head + R"(}},"SubTopic":" setbusinessoutcomewithcalloutcomeresult"})", "subtopic: stands twice"},
        {head + R"(}},"message":)" + yes + "}", "message: stands twice"},
        {head + R"(}},"Message":{"callid":"12345","response":{"success":false}}})", "message: stands twice"},
        {head + R"(}},"message":null})", "message: stands twice"},
        {"{" + subtopic + R"(,"data":)" + yes + R"(,"Data":)" + yes + "}", "data: stands twice"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.reply);
        Bench bench;
        auto future = bench.client->call(sample());
        auto other = bench.client->call(sample("54321"));
        bench.run();
        bench.receive(row.reply);
        const auto result = result_of(future);
        CHECK(ending_of(result) == "bad_reply (unknown)");
        CHECK(result.error().detail == row.detail);
        CHECK_FALSE(result.error().reply.reveal().empty());
        CHECK(bench.client->stats().bad_messages == 0);
        CHECK(bench.settled.empty());
        // The link and the others are unharmed.
        bench.receive(reply<SetOutcome>("54321"));
        CHECK(ending_of(other) == "accepted");
        CHECK(bench.client->stats().tolerated_deviations <= 2); // and not that which was not tolerated
    }
    CHECK(error_after({head + R"(}},"message":)" + yes + "}"}).reply.reveal() == yes);
}

TEST_CASE("What the verdict reads decides as well") {
    const auto ending = [](auto request, const std::string& subtopic, const std::string& message) {
        Bench bench;
        auto future = bench.client->call(std::move(request));
        bench.run();
        bench.receive(with_subtopic(subtopic, message));
        if (future.wait_for(0s) != std::future_status::ready) return std::string("pending");
        try {
            static_cast<void>(future.get());
            return std::string("accepted");
        } catch (const lcm::LcmError& problem) {
            return std::string(to_string(problem.error().delivery)) + ": " + problem.error().detail;
        }
    };
    const lcm::GetCallOutCome list{.callid = "12345"};
    CHECK(ending(list, "CallOutCome", R"({"callid":"12345","response":[],"response":[]})") ==
          "unknown: response: stands twice");
    CHECK(ending(list, "CallOutCome", R"({"callid":"12345","response":{"success":false,"success":true}})") ==
          "unknown: success: stands twice");
    CHECK(ending(list, "CallOutCome", R"({"callid":"12345","response":[],"success":false,"success":true})") ==
          "accepted");

    const lcm::GetDownloadAllContactsForDialing download{
        .campaign_group = "g", .number_of_contacts_required = 1, .agent_id = "1"};
    const std::string reply_name(lcm::GetDownloadAllContactsForDialing::operation.reply_subtopic);
    for (const char* reasons : {R"("RequestFailureReason":"none left","RequestFailureReason":"")",
                                R"("RequestFailureReason":"","requestfailurereason":"none left")"})
        CHECK(ending(download, reply_name, R"({"response":{"Contacts":[],)" + std::string(reasons) + "}}") ==
              "unknown: RequestFailureReason: stands twice");

    const lcm::AddCompliance compliance{.cvalue = "5550100"};
    CHECK(ending(compliance, "AddComplianceResponse", R"({"Response":{"Response":"failed","Response":"success"}})") ==
          "unknown: response.Response: stands twice");
    CHECK(ending(compliance, "AddComplianceResponse", R"({"Response":{"Response":"success","x":1,"x":2}})") ==
          "accepted");
}

TEST_CASE("A raw request's reply is no answer either if what decides stands twice") {
    Bench bench;
    const lcm::RawRequest request{.subtopic = "Ask", .data = {{"callid", "12345"}}, .reply = {.subtopic = "Answer"}};
    auto first = bench.client->call_raw(request);
    bench.run();
    bench.receive(with_subtopic("Answer", R"({"callid":"12345","x":1,"x":2})"));
    CHECK(first.get() == lcm::Json{{"callid", "12345"}, {"x", 2}});
    auto second = bench.client->call_raw(request);
    bench.run();
    bench.receive(with_subtopic("Answer", R"({"callid":"12345","success":false,"success":true})"));
    CHECK_THROWS_AS(second.get(), lcm::LcmError);
}

TEST_CASE(
    "An error in which something that decides stands twice refuses nothing, and ends the one call that it names") {
    struct Row {
        std::string data;
        std::string detail; // none if the request goes on
    };
    const std::string actual = R"("errorMessage":"Invalid Call ID:12345")";
    const std::vector<Row> rows{
        {R"({"errorType":"WS_Error",)" + actual + "," + actual + "}", "errorMessage: stands twice"},
        {R"({"errorType":"WS_Error","ErrorType":"other",)" + actual + "}", "errorType: stands twice"},
        {"{" + actual + R"(,"msg":"a","MSG":"b"})", "msg: stands twice"},
        {R"({"data":{)" + actual + R"(},"Data":{}})", "data: stands twice"},
        {"{" + actual + R"(,"ErrorMessage":"Invalid Call ID:54321"})", ""},
        {R"({"errorType":"WS_Error","errorType":"WS_Error","errorMessage":"Callid is empty"})", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.data);
        Bench bench;
        auto future = bench.client->call(sample());
        bench.run();
        bench.receive(R"({"channel":"LCM","topic":"Error","data":)" + row.data + "}");
        if (row.detail.empty()) {
            CHECK_FALSE(is_ready(future));
            CHECK(bench.client->stats().bad_messages == 1);
            bench.receive(reply<SetOutcome>("12345"));
            CHECK(ending_of(future) == "accepted");
        } else {
            const auto result = result_of(future);
            CHECK(ending_of(result) == "bad_reply (unknown)");
            CHECK(result.error().detail == row.detail);
            CHECK(bench.events.empty());
        }
    }
}

TEST_CASE("Whose reply it is that names two calls or two subtopics cannot be known, and is said in the end") {
    struct Row {
        std::string message;
        std::string name;
    };
    const std::string yes = R"({"callid":"12345","response":{"success":true}})";
    const std::vector<Row> rows{
        {head + R"(},"callid":"54321"}})", "callid"},
        {head + R"(},"callid":{}}})", "callid"},
        {head + R"(}},"subtopic":"OutcomeSetForCall"})", "subtopic"},
        {head + R"(}},"message":{"callid":"54321","response":{"success":true}}})", "message"},
        {R"({"topic":"WebService","topic":"Error","message":)" + yes + "}", "topic"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.message);
        CHECK(detail_after({row.message}) == unread + '"' + row.name + "\" stands twice");
    }
}

TEST_CASE("An error in doubt that names the call of a request that was given up is its late answer, and no event") {
    Bench bench;
    auto given_up = bench.client->call(sample());
    bench.advance(11s);
    CHECK(ending_of(given_up) == "timed_out (unknown)");
    auto next = bench.client->call(sample()); // waits for that answer
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    bench.receive(R"({"topic":"Error","topic":"Error","data":{"errorMessage":"Invalid Call ID:12345"}})");
    CHECK(bench.settled.empty());
    CHECK(bench.events.empty());
    CHECK(bench.client->stats().late_replies == 1);
    CHECK(bench.script.sent().size() == 2);
    CHECK_FALSE(is_ready(next));
}

TEST_CASE("An error in doubt that names another call is an event, and could be read") {
    Bench bench;
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(R"({"topic":"Error","topic":"Error","data":{"errorMessage":"Invalid Call ID:54321"}})");
    CHECK(bench.events.size() == 1);
    CHECK(bench.client->stats().bad_messages == 0);
    bench.advance(11s);
    CHECK(result_of(future).error().detail.empty());
}

TEST_CASE("What is tolerated of a message in doubt is not counted") {
    Bench bench;
    auto first = bench.client->call(sample("1"));
    auto second = bench.client->call(sample("2"));
    bench.run();
    const std::string subtopic = R"({"subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)";
    bench.receive(subtopic + R"("message":{"callid":"1","response":{"success":true,"success":true}}})");
    bench.receive(subtopic + R"("topic":"a","topic":"a","message":{"callid":2,"response":{"success":true}}})");
    CHECK(ending_of(first) == "bad_reply (unknown)");
    CHECK(ending_of(second) == "bad_reply (unknown)");
    CHECK(bench.client->stats().tolerated_deviations == 0);
}

TEST_CASE("What stands twice in a message that nobody waits for harms nobody, and an event in doubt proves nothing") {
    Bench bench;
    auto given_up = bench.client->call(sample());
    bench.advance(11s);
    CHECK(ending_of(given_up) == "timed_out (unknown)");
    bench.receive(R"({"topic":"a","topic":"a","subtopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|1"})");
    CHECK(bench.settled.empty());
    CHECK(bench.events.size() == 1);
    bench.receive(head + R"(,"success":false}}})"); // the late reply, which says nothing
    CHECK(bench.settled.empty());
    CHECK(bench.events.size() == 1);
    CHECK(bench.client->stats().late_replies == 1);
    bench.receive(R"({"subtopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|1"})");
    CHECK(bench.settled.size() == 1);
}

TEST_CASE("A late reply over a new link that is in doubt settles nothing, and is an event once") {
    Bench bench;
    auto lost = bench.client->call(sample());
    bench.run();
    bench.script.drop();
    bench.advance(1s);
    CHECK(ending_of(lost) == "connection_lost (unknown)");
    auto other = bench.client->call(lcm::GetCallOutCome{.callid = "12345"});
    bench.run();
    REQUIRE(bench.script.sent().size() == 2);
    bench.receive(head + R"(,"success":false}}})");
    CHECK(bench.settled.empty());
    CHECK(bench.events.size() == 1);
    CHECK(bench.client->stats().bad_messages == 0);
    bench.advance(11s);
    try {
        static_cast<void>(other.get());
        FAIL("accepted");
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.error().detail ==
              "1 message came for this call under another name, SetBusinessOutcomeWithCallOutcomeResult");
    }
}

// --- What could not be read -----------------------------------------------------------------------------------------

TEST_CASE("A request that ends without an answer says what came that could not be read: why and where, and no text") {
    struct Row {
        std::string message;
        std::string reason;
    };
    const std::string start = head + R"(,"x":"secret)";
    const std::string place = std::to_string(start.size() + 1);
    const std::vector<Row> rows{
        {start + "\tb\"}}}", "a raw control character in a string, byte " + place},
        {start + "\nb\"}}}", "a raw control character in a string, byte " + place},
        {start + "\0b\"}}}"s, "a NUL, byte " + place},
        {reply<SetOutcome>("12345") + "\0"s, "a NUL, byte " + std::to_string(reply<SetOutcome>("12345").size() + 1)},
        {start + "\xE9\"}}}", "no UTF-8, byte " + std::to_string(start.size() + 2)},
        {start + R"(\x41"}}})", "a backslash without an escape, byte " + std::to_string(start.size() + 2)},
        {start, "the JSON ends too early, byte " + place},
        {head + "}}", "the JSON ends too early, byte " + std::to_string(head.size() + 3)},
        {head + ",}}}", "no JSON, byte " + std::to_string(head.size() + 2)},
        {head + R"(,"x":NaN}}})", "no JSON, byte " + std::to_string(head.size() + 6)},
        {head + "}}}}", "something follows the JSON, byte " + std::to_string(head.size() + 4)},
        {head + "}}}\n" + head + "}}}", "something follows the JSON, byte " + std::to_string(head.size() + 5)},
        {head + R"(,"x":)" + std::string(70, '[') + std::string(70, ']') + "}}}",
         "nested too deeply, byte " + std::to_string(head.size() + 5 + 62)},
        {"[" + head + "}}}]", "no JSON object"},
        {"\"secret\"", "no JSON object"},
        {"null", "no JSON object"},
        {"", "the JSON ends too early, byte 1"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.message);
        CHECK(detail_after({row.message}) == unread + row.reason);
    }
}

TEST_CASE("Several unreadable messages are counted, and the first one's reason is told") {
    CHECK(detail_after({"\"a\tb\"", "[1,", ""}) ==
          "3 messages came that could not be read as a reply; the first: a raw control character in a string, byte 3");
    const std::vector<std::string> many(100, "[1,");
    CHECK(detail_after(many) ==
          "100 messages came that could not be read as a reply; one of them: the JSON ends too early, byte 4");
}

TEST_CASE("Only what came while the request was under way is told") {
    Bench bench;
    bench.run();
    bench.receive("before everything");
    auto first = bench.client->call(sample("1"));
    bench.run();
    bench.receive("[1,");
    bench.advance(5s);
    auto second = bench.client->call(sample("2"));
    auto third = bench.client->call(sample("3"), {.deadline = 1s});
    bench.advance(2s);
    CHECK(result_of(third).error().detail.empty());
    bench.receive("\x01");
    bench.advance(3s);
    CHECK(result_of(first).error().detail ==
          "2 messages came that could not be read as a reply; the first: the JSON ends too early, byte 4");
    bench.advance(5s);
    CHECK(result_of(second).error().detail == unread + "no JSON, byte 1");

    auto later = bench.client->call(sample("4"));
    bench.advance(11s);
    CHECK(result_of(later).error().detail.empty());
    CHECK(bench.client->stats().bad_messages == 3);
}

TEST_CASE("What came is told whichever way the request ends as unknown, and not if it is answered or was not sent") {
    struct Row {
        std::string ending;
        std::string detail;
    };
    const auto told = [](auto act) {
        Bench bench;
        std::stop_source stop;
        auto future = bench.client->call(sample(), {.stop = stop.get_token()});
        auto behind = bench.client->call(sample());
        bench.run();
        bench.receive("[1,");
        act(bench, stop);
        bench.run();
        const auto result = result_of(future);
        if (is_ready(behind)) CHECK(result_of(behind).error().detail.find("message came") == std::string::npos);
        return ending_of(result) + (result.has_error() ? ": " + result.error().detail : "");
    };
    const std::string what = unread + "the JSON ends too early, byte 4";
    CHECK(told([](Bench& bench, std::stop_source&) { bench.advance(10s); }) == "timed_out (unknown): " + what);
    CHECK(told([](Bench&, std::stop_source& stop) { stop.request_stop(); }) == "cancelled (unknown): " + what);
    CHECK(told([](Bench& bench, std::stop_source&) { bench.script.drop(); }) == "connection_lost (unknown): " + what);
    CHECK(told([](Bench& bench, std::stop_source&) { bench.receive(reply<SetOutcome>("12345")); }) == "accepted");
    CHECK(told([](Bench& bench, std::stop_source&) { bench.receive(reply<SetOutcome>("12345", false)); }) ==
          "server_error (refused): success: false");
}

TEST_CASE("A request to which no reply comes does not say that one may have come") {
    Bench bench;
    auto answered = bench.client->call(sample());
    auto unanswered = bench.client->call(lcm::SendAgentState{.agent_id = "1", .agent_state = "READY"});
    bench.run();
    bench.receive("[1,");
    CHECK(bench.client->stats().bad_messages == 1);
    bench.advance(11s);
    CHECK(result_of(answered).error().detail == unread + "the JSON ends too early, byte 4");
}

// --- What came under another name, or without what it needs ---------------------------------------------------------

TEST_CASE("A message for the request's call under another name is told, and a name only if it is a known one") {
    const std::string call = R"({"callid":"12345","response":{"success":true}})";
    const std::string one = "1 message came for this call under another name";
    CHECK(detail_after({with_subtopic("SetBusinessOutcomeWithCallOutcomeResponse", call)}) == one);
    CHECK(detail_after({with_subtopic("secret", R"({"callid":12345})")}) == one);
    CHECK(detail_after({R"({"message":)" + call + "}"}) == one);
    CHECK(detail_after({with_subtopic("SetBusinessOutcomeWithCallOutcome", call)}) ==
          one + ", SetBusinessOutcomeWithCallOutcome");
    CHECK(detail_after({R"({"subtopic":"secret","data":)" + call + "}"}) == one);
    CHECK(detail_after({with_subtopic("secret", call), with_subtopic("other", call), "[1,"}) ==
          unread + "the JSON ends too early, byte 4; 2 messages came for this call under another name");
    // Others' messages, and echoes:
    CHECK(detail_after({with_subtopic("secret", R"({"callid":"54321","response":{"success":true}})")}).empty());
    CHECK(detail_after({with_subtopic("OutcomeSetForCall", R"("5|3|1|0|0|44|1")")}).empty());
    CHECK(detail_after({lcm::encode(sample(), "test")}).empty());
    CHECK(detail_after({reply<SetOutcome>("54321")}).empty());
}

TEST_CASE("A message for the request's call under another name is told also if it is in doubt, or in a packet") {
    const std::string other = R"({"topic":"a","subtopic":"CallOutCome","message":{"callid":"12345","response":[]})";
    CHECK(detail_after({other + R"(,"topic":"a"})"}) == "1 message came for this call under another name");
    lcm::ClientConfig config;
    config.packet = lcm::Packet{.response_url = "u", .subscriber_id = "1"};
    CHECK(detail_after({R"({"subscriberID":"1","message":)" + other + "}}"}, config) ==
          "1 message came for this call under another name");
}

TEST_CASE("Another name is told if a request of this client has waited for it") {
    Bench bench;
    auto list = bench.client->call(lcm::GetCallOutCome{.callid = "12345"});
    bench.run();
    const std::string other = with_subtopic("CALLOUTCOME ", R"({"callid":"12345","response":[]})");
    bench.receive(other);
    auto future = bench.client->call(sample());
    bench.run();
    bench.receive(other);
    bench.advance(11s);
    CHECK(result_of(future).error().detail == "1 message came for this call under another name, CallOutCome");
}

TEST_CASE("A raw request's name is told only if it is a plain word") {
    for (const std::string name : {"Plain1", "not\nplain", "two words"}) {
        Bench bench;
        auto raw = bench.client->call_raw({.subtopic = "Ask", .data = {{"callid", "1"}}, .reply = {.subtopic = name}});
        auto future = bench.client->call(sample());
        bench.run();
        bench.receive(lcm::Json{{"subtopic", name}, {"message", {{"callid", "12345"}}}}.dump());
        bench.advance(11s);
        CHECK(result_of(future).error().detail ==
              "1 message came for this call under another name" + std::string(name == "Plain1" ? ", Plain1" : ""));
    }
}

TEST_CASE("A reply that names no call, or has no message, is told to those that wait for one with a call") {
    const std::string subtopic = "SetBusinessOutcomeWithCallOutcomeResult";
    const std::string yes = R"("response":{"success":true}})";
    for (const std::string& message :
         {with_subtopic(subtopic, "{" + yes), with_subtopic(subtopic, R"({"callid":null,)" + yes),
          with_subtopic(subtopic, R"({"callid":12345.0,)" + yes),
          with_subtopic(subtopic, R"({"callid":["12345"],)" + yes), with_subtopic(subtopic, R"({"callid":"",)" + yes),
          with_subtopic(subtopic, "null"), with_subtopic(subtopic, "[]"),
          with_subtopic(subtopic, R"([{"callid":"12345",)" + yes + "]"),
          with_subtopic(subtopic, R"("{\"callid\":\"12345\"}")")}) {
        CAPTURE(message);
        CHECK(detail_after({message}) == unread + "a reply that names no call");
    }
    CHECK(detail_after({R"({"topic":"WebService","subtopic":")" + subtopic + "\"}"}) ==
          unread + "a reply without a message");
    CHECK(detail_after({with_subtopic("CallOutCome", R"({"response":[]})")}).empty()); // nobody waits for that
    CHECK(detail_after({R"({"topic":"WebService","subtopic":"CallOutCome"})"}).empty());
}

TEST_CASE("A reply that names a call where it should name none is told") {
    Bench bench;
    auto future = bench.client->call(lcm::GetCampaignGroups{.user_id = "1"});
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    bench.receive(with_subtopic("SetCampaignGroup", R"({"callid":"1","response":[]})"));
    bench.receive(R"({"subtopic":"SetCampaignGroup"})");
    bench.advance(11s);
    try {
        static_cast<void>(future.get());
        FAIL("accepted");
    } catch (const lcm::LcmError& problem) {
        CHECK(problem.error().detail ==
              "2 messages came that could not be read as a reply; the first: a reply that names "
              "a call, as it should not");
    }
}

TEST_CASE("An error that could be meant for any of several requests is told to each that ends without an answer") {
    Bench bench;
    auto first = bench.client->call(sample("1"));
    auto second = bench.client->call(sample("2"));
    bench.run();
    bench.receive(lcm::testing::ws_error("Callid is empty"));
    bench.receive(R"({"topic":"Error","data":{"errorType":"WEBSOCKET_ERROR","errorMessage":"reconnecting"}})");
    bench.receive(lcm::testing::ws_error("Invalid Call ID:3"));
    bench.receive(reply<SetOutcome>("1"));
    bench.advance(11s);
    CHECK(ending_of(first) == "accepted");
    CHECK(result_of(second).error().detail == unread + "an error that names no call");
}

TEST_CASE("A packet where none is configured is told") {
    const std::string packet = R"({"subscriberID":"1","message":)" + reply<SetOutcome>("12345") + "}";
    CHECK(detail_after({packet}) == unread + "a packet, and ClientConfig::packet is not set");
    lcm::ClientConfig config;
    config.packet = lcm::Packet{.response_url = "u", .subscriber_id = "1"};
    CHECK(detail_after({R"({"subscriberID":"1","message":)" + reply<SetOutcome>("12345") + R"(,"message":{}})"},
                       config) == unread + "\"message\" stands twice");
}
