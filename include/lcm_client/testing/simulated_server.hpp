// SPDX-License-Identifier: BSL-1.0
// For tests: what the simulated server makes of one message, without sockets: a text comes in, texts go out.
#ifndef LCM_CLIENT_TESTING_SIMULATED_SERVER_HPP
#define LCM_CLIENT_TESTING_SIMULATED_SERVER_HPP

#include <lcm_client/compilation.hpp>
#include <lcm_client/testing/faults.hpp>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::testing {

/// What became of one message.
struct Handled {
    std::string subtopic{};             ///< of the request, as it came; empty if the message is no request
    std::string callid{};               ///< the request's call; empty if it names none
    bool acted_on = false;              ///< whether the outcome is set now, whatever the replies say
    std::string verdict{};              ///< for a log: "accepted", or why not; holds no personal data
    std::vector<std::string> replies{}; ///< the texts to send back, in order; none if there is no answer
};

/// Answers requests as the specification says: the reply of the sample for a known call, a `WS_Error` for an empty or
/// unknown one. A request with a field that is missing, empty though mandatory, or of another type is refused with a
/// `WS_Error` that names the field. What is no request of a known operation gets no answer.
///
/// Distinct objects and one object's const members may be used from several threads.
class SimulatedServer {
public:
    /// Knows `known_calls` and no other call. If there are none, it knows every call whose id does not begin with
    /// "unknown".
    explicit SimulatedServer(std::set<std::string> known_calls = {}) : known_calls_(std::move(known_calls)) {}

    /// What becomes of the message `text`. Of the faults, those that change the texts of an answer show here; those of
    /// time, frames and connections are the simulator's.
    [[nodiscard]] Handled handle(std::string_view text, Fault fault = Fault::none) const;

private:
    [[nodiscard]] bool knows(const std::string& callid) const;

    std::set<std::string> known_calls_;
};

} // namespace lcm::testing

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/testing/impl/simulated_server.ipp>
#endif

#endif
