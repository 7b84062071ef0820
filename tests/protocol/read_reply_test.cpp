// SPDX-License-Identifier: BSL-1.0
// What replies of all forms mean: a no is a no whatever the operation, and nothing that was sent is lost.
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/raw_request.hpp>

#include <string>
#include <type_traits>

using lcm::Delivery;
using lcm::Json;
using lcm::LenientReader;
using lcm::tests::JsonText;

namespace {

template <class R> lcm::Result<typename R::Response> read(const std::string& payload) {
    LenientReader reader;
    return lcm::read_reply<typename R::Response>(JsonText(payload), reader);
}

// "accepted", or "refused: the server's text", or "unknown: the reason".
template <class T> std::string meaning_of(const lcm::Result<T>& result) {
    if (result.has_value()) return "accepted";
    const lcm::Error& error = result.error();
    if (error.delivery == Delivery::refused) return "refused: " + error.server.message;
    return std::string(to_string(error.delivery)) + ": " + error.detail;
}

} // namespace

TEST_CASE("A plain no refuses every operation, whatever its reply should look like") {
    const auto with_response = [](const std::string& response) { return R"({"response":)" + response + "}"; };
    for (const std::string& no :
         {with_response(R"({"success":false,"msg":"no"})"), std::string(R"({"success":false,"msg":"no"})"),
          with_response(R"([{"success":false,"msg":"no"}])")}) {
        CAPTURE(no);
        CHECK(meaning_of(read<lcm::GetCallOutCome>(no)) == "refused: no");
        CHECK(meaning_of(read<lcm::GetDownloadContactsForDialing>(no)) == "refused: no");
        CHECK(meaning_of(read<lcm::GetContactOD>(no)) == "refused: no");
        CHECK(meaning_of(read<lcm::ManualDialCall>(no)) == "refused: no");
        CHECK(meaning_of(read<lcm::GetCheckContacts>(no)) == "refused: no");
        LenientReader reader;
        CHECK(meaning_of(lcm::read_reply<Json>(JsonText(no), reader)) == "refused: no");
    }
    CHECK(meaning_of(read<lcm::GetStoredData>(with_response("false"))) == "refused: ");
    CHECK(meaning_of(read<lcm::SetDialerOutcomeForMCDRequest>(with_response("false"))) == "refused: ");
}

TEST_CASE("A reason for a failure refuses every operation that fetches contacts") {
    const std::string failure = R"({"response":{"RequestFailureReason":"none left"}})";
    CHECK(meaning_of(read<lcm::GetDownloadAllContactsForDialing>(failure)) == "refused: none left");
    CHECK(meaning_of(read<lcm::GetDownloadContactsForDialing>(failure)) == "refused: none left");
    CHECK(meaning_of(read<lcm::GetReservedManualDialContact>(failure)) == "refused: none left");
    CHECK(meaning_of(read<lcm::GetContactOD>(failure)) == "refused: none left");
    const std::string none = R"({"response":{"RequestFailureReason":"","Contacts":[]}})";
    CHECK(meaning_of(read<lcm::GetDownloadAllContactsForDialing>(none)) == "accepted");
}

TEST_CASE("A server that could not tell whether callbacks overlap has refused, whatever else its reply holds") {
    for (const char* payload :
         {R"({"RequestResult":false})", R"({"RequestResult":false,"IsOverlap":null})",
          R"({"RequestResult":false,"IsOverlap":false})", R"({"response":{"RequestResult":false}})"}) {
        CAPTURE(payload);
        CHECK(meaning_of(read<lcm::ScheduledCallBackOverlap>(payload)) == "refused: ");
        LenientReader reader;
        CHECK(meaning_of(lcm::read_reply<Json>(JsonText(payload), reader)) == "refused: ");
    }
    CHECK(meaning_of(read<lcm::ScheduledCallBackOverlap>(R"({"RequestResult":true,"IsOverlap":false})")) == "accepted");
    CHECK(meaning_of(read<lcm::ScheduledCallBackOverlap>(R"({"RequestResult":true})")) ==
          "unknown: IsOverlap: missing");
}

TEST_CASE("A refusal that names the call as its reason has the code for it, also within a reply") {
    const auto code_of = [](const std::string& texts) {
        const auto within = read<lcm::SetBusinessOutcomeWithCallOutcome>(
            R"({"callid":"12345","response":{"success":false)" + texts + "}}");
        const auto beside = read<lcm::SetBusinessOutcomeWithCallOutcome>(
            R"({"callid":"12345","response":{"success":false})" + texts + "}");
        REQUIRE(within.has_error());
        REQUIRE(beside.has_error());
        CHECK(within.error().delivery == Delivery::refused);
        CHECK(within.error().code == beside.error().code);
        return within.error().code;
    };
    CHECK(code_of(R"(,"errorType":"WS_Error","errorMessage":"Invalid Call ID:12345","msg":"Invalid Call ID.")") ==
          lcm::Errc::invalid_call_id);
    CHECK(code_of(R"(,"errorType":"WS_Error","errorMessage":"Callid is empty")") == lcm::Errc::invalid_call_id);
    CHECK(code_of(R"(,"msg":"Invalid Call ID.")") == lcm::Errc::invalid_call_id);
    CHECK(code_of(R"(,"msg":"Contact not found")") == lcm::Errc::server_error);
    CHECK(code_of("") == lcm::Errc::server_error);
}

TEST_CASE("What is no plain yes is no yes where something is set") {
    for (const char* payload :
         {R"({"response":{}})", R"({"response":{"success":null}})", R"({"response":{"success":1}})",
          R"({"response":{"success":"true"}})", R"({"response":"true"})", R"({"success":true})", R"({})", R"([])"}) {
        CAPTURE(payload);
        CHECK(meaning_of(read<lcm::SetDNC>(payload)).starts_with("unknown: response"));
        CHECK(meaning_of(read<lcm::SetCallResult>(payload)).starts_with("unknown: response"));
        CHECK(meaning_of(read<lcm::SetPersonalCallbackWithComments>(payload)).starts_with("unknown: response"));
    }
    CHECK(meaning_of(read<lcm::SetDNC>(R"({"response":true})")).starts_with("unknown: response"));
    CHECK(meaning_of(read<lcm::SetDialerOutcomeForMCDRequest>(R"({"response":true})")) == "accepted");
}

TEST_CASE("A status that nobody has described is neither a yes nor a no") {
    const auto status = [](const std::string& word) {
        return read<lcm::AddCompliance>(R"({"Response":{"Response":")" + word + R"("}})");
    };
    CHECK(meaning_of(status("success")) == "accepted");
    CHECK(meaning_of(status(" Success ")) == "accepted");
    for (const char* word : {"", "failed", "Added", "successful?"}) {
        const auto result = status(word);
        REQUIRE(result.has_error());
        CHECK(result.error().delivery == Delivery::unknown);
        CHECK(result.error().server.message == word);
        CHECK(Json::parse(result.error().reply.reveal())["Response"]["Response"] == word);
    }
}

TEST_CASE("The payload of a reply that says no or is not understood comes with the error") {
    for (const char* payload :
         {R"({"callid":"1","response":{"success":false,"why":7}})", R"({"callid":"1","response":"?"})"}) {
        const auto result = read<lcm::SetDNC>(payload);
        REQUIRE(result.has_error());
        CHECK(Json::parse(result.error().reply.reveal()) == Json::parse(payload));
        CHECK(result.error().message().find("why") == std::string::npos);
    }
}

TEST_CASE("What the server adds is kept, inside the response and beside it, also under one name") {
    const auto result = read<lcm::SetBusinessOutcomeWithComments>(
        R"({"callid":"1","response":{"success":true,"note":"inner","a":1},"note":"outer","b":2})");
    REQUIRE(result.has_value());
    CHECK(result->others.reveal() == Json{{"note", "inner"}, {"a", 1}, {"message.note", "outer"}, {"b", 2}});

    const auto list = read<lcm::GetCallOutCome>(
        R"({"callid":"1","response":[{"OutComeID":"0","Description":"Success","New":[1]}],"total":1})");
    REQUIRE(list.has_value());
    CHECK(list->records[0].others.reveal() == Json{{"New", {1}}});
    CHECK(list->others.reveal() == Json{{"total", 1}});
}

TEST_CASE("A field of a record that cannot be read leaves no trace but its JSON") {
    const auto result = read<lcm::GetCampaignModes>(
        R"({"callid":"1","response":[{"ModeID":"1","PEWC":"Y","MinLength":"many","Description":7}]})");
    REQUIRE(result.has_value());
    const lcm::Mode& mode = result->records[0];
    CHECK(mode.mode_id == 1);
    CHECK_FALSE(mode.pewc.has_value());
    CHECK_FALSE(mode.min_length.is_set());
    CHECK(mode.description == "7");
    CHECK(mode.others.reveal() == Json{{"PEWC", "Y"}, {"MinLength", "many"}});
}

TEST_CASE("One value of another type does not cost the other business fields") {
    const auto result = read<lcm::GetScreenPopData>(
        R"({"callid":"1","response":{"City":"Paris","Age":7,"Address":{"zip":"1"},"None":null}})");
    REQUIRE(result.has_value());
    const auto& fields = result->records.at(0);
    CHECK(fields.at("City").reveal() == "Paris");
    CHECK(fields.at("Age").reveal() == "7");
    CHECK(fields.at("Address").reveal() == R"({"zip":"1"})");
    CHECK(fields.at("None").reveal().empty());
}

TEST_CASE("A reason for a failure that is nothing but spaces is none") {
    LenientReader reader;
    const JsonText payload(R"({"callid":"1","response":[{"OutComeID":"0","RequestFailureReason":" "}]})");
    CHECK(lcm::read_reply<lcm::GetCallOutCome::Response>(payload, reader).has_value());
    CHECK(meaning_of(read<lcm::GetDownloadAllContactsForDialing>(
              R"({"response":{"RequestFailureReason":" ","Contacts":[{"CampaignID":"7"}]}})")) == "accepted");
}

TEST_CASE("Only what differs from the interface's forms is counted as a deviation, and once") {
    const auto deviations = []<class R>(std::type_identity<R>, const char* payload) {
        LenientReader reader;
        REQUIRE(lcm::read_reply<typename R::Response>(JsonText(payload), reader).has_value());
        return reader.deviations();
    };
    using List = std::type_identity<lcm::GetCallOutCome>;
    using Set = std::type_identity<lcm::SetBusinessOutcomeWithComments>;
    CHECK(deviations(List(), R"({"callid":"1","response":[{"OutComeID":"0"}]})") == 0); // a list may have one record
    CHECK(deviations(List(), R"({"callid":"1","response":[]})") == 0);
    CHECK(deviations(List(), R"({"callid":"1","response":null})") == 1);
    CHECK(deviations(List(), R"({"callid":"1","response":{"OutComeID":"0"}})") == 1);
    CHECK(deviations(List(), R"({"callid":"1","response":[{"OutComeID":0}]})") == 1);
    CHECK(deviations(Set(), R"({"callid":"1","response":{"success":true}})") == 0);
    CHECK(deviations(Set(), R"({"callid":"1","response":[{"success":true}]})") == 1);
    CHECK(deviations(Set(), R"({"callid":"1","Response":{"success":true}})") == 1);
}
