// SPDX-License-Identifier: BSL-1.0
// What tells of a request's success beside its reply.
#ifndef LCM_CLIENT_SESSION_SETTLING_EVENT_HPP
#define LCM_CLIENT_SESSION_SETTLING_EVENT_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/sensitive.hpp>

#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The event that tells that a request was carried out: its subtopic, and the LCM key that it carries. Without a
/// subtopic there is no such event for the request; it can cause one nevertheless, if it changes something for that key.
struct SettlingEvent {
    std::string_view subtopic{};
    Sensitive<std::string> lcm_key{};

    [[nodiscard]] bool is(const SettlingEvent& other) const noexcept {
        return !subtopic.empty() && same_name(subtopic, other.subtopic) && has_key_of(other);
    }

    /// Whether both are about one key, so that an event could be meant for either.
    [[nodiscard]] bool has_key_of(const SettlingEvent& other) const noexcept {
        return !lcm_key.reveal().empty() && lcm_key.reveal() == other.lcm_key.reveal();
    }
};

} // namespace lcm::detail

#endif
