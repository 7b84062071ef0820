// SPDX-License-Identifier: BSL-1.0
// What is known of a message of which only the beginning is there.
#include <session/random.hpp>
#include <support/catch.hpp>

#include <lcm_client/protocol/impl/message_head.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using lcm::detail::read_message_head;

namespace {

constexpr std::string_view reply =
    R"({"channel":"LCM","topic":"WebService","subtopic":"CallOutCome","message":{"callid":"12345","response":[{)";

} // namespace

TEST_CASE("The head of a message names its subtopic and its call, in each form that a whole message may have") {
    struct Row {
        std::string text;
        std::string_view subtopic;
        std::optional<std::string_view> callid;
    };
    const std::vector<Row> rows{
        {std::string(reply), "CallOutCome", "12345"},
        {std::string(reply) + R"("OutComeID":"0","callid":"1","subtopic":"X"},{"Desc)", "CallOutCome", "12345"},
        {R"({ "SubTopic" : " CallOutcome " , "Message" : { "CallId" : 12345 , "resp)", "CallOutcome", "12345"},
        {R"({"message":{"callid":"a"},"subtopic":"S","x":")", "S", "a"},
        {R"({"message":{"response":{"callid":"b","subtopic":"T"},"callid":"a"},"subtopic":"S")", "S", "a"},
        {R"({"message":{"Response":{"Response":{"x":{"subtopic":"T"}}},"callid":"a"},"subtopic":"S")", "S", "a"},
        {R"({"message":{"subtopic":"T","callid":"a"},"subtopic":"S"})", "S", "a"},
        {R"({"subtopic":"S","message":{"response":[)", "S", std::nullopt},
        {R"({"subtopic":"S","message":[{"callid":"a"},{"callid":"b"}]})", "S", std::nullopt},
        {R"({"subtopic":"S","callid":"a","message":{)", "S", std::nullopt},
        {R"({"subtopic":"S","message":{"callid":"","response":)", "S", std::nullopt},
        {R"({"channel":"LCM","topic":"","subTopic":"","subscriberID":"9","message":{"channel":"LCM","subtopic":"S",)"
         R"("message":{"callid":"a","response":[)",
         "S", "a"},
        {R"({"subtopic":"","okmessage":{"message":{"callid":7,"response":{"callid":8}},"subtopic":"S"})", "S", "7"},
        {R"({"subtopic":"S","data":{"callid":"a","response":[)", "S", "a"},
        {R"({"subtopic":"S","message":{"callid":1234)", "S", std::nullopt},     // there may be more of it
        {R"({"subtopic":"S","message":{"callid":"1234)", "S", std::nullopt},    // cut off
        {R"({"subtopic":"Cut)", "", std::nullopt},                              // cut off
        {R"({"subtopic":"S\u0041","message":{"callid":"a","r)", "", "a"},       // nobody writes it so
        {R"({"x":"\"subtopic\":\"T\"","subtopic":"S","me)", "S", std::nullopt}, // in a text
        {R"({"subtopic":null,"message":{"callid":true,"callid":"a"},)", "", "a"},
        {R"("subtopic":"S")", "S", std::nullopt},
        {"this is no JSON", "", std::nullopt},
        {"", "", std::nullopt},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const lcm::detail::MessageHead head = read_message_head(row.text);
        CHECK(head.subtopic == row.subtopic);
        CHECK(head.callid == row.callid);
    }
}

TEST_CASE("Wherever a message is cut off, what its head names is what it names, or nothing") {
    for (std::size_t size = 0; size <= reply.size(); ++size) {
        const lcm::detail::MessageHead head = read_message_head(reply.substr(0, size));
        CAPTURE(size);
        CHECK((head.subtopic.empty() || head.subtopic == "CallOutCome"));
        CHECK((!head.callid || *head.callid == "12345"));
    }
}

TEST_CASE("The head of anything is read to its end, and what it names stands in it") {
    lcm::tests::Random random(lcm::tests::test_seed());
    const std::vector<std::string_view> pieces{"{",  "}",        "[",      "]",        "\"",   ":",  ",",  "\\",
                                               " ",  "subtopic", "callid", "response", "12",   "-",  "x",  "\xFF",
                                               "\n", "{\"",      "\":\"",  "\"}",      "null", "]}", "[[", "message"};
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (std::size_t left = random.below(40); left != 0; --left) text += random.one_of(pieces);
        const lcm::detail::MessageHead head = read_message_head(text);
        if (text.find(head.subtopic) == std::string::npos) FAIL(text);
        if (head.callid && text.find(*head.callid) == std::string::npos) FAIL(text);
    }
}
