// SPDX-License-Identifier: BSL-1.0
// For tests: how a simulator behaves.
#ifndef LCM_CLIENT_TESTING_SIMULATOR_OPTIONS_HPP
#define LCM_CLIENT_TESTING_SIMULATOR_OPTIONS_HPP

#include <lcm_client/testing/fault_plan.hpp>
#include <lcm_client/testing/faults.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// The faults that one request can have while others have none. Left out are those of a whole connection, 10 MB for
/// one answer, the close frame after which a client need not come back, and what is done when nobody expects it.
inline constexpr std::array request_faults{
    Fault::no_answer,        Fault::late_answer,          Fault::answer_twice,       Fault::success_false,
    Fault::missing_success,  Fault::success_string,       Fault::wrong_case,         Fault::other_subscriber,
    Fault::garbage,          Fault::truncated_json,       Fault::binary_frame,       Fault::fragments,
    Fault::close_going_away, Fault::close_internal_error, Fault::drop_before_answer, Fault::drop_while_receiving,
};

/// Faults at random, for a soak. What each request gets depends on the seed and on how many came before it, nothing
/// else.
struct Chaos {
    double rate = 0;        ///< the share of requests that get a fault, from 0 to 1; the others get `set_fault()`'s
    std::uint64_t seed = 0; ///< the same one gives the same faults again
    /// Out of `request_faults`, not empty; each is as likely as the others.
    std::vector<Fault> faults{request_faults.begin(), request_faults.end()};
};

/// How a simulator behaves; each member has a good default.
struct SimulatorOptions {
    std::uint16_t port = 0; ///< on 127.0.0.1; 0 is any free one
    bool tls = false;       ///< wss, with a certificate of a fresh authority
    /// The certificates (PEM) of who issues the clients' certificates. If not empty, each client has to show one of
    /// theirs, or its TLS fails; without `tls`, or if it cannot be read, the constructor throws `std::invalid_argument`.
    std::string client_authority_pem{};
    Fault fault = Fault::none;           ///< from the start; see `Simulator::set_fault()`
    FaultScope fault_scope{};            ///< which requests have `fault`; all, unless it says otherwise
    Chaos chaos{};                       ///< the constructor throws `std::invalid_argument` for bad values
    std::set<std::string> known_calls{}; ///< if empty, every call whose id does not begin with "unknown" is known
    std::chrono::milliseconds late_by{
        15'000};            ///< how long `Fault::late_answer` holds an answer back, and `Fault::late_action` a request
    StoreOptions store{};   ///< what `GetStoredData` shows; each connection comes to the next node
    bool broadcasts = true; ///< whether all other connections are told of an outcome that was set

    /// Called on the simulator's thread with one line for each event: connections, requests with subtopic, call and
    /// verdict. Holds no personal data. Must not throw, and must not destroy the simulator.
    std::function<void(const std::string& line)> on_log{};

    /// Called on the simulator's thread with each request that it acts on, before the first byte of an answer leaves:
    /// what this has not seen, no client has been told. Must not throw, and must not destroy the simulator.
    std::function<void(const Handled& handled)> on_acted{};
};

} // namespace lcm::testing

#endif
