// SPDX-License-Identifier: BSL-1.0
// A client and an outbox that work until nothing more can be done, and print how each entry ends.
#ifndef LCM_COMMAND_OUTBOX_SESSION_HPP
#define LCM_COMMAND_OUTBOX_SESSION_HPP

#include "connection.hpp"
#include "lifetime.hpp"
#include "outbox_flags.hpp"
#include "status.hpp"
#include "totals.hpp"

#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace lcm_command {

struct CommandClient;
struct CommandOutbox;

/// What becomes of entries that are unknown.
struct DoubtRule {
    lcm::DoubtDecision decision = lcm::DoubtDecision::ask;
    std::chrono::seconds settle_time = std::chrono::minutes(5);
};

/// All of it happens on the thread that runs it, but for the network and the disk.
class OutboxSession {
public:
    using Entries = std::vector<lcm::OutboxEntry>;

    /// Ends at a signal, and after `time` if there is one. Throws `UsageError` if there can be no such client, and
    /// `boost::system::system_error` if the file cannot be an outbox's.
    OutboxSession(const ConnectionFlags& connection, const OutboxFlags& flags, lcm::OutboxSeal seal, DoubtRule rule,
                  std::optional<std::chrono::milliseconds> time);
    OutboxSession(const OutboxSession&) = delete;
    OutboxSession& operator=(const OutboxSession&) = delete;
    ~OutboxSession();

    [[nodiscard]] CommandOutbox& outbox() noexcept { return *outbox_; }

    /// Called after each ending that was printed.
    std::function<void(const lcm::EntryEnding&)> on_ending{};

    /// Runs until `is_done` says so twice of the entries that have not ended: what has ended between is told then. Returns
    /// those that are left.
    Entries run(std::function<bool(const Entries&)> is_done);

    [[nodiscard]] const Totals& totals() const noexcept { return totals_; }

private:
    lcm::OutboxConfig make_config(const OutboxFlags& flags, lcm::OutboxSeal seal, DoubtRule rule);
    void look();
    void print(const lcm::EntryEnding& ending);

    Lifetime lifetime_; // outlives the outbox and the client, whose hooks run on its loop
    boost::asio::steady_timer timer_{lifetime_.loop()};
    Totals totals_;
    std::function<bool(const Entries&)> is_done_{};
    bool was_done_ = false;
    std::shared_ptr<CommandClient> client_;
    std::unique_ptr<CommandOutbox> outbox_;
};

} // namespace lcm_command

#endif
