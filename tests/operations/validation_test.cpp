// SPDX-License-Identifier: BSL-1.0
// What an operation refuses before it is sent: mandatory fields, fixed values, and the rules between fields. What a
// value of one type may be is in protocol/validate_test.cpp.
#include "samples.hpp"

#include <support/catch.hpp>

#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/validate.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

using namespace lcm::tests;

namespace {

const lcm::Date day_before = std::chrono::year(2021) / 1 / 12;
const lcm::TimeOfDay time_before = std::chrono::hours(13) + std::chrono::minutes(44);

/// "Field: reason", for each field that is wrong; empty if the request may leave.
template <class R> std::string problem_of(const R& request) {
    std::string text;
    for (const lcm::FieldProblem& problem : lcm::validate(request))
        text += (text.empty() ? "" : "; ") + problem.field + ": " + problem.reason;
    return text;
}

/// A change of a sample, and the problem that it makes.
template <class R> struct Row {
    std::function<void(R&)> change;
    std::string problem;
};

template <class R> void check_rows(const std::vector<Row<R>>& rows) {
    for (const Row<R>& row : rows) {
        R request = sample<R>();
        row.change(request);
        CHECK(problem_of(request) == row.problem);
    }
}

template <class R> void check_callback_window() {
    CAPTURE(R::operation.subtopic);
    check_rows<R>({
        {[](R& r) { r.end_date = day_before; }, "EndDate: must not be before StartDate"},
        {[](R& r) { r.end_date = r.start_date, r.end_time = time_before; }, "EndTime: must not be before StartTime"},
        {[](R& r) { r.end_date = r.start_date, r.end_time = r.start_time; }, ""},
        {[](R& r) { r.end_time = time_before; }, ""}, // on a later day
    });
}

/// Rows in which each piece of a callback's window, all mandatory, is missing.
template <class R> void check_window_is_mandatory() {
    CAPTURE(R::operation.subtopic);
    check_rows<R>({
        {[](R& r) { r.start_date = {}; }, "StartDate: must be set"},
        {[](R& r) { r.end_date = {}; }, "EndDate: must be set"},
        {[](R& r) { r.start_time = {}; }, "StartTime: must be set"},
        {[](R& r) { r.end_time = {}; }, "EndTime: must be set"},
    });
}

} // namespace

TEST_CASE("The sample of each operation may leave") {
    lcm::OperationGroups::for_each([]<class Group>() {
        Group::Operations::for_each([]<class R>() {
            CAPTURE(R::operation.subtopic);
            CHECK(problem_of(sample<R>()).empty());
        });
    });
}

TEST_CASE("An operation without values may leave only if it has no mandatory fields") {
    std::vector<std::string_view> may_leave;
    lcm::OperationGroups::for_each([&may_leave]<class Group>() {
        Group::Operations::for_each([&may_leave]<class R>() {
            if (problem_of(R{}).empty()) may_leave.push_back(R::operation.subtopic);
        });
    });
    CHECK(may_leave == std::vector<std::string_view>{"GetCampaignGroups", "StateSync"});
}

TEST_CASE("A callback's window ends no earlier than it starts") {
    check_callback_window<lcm::SetBusinessOutcomeWithCallback>();
    check_callback_window<lcm::SetBusinessOutcomeWithPersonalCallback>();
    check_callback_window<lcm::SetCallbackWithComments>();
    check_callback_window<lcm::SetPersonalCallbackWithComments>();
    check_callback_window<lcm::SetCallResult>();
}

TEST_CASE("A callback needs both ends of its window") {
    check_window_is_mandatory<lcm::SetBusinessOutcomeWithCallback>();
    check_window_is_mandatory<lcm::SetBusinessOutcomeWithPersonalCallback>();
    check_window_is_mandatory<lcm::SetCallbackWithComments>();
    check_window_is_mandatory<lcm::SetPersonalCallbackWithComments>();
}

TEST_CASE("A callback needs its mode, whichever way the field is spelled") {
    check_rows<lcm::SetBusinessOutcomeWithCallback>(
        {{[](auto& r) { r.callback_mode_id = {}; }, "CallbackModeID: must be set"}});
    check_rows<lcm::SetCallbackWithComments>(
        {{[](auto& r) { r.callback_mode_id = {}; }, "CallbackModeId: must be set"}});
}

TEST_CASE("A result of a call has all pieces of a callback or none") {
    using R = lcm::SetCallResult;
    const std::string reason = ": must be set: a callback needs its mode and both ends of its window";
    const auto clear = [](R& r) {
        r.callback_mode_id = {};
        r.start_date = r.end_date = {};
        r.start_time = r.end_time = {};
    };
    check_rows<R>({
        {clear, ""},
        {[](R& r) { r.callback_mode_id = {}; }, "CallbackModeID" + reason},
        {[](R& r) { r.start_date = {}; }, "StartDate" + reason},
        {[](R& r) { r.end_date = {}; }, "EndDate" + reason},
        {[](R& r) { r.start_time = {}; }, "StartTime" + reason},
        {[](R& r) { r.end_time = {}; }, "EndTime" + reason},
        {[&](R& r) { clear(r), r.callback_mode_id = 0; },
         "StartDate" + reason + "; EndDate" + reason + "; StartTime" + reason + "; EndTime" + reason}, // 0 is an id
        {[&](R& r) { clear(r), r.end_time = last_time; },
         "CallbackModeID" + reason + "; StartDate" + reason + "; EndDate" + reason + "; StartTime" + reason},
    });
}

TEST_CASE("Of a result of a call only the key and the outcome are mandatory, and outcome 0 is one") {
    using R = lcm::SetCallResult;
    CHECK(problem_of(R{.account_number = lcm_key, .outcome_id = 0}).empty());
    CHECK(problem_of(R{.account_number = lcm_key}) == "OutcomeId: must be set");
    CHECK(problem_of(R{.outcome_id = 0}) == "AccountNumber: must not be empty");
}

TEST_CASE("The window that is asked about ends no earlier than it starts") {
    using R = lcm::ScheduledCallBackOverlap;
    check_rows<R>({
        {[](R& r) { r.start_to_date = day_before; }, "StartToDate: must not be before StartFromDate"},
        {[](R& r) { r.start_to_date = r.start_from_date, r.start_to_time = time_before; },
         "StartToTime: must not be before StartFromTime"},
        {[](R& r) { r.start_to_time = time_before; }, ""},
        {[](R& r) { r.start_from_time = {}; }, "StartFromTime: must be set"},
    });
}

TEST_CASE("Two times in one field each are in order, and may be missing where they are optional") {
    const lcm::DateTime before{first_day, time_before};
    check_rows<lcm::SetDNC>({
        {[&](auto& r) { r.dnc_block_end_date = before; }, "DNCBlockEndDate: must not be before DNCBlockStartDate"},
        {[](auto& r) { r.dnc_block_end_date = r.dnc_block_start_date; }, ""},
        {[](auto& r) { r.dnc_block_start_date = {}; }, ""},
        {[](auto& r) { r.dnc_block_end_date = {}; }, ""},
    });
    check_rows<lcm::AddCompliance>({
        {[&](auto& r) { r.end_date = before; }, "EndDate: must not be before Startdate"},
        {[](auto& r) { r.end_date = {}; }, ""},
    });
    check_rows<lcm::CreateContact>({
        {[&](auto& r) { r.call_end_date_time = before; }, "callEndDateTime: must not be before callStartDateTime"},
        {[](auto& r) { r.call_end_date_time = {}; }, "callEndDateTime: must be set"},
    });
}

TEST_CASE("Half a time is refused, also where the field is optional") {
    const std::string reason = ": must have a day of the calendar and a time from 00:00 to 23:59";
    check_rows<lcm::SetDNC>({
        {[](auto& r) { r.dnc_block_end_date.time = {}; }, "DNCBlockEndDate" + reason},
        {[](auto& r) { r.dnc_block_start_date.date = {}; }, "DNCBlockStartDate" + reason},
    });
}

TEST_CASE("A day that the calendar does not have is refused") {
    check_rows<lcm::SetCallbackWithComments>({
        {[](auto& r) { r.start_date = lcm::Date(std::chrono::year(2021) / 2 / 29); },
         "StartDate: must be a day of the calendar, in a year of four digits"},
        {[](auto& r) { r.end_time = lcm::TimeOfDay(std::chrono::hours(24)); }, "EndTime: must be from 00:00 to 23:59"},
    });
}

TEST_CASE("A value that the interface fixes is refused if it is another one") {
    check_rows<lcm::AddCompliance>({
        {[](auto& r) { r.channel_type = "SMS"; }, "ChannelType: must be VOICE"},
        {[](auto& r) { r.upload_type = "dnc"; }, "UploadType: must be DNC"},
        {[](auto& r) { r.upload_operation = "Remove"; }, "Operation: must be Append"},
        {[](auto& r) { r.channel_type = ""; }, "ChannelType: must not be empty"},
    });
    check_rows<lcm::CreateContact>({{[](auto& r) { r.agent_id = "1234"; }, "AgentID: must be empty"}});
    check_rows<lcm::GetDownloadContactsForDialing>(
        {{[](auto& r) { r.number_of_contacts_required = 2; }, "NumberOfContactsRequired: must be 1"}});
}

TEST_CASE("A value that is none of those which the interface takes is refused") {
    check_rows<lcm::GetCampaignsForMCDRequest>({
        {[](auto& r) { r.call_type = "INBOUND"; }, ""},
        {[](auto& r) { r.call_type = "inbound"; }, "CallType: must be INBOUND or OUTBOUND"},
        {[](auto& r) { r.call_type = "INBOUND|OUTBOUND"; }, "CallType: must be INBOUND or OUTBOUND"},
    });
    check_rows<lcm::GetCheckContacts>({
        {[](auto& r) { r.compliance_types = {"Litigator"}; }, ""},
        {[](auto& r) {
             r.compliance_types = {"DNC", "TCPA"};
         },
         "checkForComplianceTypes[1]: must be DNC or NDNC or Litigator"},
        {[](auto& r) { r.contacts[0].channel = "Fax"; },
         "contacts[0].channel: must be Voice or SMS or Email or VoiceMail"},
    });
}

TEST_CASE("Each contact to check has its fields, and an id of its own") {
    const lcm::ContactToCheck other{.id = "2", .channel = "SMS", .mode_value = "5550101"};
    check_rows<lcm::GetCheckContacts>({
        {[](auto& r) { r.contacts.clear(); }, "contacts: must not be empty"},
        {[](auto& r) { r.contacts[0].mode_value = ""; }, "contacts[0].modeValue: must not be empty"},
        {[&](auto& r) { r.contacts.push_back(other); }, ""},
        {[&](auto& r) { r.contacts.push_back(other), r.contacts[1].id = "1"; }, "contacts[1].id: must be unique"},
        {[&](auto& r) { r.contacts.insert(r.contacts.end(), 2, other); }, "contacts[2].id: must be unique"},
    });
}

TEST_CASE("A change of business fields names at least one, and may empty it") {
    check_rows<lcm::SetContactBusinessFields>({
        {[](auto& r) { r.business_fields.clear(); }, "businessField: must not be empty"},
        {[](auto& r) { r.business_fields[0].field_name = ""; }, "businessField[0].FieldName: must not be empty"},
        {[](auto& r) { r.business_fields[0].value = ""; }, ""},
    });
}

TEST_CASE("A call id may be empty only where the interface's samples have it so") {
    std::vector<std::string_view> may_be_empty;
    lcm::OperationGroups::for_each([&may_be_empty]<class Group>() {
        Group::Operations::for_each([&may_be_empty]<class R>() {
            if constexpr (requires(R r) { r.callid; }) {
                R request = sample<R>();
                request.callid = {};
                const std::string problem = problem_of(request);
                if (problem.empty()) may_be_empty.push_back(R::operation.subtopic);
                else CHECK(problem == "callid: must not be empty");
            }
        });
    });
    CHECK(may_be_empty == std::vector<std::string_view>{"SetDialerOutcomeForMCDRequest", "GetOutcomeByOutcomegroup",
                                                        "GetContactModes"});
}

TEST_CASE("A problem does not repeat the value") {
    check_rows<lcm::GetCampaignsForMCDRequest>({
        {[](auto& r) { r.business_field_query_to_search = "secret\xE9"; },
         "BusinessFieldQueryToSearch: must be text in UTF-8"},
        {[](auto& r) { r.call_type = "secret"; }, "CallType: must be INBOUND or OUTBOUND"},
    });
}
