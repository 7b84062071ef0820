// SPDX-License-Identifier: BSL-1.0
// For tests: what the simulated server makes of one message, without sockets: a text comes in, texts go out.
#ifndef LCM_CLIENT_TESTING_SIMULATED_SERVER_HPP
#define LCM_CLIENT_TESTING_SIMULATED_SERVER_HPP

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/protocol/packet.hpp>
#include <lcm_client/testing/fault_plan.hpp>
#include <lcm_client/testing/faults.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// What became of one message.
struct Handled {
    std::string subtopic{};    ///< of the request, as it came; empty if the message is no request
    std::string callid{};      ///< the request's call; empty if it names none
    bool acted_on = false;     ///< whether a request that is no mere read was carried out, whatever the replies say
    std::string verdict{};     ///< for a log: "accepted", or why not; holds no personal data
    Fault fault = Fault::none; ///< the one that the request got
    std::vector<std::string> replies{}; ///< the texts to send back, in order; none if there is no answer
    std::vector<std::string> events{};  ///< the messages that all other connections are sent
    std::optional<Packet> packet{};     ///< the packet that the message came in; `replies` are in packets then, too
};

/// What `GetStoredData` shows of the last request for a call.
enum class StoredFields {
    published, ///< those that the interface's page has: neither `CallOutcome` nor `OutcomeId` nor `LeadScore`
    all,       ///< every field of the request
    none,      ///< that there was none, since nothing is kept
};

/// How the server keeps the last request for each call, which is what evidence of unknown requests comes from.
struct StoreOptions {
    StoredFields shows = StoredFields::published; ///< what is shown of a request
    bool keeps_refused = false; ///< whether a request that is refused with `success: false` is kept as well
    std::size_t nodes = 1;      ///< each has a store of its own; a connection comes to the next one in turn; not 0
};

/// Answers each operation of the library from a small world in memory: one campaign, its outcomes and modes, contacts
/// with business fields, callbacks, a list of Do Not Call, contacts to dial by hand. What was set can be read back:
/// callbacks are listed and overlap, numbers and fields of a contact change, what was fetched is reserved, and
/// `GetStoredData` tells the last request that set something for a call. Once an outcome is set, `events` tells it.
///
/// Replies have the form of the interface's samples. An empty or unknown call gets a `WS_Error`, where the operation
/// needs one. A request with a field that is missing, empty though mandatory, or of another type is refused with a
/// `WS_Error` that names the field. What is no request of a known operation gets no answer.
///
/// The world keeps the last 256 of each kind, and 64 calls; a request to change it has at most 16 KiB.
///
/// @par Thread safety
/// Distinct objects may be used from several threads.
class SimulatedServer {
public:
    /// Knows `known_calls` and no other call. If there are none, it knows every call whose id does not begin with
    /// "unknown".
    explicit SimulatedServer(std::set<std::string> known_calls = {}, StoreOptions store = {});
    ~SimulatedServer();

    SimulatedServer(const SimulatedServer&) = delete;
    SimulatedServer& operator=(const SimulatedServer&) = delete;

    /// What becomes of the message `text`. Of the faults, those that change the texts of an answer show here, and
    /// `drop_while_receiving` and `late_action`, under which it is not carried out; those of time, frames and connections
    /// are the simulator's. `node` is the one that it comes to, below `StoreOptions::nodes`.
    [[nodiscard]] Handled handle(std::string_view text, Fault fault = Fault::none, std::size_t node = 0);

    /// What becomes of the message `text` under the fault that `plan` has for it, which `Handled::fault` tells. What
    /// names no operation does not count.
    [[nodiscard]] Handled handle(std::string_view text, FaultPlan& plan, std::size_t node = 0);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace lcm::testing

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/testing/impl/simulated_server.ipp>
#endif

#endif
