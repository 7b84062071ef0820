// SPDX-License-Identifier: BSL-1.0
// What the command calls an event.
#ifndef LCM_COMMAND_EVENT_NAME_HPP
#define LCM_COMMAND_EVENT_NAME_HPP

#include <lcm_client/events.hpp>

#include <string_view>

namespace lcm_command {

/// Its subtopic, or "Error" for those that are known by their topic.
template <lcm::Event E> constexpr std::string_view event_name() {
    return E::event.subtopic.empty() ? "Error" : E::event.subtopic;
}

} // namespace lcm_command

#endif
