// SPDX-License-Identifier: BSL-1.0
// One request of each operation, with the values of the interface's samples where they were seen.
#ifndef LCM_CLIENT_TESTS_OPERATIONS_SAMPLES_HPP
#define LCM_CLIENT_TESTS_OPERATIONS_SAMPLES_HPP

#include <lcm_client/operations.hpp>

#include <chrono>

namespace lcm::tests {

inline constexpr Date first_day = std::chrono::year(2021) / 1 / 13;
inline constexpr Date last_day = std::chrono::year(2021) / 1 / 14;
inline constexpr TimeOfDay first_time = std::chrono::hours(13) + std::chrono::minutes(45);
inline constexpr TimeOfDay last_time = std::chrono::hours(14) + std::chrono::minutes(45);

inline constexpr const char* lcm_key = "5|3|1|0|0|44|1";

/// The sample request of the operation `R`.
template <class R> R sample();

// --- Outcomes -------------------------------------------------------------------------------------------------------

template <> inline SetBusinessOutcomeWithCallOutcome sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .business_outcome = 101,
            .call_outcome = 0,
            .lead_score = 0,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .target_amount = 0};
}

template <> inline SetBusinessOutcomeWithComments sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .outcome_id = 101,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .lead_score = 0,
            .target_amount = 0};
}

template <> inline SetCallOutcomeWithComments sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .outcome_id = 1,
            .lead_score = 0,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .target_amount = 0};
}

template <> inline SetCallResult sample() {
    return {.user_id = "1234",
            .account_number = lcm_key,
            .agent_comments = "Test comment",
            .target_amount = 0,
            .lead_score = 0,
            .outcome_id = 101,
            .callback_mode_id = 1,
            .start_date = first_day,
            .end_date = last_day,
            .start_time = first_time,
            .end_time = last_time};
}

template <> inline SetDialerOutcomeForMCDRequest sample() {
    return {.account_number = "34|3|550|0|0|44|59",
            .agent_id = "1234",
            .phone_number = "5550100",
            .callid = "",
            .is_offline_transaction = false};
}

template <> inline GetCallOutCome sample() { return {.callid = "12345"}; }

template <> inline GetBusinessOutCome sample() { return {.callid = "12345", .account_number = lcm_key}; }

template <> inline GetBusinessOutcomeParent sample() {
    return {.callid = "12345", .account_number = lcm_key, .parent_business_outcome_id = 100};
}

template <> inline GetBOGroupParent sample() { return {.callid = "12345", .account_number = lcm_key}; }

template <> inline GetOutcomeByOutcomegroup sample() { return {.callid = "", .type = "MANUAL"}; }

template <> inline SetCallOutComeOffline sample() { return {.account_number = "18|1|2|0|0|44|274"}; }

// --- Callbacks ------------------------------------------------------------------------------------------------------

template <> inline SetBusinessOutcomeWithCallback sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .outcome_id = 101,
            .business_outcome = 101,
            .start_date = first_day,
            .end_date = last_day,
            .start_time = first_time,
            .end_time = last_time,
            .callback_mode_id = 1,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .lead_score = 0,
            .target_amount = 0};
}

template <> inline SetBusinessOutcomeWithPersonalCallback sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .outcome_id = 101,
            .business_outcome = 101,
            .start_date = first_day,
            .end_date = last_day,
            .start_time = first_time,
            .end_time = last_time,
            .callback_mode_id = 1,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .lead_score = 0,
            .target_amount = 0};
}

template <> inline SetCallbackWithComments sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .start_date = first_day,
            .end_date = last_day,
            .start_time = first_time,
            .end_time = last_time,
            .callback_mode_id = 1,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .lead_score = 0,
            .target_amount = 0};
}

template <> inline SetPersonalCallbackWithComments sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .start_date = first_day,
            .end_date = last_day,
            .start_time = first_time,
            .end_time = last_time,
            .callback_mode_id = 1,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .lead_score = 0,
            .target_amount = 0};
}

template <> inline GetCallBackModes sample() { return {.callid = "12345", .account_number = lcm_key}; }

template <> inline GetPersonalCallbackList sample() {
    return {.user_id = "1234",
            .from_date = "13/01/2021",
            .to_date = "14/01/2021",
            .starting_no_of_record = 1,
            .no_of_records = 10};
}

template <> inline ScheduledCallBackOverlap sample() {
    return {.callid = "12345",
            .account_number = "137|1|3|0|0|84|",
            .start_from_date = first_day,
            .start_to_date = last_day,
            .start_from_time = first_time,
            .start_to_time = last_time,
            .user_id = "1234"};
}

// --- Contacts -------------------------------------------------------------------------------------------------------

template <> inline GetCampaignModes sample() { return {.callid = "12345", .account_number = lcm_key}; }

template <> inline GetModeInformation sample() { return {.callid = "12345", .account_number = lcm_key}; }

template <> inline GetContactModes sample() { return {.callid = "", .account_number = "596|485|587|0|0|44|59"}; }

template <> inline SetNewModeNumber sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .mode_id = 1,
            .contact_number = "5550100",
            .delete_other_modes = false,
            .agent_id = "1234"};
}

template <> inline GetContactDetail sample() { return {.callid = "12345", .account_number = lcm_key}; }

template <> inline SetContactBusinessFields sample() {
    return {.callid = "12345",
            .account_number = lcm_key,
            .agent_id = "1234",
            .business_fields = {{.field_name = "City", .value = "Paris", .data_type = "String", .format = ""}}};
}

template <> inline GetScreenPopData sample() { return {.callid = "12345", .account_number = lcm_key}; }

template <> inline CreateContact sample() {
    return {.campaign_id = "7",
            .call_type = "0",
            .call_start_date_time = {first_day, first_time},
            .call_end_date_time = {last_day, last_time},
            .business_fields = "<Fields/>",
            .priority = 1,
            .modes = "<Modes/>",
            .agent_id = ""};
}

// --- Campaigns ------------------------------------------------------------------------------------------------------

template <> inline GetCampaignTimeZone sample() { return {.callid = "12345", .account_number = lcm_key}; }

template <> inline GetAllCampaignDetails sample() {
    return {.callid = "12345", .account_number = lcm_key, .is_offline_transaction = false};
}

template <> inline GetCampaignsForMCDRequest sample() {
    return {.ani = 5550100,
            .dnis = "5550199",
            .lcm_key = lcm_key,
            .call_type = "OUTBOUND",
            .business_field_query_to_search = "City=Paris"};
}

// --- Compliance -----------------------------------------------------------------------------------------------------

template <> inline SetDNC sample() {
    return {.account_number = lcm_key,
            .outcome_id = 5,
            .campaign_specific_dnc = true,
            .is_phone_no_dnc = true,
            .bussfld_dnc_value = "a",
            .bussfld_dnc_value1 = "b",
            .blocked_by = "PhoneNumber",
            .dnc_block_start_date = {first_day, first_time},
            .dnc_block_end_date = {last_day, last_time},
            .agent_comments = "Test comment",
            .target_amount = 0,
            .business_outcome = 101,
            .lead_score = 0,
            .dnc_campaign_category_id = "1,2"};
}

template <> inline GetDNCBussField sample() { return {.callid = "12345", .account_number = "137|1|3|0|0|84|"}; }

template <> inline AddCompliance sample() {
    return {.cvalue = "5550100",
            .campaign = "7",
            .campaign_category = "1",
            .callback_mode_id = 1,
            .start_date = {first_day, first_time},
            .end_date = {last_day, last_time},
            .is_business_field_dnc = false};
}

template <> inline GetCheckContacts sample() {
    return {.campaign_names = {"7"},
            .category_names = {"1"},
            .dnc_start_date = "2021-01-13T13:45:00Z",
            .dnc_end_date = "2021-01-14T14:45:00Z",
            .include_global = true,
            .compliance_types = {"DNC", "NDNC"},
            .contacts = {{.id = "1", .channel = "Voice", .mode_value = "5550100"}}};
}

// --- Manual dial ----------------------------------------------------------------------------------------------------

template <> inline GetCampaignGroups sample() { return {.user_id = "1234"}; }

template <> inline GetDownloadContactsForDialing sample() {
    return {.campaign_group = "Group1",
            .number_of_contacts_required = 1,
            .consent = true,
            .agent_id = "1234",
            .reserved_contacts = false};
}

template <> inline GetDownloadAllContactsForDialing sample() {
    return {.campaign_group = "Group1",
            .number_of_contacts_required = 5,
            .consent = true,
            .agent_id = "1234",
            .reserved_contacts = false};
}

template <> inline GetReservedManualDialContact sample() {
    return {.agent_id = "1234", .number_of_contacts_required = 1, .consent = true, .reserved_contacts = false};
}

template <> inline SkipManualDialContact sample() {
    return {.outcome_id = 100, .user_id = "1234", .account_number = "49|3|279|0|0|44|1253", .phone_number = "5550100"};
}

template <> inline ManualDialCall sample() { return {.phone_number = "5550100"}; }

template <> inline ManualDialCopyContact sample() { return {.phone_number = "5550100"}; }

template <> inline SetNonPEWCContactOutcome sample() {
    return {.account_number = lcm_key, .agent_id = "1234", .phone_number = "5550100"};
}

template <> inline GetContactOD sample() { return {.user_id = "1234", .is_reserved_by = "1"}; }

template <> inline GetReservedContactOD sample() { return {.user_id = "1234"}; }

template <> inline SkipNonPEWCContact sample() { return {.user_id = "1234"}; }

template <> inline GetAgentCallCount sample() { return {.user_id = "1234"}; }

// --- State ----------------------------------------------------------------------------------------------------------

template <> inline GetStoredData sample() { return {.callid = "12345"}; }

template <> inline StateSync sample() { return {}; }

template <> inline SendAgentState sample() { return {.agent_id = "1234", .agent_state = "NOT_READY"}; }

} // namespace lcm::tests

#endif
