// SPDX-License-Identifier: BSL-1.0
// What `lcm call` prints: one JSON object that says how a request ended, and lines about the link.
#ifndef LCM_COMMAND_REPORT_HPP
#define LCM_COMMAND_REPORT_HPP

#include <lcm_client/link_status.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/result.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>
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
    std::string text = error.detail;
    const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
    if (error.link) add("there was no link: " + error.link.message());
    if (error.cause) add(error.cause.message());
    return text;
}

inline OrderedJson report_error(const lcm::Error& error) {
    OrderedJson json{{"code", lcm::to_string(error.code)}, {"message", lcm::describe(error.code)}};
    if (const std::string detail = detail_of(error); !detail.empty()) json["detail"] = detail;
    if (error.server.empty()) return json;
    json["server"] =
        OrderedJson{{"type", error.server.type}, {"actual", error.server.actual}, {"message", error.server.message}};
    return json;
}

/// How the request about the call `callid` ended.
template <lcm::Request R> OrderedJson report(const std::string& callid, const lcm::Result<typename R::Response>& result,
                                             std::chrono::milliseconds elapsed) {
    const lcm::Delivery ending = result ? lcm::Delivery::accepted : result.error().delivery;
    OrderedJson json{{"ending", lcm::to_string(ending)},
                     {"operation", R::operation.subtopic},
                     {"callid", callid},
                     {"elapsed_ms", elapsed.count()}};
    if (result) json["response"] = report_response(*result);
    else json["error"] = report_error(result.error());
    return json;
}

/// `json` in one line. Arguments of a command line need not be UTF-8; what is not is replaced.
inline std::string to_line(const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// Prints `json` in a line of its own, at once. Throws `std::runtime_error` if it cannot: an ending that nobody is told
/// of must not look like success.
inline void print_report(const OrderedJson& json) {
    std::cout << to_line(json) << std::endl;
    if (!std::cout) throw std::runtime_error("cannot write to standard output; is the disk full?");
}

/// As "link ready", or "link waiting, attempt 2 in 312 ms: connect_failed; Connection refused".
inline std::string describe(const lcm::LinkStatus& link) {
    const bool is_down = link.state == lcm::LinkState::waiting || link.state == lcm::LinkState::blocked;
    std::string text = std::string("link ") + lcm::to_string(link.state);
    if (!is_down) return text;
    text += ", attempt " + std::to_string(link.attempt) + " in " + std::to_string(link.next_wait.count()) + " ms";
    if (!link.error) return text;
    text += std::string(": ") + lcm::to_string(link.error->code);
    const std::string detail = detail_of(*link.error);
    return detail.empty() ? text : text + "; " + detail;
}

} // namespace lcm_command

#endif
