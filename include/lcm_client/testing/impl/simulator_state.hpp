// SPDX-License-Identifier: BSL-1.0
// What all connections of a simulator share.
#ifndef LCM_CLIENT_TESTING_IMPL_SIMULATOR_STATE_HPP
#define LCM_CLIENT_TESTING_IMPL_SIMULATOR_STATE_HPP

#include <lcm_client/testing/fault_plan.hpp>
#include <lcm_client/testing/faults.hpp>
#include <lcm_client/testing/impl/fault_draw.hpp>
#include <lcm_client/testing/impl/simulator_ledger.hpp>
#include <lcm_client/testing/simulated_server.hpp>
#include <lcm_client/testing/simulator_options.hpp>

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

/// The ledger, the faults and their times may be used from any thread, the other functions and the server on the
/// simulator's; the options do not change.
struct SimulatorState {
    explicit SimulatorState(SimulatorOptions given)
        : options(std::move(given)), server(options.known_calls, options.store), fault_draw(options.chaos),
          late_by(options.late_by) {
        set_fault(options.fault, options.fault_scope);
    }

    void set_fault(Fault next, FaultScope scope) {
        const bool is_for_all = scope.is_everything();
        FaultPlan next_plan = is_for_all ? FaultPlan() : FaultPlan(next, std::move(scope));
        const std::lock_guard lock(plan_mutex);
        plan = std::move(next_plan);
        fault = is_for_all ? next : Fault::none;
    }

    /// What the next request shall suffer, as far as it is known before the request is.
    Fault draw_fault() { return fault_draw.draw(fault); }

    /// Under `drawn`; if that is none, under the fault that is confined to such requests.
    Handled handle(std::string_view text, Fault drawn, std::size_t node) {
        if (drawn != Fault::none) return server.handle(text, drawn, node);
        const std::lock_guard lock(plan_mutex);
        return server.handle(text, plan, node);
    }

    /// The node that the next connection comes to.
    std::size_t take_node() { return next_node++ % options.store.nodes; }

    /// To be called before the request is answered.
    void record(std::string_view text, const Handled& handled) {
        if (handled.acted_on && options.on_acted) options.on_acted(handled);
        ledger.add_request(text, handled);
    }

    /// The same for one that was held back, and recorded as that.
    void record_late(const Handled& handled) {
        if (!handled.acted_on) return;
        if (options.on_acted) options.on_acted(handled);
        ledger.add_action(handled);
    }

    void write_log(const std::string& line) const {
        if (options.on_log) options.on_log(line);
    }

    const SimulatorOptions options;
    SimulatedServer server;
    std::size_t next_node = 0;
    std::set<std::shared_ptr<boost::asio::steady_timer>> held_requests; // each until it is acted on
    std::atomic<Fault> fault{Fault::none}; // for all connections and requests; the plan is for some
    FaultDraw fault_draw;
    std::atomic<std::chrono::milliseconds> late_by;
    SimulatorLedger ledger;
    std::mutex plan_mutex;
    FaultPlan plan;
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
