// SPDX-License-Identifier: BSL-1.0
// What all connections of a simulator share.
#ifndef LCM_CLIENT_TESTING_IMPL_SIMULATOR_STATE_HPP
#define LCM_CLIENT_TESTING_IMPL_SIMULATOR_STATE_HPP

#include <lcm_client/testing/faults.hpp>
#include <lcm_client/testing/impl/fault_draw.hpp>
#include <lcm_client/testing/impl/simulator_ledger.hpp>
#include <lcm_client/testing/simulated_server.hpp>
#include <lcm_client/testing/simulator_options.hpp>

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::testing::detail {

/// The ledger and the fault may be used from any thread, the functions and the server on the simulator's; the options
/// do not change.
struct SimulatorState {
    explicit SimulatorState(SimulatorOptions given)
        : options(std::move(given)), server(options.known_calls), fault(options.fault), fault_draw(options.chaos) {}

    /// What the next request shall suffer.
    Fault draw_fault() { return fault_draw.draw(fault); }

    /// To be called before the request is answered.
    void record(std::string_view text, const Handled& handled) {
        if (handled.acted_on && options.on_acted) options.on_acted(handled);
        ledger.add_request(text, handled);
    }

    void write_log(const std::string& line) const {
        if (options.on_log) options.on_log(line);
    }

    const SimulatorOptions options;
    SimulatedServer server;
    std::atomic<Fault> fault;
    FaultDraw fault_draw;
    SimulatorLedger ledger;
};

/// Words from the wire as they may stand in one line of a log: short, and without control characters.
inline std::string printable(std::string_view text) {
    static constexpr std::size_t longest = 64;
    std::string line(text.substr(0, longest));
    for (char& c : line)
        if (c < ' ' || c > '~') c = '?';
    if (text.size() > longest) line += "...";
    return line;
}

} // namespace lcm::testing::detail

#endif
