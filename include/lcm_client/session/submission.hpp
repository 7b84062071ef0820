// SPDX-License-Identifier: BSL-1.0
// A request on its way into the session.
#ifndef LCM_CLIENT_SESSION_SUBMISSION_HPP
#define LCM_CLIENT_SESSION_SUBMISSION_HPP

#include <lcm_client/session/match_key.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace lcm {

using TimePoint = std::chrono::steady_clock::time_point;

/// Names a request within one client; never used twice.
using RequestId = std::uint64_t;

/// A request as the multiplexer sees it.
struct Submission {
    RequestId id = 0;
    MatchKey key;       ///< of the reply that it will wait for
    std::string callid; ///< the call that a `WS_Error` may name
    TimePoint deadline;
    bool is_read_only = false;        ///< may be sent again: it changes nothing on the server
    bool has_reply = true;            ///< else it ends when it has been written, and `key` is `MatchKey::of_no_reply`
    bool reply_may_name_call = false; ///< for a key without call: a reply that names one is its reply as well
    bool reply_repeats_name = false;  ///< the reply has the request's own subtopic, so that an echo looks like it
    std::string_view reply_also{};    ///< another subtopic of the reply; of static storage
};

} // namespace lcm

#endif
