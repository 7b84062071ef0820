// SPDX-License-Identifier: BSL-1.0
// `lcm sim`: a server on the loopback address that answers as the specification says, and misbehaves on request.
#include "commands.hpp"
#include "duration.hpp"
#include "ledger_file.hpp"
#include "lifetime.hpp"
#include "sim_control.hpp"
#include "sim_fault.hpp"
#include "standard_input.hpp"
#include "status.hpp"
#include "system_text.hpp"
#include "whole_number.hpp"

#include <lcm_client/protocol/number.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace lcm_command {

namespace {

struct SimFlags {
    std::uint16_t port = 0;
    bool tls = false;
    SimFault fault{};
    lcm::testing::Chaos chaos{};
    std::string ledger{};
    std::string ca_out{};
    std::string client_ca{};
    std::optional<std::chrono::milliseconds> lifetime{};
    bool no_broadcasts = false;
    lcm::testing::StoreOptions store{};
    bool list_faults = false;
};

void list_faults() {
    for (const lcm::testing::FaultInfo& row : lcm::testing::fault_table)
        std::cout << std::left << std::setw(22) << row.name << row.summary << (row.needs_tls ? " (with --tls)" : "")
                  << '\n';
}

double read_rate(const std::string& text) {
    const auto number = lcm::Number::parse(text);
    const double rate = number ? number->to_double() : -1;
    if (!(rate >= 0 && rate <= 1)) throw UsageError("--chaos: must be a share of the requests from 0 to 1, as 0.05");
    return rate;
}

lcm::testing::StoredFields read_stored_fields(const std::string& text) {
    using lcm::testing::StoredFields;
    if (text == "published") return StoredFields::published;
    if (text == "all") return StoredFields::all;
    if (text == "none") return StoredFields::none;
    throw UsageError("--stored-data: must be published, all or none");
}

// What is written down before each answer. When it cannot be, the simulator ends here and now: an answer that the
// ledger does not know of would make it lie.
std::function<void(const lcm::testing::Handled&)> write_ledger(const std::string& path) {
    if (path.empty()) return {};
    return [file = std::make_shared<LedgerFile>(path)](const lcm::testing::Handled& handled) {
        try {
            file->add(handled);
        } catch (const std::exception& problem) {
            std::cerr << "lcm: " << problem.what() << std::endl;
            std::_Exit(status_failed);
        }
    };
}

// The text of the file; empty without a name.
std::string read_client_authority(const SimFlags& flags) {
    if (flags.client_ca.empty()) return {};
    if (!flags.tls) throw UsageError("--client-ca: this one needs --tls");
    std::ifstream file(file_path(flags.client_ca), std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file || text.empty()) throw UsageError("--client-ca: cannot read " + flags.client_ca);
    return text;
}

Status simulate(const SimFlags& flags) {
    if (flags.list_faults) {
        list_faults();
        return status_accepted;
    }
    check(flags.fault, flags.tls);
    if (!flags.ca_out.empty() && !flags.tls) throw UsageError("--ca-out: there is no certificate without --tls");

    const bool has_input = has_standard_input();
    Lifetime lifetime(flags.lifetime);
    std::mutex output;
    const auto print = [&output](const std::string& line) {
        const std::lock_guard lock(output);
        std::cout << line << std::endl;
    };
    std::unique_lock first_line(output); // a client can be there before the URL is printed
    lcm::testing::Simulator simulator({.port = flags.port,
                                       .tls = flags.tls,
                                       .client_authority_pem = read_client_authority(flags),
                                       .fault = flags.fault.fault,
                                       .fault_scope = flags.fault.scope,
                                       .chaos = flags.chaos,
                                       .store = flags.store,
                                       .broadcasts = !flags.no_broadcasts,
                                       .on_log = print,
                                       .on_acted = write_ledger(flags.ledger)});
    if (!flags.ca_out.empty()) simulator.write_authority(file_path(flags.ca_out));
    std::cout << simulator.url() << std::endl;
    first_line.unlock();

    const auto obey_line = [&](const std::string& line) {
        const std::string answer = obey(line, simulator, [&] { lifetime.loop().stop(); });
        if (!answer.empty()) print(answer);
    };
    const auto input = has_input ? std::make_unique<StandardInput>(obey_line) : nullptr;
    lifetime.wait();
    return status_accepted;
}

void add_fault_flags(CLI::App& command, const std::shared_ptr<SimFlags>& flags) {
    static constexpr auto any_seed = (std::numeric_limits<std::uint64_t>::max)();
    auto* const fault = command.add_option_function<std::string>(
        "--fault", [flags](const std::string& name) { flags->fault.fault = read_fault(name); },
        "misbehave in this way; see --list-faults");
    auto* const chaos = command.add_option_function<std::string>(
        "--chaos", [flags](const std::string& text) { flags->chaos.rate = read_rate(text); },
        "misbehave at this share of the requests, 0 to 1, each in a way of its own");
    auto* const seed = command.add_option_function<std::string>(
        "--seed",
        [flags](const std::string& text) { flags->chaos.seed = read_whole_number("--seed", text, 0, any_seed); },
        "the same chaos again, for the same number [0]");
    fault->type_name("FAULT");
    for (CLI::Option* const scope : add_scope_flags(command, flags->fault)) scope->needs(fault);
    chaos->type_name("RATE")->excludes(fault);
    seed->type_name("N")->needs(chaos);
    command.add_flag("--list-faults", flags->list_faults, "print the faults and end");
}

void add_store_flags(CLI::App& command, const std::shared_ptr<SimFlags>& flags) {
    command
        .add_option_function<std::string>(
            "--stored-data", [flags](const std::string& text) { flags->store.shows = read_stored_fields(text); },
            "what GetStoredData shows of a request: published, all or none [published]")
        ->type_name("FIELDS");
    command.add_flag("--keep-refused", flags->store.keeps_refused, "GetStoredData shows refused requests as well");
    command
        .add_option_function<std::string>(
            "--nodes",
            [flags](const std::string& text) {
                flags->store.nodes = static_cast<std::size_t>(read_whole_number("--nodes", text, 1, 64));
            },
            "so many stores for GetStoredData; each connection comes to the next one [1]")
        ->type_name("N");
}

} // namespace

void add_sim(CLI::App& lcm, Status& status) {
    auto* const command = lcm.add_subcommand("sim", "play the server on 127.0.0.1, until SIGINT or SIGTERM");
    command->footer("Prints the URL in the first line, then a line for each connection and each request.\n"
                    "Refuses calls whose id begins with \"unknown\", and accepts all others.\n\n" +
                    std::string(explain_sim_lines));
    const auto flags = std::make_shared<SimFlags>();
    command->add_option("--port", flags->port, "0 is any free one [0]")->check(CLI::Range(0, 65535))->type_name("N");
    command->add_flag("--tls", flags->tls, "wss, with a certificate made at the start");
    command->add_option("--ca-out", flags->ca_out, "write there what a client has to trust, for --ca-file")
        ->type_name("FILE");
    command
        ->add_option("--client-ca", flags->client_ca, "demand a client certificate that one of these (PEM) has issued")
        ->type_name("FILE");
    command->add_option("--ledger", flags->ledger, "append a line of JSON for each request acted on, before its answer")
        ->type_name("FILE");
    command->add_flag("--no-broadcasts", flags->no_broadcasts, "tell the other connections nothing of what was set");
    add_store_flags(*command, flags);
    add_fault_flags(*command, flags);
    command
        ->add_option_function<std::string>(
            "--for", [flags](const std::string& text) { flags->lifetime = read_duration("--for", text); },
            "end after this time")
        ->type_name("SECONDS");
    command->callback([&status, flags] { status = simulate(*flags); });
}

} // namespace lcm_command
