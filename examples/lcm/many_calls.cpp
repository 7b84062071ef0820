// SPDX-License-Identifier: BSL-1.0
// Many requests over one link.
#include "many_calls.hpp"

#include "connect.hpp"
#include "report.hpp"
#include "whole_number.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

namespace lcm_command {

ManyCalls::ManyCalls(const ConnectionFlags& connection, std::size_t at_once)
    : client_(make_client(make_config(at_once), connection)) {}

lcm::ClientConfig ManyCalls::make_config(std::size_t at_once) {
    lcm::ClientConfig config{.hooks_executor = loop_.get_executor(),
                             .on_state = [this](const lcm::LinkStatus& link) { print_state(link); }};
    // All that may be under way at once finds room, and nothing but the server says how fast it goes.
    config.limits.in_flight = at_once;
    config.limits.queued = at_once;
    config.limits.tombstones = (std::max)(config.limits.tombstones, at_once);
    config.limits.queued_bytes = at_once * config.limits.outbound_message;
    config.limits.backlog_per_second = 1'000'000;
    return config;
}

std::chrono::milliseconds ManyCalls::since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

void ManyCalls::print_state(const lcm::LinkStatus& link) const {
    if (before_print) before_print();
    std::cerr << "lcm: " << describe(link) << '\n';
}

void ManyCalls::print(OrderedJson json, std::uint64_t line, lcm::Delivery ending) {
    if (line != 0) json["line"] = line;
    if (before_print) before_print();
    print_report(json);
    totals_.add(ending);
    if (on_end) on_end();
}

void ManyCalls::stop_if_interrupted() {
    if (is_interrupted() && under_way_ == 0) loop_.stop();
}

void ManyCalls::start(const AnyRequest& request, std::uint64_t line) {
    ++under_way_;
    request.start(*client_, loop_, interrupt_.token(),
                  [this, line, operation = request.subtopic(), callid = request.callid(),
                   start = Clock::now()](const Ending& ending) {
                      print(report(operation, callid, ending, since(start)), line, ending.delivery);
                      --under_way_;
                      stop_if_interrupted();
                  });
}

void ManyCalls::refuse(const std::string& reason, std::uint64_t line) {
    const lcm::Error error{.code = lcm::Errc::invalid_argument, .detail = reason};
    print(report("", "", {error.delivery, {}, error}, {}), line, error.delivery);
}

Status ManyCalls::run(const std::string& things) {
    const auto start = Clock::now();
    loop_.run();
    if (before_print) before_print();
    std::cerr << "lcm: " << totals_.count() << ' ' << things << " in " << since(start).count()
              << " ms: " << totals_.to_string() << '\n';
    if (!is_interrupted()) return totals_.worst();
    std::cerr << "lcm: interrupted; what has no line was not sent\n";
    return (std::max)(totals_.worst(), status_not_sent);
}

CLI::Option* add_concurrency_flag(CLI::App& command, std::size_t& at_once) {
    static constexpr std::uint64_t most = 10'000;
    auto* const flag = command.add_option_function<std::string>(
        "--concurrency",
        [&at_once](const std::string& text) {
            at_once = static_cast<std::size_t>(read_whole_number("--concurrency", text, 1, most));
        },
        "at most so many of them at once [64]");
    flag->type_name("N")->group("Many requests");
    return flag;
}

} // namespace lcm_command
