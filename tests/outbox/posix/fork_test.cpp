// SPDX-License-Identifier: BSL-1.0
// An outbox in a fork of the process that made it.
#include <support/catch.hpp>
#include <support/fork.hpp>
#include <support/sample.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client.hpp>
#include <lcm_client/outbox.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <chrono>
#include <future>
#include <string>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::EntryId;

namespace {

template <class T> bool is_ready(const std::future<T>& future) {
    return future.wait_for(20s) == std::future_status::ready;
}

bool is_refused(std::future<EntryId> post) {
    if (!is_ready(post)) return false;
    try {
        static_cast<void>(post.get());
        return false;
    } catch (const lcm::LcmError& problem) {
        return problem.error().code == lcm::Errc::client_closed && problem.error().delivery == lcm::Delivery::not_sent;
    }
}

bool ends_all(lcm::Outbox& outbox, EntryId id) {
    if (!is_refused(outbox.post(sample("2")))) return false;
    auto resent = outbox.resend(id);
    auto dropped = outbox.drop(id);
    auto entries = outbox.entries();
    if (!is_ready(resent) || !is_ready(dropped) || !is_ready(entries)) return false;
    return !resent.get() && !dropped.get() && entries.get().empty() && outbox.stats().posted == 0;
}

} // namespace

TEST_CASE("In a fork an outbox ends at once whatever it is asked") {
    const TemporaryFolder folder;
    lcm::testing::Script script;
    lcm::LcmClient<lcm::testing::ScriptedTransport> client({.source = "test"}, lcm::testing::scripted(script));
    lcm::Outbox outbox(client, {.file = folder / "box", .plain_text_on_disk = true});
    const EntryId id = outbox.post(sample("1")).get();
    CHECK(exit_status_of_fork([&] { return ends_all(outbox, id) ? 0 : 1; }) == 0);
    CHECK(outbox.stats().posted == 1);
}
