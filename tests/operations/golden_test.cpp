// SPDX-License-Identifier: BSL-1.0
// Each operation against messages that were written by hand: the request byte for byte, the reply field by field.
#include <operations/samples.hpp>
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/read_reply.hpp>

#include <concepts>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>

using namespace lcm::tests;
using lcm::Json;

namespace {

const std::filesystem::path golden = std::filesystem::path(LCM_CLIENT_SOURCE_DIR) / "tests/operations/golden";

template <class Visitor> void for_each_operation(Visitor visit) {
    lcm::OperationGroups::for_each([&]<class Group>() { Group::Operations::for_each(visit); });
}

/// The message in the file, without the line end after it.
std::string read_message(std::string_view folder, std::string_view subtopic) {
    std::ifstream file(golden / folder / (std::string(subtopic) + ".json"), std::ios::binary);
    REQUIRE(file);
    std::string text(std::istreambuf_iterator<char>(file), {});
    REQUIRE(text.ends_with('\n'));
    text.pop_back();
    return text;
}

std::set<std::string> files_in(std::string_view folder) {
    std::set<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(golden / folder))
        names.insert(file.path().filename().string());
    return names;
}

// --- Parts ----------------------------------------------------------------------------------------------------------

/// Each value in a JSON tree as text, by its path in lower case. Nothing, null and an empty text mean the same.
using Parts = std::map<std::string, std::string>;

void collect(const Json& json, const std::string& path, Parts& parts) {
    if (json.is_structured()) {
        for (const auto& [key, value] : json.items()) collect(value, path + '/' + lcm::detail::fold(key), parts);
        return;
    }
    const std::string text = json.is_string() ? json.get<std::string>() : json.dump();
    if (!json.is_null() && !text.empty()) parts[path] = text;
}

Parts parts_of(const Json& json) {
    Parts parts;
    collect(json, "", parts);
    return parts;
}

/// What the C++ struct holds, without what no row of its table has taken.
template <class Response> Parts parts_of_response(const Response& response) {
    std::string text;
    if constexpr (std::same_as<Response, lcm::CheckContactsResponse>) return parts_of(response.raw.reveal());
    else if constexpr (requires { response.records; }) lcm::detail::write_value(text, response.records);
    else lcm::detail::write_value(text, response);
    return parts_of(Json::parse(text));
}

/// The part of the payload that becomes the response, in the form that its type suggests.
template <class Response> Json response_in(const Json& payload) {
    lcm::LenientReader reader;
    const lcm::tests::JsonText text = lcm::tests::JsonText::of(payload);
    const lcm::JsonView found = reader.find(text, "response");
    const Json body = found ? found.to_json() : payload;
    if constexpr (requires(Response response) { response.records; }) {
        if (body.is_object()) return Json::array({body});
    }
    if (body.is_boolean()) return Json{{"success", body}};
    return body;
}

template <class R> void check_reply() {
    const lcm::tests::JsonText document(read_message("replies", R::operation.subtopic));
    lcm::LenientReader reader;
    const auto incoming = lcm::detail::read_incoming(document, reader);
    CHECK(incoming.subtopic == R::operation.reply_subtopic);
    REQUIRE(incoming.payload);
    const Json payload = incoming.payload.to_json();
    if (R::operation.reply_callid != lcm::ReplyCallid::unknown)
        CHECK(payload.contains("callid") == (R::operation.reply_callid == lcm::ReplyCallid::present));

    const auto response = lcm::read_reply<typename R::Response>(incoming.payload, reader);
    if (response.has_error()) FAIL(response.error().detail);
    CHECK(parts_of_response(response.value()) == parts_of(response_in<typename R::Response>(payload)));
}

} // namespace

TEST_CASE("Each request leaves as the message that was written by hand from the interface's pages") {
    for_each_operation([]<class R>() {
        CAPTURE(R::operation.subtopic);
        CHECK(lcm::encode(sample<R>(), "myapp") == read_message("requests", R::operation.subtopic));
    });
}

TEST_CASE("Each reply that was written by hand is accepted, and no part of it is lost") {
    for_each_operation([]<class R>() {
        CAPTURE(R::operation.subtopic);
        if constexpr (!R::operation.reply_subtopic.empty()) check_reply<R>();
    });
}

TEST_CASE("There are 48 operations, each with its files, and no other files") {
    std::set<std::string> requests;
    std::set<std::string> replies;
    for_each_operation([&]<class R>() {
        const std::string file = std::string(R::operation.subtopic) + ".json";
        requests.insert(file);
        if (!R::operation.reply_subtopic.empty()) replies.insert(file);
    });
    CHECK(requests.size() == 48);
    CHECK(files_in("requests") == requests);
    CHECK(files_in("replies") == replies);
}

TEST_CASE("The operations of which something is not published are these") {
    std::set<std::string_view> incomplete;
    for_each_operation([&]<class R>() {
        if (!R::operation.unpublished.empty()) incomplete.insert(R::operation.subtopic);
    });
    CHECK(incomplete == std::set<std::string_view>{
                            "AddCompliance",
                            "CreateContact",
                            "GetAllCampaignDetails",
                            "GetBusinessOutcomeParent",
                            "GetCallBackModes",
                            "GetCampaignGroups",
                            "GetCampaignModes",
                            "GetCampaignTimeZone",
                            "GetCampaignsForMCDRequest",
                            "GetCheckContacts",
                            "GetContactModes",
                            "GetContactOD",
                            "GetDownloadAllContactsForDialing",
                            "GetDownloadContactsForDialing",
                            "GetModeInformation",
                            "GetOutcomeByOutcomegroup",
                            "GetPersonalCallbackList",
                            "GetReservedContactOD",
                            "GetReservedManualDialContact",
                            "SetBusinessOutcomeWithCallback",
                            "SetBusinessOutcomeWithComments",
                            "SetBusinessOutcomeWithPersonalCallback",
                            "SetCallOutComeOffline",
                            "SetCallOutcomeWithComments",
                            "SetCallResult",
                            "SetCallbackWithComments",
                            "SetContactBusinessFields",
                            "SetDNC",
                            "SetNewModeNumber",
                            "SetPersonalCallbackWithComments",
                            "StateSync",
                        });
}
