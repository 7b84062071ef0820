// SPDX-License-Identifier: BSL-1.0
// Each allocation fails once, alone and with the nineteen after it, on the threads of an outbox and of its client: every
// post ends, closing comes to its end, and what was confirmed is told or found again.
#include <memory/failing_new.hpp>
#include <support/catch.hpp>
#include <support/sample.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client.hpp>
#include <lcm_client/outbox.hpp>
#include <lcm_client/outbox/file.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::Delivery;
using lcm::EntryId;

namespace {

// A desktop whose server answers at once. Its threads may fail from the beginning of `fail` on.
class Desktop {
public:
    explicit Desktop(const std::filesystem::path& file)
        : client_(config(), lcm::testing::scripted(script_)), outbox_(std::in_place, client_, config_of(file)) {
        static_cast<void>(outbox_->entries().get()); // it has begun
    }

    lcm::Outbox& outbox() { return *outbox_; }
    void destroy_outbox() { outbox_.reset(); }
    [[nodiscard]] bool has_ended(EntryId id) {
        const std::lock_guard lock(mutex_);
        return ended_.contains(id);
    }

private:
    lcm::ClientConfig config() {
        script_.answer([](std::string_view) -> std::vector<std::string> {
            may_fail = true; // on the client's thread, where the reply is read
            return {lcm::testing::reply<SetOutcome>("1")};
        });
        return {.source = "test"};
    }

    lcm::OutboxConfig config_of(const std::filesystem::path& file) {
        lcm::OutboxConfig config{.file = file};
        config.seal.seal = [opener = std::this_thread::get_id()](std::string_view plain, std::string_view) {
            if (std::this_thread::get_id() != opener) may_fail = true; // on the outbox's thread
            return std::string(plain);
        };
        config.seal.open = [](std::string_view sealed, std::string_view) { return std::optional(std::string(sealed)); };
        config.on_ended = [this](const lcm::EntryEnding& ending) {
            const MayFail may(false);
            const std::lock_guard lock(mutex_);
            ended_.insert(ending.id);
        };
        return config;
    }

    std::mutex mutex_;
    std::set<EntryId> ended_;
    lcm::testing::Script script_;
    lcm::LcmClient<lcm::testing::ScriptedTransport> client_;
    std::optional<lcm::Outbox> outbox_;
};

template <class T> void wait_for(const std::future<T>& future) {
    if (future.wait_for(20s) != std::future_status::ready) throw std::runtime_error("a future is never ready");
}

// The number of the entry, or how the post has failed.
struct Posted {
    EntryId id = 0;
    Delivery delivery = Delivery::accepted;
};

Posted result_of(std::future<EntryId> future) {
    wait_for(future);
    try {
        return {.id = future.get()};
    } catch (const lcm::LcmError& problem) {
        return {.delivery = problem.error().delivery};
    }
}

bool is_there(const std::filesystem::path& file, EntryId id) {
    const auto has_number = [id](const auto& each) { return each.id == id; };
    const lcm::OutboxFile found(file);
    const auto entries = found.entries();
    const auto endings = found.endings();
    return std::any_of(entries.begin(), entries.end(), has_number) ||
           std::any_of(endings.begin(), endings.end(), has_number);
}

// False if nothing has failed, since there are fewer allocations.
bool play(std::size_t at, std::size_t in_row) {
    const TemporaryFolder folder;
    Posted first, second;
    bool is_known = false;
    bool has_failed = false;
    {
        Desktop desktop(folder / "box");
        failing_new.start(at, in_row);
        auto one = desktop.outbox().post(sample("1"));
        auto two = desktop.outbox().post(sample("2"));
        first = result_of(std::move(one));
        second = result_of(std::move(two));
        auto closed = std::async(std::launch::async, [&] { desktop.outbox().close(100ms); });
        wait_for(closed);
        has_failed = failing_new.has_failed();
        failing_new.stop();
        is_known = first.id != 0 && desktop.has_ended(first.id);
    }
    for (const Posted& each : {first, second})
        if (each.id == 0 && each.delivery == Delivery::accepted) throw std::runtime_error("a post has two ends");
    if (first.id != 0 && !is_known && !is_there(folder / "box", first.id))
        throw std::runtime_error("what was confirmed is lost");
    return has_failed;
}

bool destroy(std::size_t at) {
    const TemporaryFolder folder;
    Desktop desktop(folder / "box");
    failing_new.start(at, 1);
    {
        const MayFail may(true);
        desktop.destroy_outbox();
    }
    failing_new.stop();
    return failing_new.count >= at;
}

} // namespace

TEST_CASE("Without memory an outbox can be destroyed") {
    std::size_t at = 1;
    while (destroy(at)) ++at;
    CHECK(at > 5);
}

TEST_CASE("Without memory an outbox ends its posts and closes, and what it has confirmed is not lost") {
    for (const std::size_t in_row : {std::size_t{1}, std::size_t{20}}) {
        std::size_t at = 1;
        while (play(at, in_row)) ++at;
        CAPTURE(in_row);
        CHECK(at > 50); // so many were there at least
    }
}
