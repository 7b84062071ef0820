// SPDX-License-Identifier: BSL-1.0
// What an answer to the question for a call's last request proves about one request that ended as unknown.
#ifndef LCM_CLIENT_SESSION_WEIGH_EVIDENCE_HPP
#define LCM_CLIENT_SESSION_WEIGH_EVIDENCE_HPP

#include <lcm_client/evidence.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/session/call_record.hpp>
#include <lcm_client/session/request_trace.hpp>

#include <chrono>
#include <optional>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// How an answer came.
struct AnswerCircumstances {
    const LinkTrace* link = nullptr; ///< over which it came; null if that is not known
    TimePoint asked{};               ///< the question was submitted; it left later, or at that time
    bool can_abort = false;          ///< the transport gives links up so that nothing is delivered later
    /// What the application has declared of the store, if it has; see `SynchronousStore`.
    std::optional<std::chrono::nanoseconds> settle_time{};
};

/// Needs memory for the evidence alone.
[[nodiscard]] LCM_CLIENT_DECL Evidence weigh_evidence(const CallRecord& record, const StoredRequest& shown,
                                                      const AnswerCircumstances& answer);

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/session/impl/weigh_evidence.ipp>
#endif

#endif
