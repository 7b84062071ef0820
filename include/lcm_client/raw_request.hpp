// SPDX-License-Identifier: BSL-1.0
// The escape hatch: a request described at run time, with the JSON of its reply as the result.
#ifndef LCM_CLIENT_RAW_REQUEST_HPP
#define LCM_CLIENT_RAW_REQUEST_HPP

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/field.hpp>

#include <string>

namespace lcm::inline LCM_CLIENT_ABI {

/// How the reply to a raw request is recognised.
struct ExpectedReply {
    std::string subtopic{};                    ///< without regard to letter case; if empty, the server sends none
    ReplyCallid callid = ReplyCallid::present; ///< whether the reply names the call that the request's data names
};

/// A request that this library has no type for. If you need it more than once, write a struct with a field table
/// instead (`Request`, `examples/own_operation.cpp`): it is called like those of the library, and checked before it is
/// sent.
struct RawRequest {
    std::string subtopic{};      ///< not empty
    Json data{};                 ///< an object, or null for a request without `data`; the call is its member `callid`
    ExpectedReply reply{};       ///< how its reply is recognised
    bool is_read_only = false;   ///< changes nothing on the server, so it is sent again, once, after a lost link
    std::string channel = "LCM"; ///< as on the wire
    std::string topic = "WebService"; ///< as on the wire
};

} // namespace lcm

#endif
