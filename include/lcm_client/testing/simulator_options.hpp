// SPDX-License-Identifier: BSL-1.0
// For tests: how a simulator behaves.
#ifndef LCM_CLIENT_TESTING_SIMULATOR_OPTIONS_HPP
#define LCM_CLIENT_TESTING_SIMULATOR_OPTIONS_HPP

#include <lcm_client/testing/faults.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

namespace lcm::testing {

/// How a simulator behaves; each member has a good default.
struct SimulatorOptions {
    std::uint16_t port = 0;                    ///< on 127.0.0.1; 0 is any free one
    bool tls = false;                          ///< wss, with a certificate of a fresh authority
    Fault fault = Fault::none;                 ///< from the start; see `Simulator::set_fault()`
    std::set<std::string> known_calls{};       ///< if empty, every call whose id does not begin with "unknown" is known
    std::chrono::milliseconds late_by{15'000}; ///< how long `Fault::late_answer` holds an answer back

    /// Called on the simulator's thread with one line for each event: connections, requests with subtopic, call and
    /// verdict. Holds no personal data. Must not throw, and must not destroy the simulator.
    std::function<void(const std::string& line)> on_log{};
};

} // namespace lcm::testing

#endif
