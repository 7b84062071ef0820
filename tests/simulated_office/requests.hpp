// SPDX-License-Identifier: BSL-1.0
// The requests of the agents: a few kinds, each with its number as the lead's score, so that a message says whose it is, and
// servers that show only the published fields do not tell it from others. Pure.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_REQUESTS_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_REQUESTS_HPP

#include <simulated_office/ledger.hpp>

#include <lcm_client/operations/compliance.hpp>
#include <lcm_client/operations/outcomes.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::tests::simulated {

/// The first of them may be sent past the outbox as well.
enum class Kind { outcome, comments, do_not_call_outcome, do_not_call };
inline constexpr std::size_t kind_count = 4;
inline constexpr std::size_t direct_kind_count = 2;

/// Whom a request is about.
struct About {
    std::string callid{};
    std::string account_number{};
};

/// 0 if there is none.
[[nodiscard]] inline Marker marker_in(std::string_view text) {
    static constexpr std::string_view name = "\"LeadScore\":";
    const auto at = text.find(name);
    if (at == std::string_view::npos) return 0;
    Marker marker = 0;
    for (const char digit : text.substr(at + name.size())) {
        if (digit < '0' || digit > '9') break;
        marker = marker * 10 + static_cast<Marker>(digit - '0');
    }
    return marker;
}

[[nodiscard]] inline SetBusinessOutcomeWithCallOutcome outcome(const About& about, Marker marker, bool is_do_not_call) {
    return {.callid = about.callid,
            .account_number = about.account_number,
            .business_outcome = 101 + static_cast<int>(marker % 2),
            .call_outcome = is_do_not_call ? 5 : 0,
            .lead_score = static_cast<int>(marker),
            .user_id = "1234"};
}

[[nodiscard]] inline SetBusinessOutcomeWithComments comments(const About& about, Marker marker) {
    return {.callid = about.callid,
            .account_number = about.account_number,
            .outcome_id = 101 + static_cast<int>(marker % 2),
            .user_id = "1234",
            .lead_score = static_cast<int>(marker)};
}

[[nodiscard]] inline SetDNC do_not_call(const About& about, Marker marker) {
    using namespace std::chrono_literals;
    return {.account_number = about.account_number,
            .outcome_id = 5,
            .bussfld_dnc_value = "a",
            .bussfld_dnc_value1 = "b",
            .blocked_by = "PhoneNumber",
            .dnc_block_start_date = {2030y / 6 / 3, 9h},
            .dnc_block_end_date = {2031y / 6 / 3, 9h},
            .agent_comments = "c",
            .target_amount = 0,
            .business_outcome = 101,
            .lead_score = static_cast<int>(marker),
            .dnc_campaign_category_id = "1"};
}

/// Calls `visit` with the request.
template <class Visitor> void make_request(Kind kind, const About& about, Marker marker, Visitor&& visit) {
    switch (kind) {
    case Kind::outcome: return visit(outcome(about, marker, false));
    case Kind::comments: return visit(comments(about, marker));
    case Kind::do_not_call_outcome: return visit(outcome(about, marker, true));
    case Kind::do_not_call: return visit(do_not_call(about, marker));
    }
}

} // namespace lcm::tests::simulated

#endif
