// SPDX-License-Identifier: BSL-1.0
// What `lcm call` and `lcm batch` print: one JSON object that says how a request ended, and lines about the link.
#ifndef LCM_COMMAND_REPORT_HPP
#define LCM_COMMAND_REPORT_HPP

#include "check_output.hpp"
#include "operation.hpp"
#include "ordered_json.hpp"

#include <lcm_client/link_status.hpp>
#include <lcm_client/result.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

namespace lcm_command {

inline void add_reason(std::string& text, const std::string& more) { text += (text.empty() ? "" : "; ") + more; }

// What the library says, and what the system, TLS or WebSocket layer said below it.
inline std::string detail_of(const lcm::Error& error) {
    std::string text = error.detail;
    if (error.link) add_reason(text, "there was no link: " + error.link.message());
    if (error.cause) add_reason(text, error.cause.message());
    return text;
}

inline std::string detail_of(const lcm::LinkError& error) {
    std::string text = error.detail;
    if (error.cause) add_reason(text, error.cause.message());
    return text;
}

/// The server's own texts.
inline OrderedJson report_texts(const lcm::ServerTexts& texts) {
    return {{"type", texts.type}, {"actual", texts.actual}, {"message", texts.message}};
}

inline OrderedJson report_error(const lcm::Error& error) {
    OrderedJson json{{"code", lcm::to_string(error.code)}, {"message", lcm::describe(error.code)}};
    if (const std::string detail = detail_of(error); !detail.empty()) json["detail"] = detail;
    if (!error.server.empty()) json["server"] = report_texts(error.server);
    if (!error.reply.reveal().empty()) json["reply"] = OrderedJson::parse(error.reply.reveal(), nullptr, false);
    return json;
}

/// How a request ended.
inline OrderedJson report(std::string_view operation, const std::string& callid, const Ending& ending,
                          std::chrono::milliseconds elapsed) {
    OrderedJson json{{"ending", lcm::to_string(ending.delivery)},
                     {"operation", operation},
                     {"callid", callid},
                     {"elapsed_ms", elapsed.count()}};
    if (ending.delivery == lcm::Delivery::accepted) json["response"] = ending.response;
    else json["error"] = report_error(ending.error);
    return json;
}

/// Prints `json` in a line of its own, at once. Throws as `check_output()` does.
inline void print_report(const OrderedJson& json) {
    std::cout << to_line(json) << '\n';
    check_output();
}

/// As "link ready, wss://lcm.example:443", or "link waiting, attempt 2 in 312 ms: connect_failed; Connection refused"; one
/// that is blocked says for what it waits: "link blocked, see to its credentials, attempt 2 in 31200 ms: unauthorized; ...".
inline std::string describe(const lcm::LinkStatus& link) {
    const bool is_down = link.state == lcm::LinkState::waiting || link.state == lcm::LinkState::blocked;
    std::string text = std::string("link ") + lcm::to_string(link.state);
    if (!link.server.empty()) text += ", " + link.server;
    if (!is_down) return text;
    const bool is_named = link.block != lcm::BlockReason::none && link.block != lcm::BlockReason::other;
    if (is_named) text += std::string(", see to its ") + lcm::to_string(link.block);
    text += ", attempt " + std::to_string(link.attempt) + " in " + std::to_string(link.next_wait.count()) + " ms";
    if (!link.error) return text;
    text += std::string(": ") + lcm::to_string(link.error->code);
    const std::string detail = detail_of(*link.error);
    return detail.empty() ? text : text + "; " + detail;
}

} // namespace lcm_command

#endif
