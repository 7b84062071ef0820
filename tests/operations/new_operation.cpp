// SPDX-License-Identifier: BSL-1.0
// What follows from a new operation's struct alone, and from a new type of fields that is taught in one place. Compiled
// by new_operation_test.py against headers with that struct.
// Usage: program INCLUDE_DIRECTORY
#include <documentation/reference.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace app {

/// A type that the library does not know.
enum class Side { none, agent, customer };

} // namespace app

/// All that is to be said of it.
template <> struct lcm::FieldType<app::Side> : lcm::FieldAs<app::Side, std::string> {
    static std::string to_wire(app::Side side) {
        if (side == app::Side::none) return "";
        return side == app::Side::agent ? "AGENT" : "CUSTOMER";
    }
    static std::optional<app::Side> from_wire(const std::string& text) {
        if (text == "AGENT") return app::Side::agent;
        if (text == "CUSTOMER") return app::Side::customer;
        return std::nullopt;
    }
    static constexpr FieldWords describe(Form) noexcept {
        return {"side", "text, AGENT or CUSTOMER", "AGENT|CUSTOMER", "AGENT or CUSTOMER"};
    }
};

namespace app {

struct HangUp {
    lcm::Id callid{};
    Side side{};
    std::vector<Side> told{};
    std::optional<lcm::Sensitive<Side>> first{};

    static constexpr void fields(auto&& field) {
        field("callid", &HangUp::callid, lcm::Presence::required, "the call's id");
        field("Side", &HangUp::side, lcm::Presence::required, "who hangs up");
        field("Told", &HangUp::told, lcm::Presence::optional, "who is told");
        field("First", &HangUp::first, lcm::Presence::optional, "who is told first", {.allowed = "AGENT"});
    }

    using Response = lcm::OutcomeResponse;

    static constexpr lcm::Operation operation{.subtopic = "HangUp", .reply_subtopic = "HangUpResult"};
};

} // namespace app

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
    expect(lcm::validate(request).empty(), "a complete request is valid");
    const auto problems = lcm::validate(New{.callid = "12345", .campaign_id = "7"});
    expect(problems.size() == 1 && problems[0].field == "Priority", "a missing field is named");
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
    const lcm::detail::Incoming incoming = lcm::detail::read_incoming(document.root(), reader);
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

// --- A new type of fields -------------------------------------------------------------------------------------------

using app::Side;

const app::HangUp hang_up{.callid = "1", .side = Side::agent, .told = {Side::customer, Side::agent}, .first = {}};

void test_writing_a_new_type() {
    expect(lcm::encode(hang_up, "myapp") ==
               R"({"channel":"LCM","topic":"WebService","subtopic":"HangUp","source":"myapp",)"
               R"("data":{"callid":"1","Side":"AGENT","Told":["CUSTOMER","AGENT"]}})",
           "a value of a new type is encoded, also in a list, and left out where it is missing");
    expect(lcm::encode_value(Side::customer) == R"("CUSTOMER")", "a single value of a new type is encoded");
}

void test_checking_a_new_type() {
    const auto problem_of = [](app::HangUp request) {
        const auto problems = lcm::validate(request);
        return problems.empty() ? "" : problems[0].field + ' ' + problems[0].reason;
    };
    app::HangUp request = hang_up;
    expect(problem_of(request).empty(), "a request with a new type is valid");
    request.told.push_back(Side::none);
    expect(problem_of(request) == "Told[2] must not be empty", "a missing value of a new type in a list is named");
    request = hang_up;
    request.first = Side::customer;
    expect(problem_of(request) == "First must be AGENT", "what the interface allows holds for a new type");
    request.side = Side::none;
    expect(problem_of(request) == "Side must not be empty", "a missing value of a new type is named");
}

void test_reading_a_new_type() {
    const auto read = [](std::string_view text) {
        lcm::LenientReader reader;
        lcm::JsonDocument document;
        expect(document.parse(text, 8), "it is JSON");
        app::HangUp read;
        const std::string problem = lcm::read_fields(document.root(), read, reader);
        expect(problem.empty() || read.side == Side::none, "what cannot be read leaves no trace");
        return problem.empty() ? lcm::encode(read, "") == lcm::encode(hang_up, "") ? "right" : "wrong" : problem;
    };
    expect(read(R"({"callid":"1","side":"AGENT","told":["CUSTOMER","AGENT"]})") == "right",
           "a value of a new type is read");
    expect(read(R"({"callid":"1","side":"NOBODY"})") == "Side: not of the documented type",
           "what is no value of a new type is not read");
}

void test_describing_a_new_type() {
    const auto words = lcm::tests::words(std::type_identity<std::vector<Side>>(), lcm::Form::natural);
    expect(words.type == "list of side" && words.format == "array of text, AGENT or CUSTOMER",
           "the reference describes a new type");
    expect(lcm::FieldType<Side>::example({.word = "CUSTOMER"}) == Side::customer, "a new type has an example");
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    test_list();
    test_request();
    test_reply();
    test_simulator();
    test_reference(argv[1]);
    test_writing_a_new_type();
    test_checking_a_new_type();
    test_reading_a_new_type();
    test_describing_a_new_type();
    return failures;
}
