// SPDX-License-Identifier: BSL-1.0
// What the simulated server answers, text by text, without sockets.
#include <support/catch.hpp>
#include <support/sample.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <string>
#include <vector>

using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::SimulatedServer;
using Texts = std::vector<std::string>;

TEST_CASE("The simulated server answers the specification's sample with the specification's reply") {
    // Both as the specification prints them.
    const auto handled = SimulatedServer().handle(R"({
"channel": "LCM",
"topic": "WebService",
"subtopic": "SetBusinessOutcomeWithCallOutcome",
"data":
{
"callid": "12345",
"AccountNumber": "5|3|1|0|0|44|1",
"BusinessOutcome": 101,
"CallOutcome": 0,
"LeadScore": 0,
"UserID": "1234",
"AgentComments": "Test comment",
"TargetAmount": 0
}
})");
    CHECK(handled.acted_on);
    CHECK(handled.callid == "12345");
    CHECK(handled.replies ==
          Texts{R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
                R"("message":{"callid":"12345","response":{"success":true}}})"});
}

TEST_CASE("The simulated server refuses an empty call and an unknown one with the specification's errors") {
    const auto answer = [](const std::string& callid) {
        const auto handled = SimulatedServer({"known", "also known"}).handle(lcm::encode(sample(callid), "test"));
        CHECK(handled.acted_on == callid.starts_with("known"));
        return handled.replies;
    };
    CHECK(answer("") == Texts{lcm::testing::ws_error("Callid is empty")});
    CHECK(answer("other") == Texts{lcm::testing::ws_error("Invalid Call ID:other")});
    CHECK(answer("known") == Texts{lcm::testing::reply<SetOutcome>("known")});
    CHECK(SimulatedServer().handle(lcm::encode(sample("unknown-1"), "test")).replies ==
          Texts{lcm::testing::ws_error("Invalid Call ID:unknown-1")});
}

TEST_CASE("The simulated server checks each field of the table") {
    lcm::for_each_field<SetOutcome>([](const auto& field) {
        if (field.name == "callid") return;
        CAPTURE(field.name);
        auto message = lcm::Json::parse(lcm::encode(sample(), "test"));
        message["data"].erase(std::string(field.name));
        const auto handled = SimulatedServer().handle(message.dump());
        CHECK_FALSE(handled.acted_on);
        REQUIRE(handled.replies.size() == 1);
        CHECK(handled.replies[0].find(std::string(field.name) + ": missing") != std::string::npos);
    });
}

TEST_CASE("The simulated server gives no answer to what is no request of its own") {
    for (const char* text :
         {"", "no JSON", "[]", R"({"channel":"LCM","topic":"WebService","subtopic":"GetNothing"})",
          R"({"channel":"Amazon","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcome"})"}) {
        CAPTURE(text);
        const auto handled = SimulatedServer().handle(text);
        CHECK(handled.replies.empty());
        CHECK_FALSE(handled.acted_on);
        CHECK_FALSE(handled.verdict.empty());
    }
}

TEST_CASE("Each fault that is about the text changes the text in its way") {
    struct Row {
        Fault fault;
        Texts replies;
    };
    const std::string good = lcm::testing::reply<SetOutcome>("12345");
    const std::string head = good.substr(0, good.find(R"({"success")"));
    const std::vector<Row> rows{
        {Fault::answer_twice, {good, good}},
        {Fault::success_false, {lcm::testing::reply<SetOutcome>("12345", false)}},
        {Fault::missing_success, {head + "{}}}"}},
        {Fault::success_string, {head + R"({"success":"true"}}})"}},
        {Fault::other_subscriber, {lcm::testing::reply<SetOutcome>("another-12345", false), good}},
        {Fault::truncated_json, {good.substr(0, good.size() / 2)}},
        {Fault::huge_message, {std::string(10'000'000, 'x')}},
        {Fault::oversized_answer, {good.substr(0, good.size() - 1) + std::string(10'000'000, ' ') + '}'}},
    };
    for (const Row& row : rows) {
        CAPTURE(lcm::testing::info(row.fault).name);
        const auto handled = SimulatedServer().handle(lcm::encode(sample(), "test"), row.fault);
        CHECK((handled.replies == row.replies)); // in brackets, so that 10 MB are not printed
    }
}

TEST_CASE("Every fault has a name of its own by which it is found") {
    for (const auto& row : lcm::testing::fault_table) {
        const auto found = lcm::testing::find_fault(row.name);
        REQUIRE(found);
        CHECK(*found == row.fault);
        CHECK_FALSE(row.summary.empty());
    }
    CHECK_FALSE(lcm::testing::find_fault("no such fault"));
}
