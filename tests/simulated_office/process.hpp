// SPDX-License-Identifier: BSL-1.0
// One process of a desktop: the loops of its threads, the client and the outbox.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_PROCESS_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_PROCESS_HPP

#include <simulated_office/ledger.hpp>

#include <lcm_client/client.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/outbox_engine.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>

namespace lcm::tests::simulated {

/// The loops of a process, each of which would be a thread. Which of them runs next is left to chance.
struct Loops {
    boost::asio::io_context client, outbox, window;
    std::array<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>, 3> work{
        boost::asio::make_work_guard(client), boost::asio::make_work_guard(outbox),
        boost::asio::make_work_guard(window)};

    /// Runs one handler of one of them. False if none has any.
    bool run_one(std::size_t first) {
        const std::array all{&client, &outbox, &window};
        for (std::size_t i = 0; i != all.size(); ++i)
            if (all[(first + i) % all.size()]->poll_one() != 0) return true;
        return false;
    }
};

/// A process as the computer sees it. When it is dead, nothing of it reaches anything.
struct Process {
    ProcessId id{};
    bool is_dead = false;
    Loops loops{};
    std::optional<AnyClient> client{};
    std::shared_ptr<lcm::detail::OutboxEngine> outbox{};
    std::set<EntryId> open{}; ///< confirmed, and not told of

    // What is posted in the loops holds on to the client and the outbox, which are to go first.
    ~Process() {
        is_dead = true;
        outbox.reset();
        client.reset();
    }
};

} // namespace lcm::tests::simulated

#endif
