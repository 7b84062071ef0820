// SPDX-License-Identifier: BSL-1.0
// The interface's quirks that only a whole client shows: which request a reply belongs to, and what becomes of a
// message that belongs to none. Each test has its number in the protocol reference's list of quirks.
#include <support/bench.hpp>

#include <operations/samples.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/encode.hpp>

#include <support/catch.hpp>

#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <vector>

using namespace lcm::tests;

namespace {

template <class Response> bool is_done(const std::future<Response>& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

std::string with_subtopic(std::string_view subtopic, std::string_view message) {
    return R"({"channel":"LCM","topic":"WebService","subtopic":")" + std::string(subtopic) + R"(","message":)" +
           std::string(message) + "}";
}

/// Sends `request`, and has its own message come back before the reply.
template <class R> typename R::Response call_with_echo(const R& request, const std::string& reply) {
    Bench bench;
    auto future = bench.client->call(request);
    bench.run();
    REQUIRE(bench.script.sent().size() == 1);
    bench.receive(bench.script.sent()[0]);
    CHECK_FALSE(is_done(future));
    CHECK(bench.events.size() == 1); // told as what it is: a message that is nobody's reply
    bench.receive(reply);
    REQUIRE(is_done(future));
    return future.get();
}

} // namespace

TEST_CASE("Quirk 17: two lists of business outcomes, asked for at once, each get their own reply") {
    Bench bench;
    auto of_campaign = bench.client->call(sample<lcm::GetBusinessOutCome>());
    auto of_group = bench.client->call(sample<lcm::GetOutcomeByOutcomegroup>());
    bench.run();
    CHECK(bench.script.sent().size() == 1);

    // Not asked for yet, so somebody else's.
    bench.receive(with_subtopic("BusinessOutCome", R"({"response":[{"OutComeID":"1"}]})"));
    CHECK_FALSE(is_done(of_campaign));
    CHECK_FALSE(is_done(of_group));

    bench.receive(with_subtopic("BusinessOutCome", R"({"callid":"12345","response":[{"OutComeID":"2"}]})"));
    REQUIRE(is_done(of_campaign));
    CHECK(of_campaign.get()[0].outcome_id == 2);
    CHECK(bench.script.sent().size() == 2);
    CHECK_FALSE(is_done(of_group));

    bench.receive(with_subtopic("BusinessOutCome", R"({"response":[{"OutComeID":"3"}]})"));
    REQUIRE(is_done(of_group));
    CHECK(of_group.get()[0].outcome_id == 3);
}

TEST_CASE("Quirk 17: a new and a reserved contact, fetched at once, each come to their own request") {
    Bench bench;
    auto fetched = bench.client->call(sample<lcm::GetContactOD>());
    auto reserved = bench.client->call(sample<lcm::GetReservedContactOD>());
    bench.run();
    CHECK(bench.script.sent().size() == 1);
    bench.receive(with_subtopic("ContactOD", R"({"response":{"ContactId":"1"}})"));
    CHECK(bench.script.sent().size() == 2);
    bench.receive(with_subtopic("ContactOD", R"({"response":{"ContactID":2}})"));
    REQUIRE(is_done(fetched));
    REQUIRE(is_done(reserved));
    CHECK(fetched.get().contact_id == "1");
    CHECK(reserved.get().contact_id == "2");
}

TEST_CASE("Quirk 17: the late reply of a request that was given up comes to no other of its subtopic") {
    Bench bench;
    auto fetched = bench.client->call(sample<lcm::GetContactOD>());
    auto reserved = bench.client->call(sample<lcm::GetReservedContactOD>(), {.deadline = std::chrono::seconds(60)});
    bench.advance(std::chrono::seconds(11));
    CHECK(is_done(fetched));
    CHECK(bench.script.sent().size() == 1); // the second one waits for the first one's reply, late as it is
    bench.receive(with_subtopic("ContactOD", R"({"response":{"ContactId":"1"}})"));
    CHECK_FALSE(is_done(reserved));
    CHECK(bench.script.sent().size() == 2);
    bench.receive(with_subtopic("ContactOD", R"({"response":{"ContactId":"2"}})"));
    REQUIRE(is_done(reserved));
    CHECK(reserved.get().contact_id == "2");
    CHECK_THROWS_AS(fetched.get(), lcm::LcmError);
}

TEST_CASE("Quirk 19: a client that hears its own request goes on waiting for the reply") {
    CHECK(call_with_echo(sample<lcm::StateSync>(), with_subtopic("StateSync", R"([{"callid":"12345"}])")).size() == 1);
    const std::string repeated =
        R"({"subtopic":"ManualDialCall","topic":"InboundCall","channel":"Amazon","data":{"PhoneNumber":"5550100"}})";
    CHECK(call_with_echo(sample<lcm::ManualDialCall>(), with_subtopic("ManualDialCall", repeated)).channel == "Amazon");
}

TEST_CASE("Quirk 20: a reply is taken under the other subtopic and topic that its page gives for it") {
    const std::string reply = R"({"channel":"LCM","topic":"Outbound","subtopic":"ScheduledCallBackOverlap",)"
                              R"("message":{"RequestResult":true,"IsOverlap":true}})";
    CHECK(call_with_echo(sample<lcm::ScheduledCallBackOverlap>(), reply).is_overlap);
}

TEST_CASE("Quirk 22: a message that is no JSON is counted, and the next one is read") {
    Bench bench;
    auto future = bench.client->call(sample<lcm::GetBOGroupParent>());
    bench.run();
    bench.receive(R"({"subtopic":"BOGroupParent","message":{"callid":"12345","response":[]})"); // a brace is missing
    bench.receive("{\"subtopic\":\"OutcomeSetForCall\",\"message\":\u201C5|3|1|0|0|44|1\u201D}");
    CHECK(bench.client->stats().bad_messages == 2);
    CHECK_FALSE(is_done(future));
    bench.receive(with_subtopic("BOGroupParent", R"({"callid":"12345","response":[{"ParentId":"100"}]})"));
    REQUIRE(is_done(future));
    CHECK(future.get()[0].parent_id == 100);
}

TEST_CASE("Quirk 18: two requests of one kind for one call go one after the other, and others' replies complete none") {
    Bench bench;
    std::vector<std::string> others;
    const auto any =
        bench.client->on_any([&](const lcm::Json& message) { others.push_back(message.value("subtopic", "")); });
    const lcm::GetCampaignModes request{.callid = "12345", .account_number = "5|3|1|0|0|44|1"};
    const auto modes = [](const char* callid, const char* name) {
        return R"({"subtopic":"CampaignModes","message":{"callid":")" + std::string(callid) +
               R"(","response":[{"ModeID":"1","Description":")" + name + R"("}]}})";
    };
    auto first = bench.client->call(request);
    auto second = bench.client->call(request);
    bench.run();
    CHECK(bench.script.sent().size() == 1);
    bench.receive(modes("54321", "another's"));
    bench.receive(R"({"subtopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|1"})");
    CHECK(bench.script.sent().size() == 1);
    CHECK(others == std::vector<std::string>{"CampaignModes", "OutcomeSetForCall"});

    bench.receive(modes("12345", "first"));
    CHECK(first.get()[0].description == "first");
    CHECK(bench.script.sent().size() == 2);
    bench.receive(modes("12345", "second"));
    CHECK(second.get()[0].description == "second");
}
