// SPDX-License-Identifier: BSL-1.0
// Whom each operation is about, and which of them mark a contact Do Not Call.
#include <operations/samples.hpp>
#include <support/catch.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/raw_request.hpp>
#include <lcm_client/subjects.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace lcm::tests;
using lcm::Json;
using lcm::Subject;
using lcm::SubjectKind;
using lcm::Subjects;

namespace {

constexpr auto call = SubjectKind::call;
constexpr auto key = SubjectKind::lcm_key;
constexpr auto number = SubjectKind::telephone_number;

/// What is expected of an operation's sample.
struct Expected {
    Subjects subjects{};
    bool marks = false;
};

const Subjects the_call{{call, "12345"}};
const Subjects the_contact{{call, "12345"}, {key, lcm_key}};
const Subjects the_number{{number, "5550100"}};

/// By the operation's subtopic. An operation without a row fails the test.
const std::map<std::string_view, Expected> table{
    {"SetBusinessOutcomeWithCallOutcome", {the_contact}},
    {"SetBusinessOutcomeWithComments", {the_contact}},
    {"SetCallOutcomeWithComments", {the_contact}},
    {"SetCallResult", {{{key, lcm_key}}}},
    {"SetDialerOutcomeForMCDRequest", {{{key, "34|3|550|0|0|44|59"}, {number, "5550100"}}}},
    {"GetCallOutCome", {the_call}},
    {"GetBusinessOutCome", {the_contact}},
    {"GetBusinessOutcomeParent", {the_contact}},
    {"GetBOGroupParent", {the_contact}},
    {"GetOutcomeByOutcomegroup", {}},
    {"SetCallOutComeOffline", {{{key, "18|1|2|0|0|44|274"}}}},

    {"SetBusinessOutcomeWithCallback", {the_contact}},
    {"SetBusinessOutcomeWithPersonalCallback", {the_contact}},
    {"SetCallbackWithComments", {the_contact}},
    {"SetPersonalCallbackWithComments", {the_contact}},
    {"GetCallBackModes", {the_contact}},
    {"GetPersonalCallbackList", {}},
    {"ScheduledCallBackOverlap", {{{call, "12345"}, {key, "137|1|3|0|0|84|"}}}},

    {"GetCampaignModes", {the_contact}},
    {"GetModeInformation", {the_contact}},
    {"GetContactModes", {{{key, "596|485|587|0|0|44|59"}}}},
    {"SetNewModeNumber", {{{call, "12345"}, {key, lcm_key}, {number, "5550100"}}}},
    {"GetContactDetail", {the_contact}},
    {"SetContactBusinessFields", {the_contact}},
    {"GetScreenPopData", {the_contact}},
    {"CreateContact", {}},

    {"GetCampaignTimeZone", {the_contact}},
    {"GetAllCampaignDetails", {the_contact}},
    {"GetCampaignsForMCDRequest", {{{number, "5550100"}, {number, "5550199"}, {key, lcm_key}}}},

    {"SetDNC", {{{key, lcm_key}}, true}},
    {"GetDNCBussField", {{{call, "12345"}, {key, "137|1|3|0|0|84|"}}}},
    {"AddCompliance", {the_number, true}},
    {"GetCheckContacts", {the_number}},

    {"GetCampaignGroups", {}},
    {"GetDownloadContactsForDialing", {}},
    {"GetDownloadAllContactsForDialing", {}},
    {"GetReservedManualDialContact", {}},
    {"SkipManualDialContact", {{{key, "49|3|279|0|0|44|1253"}, {number, "5550100"}}}},
    {"ManualDialCall", {the_number}},
    {"ManualDialCopyContact", {the_number}},
    {"SetNonPEWCContactOutcome", {{{key, lcm_key}, {number, "5550100"}}}},
    {"GetContactOD", {}},
    {"GetReservedContactOD", {}},
    {"SkipNonPEWCContact", {}},
    {"GetAgentCallCount", {}},

    {"GetStoredData", {the_call}},
    {"StateSync", {}},
    {"SendAgentState", {}},
};

template <class Visitor> void for_each_operation(Visitor visit) {
    lcm::OperationGroups::for_each([&]<class Group>() { Group::Operations::for_each(visit); });
}

std::string words(const Subjects& subjects) {
    std::string text;
    for (const Subject& subject : subjects)
        text += std::string(to_string(subject.kind)) + ' ' + subject.value.reveal() + "; ";
    return text;
}

/// The request as one who has no type for it sends it.
template <class R> lcm::RawRequest raw(const R& request) {
    const Json message = Json::parse(lcm::encode(request, "myapp"));
    return {.subtopic = std::string(R::operation.subtopic),
            .data = message.value("data", Json()),
            .is_read_only = R::operation.is_read_only};
}

Subjects numbers(const char* text) { return subjects_of(lcm::ManualDialCall{.phone_number = text}); }

/// A request of an application whose subjects are in a list of records, of a type of its own, and in a list of texts.
struct Side {
    std::string name;
};

} // namespace

template <> struct lcm::FieldType<Side> : lcm::FieldAs<Side, std::string> {
    static std::string to_wire(const Side& side) { return side.name; }
    static std::optional<Side> from_wire(const std::string& text) { return Side{text}; }
};

namespace {

struct Merge {
    std::vector<lcm::ContactToCheck> contacts{};
    std::optional<lcm::Sensitive<Side>> side{};
    std::vector<lcm::Id> calls{};

    static constexpr void fields(auto&& field) {
        field("contacts", &Merge::contacts, lcm::Presence::required, "the contacts");
        field("Side", &Merge::side, lcm::Presence::optional, "the contact", {.subject = SubjectKind::lcm_key});
        field("calls", &Merge::calls, lcm::Presence::optional, "the calls", {.subject = SubjectKind::call});
    }

    using Response = lcm::OutcomeResponse;

    static constexpr lcm::Operation operation{.subtopic = "Merge", .reply_subtopic = "MergeResult"};
};

} // namespace

TEST_CASE("Each operation is about the subjects that its table marks, and marks Do Not Call as it says") {
    std::size_t operations = 0;
    for_each_operation([&]<class R>() {
        CAPTURE(R::operation.subtopic);
        ++operations;
        const auto expected = table.find(R::operation.subtopic);
        REQUIRE(expected != table.end());
        CHECK(words(subjects_of(sample<R>())) == words(expected->second.subjects));
        CHECK(marks_do_not_call(sample<R>()) == expected->second.marks);
        CHECK_FALSE((R::operation.is_read_only && marks_do_not_call(sample<R>())));
    });
    CHECK(operations == table.size());
}

TEST_CASE("Each operation with a call's id or an LCM key is about it") {
    const auto expect = [](const auto& request, const Subject& subject) {
        const Subjects subjects = subjects_of(request);
        CHECK(std::count(subjects.begin(), subjects.end(), subject) == 1);
    };
    for_each_operation([&]<class R>() {
        CAPTURE(R::operation.subtopic);
        R request = sample<R>();
        if constexpr (requires { request.callid; }) {
            request.callid = "77";
            expect(request, {call, "77"});
            expect(raw(request), {call, "77"});
        }
        if constexpr (requires { request.account_number; }) {
            request.account_number = "7|7";
            expect(request, {key, "7|7"});
            expect(raw(request), {key, "7|7"});
        }
    });
}

TEST_CASE("A raw request is about the same subjects as the operation that it takes the place of") {
    for_each_operation([]<class R>() {
        CAPTURE(R::operation.subtopic);
        const Subjects typed = subjects_of(sample<R>());
        const Subjects found = subjects_of(raw(sample<R>()));
        CHECK(std::is_permutation(typed.begin(), typed.end(), found.begin(), found.end()));
        CHECK(marks_do_not_call(raw(sample<R>())) == marks_do_not_call(sample<R>()));
    });
}

TEST_CASE("The telephony outcome 5 marks Do Not Call wherever it can be given, in each of its spellings") {
    for (const lcm::OutcomeId& id :
         {lcm::OutcomeId(5), lcm::OutcomeId("5"), lcm::OutcomeId(" 5 "), lcm::OutcomeId("05"), lcm::OutcomeId("+5"),
          lcm::OutcomeId("+005"), lcm::OutcomeId(lcm::TelephonyOutcome::dnc)}) {
        auto both = sample<lcm::SetBusinessOutcomeWithCallOutcome>();
        auto one = sample<lcm::SetCallOutcomeWithComments>();
        both.call_outcome = one.outcome_id = id;
        CHECK(marks_do_not_call(both));
        CHECK(marks_do_not_call(one));
        CHECK(marks_do_not_call(raw(both)));
        CHECK(marks_do_not_call(raw(one)));
    }
    auto any = sample<lcm::SetCallResult>();
    auto skip = sample<lcm::SkipManualDialContact>();
    auto callback = sample<lcm::SetBusinessOutcomeWithCallback>();
    auto personal = sample<lcm::SetBusinessOutcomeWithPersonalCallback>();
    any.outcome_id = skip.outcome_id = callback.outcome_id = personal.outcome_id = 5;
    CHECK(marks_do_not_call(any));
    CHECK(marks_do_not_call(skip));
    CHECK(marks_do_not_call(callback));
    CHECK(marks_do_not_call(personal));
}

TEST_CASE("Another outcome, and the 5 of a business outcome, do not mark Do Not Call") {
    auto request = sample<lcm::SetBusinessOutcomeWithCallOutcome>();
    for (const lcm::OutcomeId& id :
         {lcm::OutcomeId(9), lcm::OutcomeId("50"), lcm::OutcomeId("0"), lcm::OutcomeId("-5"), lcm::OutcomeId("++5"),
          lcm::OutcomeId("+"), lcm::OutcomeId(""), lcm::OutcomeId()}) {
        request.call_outcome = id;
        CHECK_FALSE(marks_do_not_call(request));
    }
    request.business_outcome = 5;
    CHECK_FALSE(marks_do_not_call(request));
    auto business = sample<lcm::SetBusinessOutcomeWithComments>();
    business.outcome_id = 5;
    CHECK_FALSE(marks_do_not_call(business));
}

TEST_CASE("Do Not Calls for two contacts have nothing in common, though both say alike by what they block") {
    auto one = sample<lcm::SetDNC>();
    auto other = sample<lcm::SetDNC>();
    other.account_number = "7|7";
    for (const char* const by : {"PhoneNumber", "Business Field", "Business Field 12345", "1", "0001", "1234", ""}) {
        INFO(by);
        one.blocked_by = other.blocked_by = by;
        CHECK(words(subjects_of(one)) == words({{key, lcm_key}}));
        CHECK(words(subjects_of(other)) == "lcm_key 7|7; ");
        CHECK(words(subjects_of(raw(other))) == "lcm_key 7|7; ");
    }
}

TEST_CASE("A Do Not Call that is blocked by a number is about that number as well") {
    auto mark = sample<lcm::SetDNC>();
    for (const char* const by : {"5550100", "555-0100", "(00) 5550100"}) {
        INFO(by);
        mark.blocked_by = by;
        const Subjects both{{key, lcm_key}, {number, "5550100"}};
        CHECK(words(subjects_of(mark)) == words(both));
        CHECK(words(subjects_of(raw(mark))) == words(both));
    }
    mark.blocked_by = "12345";
    CHECK(words(subjects_of(mark)) == words({{key, lcm_key}, {number, "12345"}}));
}

TEST_CASE("A raw request marks Do Not Call when in doubt, but not where it changes nothing") {
    lcm::RawRequest request{.subtopic = "Unknown", .data = {{"list", {{{"Outcome ID", 5}}}}}};
    CHECK(marks_do_not_call(request));
    request.is_read_only = true;
    CHECK_FALSE(marks_do_not_call(request));
    CHECK(marks_do_not_call(lcm::RawRequest{.subtopic = " setdnc "}));
    CHECK_FALSE(marks_do_not_call(lcm::RawRequest{.subtopic = "Unknown"}));
}

TEST_CASE("The application's rule adds requests that mark Do Not Call, by what they are on the wire") {
    std::vector<std::string> asked;
    const lcm::DoNotCallRule rule = [&](std::string_view subtopic, lcm::JsonView data) {
        asked.emplace_back(subtopic);
        lcm::LenientReader reader;
        return reader.find(data, "BusinessOutcome").text() == "130";
    };
    auto request = sample<lcm::SetBusinessOutcomeWithCallOutcome>();
    CHECK_FALSE(marks_do_not_call(request, rule));
    CHECK_FALSE(marks_do_not_call(lcm::StateSync(), rule)); // which changes nothing, so that it is not asked
    request.business_outcome = 130;
    CHECK(marks_do_not_call(request, rule));
    CHECK(marks_do_not_call(raw(request), rule));
    CHECK(asked == std::vector<std::string>(3, "SetBusinessOutcomeWithCallOutcome"));
    CHECK_FALSE(marks_do_not_call(request, {}));
}

TEST_CASE("The application's rule takes no mark away, and what it throws comes out") {
    const lcm::DoNotCallRule rule = [](std::string_view, lcm::JsonView) -> bool { throw std::runtime_error("rule"); };
    CHECK(marks_do_not_call(sample<lcm::SetDNC>(), rule));
    CHECK(marks_do_not_call(raw(sample<lcm::SetDNC>()), rule));
    CHECK_THROWS_AS(marks_do_not_call(sample<lcm::SetCallResult>(), rule), std::runtime_error);
}

TEST_CASE("Telephone numbers are one if their digits are, without the zeros before them") {
    for (const char* const text : {"+49 555-0100", "0049 5550100", "(49) 555.0100", "49/5550100"})
        CHECK(words(numbers(text)) == "telephone_number 495550100; ");
    CHECK(words(numbers("ACME 5")) == "telephone_number ACME 5; ");
    CHECK(words(numbers("000")) == "telephone_number 000; ");
    CHECK(numbers("").empty());
}

TEST_CASE("Subjects are found in lists, in records and in types of the application's own, and none of them twice") {
    const Merge request{.contacts = {{"1", "Voice", "0555"}, {"2", "Voice", "777"}, {"3", "Voice", "555"}},
                        .side = Side{"1|2"},
                        .calls = {"a", "b", "a", ""}};
    const Subjects expected{{number, "555"}, {number, "777"}, {key, "1|2"}, {call, "a"}, {call, "b"}};
    CHECK(words(lcm::subjects_of(request)) == words(expected));
    CHECK(lcm::subjects_of(Merge()).empty());
}

TEST_CASE("A raw request's subjects are found at any depth, and as numbers, under each of their names") {
    const lcm::RawRequest request{.subtopic = "Unknown",
                                  .data = {{"CallId", 12345},
                                           {"account number", "1|2"},
                                           {"list", {{{"PhoneNumber", {"0555", "777"}}}, {{"other", "888"}}}}}};
    CHECK(words(subjects_of(request)) == "call 12345; lcm_key 1|2; telephone_number 555; telephone_number 777; ");
    CHECK(subjects_of(lcm::RawRequest{.subtopic = "Unknown"}).empty());
}

TEST_CASE("A subject is printed without its value") {
    std::ostringstream text;
    text << the_contact.at(1).value;
    CHECK(text.str() == "[redacted]");
}
