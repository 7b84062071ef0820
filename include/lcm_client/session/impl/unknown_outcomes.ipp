// SPDX-License-Identifier: BSL-1.0
// What is remembered of unknown endings: the bodies.
#ifndef LCM_CLIENT_SESSION_IMPL_UNKNOWN_OUTCOMES_IPP
#define LCM_CLIENT_SESSION_IMPL_UNKNOWN_OUTCOMES_IPP

#include <lcm_client/session/reply_pattern.hpp>
#include <lcm_client/session/unknown_outcomes.hpp>

#include <new>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL UnknownOutcomes::UnknownOutcomes(const ClientConfig& config, Counters& counters, std::uint64_t seed)
    : counters_(counters), unsettled_(config.limits.unsettled, config.settle_within, seed) {}

// Without the memory to find out which ones the request contests, it contests all of them.
LCM_CLIENT_DECL void UnknownOutcomes::contest(const RequestEntry& request) noexcept {
    try {
        unsettled_.contest(reply_key(request), settling_event(request));
    } catch (const std::bad_alloc&) {
        unsettled_.contest_all();
    }
}

// What ends after others may be what a message means that seems to be about them.
LCM_CLIENT_DECL void UnknownOutcomes::add_ending(const RequestEntry& request, Delivery ending, const Error* error,
                                                 ReplyVerdict verdict, TimePoint now) noexcept {
    if (ending != Delivery::unknown && !unsettled_.empty()) contest(request);
    if (ending == Delivery::accepted) unsettled_.expect_event(request.lcm_key(), now);
    if (ending != Delivery::unknown) return;
    if (error == nullptr || !unsettled_.has_room(now)) return contest(request);
    try {
        Error reported = *error;
        reported.reply = {}; // it can be of any size, and the application has it
        unsettled_.remember(
            {request.id, reply_key(request), settling_event(request), now, {std::move(reported), verdict}});
    } catch (const std::bad_alloc&) {
        contest(request);
    }
}

LCM_CLIENT_DECL void UnknownOutcomes::see_late_reply(RequestId id, JsonView payload, LenientReader& reader,
                                                     TimePoint now, std::vector<Truth>& truths) {
    judge(unsettled_.find(id, now), payload, reader, now, truths);
}

LCM_CLIENT_DECL void UnknownOutcomes::see_late_refusal(RequestId id, TimePoint now,
                                                       std::vector<Truth>& truths) noexcept {
    if (const auto* const entry = unsettled_.find(id, now))
        reveal(*entry, Delivery::refused, SettledBy::late_reply, now, truths);
}

LCM_CLIENT_DECL void UnknownOutcomes::judge(const Memory::Entry* entry, JsonView payload, LenientReader& reader,
                                            TimePoint now, std::vector<Truth>& truths) {
    if (entry == nullptr) return;
    const Delivery truth = entry->details.verdict(payload, reader);
    if (truth != Delivery::unknown) reveal(*entry, truth, SettledBy::late_reply, now, truths);
}

LCM_CLIENT_DECL void UnknownOutcomes::reveal(const Memory::Entry& entry, Delivery truth, SettledBy by, TimePoint now,
                                             std::vector<Truth>& truths) noexcept {
    const RequestId id = entry.id;
    try {
        truths.push_back({id, {entry.details.reported, truth, by}});
        ++counters_.settled;
        // The event that belongs to a late reply may be on its way.
        const bool may_be_told_again = truth == Delivery::accepted && by == SettledBy::late_reply;
        if (may_be_told_again) unsettled_.expect_event(std::string(entry.event.lcm_key.reveal()), now);
    } catch (const std::bad_alloc&) {}
    unsettled_.forget(id);
}

} // namespace lcm::detail

#endif
