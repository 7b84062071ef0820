// SPDX-License-Identifier: BSL-1.0
// What follows from a new operation's struct alone. Compiled by new_operation_test.py against headers with that struct.
// Usage: program INCLUDE_DIRECTORY
#include <documentation/reference.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/envelope.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using New = lcm::SetCampaignPriority;

int failures = 0;

void expect(bool holds, std::string_view promise) {
    if (holds) return;
    ++failures;
    std::cerr << "does not hold: " << promise << '\n';
}

const New request{.callid = "12345", .campaign_id = "7", .new_priority = 0};

void test_list() {
    std::vector<std::string_view> subtopics;
    lcm::OperationGroups::for_each([&]<class Group>() {
        Group::Operations::for_each([&]<class R>() { subtopics.push_back(R::operation.subtopic); });
    });
    expect(std::count(subtopics.begin(), subtopics.end(), "SetCampaignPriority") == 1, "it is listed");
    expect(std::count(subtopics.begin(), subtopics.end(), "StateSync") == 1, "the others are listed");
}

void test_request() {
    expect(!lcm::validate(request), "a complete request is valid");
    const auto problem = lcm::validate(New{.callid = "12345", .campaign_id = "7"});
    expect(problem && problem->field == "Priority", "a missing field is named");
    expect(lcm::encode(request, "myapp") ==
               R"({"channel":"LCM","topic":"WebService","subtopic":"SetCampaignPriority","source":"myapp",)"
               R"("data":{"callid":"12345","CampaignID":"7","Priority":"0"}})",
           "it is encoded");
}

/// The ending that a message of the server means for it.
lcm::Result<lcm::OutcomeResponse> ending_of(const std::string& text) {
    lcm::LenientReader reader;
    lcm::JsonDocument document;
    expect(document.parse(text, 8), "it is JSON");
    const lcm::Incoming incoming = lcm::read_incoming(document.root(), reader);
    expect(incoming.subtopic == New::operation.reply_subtopic && incoming.callid == "12345", "its reply is recognised");
    return lcm::read_reply<New::Response>(incoming.payload, reader);
}

void test_reply() {
    const std::string reply = R"({"subtopic":"SetCampaignPriorityResult","message":{"callid":"12345","response":)";
    expect(ending_of(reply + R"({"success":true}}})").has_value(), "a yes is read");
    expect(ending_of(reply + R"({"success":false}}})").error().delivery == lcm::Delivery::refused, "a no is read");
    expect(ending_of(reply + "{}}}").error().delivery == lcm::Delivery::unknown, "anything else is neither");
}

void test_simulator() {
    lcm::testing::SimulatedServer server;
    const auto handled = server.handle(lcm::encode(request, "myapp"));
    expect(handled.acted_on && handled.replies.size() == 1, "the simulator carries it out");
    expect(!handled.replies.empty() && ending_of(handled.replies[0]).has_value(), "the simulator answers it");
    const auto unknown = server.handle(lcm::encode(New{"unknown-7", "7", 0}, "myapp"));
    expect(!unknown.acted_on, "the simulator refuses an unknown call");
}

void test_reference(const char* include) {
    const lcm::tests::Pages pages = lcm::tests::make_reference(include);
    const auto has = [&](const std::string& page, std::string_view text) {
        return pages.at(page).find(text) != std::string::npos;
    };
    expect(has("README.md", "[`SetCampaignPriority`](campaigns.md#setcampaignpriority)"), "the reference lists it");
    expect(has("campaigns.md", "\n## `SetCampaignPriority`\n\nSets the priority of a campaign."),
           "the reference describes it");
    expect(has("campaigns.md", "| `new_priority` | `Priority` | number | text, digits | required |"),
           "the reference has its fields");
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    test_list();
    test_request();
    test_reply();
    test_simulator();
    test_reference(argv[1]);
    return failures;
}
