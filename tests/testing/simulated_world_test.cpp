// SPDX-License-Identifier: BSL-1.0
// The world behind the simulated server: what was set can be read back.
#include <operations/samples.hpp>
#include <support/catch.hpp>
#include <support/json_text.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>
#include <lcm_client/protocol/packet.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Json;
using lcm::testing::SimulatedServer;
using Texts = std::vector<std::string>;

namespace {

template <class R> lcm::Result<typename R::Response> result_of(SimulatedServer& server, const R& request) {
    const auto handled = server.handle(lcm::encode(request, "test"));
    REQUIRE(handled.replies.size() == 1);
    const lcm::tests::JsonText document(handled.replies[0]);
    lcm::LenientReader reader;
    const auto incoming = lcm::detail::read_incoming(document, reader);
    CHECK(incoming.subtopic == R::operation.reply_subtopic);
    REQUIRE(incoming.payload);
    return lcm::read_reply<typename R::Response>(incoming.payload, reader);
}

/// The response, which must be there.
template <class R> typename R::Response ask(SimulatedServer& server, const R& request) {
    auto result = result_of(server, request);
    if (result.has_error()) FAIL(result.error().detail);
    return std::move(result.value());
}

bool is_blocked(SimulatedServer& server, const std::string& value) {
    auto request = sample<lcm::GetCheckContacts>();
    request.contacts[0].mode_value = value;
    const Json raw = ask(server, request).raw.reveal();
    return raw["contacts"][0]["compliance"] == Json::array({"DNC"});
}

} // namespace

TEST_CASE("The simulated server tells the last request that set something for a call, and its subtopic") {
    SimulatedServer server;
    CHECK(ask(server, lcm::GetStoredData{.callid = "1"}).api.empty());

    auto callback = sample<lcm::SetBusinessOutcomeWithCallback>();
    callback.callid = "1";
    ask(server, callback);
    const auto stored = ask(server, lcm::GetStoredData{.callid = "1"});
    CHECK(stored.callid == "1");
    CHECK(stored.account_number.reveal() == lcm_key);
    CHECK(stored.business_outcome == 101);
    CHECK(stored.start_date == first_day);
    CHECK(stored.end_time == last_time);
    CHECK(stored.mode_id == 1);
    CHECK(stored.user_id == "1234");
    CHECK(stored.agent_comment.reveal() == "Test comment");
    CHECK(stored.target_amount_specified == false);
    CHECK(stored.api == "SetBusinessOutcomeWithCallback");
    CHECK(stored.others.reveal().is_null());

    auto outcome = sample<lcm::SetCallOutcomeWithComments>();
    outcome.callid = "1";
    ask(server, outcome);
    CHECK(ask(server, lcm::GetStoredData{.callid = "1"}).api == "SetCallOutcomeWithComments");
    CHECK_FALSE(ask(server, lcm::GetStoredData{.callid = "1"}).start_date.is_set());
    CHECK(ask(server, lcm::GetStoredData{.callid = "2"}).api.empty());
}

TEST_CASE("The simulated server shows of the last request what its store lets it, at each node what came to that one") {
    const auto stored_under = [](lcm::testing::StoreOptions store, std::size_t node = 0) {
        SimulatedServer server({}, store);
        ask(server, sample<lcm::SetBusinessOutcomeWithCallOutcome>());
        const auto handled =
            server.handle(lcm::encode(lcm::GetStoredData{.callid = "12345"}, "test"), lcm::testing::Fault::none, node);
        return Json::parse(handled.replies.at(0)).at("message");
    };
    using lcm::testing::StoredFields;
    CHECK_FALSE(stored_under({}).contains("CallOutcome"));
    CHECK(stored_under({}).at("BusinessOutcome") == "101");
    CHECK(stored_under({.shows = StoredFields::all}).at("CallOutcome") == 0);
    CHECK(stored_under({.shows = StoredFields::all}).at("LeadScore") == 0);
    CHECK_FALSE(stored_under({.shows = StoredFields::none}).contains("api"));
    CHECK(stored_under({.nodes = 2}, 0).contains("api"));
    CHECK_FALSE(stored_under({.nodes = 2}, 1).contains("api"));
}

TEST_CASE("The simulated server keeps what it has refused if it is told to") {
    for (const bool keeps : {false, true}) {
        SimulatedServer server({}, {.keeps_refused = keeps});
        const auto request = lcm::encode(sample<lcm::SetCallbackWithComments>(), "test");
        static_cast<void>(server.handle(request, lcm::testing::Fault::success_false));
        const auto stored = ask(server, lcm::GetStoredData{.callid = sample<lcm::SetCallbackWithComments>().callid});
        CHECK(stored.api == (keeps ? "SetCallbackWithComments" : ""));
    }
}

TEST_CASE("A read is not what was last set, nor is a request that was refused") {
    SimulatedServer server;
    ask(server, sample<lcm::SetCallOutcomeWithComments>());
    ask(server, sample<lcm::GetCampaignModes>());
    const auto refused =
        server.handle(lcm::encode(sample<lcm::SetCallbackWithComments>(), "test"), lcm::testing::Fault::success_false);
    CHECK_FALSE(refused.acted_on);
    CHECK(ask(server, sample<lcm::GetStoredData>()).api == "SetCallOutcomeWithComments");
    CHECK_FALSE(ask(server, sample<lcm::ScheduledCallBackOverlap>()).is_overlap);
}

TEST_CASE("A personal callback is listed for its agent and the days that touch it, a regular one is not") {
    SimulatedServer server;
    ask(server, sample<lcm::SetCallbackWithComments>());
    auto list = sample<lcm::GetPersonalCallbackList>();
    CHECK(ask(server, list).empty());

    ask(server, sample<lcm::SetPersonalCallbackWithComments>());
    ask(server, sample<lcm::SetBusinessOutcomeWithPersonalCallback>());
    ask(server, sample<lcm::SetCallResult>());
    const auto all = ask(server, list);
    REQUIRE(all.size() == 3);
    CHECK(all[0].row_number == 1);
    CHECK(all[0].mode_description == "Home");
    CHECK(all[0].cvalue.reveal() == "5550100");
    CHECK(all[0].call_start_date == "13/01/2021");
    CHECK(all[0].call_end_time == "14:45");

    list.starting_no_of_record = 2;
    list.no_of_records = 1;
    REQUIRE(ask(server, list).size() == 1);
    CHECK(ask(server, list)[0].row_number == 2);

    list = sample<lcm::GetPersonalCallbackList>();
    list.from_date = "15/01/2021";
    list.to_date = "16/01/2021";
    CHECK(ask(server, list).empty());
    list.from_date = list.to_date = "a day";
    CHECK(ask(server, list).size() == 3);
    list.user_id = "4321";
    CHECK(ask(server, list).empty());
}

TEST_CASE("A window overlaps with a booked callback of the same agent, but not if they only touch") {
    SimulatedServer server;
    auto callback = sample<lcm::SetCallbackWithComments>();
    callback.end_date = first_day;
    ask(server, callback); // 13:45 to 14:45

    struct Row {
        std::chrono::minutes start;
        std::chrono::minutes end;
        std::string user_id;
        bool overlaps;
    };
    for (const Row& row :
         {Row{14h, 15h, "1234", true}, Row{13h, 15h, "1234", true}, Row{14h, 14h + 10min, "1234", true},
          Row{13h, 13h + 45min, "1234", false}, Row{14h + 45min, 15h, "1234", false}, Row{14h, 15h, "4321", false}}) {
        CAPTURE(row.start.count(), row.end.count(), row.user_id);
        auto request = sample<lcm::ScheduledCallBackOverlap>();
        request.start_to_date = first_day;
        request.start_from_time = row.start;
        request.start_to_time = row.end;
        request.user_id = row.user_id;
        CHECK(ask(server, request).is_overlap == row.overlaps);
    }
}

TEST_CASE("A contact's number is changed, added, or left alone with its other modes") {
    SimulatedServer server;
    const auto numbers = [&](const std::string& key) {
        Texts texts;
        for (const auto& mode : ask(server, lcm::GetContactModes{.account_number = key}).contact_modes)
            texts.push_back(mode.mode_id.text() + ' ' + mode.cvalue.reveal());
        return texts;
    };
    CHECK(numbers(lcm_key) == Texts{"1 5550100", "2 5550101"});

    auto request = sample<lcm::SetNewModeNumber>();
    request.contact_number = "5550177";
    ask(server, request);
    CHECK(numbers(lcm_key) == Texts{"1 5550177", "2 5550101"});
    CHECK(numbers("another key") == Texts{"1 5550100", "2 5550101"});

    request.mode_id = 3;
    request.contact_number = "5550178";
    ask(server, request);
    CHECK(numbers(lcm_key) == Texts{"1 5550177", "2 5550101", "3 5550178"});

    request.delete_other_modes = true;
    ask(server, request);
    CHECK(numbers(lcm_key) == Texts{"3 5550178"});
    const auto modes = ask(server, sample<lcm::GetCallBackModes>());
    REQUIRE(modes.size() == 1);
    CHECK(modes[0].cvalue.reveal() == "5550178");
    CHECK(modes[0].description == "Mobile");
}

TEST_CASE("A contact's business fields are changed and added") {
    SimulatedServer server;
    auto request = sample<lcm::SetContactBusinessFields>();
    request.business_fields = {{.field_name = "City", .value = "Lyon", .data_type = "String"},
                               {.field_name = "Colour", .value = "Red", .data_type = "String"}};
    ask(server, request);
    const auto fields = ask(server, sample<lcm::GetContactDetail>());
    REQUIRE(fields.size() == 3);
    CHECK(fields[0].field_name == "City");
    CHECK(fields[0].value.reveal() == "Lyon");
    CHECK(fields[2].field_name == "Colour");
    CHECK(fields[2].editable == true);

    const auto shown = ask(server, sample<lcm::GetScreenPopData>());
    REQUIRE(shown.size() == 1);
    CHECK(shown[0].at("City").reveal() == "Lyon");
    const auto blockable = ask(server, lcm::GetDNCBussField{.callid = "12345", .account_number = lcm_key});
    REQUIRE(blockable.size() == 3);
    CHECK(blockable[2].reveal() == "Colour");
}

TEST_CASE("A number that was marked Do Not Call is found") {
    SimulatedServer server;
    CHECK_FALSE(is_blocked(server, "5550100"));
    auto mark = sample<lcm::SetDNC>();
    mark.bussfld_dnc_value = "5550123";
    ask(server, mark);
    CHECK(is_blocked(server, "5550100")); // the contact's own
    CHECK(is_blocked(server, "5550123"));
    CHECK_FALSE(is_blocked(server, "PhoneNumber"));

    auto add = sample<lcm::AddCompliance>();
    add.cvalue = "5550124";
    ask(server, add);
    CHECK(is_blocked(server, "5550124"));
    CHECK_FALSE(is_blocked(server, "5550125"));
}

TEST_CASE("A contact that was fetched is reserved for its agent, and one that was skipped is gone") {
    SimulatedServer server;
    auto own = sample<lcm::GetReservedManualDialContact>();
    own.reserved_contacts = true;
    own.number_of_contacts_required = 100;
    CHECK(ask(server, own).empty());

    const auto first = ask(server, sample<lcm::GetDownloadContactsForDialing>());
    CHECK(first.account_number.reveal() == "49|3|279|0|0|44|1253");
    const auto five = ask(server, sample<lcm::GetDownloadAllContactsForDialing>());
    REQUIRE(five.contacts.size() == 5);
    CHECK(five.contacts[0].others.reveal()["AccountNumber"] == "49|3|280|0|0|44|1253");
    CHECK(ask(server, own).size() == 6);

    ask(server, sample<lcm::SkipManualDialContact>());
    CHECK(ask(server, own).size() == 5);
    const auto again = result_of(server, sample<lcm::SkipManualDialContact>());
    REQUIRE(again.has_error());
    CHECK(again.error().delivery == lcm::Delivery::refused);

    own.reserved_contacts = false;
    CHECK(ask(server, own).size() == 2); // those who were left
    const auto none = result_of(server, sample<lcm::GetDownloadAllContactsForDialing>());
    REQUIRE(none.has_error());
    CHECK(none.error().server.message == "No contacts available");

    ask(server, sample<lcm::CreateContact>());
    CHECK(ask(server, sample<lcm::GetDownloadContactsForDialing>()).contact_id == "1000");
}

TEST_CASE("A non-PEWC contact is reserved by fetching it, counted, and skipped once") {
    SimulatedServer server;
    const auto skip = [&] { return result_of(server, sample<lcm::SkipNonPEWCContact>()); };
    REQUIRE(skip().has_error());
    CHECK(skip().error().server.message == "Contact not found");
    CHECK(ask(server, sample<lcm::GetAgentCallCount>()).is_agent_reserved == false);

    const auto fetched = ask(server, sample<lcm::GetContactOD>());
    CHECK(fetched.account_number.reveal() == "137|1|3|0|0|84|1");
    CHECK(ask(server, sample<lcm::GetReservedContactOD>()).account_number == fetched.account_number);
    ask(server, sample<lcm::SetPersonalCallbackWithComments>());
    const auto count = ask(server, sample<lcm::GetAgentCallCount>());
    CHECK(count.is_agent_reserved == true);
    CHECK(count.regular_count == 8);
    CHECK(count.pcb_count == 1);

    CHECK(skip().has_value());
    CHECK(skip().has_error());
    CHECK(ask(server, sample<lcm::GetAgentCallCount>()).regular_count == 7);
    CHECK(ask(server, sample<lcm::GetReservedContactOD>()).account_number.reveal().empty());
}

TEST_CASE("The state of all calls shows those for which something was set") {
    SimulatedServer server({"a", "b"});
    const auto calls = ask(server, lcm::StateSync{});
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].callid == "a");
    CHECK(calls[0].campaign_modes.size() == 3);
    CHECK(calls[0].optional_business_fields.at("City").reveal() == "Paris");
}

TEST_CASE("The outcomes to choose from are those of the interface's pages") {
    SimulatedServer server;
    const auto telephony = ask(server, sample<lcm::GetCallOutCome>());
    REQUIRE(telephony.size() == 10);
    CHECK(telephony[0].outcome_id == 0);
    CHECK(telephony[0].description == "Success");
    CHECK(telephony[9].description == "Reject");

    const auto parents = ask(server, sample<lcm::GetBOGroupParent>());
    REQUIRE(parents.size() == 1);
    CHECK(parents[0].parent_id == 100);
    auto children = sample<lcm::GetBusinessOutcomeParent>();
    const auto under = ask(server, children);
    REQUIRE(under.size() == 2);
    CHECK(under[0].description == "Payment Done");
    CHECK(under[0].parent_id == 100);
    children.parent_business_outcome_id = 101;
    CHECK(ask(server, children).empty());
    CHECK(ask(server, sample<lcm::GetBusinessOutCome>()).size() == 3);
}

TEST_CASE("Each outcome that is set is told to the others by its key, nothing else is") {
    SimulatedServer server;
    const auto events = [&](const auto& request) { return server.handle(lcm::encode(request, "test")).events; };
    const Texts told{
        R"({"channel":"LCM","topic":"WebService","subtopic":"OutcomeSetForCall","message":"5|3|1|0|0|44|1"})"};
    CHECK(events(sample<lcm::SetBusinessOutcomeWithCallOutcome>()) == told);
    CHECK(events(sample<lcm::SetDNC>()) == told);
    CHECK(events(sample<lcm::SetCallbackWithComments>()) == told);
    CHECK(events(sample<lcm::SetNewModeNumber>()).empty());
    CHECK(events(sample<lcm::GetCallOutCome>()).empty());
    CHECK(server.handle(lcm::encode(sample<lcm::SetDNC>(), "test"), lcm::testing::Fault::success_false).events.empty());
}

TEST_CASE("The world forgets the oldest of each kind") {
    SimulatedServer server;
    auto callback = sample<lcm::SetPersonalCallbackWithComments>();
    for (int i = 0; i < 300; ++i) {
        callback.callid = std::to_string(i);
        ask(server, callback);
    }
    auto list = sample<lcm::GetPersonalCallbackList>();
    list.no_of_records = 1000;
    CHECK(ask(server, list).size() == 256);
    CHECK(ask(server, lcm::GetStoredData{.callid = "0"}).api.empty());
    CHECK(ask(server, lcm::GetStoredData{.callid = "299"}).api == "SetPersonalCallbackWithComments");
    CHECK(ask(server, lcm::StateSync{}).size() == 64);
}

TEST_CASE("A request in a packet is answered in a packet, in both spellings") {
    const lcm::Packet packet{.response_url = "https://host.example/app", .subscriber_id = "42"};
    const std::string request = lcm::encode(sample<lcm::SetNewModeNumber>(), "test");
    const std::string plain = SimulatedServer().handle(request).replies.at(0);

    const std::string wrapped = lcm::detail::wrap(request, "LCM", packet);
    Json other = Json::parse(wrapped);
    other["okmessage"] = other["message"];
    other["SubscriberID"] = other["subscriberID"];
    other.erase("message");
    other.erase("subscriberID");
    for (const std::string& text : {wrapped, other.dump()}) {
        CAPTURE(text);
        const auto handled = SimulatedServer().handle(text);
        CHECK(handled.replies == Texts{lcm::detail::wrap(plain, "LCM", packet)});
        REQUIRE(handled.packet);
        CHECK(handled.packet->subscriber_id == "42");
    }
    CHECK_FALSE(SimulatedServer().handle(request).packet);
}

TEST_CASE("A request that would put more than 16 KiB into the world is refused, and a long read is not") {
    SimulatedServer server;
    auto change = sample<lcm::SetContactBusinessFields>();
    change.business_fields.at(0).value = std::string(17'000, 'x');
    const auto handled = server.handle(lcm::encode(change, "test"));
    CHECK_FALSE(handled.acted_on);
    REQUIRE(handled.replies.size() == 1);
    CHECK(handled.replies[0].find("too large for the simulator's world") != std::string::npos);

    auto read = sample<lcm::GetContactModes>();
    read.account_number = std::string(17'000, '1');
    CHECK_FALSE(result_of(server, read).has_error());
}
