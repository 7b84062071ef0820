// SPDX-License-Identifier: BSL-1.0
// An operation that changes nothing on the server, as an application could describe one.
#ifndef LCM_CLIENT_TESTS_SUPPORT_READ_ONLY_HPP
#define LCM_CLIENT_TESTS_SUPPORT_READ_ONLY_HPP

#include <lcm_client/operations/outcomes.hpp>

#include <string>
#include <utility>

namespace lcm::tests {

struct LookAt {
    std::string callid{};

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "LookAt", .reply_subtopic = "LookAtResult", .is_read_only = true, .page = "none"};
    static constexpr void fields(auto&& field) {
        field("callid", &LookAt::callid, Presence::required, "the call's id");
    }
};

inline LookAt look_at(std::string callid = "12345") { return {.callid = std::move(callid)}; }

} // namespace lcm::tests

#endif
