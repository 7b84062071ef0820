// SPDX-License-Identifier: BSL-1.0
// What `lcm call` prints: one JSON object that says how a request ended.
#ifndef LCM_COMMAND_REPORT_HPP
#define LCM_COMMAND_REPORT_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/result.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace lcm_command {

using OrderedJson = nlohmann::ordered_json;

template <class Response> OrderedJson report_response(const Response& response) {
    OrderedJson json = OrderedJson::object();
    lcm::for_each_field<Response>([&](const auto& field) { json[std::string(field.name)] = response.*field.member; });
    return json;
}

// What the library says, and what the system, TLS or WebSocket layer said below it.
inline std::string detail_of(const lcm::Error& error) {
    if (!error.cause) return error.detail;
    return error.detail.empty() ? error.cause.message() : error.detail + "; " + error.cause.message();
}

inline OrderedJson report_error(const lcm::Error& error) {
    OrderedJson json{{"code", lcm::to_string(error.code)}, {"message", lcm::describe(error.code)}};
    if (const std::string detail = detail_of(error); !detail.empty()) json["detail"] = detail;
    if (error.server.empty()) return json;
    json["server"] =
        OrderedJson{{"type", error.server.type}, {"actual", error.server.actual}, {"message", error.server.message}};
    return json;
}

template <lcm::Request R> OrderedJson report(const R& request, const lcm::Result<typename R::Response>& result,
                                             std::chrono::milliseconds elapsed) {
    const lcm::Delivery ending = result ? lcm::Delivery::accepted : result.error().delivery;
    OrderedJson json{{"ending", lcm::to_string(ending)},
                     {"operation", R::operation.subtopic},
                     {"callid", request.callid},
                     {"elapsed_ms", elapsed.count()}};
    if (result) json["response"] = report_response(*result);
    else json["error"] = report_error(result.error());
    return json;
}

/// `json` in one line. Arguments of a command line need not be UTF-8; what is not is replaced.
inline std::string to_line(const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

} // namespace lcm_command

#endif
