// SPDX-License-Identifier: BSL-1.0
// What the interface's pages contradict each other in: which deviations are understood, and what is not taken for one.
// Each test has its number in the protocol reference's list of quirks.
#include <session/multiplexer_by_id.hpp>
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <operations/samples.hpp>

#include <lcm_client/client/encoded_request.hpp>
#include <lcm_client/events.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/session/reply_pattern.hpp>
#include <lcm_client/testing/messages.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace lcm::tests;
using lcm::Delivery;
using lcm::Errc;
using lcm::Json;
using lcm::LenientReader;
using lcm::detail::RequestId;

namespace {

constexpr std::size_t depth = 16;

JsonText parse(const std::string& text) {
    CAPTURE(text);
    REQUIRE(lcm::parse_json(text, depth).problem.empty());
    return JsonText(text);
}

/// The requests of one connection that wait for their replies.
class Waiting {
public:
    /// Submits a request, and sends it if none keeps it back.
    template <class R> RequestId send(const R& request) {
        const RequestId id = ++last_;
        const std::string callid(lcm::callid_of(request));
        REQUIRE_FALSE(multiplexer_.submit(submission_of(id, R::operation, callid)));
        send_what_may_leave();
        return id;
    }

    /// The request that takes the message for its reply.
    std::optional<RequestId> receive(const std::string& text) {
        const JsonText document = parse(text);
        LenientReader reader;
        const lcm::detail::Incoming message = lcm::detail::read_incoming(document, reader);
        if (!message.payload) return std::nullopt;
        const lcm::detail::MatchKey key(message.subtopic, std::optional<std::string>(message.callid));
        const auto match = multiplexer_.reply({key, message.is_under_data});
        send_what_may_leave();
        return match ? std::optional(match->id) : std::nullopt;
    }

    [[nodiscard]] bool has_left(RequestId id) const { return multiplexer_.state(id) == Multiplexer::State::awaiting; }

private:
    static constexpr lcm::detail::TimePoint now{std::chrono::hours(1)};
    static constexpr lcm::detail::TimePoint deadline = now + std::chrono::seconds(10);

    static Submission submission_of(RequestId id, const lcm::Operation& operation, const std::string& callid) {
        const lcm::detail::ReplyPattern reply = lcm::detail::reply_pattern(operation, callid);
        const bool has_reply = !reply.subtopic.empty();
        return {.id = id,
                .key = has_reply ? lcm::detail::MatchKey(reply.subtopic,
                                                         reply.names_call ? std::optional(callid) : std::nullopt)
                                 : lcm::detail::MatchKey::of_no_reply(id),
                .callid = callid,
                .deadline = deadline,
                .is_read_only = operation.is_read_only,
                .has_reply = has_reply,
                .reply_may_name_call = reply.may_name_call,
                .reply_repeats_name = reply.repeats_name,
                .reply_also = reply.also};
    }

    void send_what_may_leave() {
        (void)multiplexer_.take_batch(now, 100);
        (void)multiplexer_.written();
    }

    Multiplexer multiplexer_{lcm::Limits(), lcm::Duplicates::hold_back};
    RequestId last_ = 0;
};

/// Whether `text` is the reply to the sample of `R`.
template <class R> bool takes(const std::string& text) {
    Waiting waiting;
    const RequestId id = waiting.send(sample<R>());
    return waiting.receive(text) == id;
}

std::string with_subtopic(std::string_view subtopic, std::string_view message) {
    return R"({"channel":"LCM","topic":"WebService","subtopic":")" + std::string(subtopic) + R"(","message":)" +
           std::string(message) + "}";
}

/// What the payload of a reply means for a request of `R`.
template <class R> lcm::Result<typename R::Response> read(const std::string& payload) {
    LenientReader reader;
    return lcm::read_reply<typename R::Response>(parse(payload), reader);
}

/// The response in a payload that must mean yes.
template <class R> typename R::Response accept(const std::string& payload) {
    auto result = read<R>(payload);
    CAPTURE(payload);
    REQUIRE(result.has_value());
    return *result;
}

/// The ending as a short text: "accepted", or "code (delivery)".
template <class R> std::string ending(const std::string& payload) {
    const auto result = read<R>(payload);
    if (result.has_value()) return "accepted";
    return std::string(to_string(result.error().code)) + " (" + to_string(result.error().delivery) + ")";
}

/// The first of a reply's records, which must be there.
template <class R> auto first(const std::string& payload) {
    const auto list = accept<R>(payload);
    CAPTURE(payload);
    REQUIRE_FALSE(list.empty());
    return list[0];
}

template <class R> bool leaves_with(const std::string& part) {
    return lcm::encode(sample<R>(), "myapp").find(part) != std::string::npos;
}

template <class E> std::optional<E> event_in(const std::string& text) {
    LenientReader reader;
    return E::read(parse(text), reader);
}

lcm::detail::IncomingError error_in(const std::string& text) {
    LenientReader reader;
    const JsonText document = parse(text);
    CHECK(lcm::detail::is_error(document, reader));
    return lcm::detail::read_error(document, reader);
}

const std::string unclear = "bad_reply (unknown)";
const std::string refused = "server_error (refused)";

} // namespace

// --- Names on the wire ----------------------------------------------------------------------------------------------

TEST_CASE("Quirk 1: the topic WebService is sent, and a reply is taken in any letter case of it") {
    CHECK(leaves_with<lcm::GetCallOutCome>(R"("topic":"WebService")"));
    for (const char* topic : {"WebService", "Webservice", "webservice", " WEBSERVICE "}) {
        CAPTURE(topic);
        CHECK(takes<lcm::GetCallOutCome>(R"({"channel":"LCM","topic":")" + std::string(topic) +
                                         R"(","subtopic":"CallOutCome","message":{"callid":"12345","response":[]}})"));
    }
    // The one topic that a reply never has, in any letter case:
    for (const char* topic : {"Error", "error", "ERROR"}) {
        LenientReader reader;
        CHECK(lcm::detail::is_error(JsonText::of({{"topic", topic}, {"subtopic", "CallOutCome"}}), reader));
    }
}

TEST_CASE("Quirk 2: subtopics leave as the samples spell them, and replies are taken as the tables spell them too") {
    CHECK(leaves_with<lcm::GetBusinessOutCome>(R"("subtopic":"GetBusinessOutCome")"));
    const std::string message = R"({"callid":"12345","response":[]})";
    CHECK(takes<lcm::GetBusinessOutCome>(with_subtopic("BusinessOutCome", message)));
    CHECK(takes<lcm::GetBusinessOutCome>(with_subtopic("BusinessOutcome", message)));
    CHECK(takes<lcm::GetCallOutCome>(with_subtopic("CallOutCome", message)));
    CHECK(takes<lcm::GetCallOutCome>(with_subtopic("CallOutcome", message)));
    CHECK(takes<lcm::GetCallBackModes>(with_subtopic("CallBackModes", message)));
    CHECK(takes<lcm::GetCallBackModes>(with_subtopic("CallbackModes", message)));

    CHECK_FALSE(takes<lcm::GetBusinessOutCome>(with_subtopic("BusinessOutcomeParent", message)));
    CHECK_FALSE(takes<lcm::GetBusinessOutCome>(with_subtopic("BusinessOutcome", R"({"callid":"9","response":[]})")));
}

TEST_CASE("Quirk 3: stray spaces around a subtopic and in a key are no part of it") {
    const std::string message = R"({"Response":{"Response":"success"}})";
    CHECK(leaves_with<lcm::AddCompliance>(R"("subtopic":"AddCompliance")"));
    CHECK(takes<lcm::AddCompliance>(with_subtopic(" AddComplianceResponse ", message)));
    CHECK_FALSE(takes<lcm::AddCompliance>(with_subtopic("Add Compliance Response", message)));

    CHECK(event_in<lcm::OutcomeSetForCall>(with_subtopic(" OutcomeSetForCall ", R"(" 90|1|2|0|0|44|1 ")"))
              ->account_number.reveal() == "90|1|2|0|0|44|1");
    const auto error = error_in(R"({"channel":"Cisco","topic":"Error","subtopic":"SetAPIError","data":{"packet":)"
                                R"("apierror","data ":{"errorType":"Invalid State","errorMessage":"a","msg":"b"}}})");
    CHECK(error.texts == lcm::ServerTexts{"Invalid State", "a", "b"});

    // A call's id is not a name: it is compared exactly.
    CHECK_FALSE(takes<lcm::GetCallOutCome>(with_subtopic("CallOutCome", R"({"callid":" 12345 ","response":[]})")));
}

TEST_CASE("Quirk 5: the subtopic of each reply is the published one, which no rule gives") {
    const auto reply_to = []<class R>() { return R::operation.reply_subtopic; };
    CHECK(reply_to.operator()<lcm::SetCallOutcomeWithComments>() == "SetCallOutcomeWithCommentsResult");
    CHECK(reply_to.operator()<lcm::GetContactDetail>() == "ContactDetail");
    CHECK(reply_to.operator()<lcm::GetContactModes>() == "SetContactModes");
    CHECK(reply_to.operator()<lcm::GetCampaignGroups>() == "SetCampaignGroup");
    CHECK(reply_to.operator()<lcm::GetCampaignsForMCDRequest>() == "SetCampaignsForMCDResponse");
    CHECK(reply_to.operator()<lcm::AddCompliance>() == "AddComplianceResponse");
    CHECK(reply_to.operator()<lcm::SetCallOutComeOffline>() == "SetCallOutComeOfflineResponse");
    CHECK(reply_to.operator()<lcm::SetDialerOutcomeForMCDRequest>() == "SetDialerOutcomeForMCDResponse");
    CHECK(reply_to.operator()<lcm::StateSync>() == "StateSync");
    CHECK(reply_to.operator()<lcm::ManualDialCall>() == "ManualDialCall");
    CHECK(reply_to.operator()<lcm::SendAgentState>().empty());

    const std::string message = R"({"callid":"12345","response":{"success":true}})";
    CHECK(takes<lcm::SetNewModeNumber>(with_subtopic("SetNewModeNumberResult", message)));
    for (const char* derived : {"SetNewModeNumber", "NewModeNumber", "SetNewModeNumberResponse"})
        CHECK_FALSE(takes<lcm::SetNewModeNumber>(with_subtopic(derived, message)));
}

TEST_CASE("Quirk 6: the keys of envelope and packet are read in all their spellings") {
    CHECK(takes<lcm::AddCompliance>(R"({"Channel":"LCM","Topic":"WebService","subTopic":"AddComplianceResponse",)"
                                    R"("Message":{"Response":{"Response":"success"}}})"));
    // Two spellings at once: which is meant cannot be known.
    CHECK_FALSE(takes<lcm::AddCompliance>(R"({"subtopic":"AddComplianceResponse","subTopic":"AddComplianceResponse",)"
                                          R"("message":{"Response":{"Response":"success"}}})"));
    CHECK_FALSE(takes<lcm::AddCompliance>(R"({"subtopic":"AddComplianceResponse",)"
                                          R"("message":{"Response":{"Response":"success"}},"Message":{}})"));

    LenientReader reader;
    for (const char* text : {R"({"subTopic":"","subscriberID":"1","message":{"subtopic":"inner"}})",
                             R"({"subtopic":"","SubscriberID":"1","okmessage":{"subtopic":"inner"}})"}) {
        const JsonText packet = parse(text);
        CHECK(lcm::detail::unwrap(packet, reader).to_json() == Json{{"subtopic", "inner"}});
    }
    const JsonText reply = parse(with_subtopic("CallOutCome", R"({"callid":"12345","response":[]})"));
    CHECK(lcm::detail::unwrap(reply, reader).is_same_as(reply)); // a message is no packet
}

TEST_CASE("Quirk 7: a change of a call's state is known by its subtopic, in each of its spellings and on any topic") {
    for (const char* subtopic : {"OutBoundCallStateChange", "OutboundCallStateChange", "OutboundCallStateCHange"}) {
        for (const char* topic : {"Outbound", "OutboundCall"}) {
            for (const char* place : {"data", "message"}) {
                CAPTURE(subtopic, topic, place);
                const Json text{{"topic", topic}, {"subtopic", subtopic}, {place, {{"call", {{"id", "77"}}}}}};
                const auto change = event_in<lcm::OutBoundCallStateChange>(text.dump());
                REQUIRE(change.has_value());
                CHECK(change->call.id == "77");
            }
        }
    }
    CHECK_FALSE(event_in<lcm::OutBoundCallStateChange>(
        R"({"topic":"Outbound","subtopic":"CallStateChange","message":{"call":{"id":"77"}}})"));
    CHECK_FALSE(event_in<lcm::OutBoundCallStateChange>(
        R"({"topic":"Outbound","subtopic":"OutBoundCallStateChange","message":{"source":"cti"}})"));
}

// --- Fields ---------------------------------------------------------------------------------------------------------

TEST_CASE("Quirk 8: a field is read under each of its names, and written under the sample's") {
    for (const char* name : {"OutComeID", "OutcomeID", "OutcomeId", "Outcome ID"})
        CHECK(first<lcm::GetCallOutCome>(Json{{"response", {{{name, "5"}}}}}.dump()).outcome_id == 5);
    for (const char* name : {"CampaignID", "Campaign ID", "CampaignId"})
        CHECK(first<lcm::GetBusinessOutcomeParent>(Json{{"response", {{{name, "7"}}}}}.dump()).campaign_id == "7");
    for (const char* name : {"LeadScore", "Lead Score"})
        CHECK(first<lcm::GetBusinessOutcomeParent>(Json{{"response", {{{name, "3"}}}}}.dump()).lead_score == 3);
    for (const char* name : {"Cvalue", "CValue"})
        CHECK(first<lcm::GetCallBackModes>(Json{{"response", {{{name, "555"}}}}}.dump()).cvalue.reveal() == "555");
    for (const char* name : {"ContactId", "ContactID"})
        CHECK(accept<lcm::GetContactOD>(Json{{"response", {{name, "9"}}}}.dump()).contact_id == "9");
    for (const char* name : {"ModeID", "CallbackModeID", "CallbackModeId"})
        CHECK(accept<lcm::GetStoredData>(Json{{name, "1"}}.dump()).mode_id == 1);
    for (const char* name : {"UserID", "UserId", "userID", "AgentID", "agentID"})
        CHECK(accept<lcm::GetStoredData>(Json{{name, "1234"}}.dump()).user_id == "1234");
    for (const char* name : {"AgentComment", "AgentComments"})
        CHECK(accept<lcm::GetStoredData>(Json{{name, "x"}}.dump()).agent_comment.reveal() == "x");
    for (const char* name : {"callid", "CallId"})
        CHECK(accept<lcm::GetStoredData>(Json{{name, "12345"}}.dump()).callid == "12345");
    for (const char* name : {"optionalbussinessfields", "optionalbusinessfields"})
        CHECK(first<lcm::StateSync>(Json::array({{{name, {{"City", "Paris"}}}}}).dump())
                  .optional_business_fields.at("City")
                  .reveal() == "Paris");
    for (const char* name : {"Pct", "PCT"}) {
        const Json campaigns = Json::array({{{name, "60"}}});
        const Json groups = Json::array({{{"Campaigns", campaigns}}});
        CHECK(accept<lcm::GetCampaignGroups>(Json{{"response", {{"CampaignGroups", groups}}}}.dump())
                  .groups.at(0)
                  .campaigns.at(0)
                  .pct == 60);
    }

    CHECK(leaves_with<lcm::AddCompliance>(R"("Cvalue":)"));
    CHECK(leaves_with<lcm::AddCompliance>(R"("Startdate":)"));
    CHECK(leaves_with<lcm::SetNonPEWCContactOutcome>(R"("AccountNumber":)"));
    CHECK(leaves_with<lcm::SkipNonPEWCContact>(R"("userID":)"));
    CHECK(leaves_with<lcm::SkipManualDialContact>(R"("UserID":)"));
}

TEST_CASE("Quirk 8: of two spellings in one record neither is believed, and both are kept") {
    const auto outcome = first<lcm::GetCallOutCome>(R"({"response":[{"OutComeID":"5","OutcomeID":"6"}]})");
    CHECK_FALSE(outcome.outcome_id.is_set());
    CHECK(outcome.others.reveal() == Json{{"OutComeID", "5"}, {"OutcomeID", "6"}});
    CHECK(ending<lcm::SetNewModeNumber>(R"({"response":{"success":true,"Success":false}})") == unclear);
}

TEST_CASE("Quirk 9: an id is a number or its text, and 0 is one") {
    for (const char* id : {R"("0")", "0"}) {
        const auto outcome = first<lcm::GetCallOutCome>(R"({"response":[{"OutComeID":)" + std::string(id) + "}]}");
        CHECK(outcome.outcome_id.is_set());
        CHECK(outcome.outcome_id == 0);
    }
    for (const char* length : {R"("8")", "8"})
        CHECK(first<lcm::GetCampaignModes>(R"({"response":[{"MinLength":)" + std::string(length) + "}]}").min_length ==
              8);
    for (const char* id : {"1001", R"("1001")"})
        CHECK(accept<lcm::GetReservedContactOD>(R"({"response":{"ContactID":)" + std::string(id) + "}}").contact_id ==
              "1001");

    auto request = sample<lcm::SetBusinessOutcomeWithCallOutcome>();
    CHECK(lcm::encode(request, "myapp").find(R"("CallOutcome":0,)") != std::string::npos);
    request.call_outcome = "0"; // as the table has it
    CHECK(lcm::validate(request).empty());
    CHECK(lcm::encode(request, "myapp").find(R"("CallOutcome":"0",)") != std::string::npos);
    request.business_outcome = 0;
    CHECK(lcm::validate(request).empty());
    request.business_outcome = {}; // not set is not 0
    CHECK(lcm::validate(request).at(0).field == "BusinessOutcome");

    for (const char* id : {R"("")", R"("five")", "true", "[0]"}) { // no ids
        const auto outcome = first<lcm::GetCallOutCome>(R"({"response":[{"OutComeID":)" + std::string(id) + "}]}");
        CHECK_FALSE(outcome.outcome_id.is_set());
        CHECK(outcome.others.reveal() == Json{{"OutComeID", parse(id).view().to_json()}});
    }
}

TEST_CASE(
    "Quirk 11: an empty callid leaves where the samples have one, and nowhere else; in a reply it names no call") {
    CHECK(leaves_with<lcm::GetOutcomeByOutcomegroup>(R"("callid":"")"));
    CHECK(leaves_with<lcm::GetContactModes>(R"("callid":"")"));
    CHECK(leaves_with<lcm::SetDialerOutcomeForMCDRequest>(R"("callid":"")"));
    CHECK(lcm::validate(sample<lcm::GetOutcomeByOutcomegroup>()).empty());
    CHECK(lcm::validate(sample<lcm::GetContactModes>()).empty());
    CHECK(lcm::validate(sample<lcm::SetDialerOutcomeForMCDRequest>()).empty());
    CHECK(lcm::validate(lcm::GetCallOutCome()).at(0).field == "callid");

    CHECK(takes<lcm::GetContactModes>(with_subtopic("SetContactModes", R"({"callid":"","Contactmodes":[]})")));
    CHECK(takes<lcm::GetOutcomeByOutcomegroup>(with_subtopic("BusinessOutCome", R"({"callid":"","response":[]})")));
    CHECK_FALSE(takes<lcm::GetCallOutCome>(with_subtopic("CallOutCome", R"({"callid":"","response":[]})")));

    const auto error = error_in(lcm::testing::ws_error("Callid is empty"));
    CHECK(error.code() == Errc::invalid_call_id);
    CHECK_FALSE(error.callid.has_value());
}

TEST_CASE("Quirk 13: dates and times leave in the form of their field, and are read in the documented form alone") {
    CHECK(leaves_with<lcm::SetCallbackWithComments>(R"("StartDate":"13/01/2021")"));
    CHECK(leaves_with<lcm::SetCallbackWithComments>(R"("StartTime":"13:45")"));
    CHECK(leaves_with<lcm::CreateContact>(R"("callStartDateTime":"13/01/2021 13:45")"));
    CHECK(leaves_with<lcm::AddCompliance>(R"("Startdate":"13/01/2021 13:45")"));
    CHECK(leaves_with<lcm::SetDNC>(R"("DNCBlockStartDate":"13/01/2021 13:45")"));
    CHECK(leaves_with<lcm::GetCheckContacts>(R"("dncStartDate":"2021-01-13T13:45:00Z")")); // as the caller wrote it

    const auto stored = accept<lcm::GetStoredData>(R"({"StartDate":"13/01/2021","StartTime":" 13:45 "})");
    CHECK(stored.start_date == first_day);
    CHECK(stored.start_time == first_time);
    for (const char* date : {"2021-01-13", "01/13/2021", "31/02/2021", "1/1/2021", "13/01/21", ""}) {
        CAPTURE(date);
        const auto other = accept<lcm::GetStoredData>(Json{{"StartDate", date}}.dump());
        CHECK_FALSE(other.start_date.is_set());
        CHECK(other.others.reveal() == Json{{"StartDate", date}}); // not lost
    }
    for (const char* time : {"1:45 PM", "24:00", "13:45:00", "1345"})
        CHECK_FALSE(accept<lcm::GetStoredData>(Json{{"StartTime", time}}.dump()).start_time.is_set());
}

// --- Replies --------------------------------------------------------------------------------------------------------

TEST_CASE("Quirk 14: a payload is read in each of its shapes") {
    SECTION("callid and success") {
        CHECK(accept<lcm::SetNewModeNumber>(R"({"callid":"12345","response":{"success":true}})").success);
        CHECK(ending<lcm::SetNewModeNumber>(R"({"callid":"12345","response":{"success":false}})") == refused);
        CHECK(ending<lcm::SetNewModeNumber>(R"({"callid":"12345","success":true})") == unclear);
        CHECK(ending<lcm::SetNewModeNumber>(R"([{"success":true}])") == unclear);
    }
    SECTION("callid and list") {
        CHECK(accept<lcm::GetCallOutCome>(R"({"callid":"12345","response":[{"OutComeID":"0"},{}]})").size() == 2);
        CHECK(accept<lcm::GetCallOutCome>(R"({"callid":"12345","response":[]})").empty());
        CHECK(ending<lcm::GetCallOutCome>(R"({"callid":"12345"})") == unclear);
        CHECK(ending<lcm::GetCallOutCome>(R"({"callid":"12345","response":"none"})") == unclear);
    }
    SECTION("flat") {
        CHECK(accept<lcm::ScheduledCallBackOverlap>(R"({"RequestResult":true,"IsOverlap":true})").is_overlap);
        CHECK(ending<lcm::ScheduledCallBackOverlap>(R"({"RequestResult":false,"IsOverlap":false})") == refused);
        CHECK(ending<lcm::ScheduledCallBackOverlap>(R"({"IsOverlap":true})") == unclear);
        CHECK(ending<lcm::ScheduledCallBackOverlap>(R"({"RequestResult":"true","IsOverlap":true})") == unclear);
        CHECK(accept<lcm::GetStoredData>(R"({"callid":"12345","api":"SetDNC"})").api == "SetDNC");
        CHECK(accept<lcm::GetStoredData>(R"({"callid":"1","response":[{"callid":"1","api":"SetDNC"}]})").api ==
              "SetDNC"); // the table's form
    }
    SECTION("with and without response") {
        const std::string groups = R"({"CampaignGroups":[{"Name":"Group1"}]})";
        CHECK(accept<lcm::GetCampaignGroups>(groups).groups.size() == 1);
        CHECK(accept<lcm::GetCampaignGroups>(R"({"response":)" + groups + "}").groups.size() == 1);
    }
    SECTION("bare Boolean") {
        CHECK(accept<lcm::SetDialerOutcomeForMCDRequest>(R"({"response":true})").success);
        CHECK(ending<lcm::SetDialerOutcomeForMCDRequest>(R"({"response":false})") == refused);
        for (const char* payload : {R"({"response":"true"})", R"({"response":1})", "true", R"({"response":[true]})"})
            CHECK(ending<lcm::SetDialerOutcomeForMCDRequest>(payload) == unclear);
        CHECK(ending<lcm::SetNewModeNumber>(R"({"callid":"12345","response":true})") == unclear); // of no other
    }
    SECTION("bare list") {
        CHECK(accept<lcm::StateSync>(R"([{"callid":"1"},{"callid":"2"}])").size() == 2);
        CHECK(accept<lcm::StateSync>("[]").empty());
        CHECK(ending<lcm::StateSync>(R"({"callid":"1"})") == unclear);
    }
    SECTION("bare text") {
        CHECK(event_in<lcm::OutcomeSetForCall>(with_subtopic("OutcomeSetForCall", R"("90|1|2|0|0|44|1")")));
        CHECK_FALSE(event_in<lcm::OutcomeSetForCall>(with_subtopic("OutcomeSetForCall", R"({"key":"90|1"})")));
    }
    SECTION("under data") {
        const std::string data = R"("data":{"response":[{"OutComeID":"0"}]}})";
        CHECK(takes<lcm::SetCallOutComeOffline>(R"({"subtopic":"SetCallOutComeOfflineResponse",)" + data));
        CHECK(takes<lcm::GetCheckContacts>(R"({"subtopic":"CheckContacts",)" + data));
        CHECK_FALSE(takes<lcm::SetCallOutComeOffline>(R"({"subtopic":"SetCallOutComeOfflineResponse"})"));
    }
    SECTION("Response with a capital") {
        CHECK(accept<lcm::AddCompliance>(R"({"Response":{"Response":" Success "}})").status == " Success ");
        CHECK(accept<lcm::SetNewModeNumber>(R"({"Response":{"Success":true}})").success);
        CHECK(ending<lcm::AddCompliance>(R"({"Response":{"Response":"queued"}})") == unclear);
        CHECK(ending<lcm::AddCompliance>(R"({"Response":{}})") == unclear);
    }
}

TEST_CASE("Quirk 15: a list of one and its only object are the same") {
    const std::string contact = R"({"PhoneNumber":"555"})";
    const std::string outcome = R"({"OutComeID":"5"})";
    const std::string skipped = R"({"success":true})";
    CHECK(accept<lcm::GetContactOD>(R"({"response":)" + contact + "}").phone_number.reveal() == "555");
    CHECK(accept<lcm::GetContactOD>(R"({"response":[)" + contact + "]}").phone_number.reveal() == "555");
    CHECK(first<lcm::GetOutcomeByOutcomegroup>(R"({"response":[)" + outcome + "]}").outcome_id == 5);
    CHECK(first<lcm::GetOutcomeByOutcomegroup>(R"({"response":)" + outcome + "}").outcome_id == 5);
    CHECK(first<lcm::SetCallOutComeOffline>(R"({"response":)" + outcome + "}").outcome_id == 5);
    CHECK(accept<lcm::SkipNonPEWCContact>(R"({"response":)" + skipped + "}").success);
    CHECK(accept<lcm::SkipNonPEWCContact>(R"({"response":[)" + skipped + "]}").success);
    for (const char* fields : {R"({"response":{"City":"Paris"}})", R"({"response":[{"City":"Paris"}]})"})
        CHECK(first<lcm::GetScreenPopData>(fields).at("City").reveal() == "Paris");

    // Of several, none is the one.
    CHECK(ending<lcm::GetContactOD>(R"({"response":[)" + contact + "," + contact + "]}") == unclear);
    CHECK(ending<lcm::SkipNonPEWCContact>(R"({"response":[)" + skipped + R"(,{"success":false}]})") == unclear);
    CHECK(ending<lcm::SkipNonPEWCContact>(R"({"response":[]})") == unclear);
}

TEST_CASE("Quirk 16: of requests whose replies name no call, one is under way at a time") {
    Waiting waiting;
    const RequestId first = waiting.send(sample<lcm::GetAgentCallCount>());
    const RequestId second = waiting.send(sample<lcm::GetAgentCallCount>());
    const RequestId other = waiting.send(sample<lcm::GetPersonalCallbackList>());
    CHECK(waiting.has_left(first));
    CHECK_FALSE(waiting.has_left(second));
    CHECK(waiting.has_left(other)); // its reply has another subtopic

    const std::string count = with_subtopic("AgentCallCount", R"({"response":{"PCBCount":"2"}})");
    CHECK(waiting.receive(count) == first);
    CHECK(waiting.has_left(second));
    CHECK(waiting.receive(count) == second);
    CHECK(waiting.receive(count) == std::nullopt);
    CHECK(waiting.receive(with_subtopic("PersonalCallbackList", R"({"response":[]})")) == other);
}

TEST_CASE("Quirk 16: where the pages contradict each other on the callid, the reply is taken with it and without") {
    using R = lcm::SetNonPEWCContactOutcome;
    const std::string subtopic = "SetNonPEWCContactOutcomeResult";
    CHECK(takes<R>(with_subtopic(subtopic, R"({"response":{"success":true}})")));
    CHECK(takes<R>(with_subtopic(subtopic, R"({"callid":"12345","response":{"success":true}})")));

    // What names a call in its request, and whose reply may do so, takes no reply that names another one.
    Waiting waiting;
    auto request = sample<lcm::GetContactModes>();
    request.callid = "12345";
    const RequestId id = waiting.send(request);
    CHECK(waiting.receive(with_subtopic("SetContactModes", R"({"callid":"9","Contactmodes":[]})")) == std::nullopt);
    CHECK(waiting.receive(with_subtopic("SetContactModes", R"({"callid":"12345","Contactmodes":[]})")) == id);
}

TEST_CASE("Quirk 17: operations whose replies share a subtopic wait for each other") {
    Waiting waiting;
    const RequestId outcomes = waiting.send(sample<lcm::GetBusinessOutCome>());
    const RequestId by_group = waiting.send(sample<lcm::GetOutcomeByOutcomegroup>());
    const RequestId one = waiting.send(sample<lcm::GetDownloadContactsForDialing>());
    const RequestId reserved = waiting.send(sample<lcm::GetReservedManualDialContact>());
    const RequestId fetched = waiting.send(sample<lcm::GetContactOD>());
    const RequestId kept = waiting.send(sample<lcm::GetReservedContactOD>());
    for (const RequestId id : {outcomes, one, fetched}) CHECK(waiting.has_left(id));
    for (const RequestId id : {by_group, reserved, kept}) CHECK_FALSE(waiting.has_left(id));

    const std::string without_call = R"({"response":[]})";
    CHECK(waiting.receive(with_subtopic("BusinessOutCome", without_call)) == std::nullopt); // somebody else's
    CHECK(waiting.receive(with_subtopic("BusinessOutCome", R"({"callid":"12345","response":[]})")) == outcomes);
    CHECK(waiting.receive(with_subtopic("BusinessOutCome", without_call)) == by_group);
    for (const RequestId id : {one, reserved})
        CHECK(waiting.receive(with_subtopic("DownloadContactsForDialing", without_call)) == id);
    for (const RequestId id : {fetched, kept}) CHECK(waiting.receive(with_subtopic("ContactOD", without_call)) == id);
}

TEST_CASE("Quirk 19: an echo of a request that has its reply's subtopic is not taken for the reply") {
    CHECK_FALSE(takes<lcm::StateSync>(lcm::encode(sample<lcm::StateSync>(), "myapp")));
    CHECK_FALSE(takes<lcm::StateSync>(R"({"channel":"LCM","topic":"WebService","subtopic":"StateSync","data":{}})"));
    CHECK_FALSE(takes<lcm::ManualDialCall>(lcm::encode(sample<lcm::ManualDialCall>(), "myapp")));
    CHECK_FALSE(takes<lcm::ManualDialCopyContact>(lcm::encode(sample<lcm::ManualDialCopyContact>(), "myapp")));
    CHECK_FALSE(takes<lcm::ScheduledCallBackOverlap>(lcm::encode(sample<lcm::ScheduledCallBackOverlap>(), "myapp")));

    CHECK(takes<lcm::StateSync>(with_subtopic("StateSync", "[]")));
    const std::string repeated = R"({"subtopic":"ManualDialCall","topic":"InboundCall","channel":"Amazon","data":{}})";
    CHECK(takes<lcm::ManualDialCall>(with_subtopic("ManualDialCall", repeated)));
}

TEST_CASE(
    "Quirk 20: a reply is taken on another channel, topic or subtopic than the sample's, where a page has it so") {
    const std::string overlap = R"({"RequestResult":true,"IsOverlap":false})";
    CHECK(takes<lcm::ScheduledCallBackOverlap>(with_subtopic("ScheduledCallBackOverlapResult", overlap)));
    CHECK(takes<lcm::ScheduledCallBackOverlap>(
        R"({"channel":"LCM","topic":"Outbound","subtopic":"ScheduledCallBackOverlap","message":)" + overlap + "}"));
    CHECK_FALSE(takes<lcm::ScheduledCallBackOverlap>(
        R"({"channel":"LCM","topic":"Outbound","subtopic":"ScheduledCallBack","message":)" + overlap + "}"));
    CHECK_FALSE(takes<lcm::GetPersonalCallbackList>(with_subtopic("ScheduledCallBackOverlap", overlap)));

    for (const char* channel : {"UI", "LCM", "Amazon"}) {
        for (const char* topic : {"InboundCall", "Webservice"}) {
            const Json reply{
                {"channel", channel}, {"topic", topic}, {"subtopic", "ManualDialCall"}, {"message", Json::object()}};
            CHECK(takes<lcm::ManualDialCall>(reply.dump()));
        }
    }
    const auto repeated = accept<lcm::ManualDialCall>(
        R"({"Subtopic":"ManualDialCall","Topic":"InboundCall","Channel":"Amazon","Data":{"PhoneNumber":"5550100"}})");
    CHECK(repeated.channel == "Amazon");
    CHECK(repeated.data.reveal() == Json{{"PhoneNumber", "5550100"}});
}

TEST_CASE("Quirk 21: nothing but success true is a success, and a no has its texts") {
    CHECK(ending<lcm::SkipManualDialContact>(R"({"response":{"success":true}})") == "accepted");
    for (const char* response : {R"({})", R"({"success":null})", R"({"success":"true"})", R"({"success":1})",
                                 R"({"success":[true]})", R"({"result":true})", R"("success")", "null"}) {
        CAPTURE(response);
        CHECK(ending<lcm::SkipManualDialContact>(R"({"response":)" + std::string(response) + "}") == unclear);
        CHECK(ending<lcm::SetDNC>(R"({"response":)" + std::string(response) + "}") == unclear);
    }

    const auto skipped = read<lcm::SkipNonPEWCContact>(R"({"response":{"success":false,"msg":"Contact not found"}})");
    REQUIRE(skipped.has_error());
    CHECK(skipped.error().delivery == Delivery::refused);
    CHECK(skipped.error().server.message == "Contact not found");

    using FetchAll = lcm::GetDownloadAllContactsForDialing;
    const auto fetched = read<FetchAll>(R"({"response":{"RequestFailureReason":"No contacts"}})");
    REQUIRE(fetched.has_error());
    CHECK(fetched.error().delivery == Delivery::refused);
    CHECK(fetched.error().server.message == "No contacts");
    CHECK(ending<FetchAll>(R"({"response":{"Contacts":[],"RequestFailureReason":""}})") == "accepted");
}

TEST_CASE("Quirk 22: what is no JSON is refused as such, and not repaired") {
    const std::string typographic = "{\"subtopic\":\"OutcomeSetForCall\",\"message\":\u201C90|1|2|0|0|44|1\u201D}";
    const std::string missing_brace = R"({"subtopic":"BOGroupParent","message":{"callid":"1","response":[]})";
    const std::string missing_comma = R"({"subtopic":"StateSync" "message":[]})";
    const std::string stray_brace = R"({"subtopic":"StateSync","message":[]}})";
    const std::string leading_text = R"(Request: {"subtopic":"StateSync","message":[]})";
    for (const auto& text : {typographic, missing_brace, missing_comma, stray_brace, leading_text}) {
        CAPTURE(text);
        CHECK_FALSE(lcm::parse_json(text, depth));
    }
    // Inside a text they are characters as any other.
    const auto field = first<lcm::GetContactDetail>("{\"response\":[{\"FieldName\":\"\u201CCity\u201D\"}]}");
    CHECK(field.field_name == "\u201CCity\u201D");
}

TEST_CASE("Quirk 23: IsAgentReserved is turned round, and null is a field without a value") {
    const auto is_reserved = [](const std::string& value) {
        return accept<lcm::GetAgentCallCount>(R"({"response":{"IsAgentReserved":)" + value + "}}").is_agent_reserved;
    };
    CHECK(is_reserved(R"("0")") == true);
    CHECK(is_reserved(R"("1")") == false);
    CHECK(is_reserved("0") == true);
    CHECK(is_reserved("1") == false);
    for (const char* unknown : {R"("2")", R"("true")", "true", "false", R"("")", "null", "[]"}) {
        CAPTURE(unknown);
        CHECK(is_reserved(unknown) == std::nullopt); // a word may mean either
    }

    const auto mode = first<lcm::GetCallBackModes>(
        R"({"response":[{"ModeID":"1","ChannelType":null,"MinLength":null,"Cvalue":null,"PEWC":null}]})");
    CHECK(mode.mode_id == 1);
    CHECK(mode.channel_type.empty());
    CHECK_FALSE(mode.min_length.is_set());
    CHECK(mode.cvalue.reveal().empty());
    CHECK_FALSE(mode.pewc.has_value());
    CHECK(mode.others.reveal().is_null());
    CHECK_FALSE(first<lcm::GetBusinessOutCome>(R"({"response":[{"ParentID":null}]})").parent_id.is_set());
    CHECK(ending<lcm::SetNewModeNumber>(R"({"response":{"success":null}})") == unclear);
}
