// SPDX-License-Identifier: BSL-1.0
// Requests that carry a number of their own, so that a server of the tests knows which one it has received.
#ifndef LCM_CLIENT_TESTS_SUPPORT_NUMBERED_HPP
#define LCM_CLIENT_TESTS_SUPPORT_NUMBERED_HPP

#include <support/sample.hpp>

#include <lcm_client/operations/outcomes.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::tests {

using Serial = std::uint64_t;

/// One that changes nothing on the server.
struct NumberedLook {
    std::string callid{};
    Number serial{};

    using Response = OutcomeResponse;

    static constexpr Operation operation{
        .subtopic = "NumberedLook", .reply_subtopic = "NumberedLookResult", .is_read_only = true};
    static constexpr void fields(auto&& field) {
        field("callid", &NumberedLook::callid, Presence::required, "the call's id");
        field("serial", &NumberedLook::serial, Presence::required, "the request's own number");
    }
};

/// One that sets an outcome; the number is its target amount.
inline SetOutcome numbered(std::string callid, std::string lcm_key, Serial serial) {
    SetOutcome request = sample(std::move(callid));
    request.account_number = std::move(lcm_key);
    request.target_amount = serial;
    return request;
}

/// The number of the request in a message.
inline Serial serial_in(std::string_view message) {
    for (const std::string_view name : {"\"TargetAmount\":", "\"serial\":"}) {
        const std::size_t at = message.find(name);
        if (at != std::string_view::npos) return std::stoull(std::string(message.substr(at + name.size(), 20)));
    }
    throw std::logic_error("a message without a number");
}

} // namespace lcm::tests

#endif
