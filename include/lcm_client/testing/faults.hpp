// SPDX-License-Identifier: BSL-1.0
// For tests: the ways in which the simulator can misbehave, in one table.
#ifndef LCM_CLIENT_TESTING_FAULTS_HPP
#define LCM_CLIENT_TESTING_FAULTS_HPP

#include <lcm_client/impl/abi.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// One way to misbehave. `fault_table` says what each does.
enum class Fault {
    none,
    no_answer,
    late_answer,
    answer_twice,
    success_false,
    missing_success,
    success_string,
    wrong_case,
    other_subscriber,
    garbage,
    truncated_json,
    huge_message,
    oversized_answer,
    binary_frame,
    fragments,
    drop_before_answer,
    drop_while_receiving,
    stop_reading,
    close_going_away,
    close_policy,
    close_internal_error,
    unauthorized,
    forbidden,
    service_unavailable,
    wrong_host,
    expired,
    not_yet_valid,
    unknown_authority,
    self_signed,
    no_address,
    old_tls,
    client_certificate,
    late_action,
};

/// One row of `fault_table`.
struct FaultInfo {
    Fault fault;              ///< which one
    std::string_view name;    ///< on the command line
    std::string_view summary; ///< one line for the help and the reference
    bool needs_tls = false;   ///< whether it can only be shown by a server with TLS
};

/// All faults, in the order of the enum. Requests are acted on unless the summary says otherwise.
inline constexpr std::array fault_table{
    FaultInfo{Fault::none, "none", "answer as the specification says"},
    FaultInfo{Fault::no_answer, "no-answer", "act on the request, but never answer"},
    FaultInfo{Fault::late_answer, "late-answer", "hold the answer back for a while"},
    FaultInfo{Fault::answer_twice, "answer-twice", "send the same answer twice"},
    FaultInfo{Fault::success_false, "success-false",
              "refuse: answer success false, or an error where there is no success, and do not act on the request"},
    FaultInfo{Fault::missing_success, "missing-success", "answer with an empty response, without success"},
    FaultInfo{Fault::success_string, "success-string", "answer with the text \"true\" for success"},
    FaultInfo{Fault::wrong_case, "wrong-case", "answer truly, but with names in another letter case"},
    FaultInfo{Fault::other_subscriber, "other-subscriber", "send the refusal of another call first, then the answer"},
    FaultInfo{Fault::garbage, "garbage", "send a text that is no JSON instead of the answer"},
    FaultInfo{Fault::truncated_json, "truncated-json", "send the first half of the answer as a whole message"},
    FaultInfo{Fault::huge_message, "huge-message", "send a text of 10 MB instead of the answer"},
    FaultInfo{Fault::oversized_answer, "oversized-answer", "answer truly, with 10 MB of space before the end"},
    FaultInfo{Fault::binary_frame, "binary-frame", "send the answer as a binary message"},
    FaultInfo{Fault::fragments, "fragments", "send the answer in many small frames"},
    FaultInfo{Fault::drop_before_answer, "drop-before-answer", "act on the request, then reset the connection"},
    FaultInfo{Fault::drop_while_receiving, "drop-while-receiving",
              "reset the connection at the first bytes of a request, and do not act on it"},
    FaultInfo{Fault::stop_reading, "stop-reading", "read nothing after the upgrade, not even pings"},
    FaultInfo{Fault::close_going_away, "close-going-away", "send a close frame 1001 instead of the answer"},
    FaultInfo{Fault::close_policy, "close-policy", "send a close frame 1008 instead of the answer"},
    FaultInfo{Fault::close_internal_error, "close-internal-error", "send a close frame 1011 instead of the answer"},
    FaultInfo{Fault::unauthorized, "unauthorized", "refuse the upgrade with 401"},
    FaultInfo{Fault::forbidden, "forbidden", "refuse the upgrade with 403"},
    FaultInfo{Fault::service_unavailable, "service-unavailable", "refuse the upgrade with 503 and Retry-After"},
    FaultInfo{Fault::wrong_host, "wrong-host", "show a certificate for another host", true},
    FaultInfo{Fault::expired, "expired", "show a certificate that has expired", true},
    FaultInfo{Fault::not_yet_valid, "not-yet-valid", "show a certificate that is not valid yet", true},
    FaultInfo{Fault::unknown_authority, "unknown-authority",
              "show a certificate of another authority than the client was given", true},
    FaultInfo{Fault::self_signed, "self-signed", "show a certificate that no authority has signed", true},
    FaultInfo{Fault::no_address, "no-address", "show a certificate for localhost, but not for its IP address", true},
    FaultInfo{Fault::old_tls, "old-tls", "offer TLS 1.0 and 1.1 only", true},
    FaultInfo{Fault::client_certificate, "client-certificate", "demand a certificate of the client", true},
    FaultInfo{Fault::late_action, "late-action",
              "hold the request back for a while, and act on it then, also if its connection is gone"},
};

/// The row of `fault`.
[[nodiscard]] constexpr const FaultInfo& info(Fault fault) noexcept {
    return fault_table[static_cast<std::size_t>(fault)];
}

/// The fault called `name` in the table; nothing if there is none.
[[nodiscard]] constexpr std::optional<Fault> find_fault(std::string_view name) noexcept {
    for (const FaultInfo& row : fault_table)
        if (row.name == name) return row.fault;
    return std::nullopt;
}

/// Whether a whole connection has it, from its beginning on, so that it cannot be confined to one request.
[[nodiscard]] constexpr bool is_of_connection(Fault fault) noexcept {
    switch (fault) {
    case Fault::stop_reading:
    case Fault::unauthorized:
    case Fault::forbidden:
    case Fault::service_unavailable: return true;
    default: return info(fault).needs_tls;
    }
}

namespace detail {

constexpr bool in_order_of_the_enum() noexcept {
    for (std::size_t i = 0; i < fault_table.size(); ++i)
        if (static_cast<std::size_t>(fault_table[i].fault) != i) return false;
    return fault_table.back().fault == Fault::late_action;
}
static_assert(in_order_of_the_enum(), "info() needs one row for each fault, in the order of the enum");

} // namespace detail

} // namespace lcm::testing

#endif
