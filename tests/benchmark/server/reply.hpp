// SPDX-License-Identifier: BSL-1.0
// The server's reply to a request: success, for the call that the request names.
#ifndef LCM_CLIENT_BENCHMARK_SERVER_REPLY_HPP
#define LCM_CLIENT_BENCHMARK_SERVER_REPLY_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace lcm::bench {

/// Appends the reply to `request` to `out` as one unmasked frame. False if the request names no call.
inline bool append_reply(std::string& out, std::string_view request) {
    static constexpr std::string_view mark = R"("callid":")";
    static constexpr std::string_view before =
        R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
        R"("message":{"callid":")";
    static constexpr std::string_view after = R"(","response":{"success":true}}})";

    const std::size_t at = request.find(mark);
    if (at == std::string_view::npos) return false;
    std::string_view callid = request.substr(at + mark.size());
    callid = callid.substr(0, callid.find('"'));

    const std::size_t size = before.size() + callid.size() + after.size(); // 126 to 65535: two bytes of length
    out += '\x81';
    out += '\x7e';
    out += static_cast<char>(size >> 8U);
    out += static_cast<char>(size & 0xffU);
    out += before;
    out += callid;
    out += after;
    return true;
}

} // namespace lcm::bench

#endif
