// SPDX-License-Identifier: BSL-1.0
// The types of events that the library knows.
#ifndef LCM_COMMAND_EVENT_LIST_HPP
#define LCM_COMMAND_EVENT_LIST_HPP

#include <lcm_client/events.hpp>

#include <string_view>

namespace lcm_command {

template <lcm::Event... Es> struct EventTypes {
    /// Calls `visit.template operator()<E>()` for each of them.
    template <class Visitor> static void for_each(Visitor&& visit) { (visit.template operator()<Es>(), ...); }
};

using Events = EventTypes<lcm::OutcomeSetForCall, lcm::OutBoundCallStateChange, lcm::ErrorEvent>;

/// What the command calls it: its subtopic, or "Error" for those that are known by their topic.
template <lcm::Event E> constexpr std::string_view event_name() {
    return E::event.subtopic.empty() ? "Error" : E::event.subtopic;
}

} // namespace lcm_command

#endif
