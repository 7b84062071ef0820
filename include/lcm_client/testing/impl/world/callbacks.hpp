// SPDX-License-Identifier: BSL-1.0
// The callbacks of the simulator's world.
#ifndef LCM_CLIENT_TESTING_IMPL_WORLD_CALLBACKS_HPP
#define LCM_CLIENT_TESTING_IMPL_WORLD_CALLBACKS_HPP

#include <lcm_client/operations/callbacks.hpp>
#include <lcm_client/operations/records.hpp>
#include <lcm_client/protocol/date_time.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/testing/impl/world/world.hpp>

#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

/// The fields of a callback have the same names in all operations.
template <class Request> void book(World& world, const Request& request, bool is_personal) {
    world.callbacks.add({.user_id = request.user_id,
                         .key = request.account_number.reveal(),
                         .mode_id = request.callback_mode_id,
                         .start = {request.start_date, request.start_time},
                         .end = {request.end_date, request.end_time},
                         .is_personal = is_personal});
}

inline OutcomeResponse answer(World& world, const SetCallbackWithComments& request) {
    book(world, request, false);
    return {.success = true};
}

inline OutcomeResponse answer(World& world, const SetBusinessOutcomeWithCallback& request) {
    book(world, request, false);
    return {.success = true};
}

inline OutcomeResponse answer(World& world, const SetPersonalCallbackWithComments& request) {
    book(world, request, true);
    return {.success = true};
}

inline UnpublishedOutcomeResponse answer(World& world, const SetBusinessOutcomeWithPersonalCallback& request) {
    book(world, request, true);
    return {.success = true};
}

inline List<Mode> answer(World& world, const GetCallBackModes& request) {
    List<Mode> list;
    for (const ContactMode& mode : contact_of(world, request.account_number.reveal()).modes)
        list.records.push_back({.mode_id = mode.mode_id,
                                .description = mode.mode_desc,
                                .cvalue = mode.cvalue,
                                .pewc = false,
                                .campaign_pewc = false});
    return list;
}

inline PersonalCallback make_record(World& world, const Callback& callback, int row) {
    return {.row_number = row,
            .campaign_id = campaign_id,
            .contact_id = "1001",
            .mode_id = callback.mode_id,
            .mode_description = mode_name(callback.mode_id),
            .cvalue = number_of(contact_of(world, callback.key), callback.mode_id),
            .call_start_date = callback.start.date.text(),
            .call_end_date = callback.end.date.text(),
            .call_start_time = callback.start.time.text(),
            .call_end_time = callback.end.time.text()};
}

/// The format of the two days is not published: those that are not DD/MM/YYYY do not bound the list.
inline List<PersonalCallback> answer(World& world, const GetPersonalCallbackList& request) {
    const std::optional<Date> from = Date::parse(request.from_date);
    const std::optional<Date> to = Date::parse(request.to_date);
    const double first = request.starting_no_of_record.to_double();
    const double end = first + request.no_of_records.to_double();
    List<PersonalCallback> list;
    int row = 0;
    for (const Callback& callback : world.callbacks) {
        if (!callback.is_personal || callback.user_id != request.user_id) continue;
        if ((from && callback.end.date < *from) || (to && callback.start.date > *to)) continue;
        ++row;
        if (row >= first && row < end) list.records.push_back(make_record(world, callback, row));
    }
    return list;
}

/// Windows that only touch do not overlap.
inline CallbackOverlap answer(World& world, const ScheduledCallBackOverlap& request) {
    const DateTime start{request.start_from_date, request.start_from_time};
    const DateTime end{request.start_to_date, request.start_to_time};
    const Callback* found = world.callbacks.find([&](const Callback& callback) {
        return callback.user_id == request.user_id && callback.start < end && start < callback.end;
    });
    return {.request_result = true, .is_overlap = found != nullptr};
}

} // namespace lcm::testing::detail

#endif
