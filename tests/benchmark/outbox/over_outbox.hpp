// SPDX-License-Identifier: BSL-1.0
// Entries through the outbox, over a server that answers at once, so many of them on their way at a time.
#ifndef LCM_CLIENT_BENCHMARK_OUTBOX_OVER_OUTBOX_HPP
#define LCM_CLIENT_BENCHMARK_OUTBOX_OVER_OUTBOX_HPP

#include <lcm_client.hpp>
#include <lcm_client/outbox.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::bench {

using Disposition = SetBusinessOutcomeWithCallOutcome;

/// A contact of its own for each, so that none waits for another one.
inline Disposition disposition(std::size_t number) {
    return {.callid = std::to_string(100'000'000'000 + number),
            .account_number = std::to_string(number) + "|3|1|0|0|44|1",
            .business_outcome = 101,
            .call_outcome = TelephonyOutcome::success,
            .user_id = "1234",
            .agent_comments = "Test comment",
            .target_amount = 0};
}

class OverOutbox {
public:
    OverOutbox(const std::filesystem::path& file, std::size_t depth)
        : client_({.source = "bench"}, testing::scripted(answering())), outbox_(client_, config(file, depth)) {}

    /// Posts `count` entries, `depth` at first and one more whenever one has ended, and waits for the last ending.
    void run(std::size_t count, std::size_t depth) {
        count_ = count;
        for (std::size_t i = 0; i != depth; ++i) post_next();
        done_.get_future().wait();
    }

private:
    static std::vector<std::string> answer(std::string_view message) {
        constexpr std::string_view key = "\"callid\":\"";
        const std::size_t begin = message.find(key) + key.size();
        const std::string_view callid = message.substr(begin, message.find('"', begin) - begin);
        return {testing::reply<Disposition>(callid)};
    }

    // Before the client's thread begins to use it.
    testing::Script& answering() {
        script_.answer(answer);
        return script_;
    }

    OutboxConfig config(const std::filesystem::path& file, std::size_t depth) {
        OutboxConfig config{.file = file, .plain_text_on_disk = true};
        config.limits.under_way = depth;
        config.on_ended = [this](const EntryEnding& ending) {
            if (ending.delivery != Delivery::accepted) std::abort();
            if (++ended_ == count_) done_.set_value();
            else post_next();
        };
        return config;
    }

    void post_next() {
        const std::size_t number = ++posted_;
        if (number > count_) return;
        outbox_.async_post(disposition(number), {}, [](Result<EntryId> result) {
            if (!result) std::abort();
        });
    }

    testing::Script script_;
    std::size_t count_ = 0;
    std::atomic<std::size_t> posted_{0};
    std::size_t ended_ = 0;
    std::promise<void> done_;
    LcmClient<testing::ScriptedTransport> client_;
    Outbox outbox_;
};

} // namespace lcm::bench

#endif
