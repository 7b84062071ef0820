// SPDX-License-Identifier: BSL-1.0
// For tests: a real WebSocket server on the loopback address that answers like the specification says, and misbehaves
// on demand.
#ifndef LCM_CLIENT_TESTING_SIMULATOR_HPP
#define LCM_CLIENT_TESTING_SIMULATOR_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/impl/home_process.hpp>
#include <lcm_client/testing/fault_plan.hpp>
#include <lcm_client/testing/faults.hpp>
#include <lcm_client/testing/simulator_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// A WebSocket server for the tests of an application. It listens on 127.0.0.1 only and runs on a thread of its own.
///
///     lcm::testing::Simulator simulator;
///     auto transport = lcm::websocket({.url = simulator.url()}); // for the client under test
///
/// What it answers is told at `SimulatedServer`, how it misbehaves in `fault_table`. Once an outcome is set, it sends
/// `OutcomeSetForCall` to all other connections, unless `SimulatorOptions::broadcasts` is false. Its world lasts as long
/// as it does.
///
/// @par Thread safety
/// Every function may be called from any thread; none waits for a client, save those that say so.
///
/// @par Limits
/// Messages up to 1 MiB, 64 MiB waiting to be sent to one client (who is dropped beyond), 10 s for the TLS
/// handshake and the upgrade, a minute without any sign of life. `requests()` and `acted_on()` keep the last 64 MiB.
class Simulator {
public:
    /// Listens when it returns. Throws `std::runtime_error` if it cannot listen, and `std::invalid_argument` if
    /// `fault` or `client_authority_pem` needs TLS and `tls` is false, if `client_authority_pem` cannot be read, or as
    /// `set_fault()` does.
    explicit Simulator(SimulatorOptions options = {});

    /// Drops every client, without a close frame, and joins the thread.
    ~Simulator();

    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;

    /// "ws://127.0.0.1:PORT/" or "wss://127.0.0.1:PORT/". The certificate is also valid for "localhost".
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::uint16_t port() const noexcept; ///< where it listens, also if it chose it itself

    /// The certificate of the authority that a client has to trust.
    [[nodiscard]] std::string authority_pem() const;
    /// Writes `authority_pem()` to the file `path`. Throws `std::runtime_error` if it cannot.
    void write_authority(const std::filesystem::path& path) const;

    /// Changes the misbehaviour, for connections that begin and requests that arrive from now on. A connection that is
    /// open already notices `Fault::stop_reading` at its next message, which stays unread, and never reads again.
    /// `scope` confines it to some requests; all others are answered truly. It replaces the fault that was set before,
    /// and the count of `FaultScope::nth` begins anew.
    /// Throws `std::invalid_argument` if `fault` needs TLS and the simulator has none, if the scope names an operation
    /// that there is not, or if it narrows a fault that a whole connection has (`is_of_connection()`).
    void set_fault(Fault fault, FaultScope scope = {});
    /// How long `Fault::late_answer` holds back the answers to the requests that arrive from now on, and
    /// `Fault::late_action` these requests.
    void set_late_by(std::chrono::milliseconds time);
    /// Sends the answers that `Fault::late_answer` holds back at this moment, and acts on the requests that
    /// `Fault::late_action` does.
    void release_answers();
    /// Sends `text` to each client that is connected now, as an event.
    void send_to_all(std::string text);
    /// Resets the connection of each client that is connected now, without a close frame.
    void drop_all();

    /// Waits until there have been `count` connections in all, counted after the upgrade. False after `at_most`.
    [[nodiscard]] bool wait_for_connections(std::size_t count, std::chrono::milliseconds at_most) const;
    /// How many connections there have been in all.
    [[nodiscard]] std::size_t connections() const;
    /// How many TLS handshakes have resumed the session of a connection before; 0 without TLS. A fault that needs TLS
    /// ends what was resumable when it begins and when it ends.
    [[nodiscard]] std::size_t resumed_sessions() const;

    /// Waits until `count` messages have been received in all. False after `at_most`.
    [[nodiscard]] bool wait_for_requests(std::size_t count, std::chrono::milliseconds at_most) const;
    /// The messages as they were received, oldest first.
    [[nodiscard]] std::vector<std::string> requests() const;
    /// The call of each request that it acted on, oldest first: a call that stands here twice was set twice. Empty for
    /// a request that names no call.
    [[nodiscard]] std::vector<std::string> acted_on() const;

private:
    class Impl;
    lcm::detail::HomeProcess home_;
    std::unique_ptr<Impl> impl_;
};

} // namespace lcm::testing

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/testing/impl/simulator.ipp>
#endif

#endif
