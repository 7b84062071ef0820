// SPDX-License-Identifier: BSL-1.0
// What the command prints of an outbox: one JSON object for each entry and for each ending.
#ifndef LCM_COMMAND_OUTBOX_REPORT_HPP
#define LCM_COMMAND_OUTBOX_REPORT_HPP

#include "ordered_json.hpp"
#include "report.hpp"
#include "status.hpp"

#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>

#include <chrono>
#include <string>

namespace lcm_command {

/// As "2026-01-31T12:00:00Z".
[[nodiscard]] inline std::string to_utc(std::chrono::system_clock::time_point time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(seconds);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{seconds - day};
    const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) + '-' +
           two(static_cast<unsigned>(date.day())) + 'T' + two(clock.hours().count()) + ':' +
           two(clock.minutes().count()) + ':' + two(clock.seconds().count()) + 'Z';
}

/// Where an entry stands; what is sealed only if it could be read.
[[nodiscard]] inline OrderedJson report(const lcm::OutboxEntry& entry) {
    OrderedJson json{{"entry", entry.id},
                     {"state", lcm::to_string(entry.state)},
                     {"expires", to_utc(entry.expires)},
                     {"stands_behind", entry.stands_behind},
                     {"was_resent", entry.was_resent}};
    if (entry.operation.empty()) return json;
    json["operation"] = entry.operation;
    json["callid"] = entry.callid;
    json["tag"] = entry.tag;
    json["marks_do_not_call"] = entry.marks_do_not_call;
    json["posted"] = to_utc(entry.posted);
    return json;
}

/// How an entry ended.
[[nodiscard]] inline OrderedJson report(const lcm::EntryEnding& ended) {
    OrderedJson json{{"ending", lcm::to_string(ended.delivery)},
                     {"entry", ended.id},
                     {"by", lcm::to_string(ended.by)},
                     {"was_resent", ended.was_resent}};
    if (!ended.operation.empty()) {
        json["operation"] = ended.operation;
        json["callid"] = ended.callid;
        json["tag"] = ended.tag;
    }
    if (ended.error) json["error"] = report_error(*ended.error);
    return json;
}

/// Of an entry that is left: one that waits has not left, and of any other one nobody knows.
[[nodiscard]] inline Status status_of(const lcm::OutboxEntry& entry) noexcept {
    return entry.state == lcm::EntryState::waiting ? status_kept : status_unknown;
}

} // namespace lcm_command

#endif
