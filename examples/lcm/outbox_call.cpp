// SPDX-License-Identifier: BSL-1.0
// `lcm call --outbox FILE`: keeps the request on disk before it is sent.
#include "outbox_call.hpp"

#include "outbox_report.hpp"
#include "outbox_session.hpp"
#include "report.hpp"

#include <lcm_client/result.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <iostream>
#include <optional>

namespace lcm_command {

namespace {

const lcm::OutboxEntry* find(const OutboxSession::Entries& entries, lcm::EntryId id) {
    const auto at = std::find_if(entries.begin(), entries.end(), [id](const auto& entry) { return entry.id == id; });
    return at == entries.end() ? nullptr : &*at;
}

Status report_kept(const lcm::OutboxEntry& entry, const std::string& file) {
    print_report(report(entry));
    const Status status = status_of(entry);
    std::cerr << "lcm: it is kept in " << file
              << (status == status_kept
                      ? " and has not left; lcm outbox send sends it\n"
                      : ", since nobody knows whether it was carried out; see lcm outbox send --help\n");
    return status;
}

} // namespace

void add_outbox_flags(CLI::App& command, OutboxFlags& flags) {
    auto* const file =
        command.add_option("--outbox", flags.file,
                           "keep the request in this outbox before it is sent; what cannot be sent by the deadline "
                           "stays there, for lcm outbox send");
    auto* const key = command.add_option("--outbox-key-env", flags.key_env,
                                         "the environment variable with the key that its contents are sealed with: 64 "
                                         "hexadecimal digits");
    auto* const plain =
        command.add_flag("--outbox-plain-text", flags.plain_text, "leave its contents on the disk as they are");
    file->type_name("FILE")->group("Outbox");
    key->type_name("VAR")->needs(file)->group("Outbox");
    plain->needs(file)->excludes(key)->group("Outbox");
}

Status call_through_outbox(const AnyRequest& request, const ConnectionFlags& connection, const OutboxFlags& flags) {
    if (flags.key_env.empty() && !flags.plain_text)
        throw UsageError(
            "--outbox: give --outbox-key-env, or --outbox-plain-text if names, numbers and comments may lie "
            "on the disk as they are");
    OutboxSession session(connection, flags, make_seal("--outbox-key-env", flags.key_env), {}, std::nullopt);
    const auto end = std::chrono::steady_clock::now() + connection.deadline;
    std::optional<lcm::EntryId> id;
    std::optional<Status> status;
    session.on_ending = [&](const lcm::EntryEnding& ending) {
        if (ending.id != id) return; // of an earlier command
        status = status_of(ending.delivery);
        if (ending.error && status != status_accepted) std::cerr << "lcm: " << ending.error->message() << '\n';
    };
    try {
        id = request.keep(session.outbox()).get();
    } catch (const lcm::LcmError& problem) {
        const lcm::Error& error = problem.error();
        print_report(report(request.subtopic(), request.callid(), {error.delivery, {}, error}, {}));
        std::cerr << "lcm: " << error.message() << '\n';
        return status_of(error.delivery);
    }
    const auto left = session.run([&](const OutboxSession::Entries& entries) {
        if (status) return true;
        const lcm::OutboxEntry* const entry = find(entries, *id);
        if (entry == nullptr) return false; // its ending is about to be told
        if (entry->state == lcm::EntryState::unknown) return true;
        return entry->state == lcm::EntryState::waiting && std::chrono::steady_clock::now() >= end;
    });
    if (status) return *status;
    const lcm::OutboxEntry* const entry = find(left, *id);
    return entry == nullptr ? status_unknown : report_kept(*entry, flags.file);
}

} // namespace lcm_command
