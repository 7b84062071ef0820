// SPDX-License-Identifier: BSL-1.0
// Short ways to write down requests for a call and what a server shows, for the tests of evidence.
#ifndef LCM_CLIENT_TESTS_SESSION_EVIDENCE_PARTS_HPP
#define LCM_CLIENT_TESTS_SESSION_EVIDENCE_PARTS_HPP

#include <lcm_client/session/call_history.hpp>
#include <lcm_client/session/call_record.hpp>
#include <lcm_client/session/request_trace.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

inline const detail::TimePoint start_of_evidence{std::chrono::hours(1)};

/// Name and JSON of each field.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// A request with fields to which the application has given a value, and others.
inline detail::RequestTrace request(std::string operation, const Fields& own, const Fields& usual = {}) {
    detail::RequestTrace trace{std::move(operation)};
    for (const auto& [name, json] : own) trace.fields.push_back({name, detail::trace_value(json), true});
    for (const auto& [name, json] : usual) trace.fields.push_back({name, detail::trace_value(json), false});
    return trace;
}

/// What a server shows.
inline detail::StoredRequest stored(std::string api, const Fields& fields) {
    detail::StoredRequest shown{std::move(api)};
    for (const auto& [name, json] : fields) shown.fields.push_back({name, {}, detail::trace_value(json)});
    return shown;
}

/// A request of which the history is told that it leaves.
inline std::unique_ptr<detail::Remembered> leaving(detail::RequestId id, std::string callid,
                                                   detail::RequestTrace trace) {
    return std::make_unique<detail::Remembered>(detail::Remembered{id, std::move(callid), std::move(trace)});
}

} // namespace lcm::tests

#endif
