// SPDX-License-Identifier: BSL-1.0
// The pure part of the simulator: reading a request, judging it, writing the reply.
#ifndef LCM_CLIENT_TESTING_IMPL_SIMULATED_SERVER_IPP
#define LCM_CLIENT_TESTING_IMPL_SIMULATED_SERVER_IPP

#include <lcm_client/json.hpp>
#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::testing {

namespace detail {

// --- Replies, with the keys in the order of the sample --------------------------------------------------------------

inline std::string to_json_text(std::string_view text) {
    std::string json;
    lcm::detail::write_json(json, text);
    return json;
}

LCM_CLIENT_DECL std::string write_reply(std::string_view subtopic, std::string_view callid, std::string_view response) {
    std::string text = R"({"channel":"LCM","topic":"WebService","subtopic":)" + to_json_text(subtopic);
    text += R"(,"message":{"callid":)" + to_json_text(callid);
    text += R"(,"response":)";
    text += response;
    return text += "}}";
}

// The same success in spellings that the interface's pages use elsewhere.
LCM_CLIENT_DECL std::string write_reply_in_wrong_case(std::string_view subtopic, std::string_view callid) {
    std::string text = R"({"Channel":"lcm","Topic":"Webservice","SubTopic":)";
    text += to_json_text(lcm::detail::fold(subtopic));
    text += R"(,"Message":{"CallId":)" + to_json_text(callid);
    return text += R"(,"Response":{"Success":true}}})";
}

LCM_CLIENT_DECL std::string write_error(std::string_view error, std::string_view message) {
    std::string text = R"({"channel":"LCM","topic":"Error","subtopic":"ApiError","data":{"errorType":"WS_Error")";
    text += R"(,"errorMessage":)" + to_json_text(error);
    text += R"(,"msg":)" + to_json_text(message);
    return text += "}}";
}

LCM_CLIENT_DECL std::vector<std::string> write_success(std::string_view subtopic, std::string_view callid,
                                                       Fault fault) {
    switch (fault) {
    case Fault::missing_success: return {write_reply(subtopic, callid, "{}")};
    case Fault::success_string: return {write_reply(subtopic, callid, R"({"success":"true"})")};
    case Fault::wrong_case: return {write_reply_in_wrong_case(subtopic, callid)};
    case Fault::other_subscriber:
        return {write_reply(subtopic, "another-" + std::string(callid), R"({"success":false})"),
                write_reply(subtopic, callid, R"({"success":true})")};
    default: return {write_reply(subtopic, callid, R"({"success":true})")};
    }
}

// --- Judging a request ----------------------------------------------------------------------------------------------

inline void refuse(Handled& handled, std::string_view error, std::string_view message) {
    handled.verdict = message;
    handled.replies = {write_error(error, message)};
}

/// What is wrong with the fields of `data` by the table of `Request`, or an empty text.
template <class Request> std::string find_field_problem(const Json& data, LenientReader& reader) {
    Request request;
    std::string problem = read_fields(data, request, reader);
    if (!problem.empty()) return problem;
    const auto invalid = validate(request);
    return invalid ? std::string(invalid->field) + ": " + std::string(invalid->reason) : std::string();
}

/// Sets an outcome, for each operation whose reply is `OutcomeResponse`. The call is known already.
template <class Request> void set_outcome(const Json& data, LenientReader& reader, Fault fault, Handled& handled) {
    const std::string problem = find_field_problem<Request>(data, reader);
    if (!problem.empty()) return refuse(handled, problem, "Invalid field " + problem);

    constexpr std::string_view subtopic = Request::operation.reply_subtopic;
    if (fault == Fault::success_false) {
        handled.verdict = "refused";
        handled.replies = {write_reply(subtopic, handled.callid, R"({"success":false})")};
        return;
    }
    handled.acted_on = true;
    handled.verdict = "accepted";
    handled.replies = write_success(subtopic, handled.callid, fault);
}

// Faults that do not care what the answer says.
LCM_CLIENT_DECL void deform(std::vector<std::string>& replies, Fault fault) {
    static constexpr std::size_t huge = 10'000'000;
    if (replies.empty()) return;
    std::string& reply = replies.front();
    switch (fault) {
    case Fault::answer_twice: replies = {reply, reply}; break;
    case Fault::garbage: reply = "this is no JSON"; break;
    case Fault::truncated_json: reply.resize(reply.size() / 2); break;
    case Fault::huge_message: reply.assign(huge, 'x'); break;
    default: break;
    }
}

} // namespace detail

LCM_CLIENT_DECL bool SimulatedServer::knows(const std::string& callid) const {
    if (known_calls_.empty()) return !callid.starts_with("unknown");
    return known_calls_.contains(callid);
}

LCM_CLIENT_DECL Handled SimulatedServer::handle(std::string_view text, Fault fault) const {
    using SetOutcomes = SetBusinessOutcomeWithCallOutcome;
    static constexpr std::size_t max_depth = 64;

    const ParsedJson document = parse_json(text, max_depth);
    if (!document) return {.verdict = document.problem};
    LenientReader reader;
    const auto is = [&](std::string_view name, std::string_view value) {
        return lcm::detail::same_name(reader.find_text(document.value, name), value);
    };
    Handled handled{.subtopic = std::string(reader.find_text(document.value, "subtopic"))};
    if (!is("channel", "LCM") || !is("topic", "WebService")) handled.verdict = "not for channel LCM, topic WebService";
    else if (!is("subtopic", SetOutcomes::operation.subtopic)) handled.verdict = "unknown subtopic";
    if (!handled.verdict.empty()) return handled;

    const Json nothing;
    const Json* found = reader.find(document.value, "data");
    const Json& data = found != nullptr ? *found : nothing;
    handled.callid = read_callid(data, reader).value_or("");
    if (handled.callid.empty()) detail::refuse(handled, "Callid is empty", "Invalid Call ID.");
    else if (!knows(handled.callid)) detail::refuse(handled, "Invalid Call ID:" + handled.callid, "Invalid Call ID.");
    else detail::set_outcome<SetOutcomes>(data, reader, fault, handled);
    detail::deform(handled.replies, fault);
    return handled;
}

} // namespace lcm::testing

#endif
