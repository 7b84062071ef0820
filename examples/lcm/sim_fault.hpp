// SPDX-License-Identifier: BSL-1.0
// A fault and the requests that it is for, in words: those of the flags of `lcm sim`, and of the lines that it reads.
#ifndef LCM_COMMAND_SIM_FAULT_HPP
#define LCM_COMMAND_SIM_FAULT_HPP

#include "catalogue.hpp"
#include "nearest_name.hpp"
#include "status.hpp"
#include "whole_number.hpp"

#include <lcm_client/testing/fault_plan.hpp>
#include <lcm_client/testing/faults.hpp>

#include <CLI/CLI.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace lcm_command {

struct SimFault {
    lcm::testing::Fault fault = lcm::testing::Fault::none;
    lcm::testing::FaultScope scope{};
};

inline lcm::testing::Fault read_fault(const std::string& name) {
    if (const auto fault = lcm::testing::find_fault(name)) return *fault;
    std::vector<std::string> names;
    for (const lcm::testing::FaultInfo& row : lcm::testing::fault_table) names.emplace_back(row.name);
    throw UsageError(refer("unknown fault '" + name + '\'' + did_you_mean(name, names), "lcm sim --list-faults"));
}

inline std::string read_operation_name(const std::string& name) {
    if (const AnyOperation* const operation = find_operation(name)) return std::string(operation->names().subtopic);
    throw UsageError(refer("unknown operation '" + name + '\'' + did_you_mean_operation(name), "lcm list"));
}

/// Throws `UsageError` if no request can have the fault.
inline void check(const SimFault& fault, bool tls) {
    const std::string name(info(fault.fault).name);
    if (info(fault.fault).needs_tls && !tls) throw UsageError("fault " + name + ": this one needs --tls");
    if (!fault.scope.is_everything() && is_of_connection(fault.fault))
        throw UsageError("fault " + name +
                         ": a whole connection has this one; leave --operation, --callid and --nth out");
}

/// "no-answer, for operation SetDNC, call 12345, request 3"
inline std::string describe(const SimFault& fault) {
    std::string text(info(fault.fault).name);
    const char* separator = ", for ";
    const auto add = [&](const std::string& words) { text += std::exchange(separator, ", ") + words; };
    if (!fault.scope.operation.empty()) add("operation " + fault.scope.operation);
    if (!fault.scope.callid.empty()) add("call " + fault.scope.callid);
    if (fault.scope.nth != 0) add("request " + std::to_string(fault.scope.nth));
    return text;
}

/// The flags that confine the fault. `fault` must live as long as `command`.
inline std::array<CLI::Option*, 3> add_scope_flags(CLI::App& command, SimFault& fault) {
    static constexpr auto most = (std::numeric_limits<std::uint64_t>::max)();
    auto* const operation = command.add_option_function<std::string>(
        "--operation", [&fault](const std::string& name) { fault.scope.operation = read_operation_name(name); },
        "only at requests of this operation");
    auto* const callid = command.add_option("--callid", fault.scope.callid, "only at requests for this call");
    auto* const nth = command.add_option_function<std::string>(
        "--nth", [&fault](const std::string& text) { fault.scope.nth = read_whole_number("--nth", text, 1, most); },
        "only at the N-th of these requests, from 1");
    return {operation->type_name("OPERATION"), callid->type_name("ID"), nth->type_name("N")};
}

} // namespace lcm_command

#endif
