// SPDX-License-Identifier: BSL-1.0
// The lines that `lcm sim` reads while it runs: a line is read as a command line is, so that its flags are the same.
#include "sim_control.hpp"

#include "command_line.hpp"
#include "duration.hpp"
#include "sim_fault.hpp"
#include "status.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <string>

namespace lcm_command {

namespace {

// What is wrong with a line can repeat a part of it.
std::string printable(std::string text) {
    static constexpr std::size_t longest = 300;
    if (text.size() > longest) text = text.substr(0, longest) + "...";
    for (char& c : text)
        if (c < ' ' || c > '~') c = '?';
    return text;
}

class SimLine {
public:
    SimLine(lcm::testing::Simulator& simulator, const std::function<void()>& quit)
        : simulator_(simulator), quit_(quit) {
        app_.set_help_flag();
        app_.require_subcommand(1);
        app_.allow_windows_style_options(false); // as on the command line
        add_fault();
        add_late();
        app_.add_subcommand("drop")->callback([this] { drop(); });
        app_.add_subcommand("quit")->callback([this] { end(); });
    }

    std::string run(const std::string& line) {
        try {
            app_.parse(line);
        } catch (const CLI::ParseError& problem) {
            throw UsageError(refer(lcm_command::describe(problem, app_), "lcm sim --help"));
        }
        return answer_;
    }

private:
    void add_fault() {
        auto* const command = app_.add_subcommand("fault");
        command->set_help_flag();
        command->add_option_function<std::string>("NAME", [this](const auto& name) { fault_.fault = read_fault(name); })
            ->required();
        add_scope_flags(*command, fault_);
        command->callback([this] { set_fault(); });
    }

    void add_late() {
        auto* const command = app_.add_subcommand("late");
        command->set_help_flag();
        command
            ->add_option_function<std::string>("SECONDS",
                                               [this](const auto& text) { late_by_ = read_duration("late", text); })
            ->required();
        command->callback([this] { set_late_by(); });
    }

    void set_fault() {
        check(fault_, simulator_.url().starts_with("wss:"));
        simulator_.set_fault(fault_.fault, fault_.scope);
        answer_ = "fault: " + lcm_command::describe(fault_);
    }

    void set_late_by() {
        simulator_.set_late_by(late_by_);
        answer_ = "late-answer and late-action hold back for " + std::to_string(late_by_.count()) + " ms";
    }

    void drop() {
        simulator_.drop_all();
        answer_ = "dropping all connections";
    }

    void end() {
        quit_();
        answer_ = "ending";
    }

    lcm::testing::Simulator& simulator_;
    const std::function<void()>& quit_;
    CLI::App app_{"", "sim"};
    SimFault fault_;
    std::chrono::milliseconds late_by_{0};
    std::string answer_;
};

} // namespace

std::string obey(const std::string& line, lcm::testing::Simulator& simulator, const std::function<void()>& quit) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) return {};
    try {
        return SimLine(simulator, quit).run(line);
    } catch (const std::exception& problem) {
        return "not understood: " + printable(problem.what());
    }
}

} // namespace lcm_command
