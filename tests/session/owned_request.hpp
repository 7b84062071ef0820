// SPDX-License-Identifier: BSL-1.0
// A request as the session sees it, with the text of its call, which an application's request would keep.
#ifndef LCM_CLIENT_TESTS_SESSION_OWNED_REQUEST_HPP
#define LCM_CLIENT_TESTS_SESSION_OWNED_REQUEST_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/session/request_entry.hpp>

#include <chrono>
#include <string>

namespace lcm::tests {

/// Its call is its id in decimal; it has no LCM key.
struct OwnedRequest : detail::RequestEntry {
    OwnedRequest(detail::RequestId own_id, const Operation& of, detail::TimePoint now, std::chrono::seconds time)
        : call(std::to_string(own_id)) {
        id = own_id;
        callid = call; // with nothing behind it: the LCM key is empty
        operation = &of;
        is_read_only = of.is_read_only;
        submitted = now;
        deadline = now + time;
    }
    OwnedRequest(const OwnedRequest&) = delete;
    OwnedRequest& operator=(const OwnedRequest&) = delete;
    ~OwnedRequest() = default;

    std::string call;
};

} // namespace lcm::tests

#endif
