// SPDX-License-Identifier: BSL-1.0
// What a server says, as the specification's samples write it: texts for tests.
#ifndef LCM_CLIENT_TESTING_MESSAGES_HPP
#define LCM_CLIENT_TESTING_MESSAGES_HPP

#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>

#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// The server's reply to an `Operation` request for the call: accepted, or refused with `success: false`. For operations
/// whose response is no more than that; `reply_with` is for all. Any thread.
template <Request Operation> [[nodiscard]] std::string reply(std::string_view callid, bool success = true) {
    std::string text = R"({"channel":"LCM","topic":"WebService","subtopic":)";
    lcm::detail::write_json(text, Operation::operation.reply_subtopic);
    text += R"(,"message":{)";
    if constexpr (Operation::operation.reply_callid != ReplyCallid::absent) {
        text += R"("callid":)";
        lcm::detail::write_json(text, callid);
        text += ',';
    }
    return text += std::string(R"("response":{"success":)") + (success ? "true" : "false") + "}}}";
}

/// The error of the interface: `actual` is "Callid is empty" or "Invalid Call ID:" with the call's id, and `message`
/// the text that is meant for the user. Any thread.
[[nodiscard]] inline std::string ws_error(std::string_view actual, std::string_view message = "Invalid Call ID.") {
    std::string text = R"({"channel":"LCM","topic":"Error","subtopic":"ApiError","data":)"
                       R"({"errorType":"WS_Error","errorMessage":)";
    lcm::detail::write_json(text, actual);
    text += R"(,"msg":)";
    lcm::detail::write_json(text, message);
    return text += "}}";
}

} // namespace lcm::testing

#endif
