// SPDX-License-Identifier: BSL-1.0
// For tests: which requests a fault is for, when it is not for all of them.
#ifndef LCM_CLIENT_TESTING_FAULT_PLAN_HPP
#define LCM_CLIENT_TESTING_FAULT_PLAN_HPP

#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/testing/faults.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// Which requests a fault is for. Each member that is given narrows it; without any, it is for all.
struct FaultScope {
    std::string operation{}; ///< the request's subtopic, in any letter case, as "SetDNC"; empty for every operation
    std::string callid{};    ///< the request's call; empty for every call
    std::uint64_t nth = 0;   ///< only the n-th of these requests, counted from 1 since the fault was set; 0 for each

    /// Whether each request is in it.
    [[nodiscard]] bool is_everything() const noexcept { return operation.empty() && callid.empty() && nth == 0; }
};

/// Decides which fault each request gets: a fault and its scope, which counts.
///
///     FaultPlan plan(Fault::no_answer, {.operation = "SetDNC", .nth = 2});
///     plan.next("SetDNC", "12345"); // Fault::none: this was the first
///     plan.next("SetDNC", "12345"); // Fault::no_answer
///
/// @par Thread safety
/// Distinct objects may be used from several threads.
class FaultPlan {
public:
    /// Throws `std::invalid_argument` if `scope` narrows a fault that a whole connection has.
    explicit FaultPlan(Fault fault = Fault::none, FaultScope scope = {}) : fault_(fault), scope_(std::move(scope)) {
        if (scope_.is_everything() || !is_of_connection(fault)) return;
        throw std::invalid_argument("fault " + std::string(info(fault).name) +
                                    ": a whole connection has it, so that it cannot be confined to a request");
    }

    /// The fault of the request that comes next, which counts if the scope has its operation and its call.
    [[nodiscard]] Fault next(std::string_view operation, std::string_view callid) {
        if (!scope_.operation.empty() && !lcm::detail::same_name(scope_.operation, operation)) return Fault::none;
        if (!scope_.callid.empty() && scope_.callid != callid) return Fault::none;
        ++seen_;
        return scope_.nth == 0 || scope_.nth == seen_ ? fault_ : Fault::none;
    }

private:
    Fault fault_;
    FaultScope scope_;
    std::uint64_t seen_ = 0; // requests that the scope has, but for its `nth`
};

} // namespace lcm::testing

#endif
