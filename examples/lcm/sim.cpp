// SPDX-License-Identifier: BSL-1.0
// `lcm sim`: a server on the loopback address that answers as the specification says, and misbehaves on request.
#include "commands.hpp"
#include "duration.hpp"
#include "status.hpp"

#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

namespace lcm_command {

namespace {

struct SimFlags {
    std::uint16_t port = 0;
    bool tls = false;
    lcm::testing::Fault fault = lcm::testing::Fault::none;
    std::string ca_out{};
    std::optional<std::chrono::milliseconds> lifetime{};
    bool list_faults = false;
};

void list_faults() {
    for (const lcm::testing::FaultInfo& row : lcm::testing::fault_table)
        std::cout << std::left << std::setw(22) << row.name << row.summary << (row.needs_tls ? " (with --tls)" : "")
                  << '\n';
}

lcm::testing::Fault read_fault(const std::string& name) {
    const auto fault = lcm::testing::find_fault(name);
    if (!fault) throw UsageError("--fault: there is no such fault; see lcm sim --list-faults");
    return *fault;
}

/// Ends at SIGINT, at SIGTERM, and after a time if there is one.
class Lifetime {
public:
    explicit Lifetime(std::optional<std::chrono::milliseconds> time) {
        signals_.async_wait([this](auto...) { loop_.stop(); });
        if (!time) return;
        timer_.expires_after(*time);
        timer_.async_wait([this](auto...) { loop_.stop(); });
    }

    void wait() { loop_.run(); }

private:
    boost::asio::io_context loop_{1};
    boost::asio::signal_set signals_{loop_, SIGINT, SIGTERM};
    boost::asio::steady_timer timer_{loop_};
};

Status simulate(const SimFlags& flags) {
    if (flags.list_faults) {
        list_faults();
        return status_accepted;
    }
    if (info(flags.fault).needs_tls && !flags.tls) throw UsageError("--fault: this one needs --tls");
    if (!flags.ca_out.empty() && !flags.tls) throw UsageError("--ca-out: there is no certificate without --tls");

    Lifetime lifetime(flags.lifetime);
    std::mutex output;
    const auto print = [&output](const std::string& line) {
        const std::lock_guard lock(output);
        std::cout << line << std::endl;
    };
    std::unique_lock first_line(output); // a client can be there before the URL is printed
    lcm::testing::Simulator simulator({.port = flags.port, .tls = flags.tls, .fault = flags.fault, .on_log = print});
    if (!flags.ca_out.empty()) simulator.write_authority(flags.ca_out);
    std::cout << simulator.url() << std::endl;
    first_line.unlock();
    lifetime.wait();
    return status_accepted;
}

} // namespace

void add_sim(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("sim", "play the server on 127.0.0.1, until SIGINT or SIGTERM");
    command->footer("Prints the URL in the first line, then a line for each connection and each request.\n"
                    "Refuses calls whose id begins with \"unknown\", and accepts all others.");
    const auto flags = std::make_shared<SimFlags>();
    command->add_option("--port", flags->port, "0 is any free one [0]")->check(CLI::Range(0, 65535))->type_name("N");
    command->add_flag("--tls", flags->tls, "wss, with a certificate made at the start");
    command->add_option("--ca-out", flags->ca_out, "write there what a client has to trust, for --ca-file")
        ->type_name("FILE");
    command
        ->add_option_function<std::string>(
            "--fault", [flags](const std::string& name) { flags->fault = read_fault(name); },
            "misbehave in this way; see --list-faults")
        ->type_name("NAME");
    command->add_flag("--list-faults", flags->list_faults, "print the faults and end");
    command
        ->add_option_function<std::string>(
            "--for", [flags](const std::string& text) { flags->lifetime = read_duration("--for", text); },
            "end after this time")
        ->type_name("SECONDS");
    command->callback([&status, flags] { status = simulate(*flags); });
}

} // namespace lcm_command
