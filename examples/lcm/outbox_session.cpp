// SPDX-License-Identifier: BSL-1.0
// A client and an outbox that work until nothing more can be done.
#include "outbox_session.hpp"

#include "client.hpp"
#include "command_outbox.hpp"
#include "outbox_report.hpp"
#include "report.hpp"
#include "system_text.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <utility>

namespace lcm_command {

namespace {

constexpr std::chrono::steady_clock::duration look_interval = std::chrono::milliseconds(50);

} // namespace

OutboxSession::OutboxSession(const ConnectionFlags& connection, const OutboxFlags& flags, lcm::OutboxSeal seal,
                             DoubtRule rule, std::optional<std::chrono::milliseconds> time)
    : lifetime_(time),
      client_(
          make_client({.hooks_executor = lifetime_.loop().get_executor(),
                       .on_state = [](const lcm::LinkStatus& link) { std::cerr << "lcm: " << describe(link) << '\n'; }},
                      connection)),
      outbox_(new CommandOutbox{{client_->client, make_config(flags, std::move(seal), rule)}}) {}

OutboxSession::~OutboxSession() = default;

lcm::OutboxConfig OutboxSession::make_config(const OutboxFlags& flags, lcm::OutboxSeal seal, DoubtRule rule) {
    lcm::OutboxConfig config{.file = file_path(flags.file),
                             .seal = std::move(seal),
                             .plain_text_on_disk = flags.key_env.empty(),
                             .settle_time = rule.settle_time,
                             .hooks_executor = lifetime_.loop().get_executor(),
                             .on_ended = [this](const lcm::EntryEnding& ending) { print(ending); }};
    config.on_problem = [](const lcm::OutboxProblem& problem) {
        std::cerr << "lcm: " << describe(problem.code);
        if (problem.id != 0) std::cerr << "; entry " << problem.id;
        std::cerr << (problem.detail.empty() ? "" : "; ") << problem.detail << '\n';
    };
    if (rule.decision != lcm::DoubtDecision::ask)
        config.on_doubt = [decision = rule.decision](const lcm::OutboxDoubt&) { return decision; };
    return config;
}

void OutboxSession::print(const lcm::EntryEnding& ending) {
    print_report(lcm_command::report(ending));
    totals_.add(ending.delivery);
    if (on_ending) on_ending(ending);
}

OutboxSession::Entries OutboxSession::run(std::function<bool(const Entries&)> is_done) {
    is_done_ = std::move(is_done);
    look();
    lifetime_.wait();
    return outbox_->outbox.entries().get();
}

void OutboxSession::look() {
    const auto begin = std::chrono::steady_clock::now();
    const bool is_done = is_done_(outbox_->outbox.entries().get());
    if (is_done && was_done_) return lifetime_.loop().stop();
    was_done_ = is_done;
    // All entries are read for it, so of many it is made less often: most of the time is for sending them.
    timer_.expires_after((std::max)(look_interval, 10 * (std::chrono::steady_clock::now() - begin)));
    timer_.async_wait([this](const auto& problem) {
        if (!problem) look();
    });
}

} // namespace lcm_command
