// SPDX-License-Identifier: BSL-1.0
// How the command ends: its exit status, and the exception for wrong usage.
#ifndef LCM_COMMAND_STATUS_HPP
#define LCM_COMMAND_STATUS_HPP

#include <lcm_client/result.hpp>

#include <stdexcept>

namespace lcm_command {

/// The exit statuses; scripts rely on the numbers.
enum Status : int {
    status_accepted = 0,
    status_failed = 1, // the command itself could not do its work, for instance listen on a port
    status_wrong_usage = 2,
    status_refused = 3,
    status_not_sent = 4,
    status_unknown = 5,
    status_kept = 6, // in an outbox, and not sent yet
};

constexpr Status status_of(lcm::Delivery ending) noexcept {
    switch (ending) {
    case lcm::Delivery::accepted: return status_accepted;
    case lcm::Delivery::refused: return status_refused;
    case lcm::Delivery::not_sent: return status_not_sent;
    case lcm::Delivery::unknown: return status_unknown;
    }
    return status_unknown;
}

inline constexpr auto explain_statuses =
    "Exit status: 0 accepted, 3 refused, 4 not sent, 5 unknown, 2 wrong usage, 1 any other failure.\n"
    "With --count, and with batch, the highest that one of the requests would have.";

/// The command line cannot be carried out. The text names the flag and never repeats its value, which can be personal.
class UsageError : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

} // namespace lcm_command

#endif
