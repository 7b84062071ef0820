// SPDX-License-Identifier: BSL-1.0
// An outbox over a client, a loop and a clock that the test moves by hand, and a file in a folder of its own.
#ifndef LCM_CLIENT_TESTS_OUTBOX_OUTBOX_BENCH_HPP
#define LCM_CLIENT_TESTS_OUTBOX_OUTBOX_BENCH_HPP

#include <support/bench.hpp>
#include <support/temporary_folder.hpp>

#include <lcm_client/impl/any_clock.hpp>
#include <lcm_client/outbox/config.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/outbox_engine.hpp>
#include <lcm_client/outbox/impl/outbox_post.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lcm::tests {

/// No cipher, but it hides the text and binds the context.
inline std::string mirrored(std::string_view plain, std::string_view context) {
    return std::string(context) + "|" + std::string(plain.rbegin(), plain.rend());
}
inline std::optional<std::string> mirror_back(std::string_view sealed, std::string_view context) {
    if (sealed.substr(0, context.size()) != context) return std::nullopt;
    sealed.remove_prefix(context.size() + 1);
    return std::string(sealed.rbegin(), sealed.rend());
}
inline OutboxSeal mirror() { return {.seal = mirrored, .open = mirror_back}; }

struct OutboxBench {
    TemporaryFolder folder;
    std::optional<Bench> desktop{std::in_place};
    OutboxConfig config;
    std::shared_ptr<detail::OutboxEngine> box;
    std::vector<EntryEnding> endings;
    std::vector<OutboxDoubt> doubts;
    std::vector<OutboxProblem> problems;
    DoubtDecision rule = DoubtDecision::ask;

    OutboxBench() {
        config.file = folder / "box";
        config.seal = mirror();
        config.settle_time = {}; // the rule is asked at once
        config.on_ended = [this](const EntryEnding& ending) { endings.push_back(ending); };
        config.on_doubt = [this](const OutboxDoubt& doubt) { return doubts.push_back(doubt), rule; };
        config.on_problem = [this](const OutboxProblem& problem) { problems.push_back(problem); };
    }

    void open(const char* vfs = nullptr) {
        begin(vfs);
        desktop->run();
    }

    /// Without a turn yet.
    void begin(const char* vfs = nullptr) {
        box = std::make_shared<detail::OutboxEngine>(
            *desktop->client, config, std::make_unique<detail::ClockAdapter<testing::ManualClock>>(desktop->clock),
            desktop->loop.get_executor(), vfs);
        box->start();
    }

    /// The process ends without a word, and another one begins.
    void crash() {
        box.reset();
        desktop.emplace();
        open();
    }

    void close() {
        box->finish([] {});
        desktop->run();
        box.reset();
    }

    /// The result, once the outbox has come to it.
    template <Request R> std::shared_ptr<std::optional<Result<EntryId>>>
    start(const R& request, std::uint64_t tag = 0, std::chrono::milliseconds expires_in = std::chrono::hours(1)) {
        auto result = std::make_shared<std::optional<Result<EntryId>>>();
        box->post(detail::make_post(request, tag, expires_in, {}, [result](detail::OutboxPost::Told told) {
            if (const EntryId* const id = std::get_if<EntryId>(&told)) result->emplace(*id);
            else result->emplace(std::get<Error>(std::move(told)));
        }));
        return result;
    }

    /// The number of an entry that is on disk.
    template <Request R> EntryId post(const R& request, std::uint64_t tag = 0,
                                      std::chrono::milliseconds expires_in = std::chrono::hours(1)) {
        const auto result = start(request, tag, expires_in);
        desktop->run();
        return result->value().value();
    }

    [[nodiscard]] const std::vector<std::string>& sent() const { return desktop->script.sent(); }

    /// The server answers the sample for this call.
    void answer(std::string_view callid, bool success = true) {
        desktop->receive(testing::reply<SetOutcome>(callid, success));
    }

    /// How many entries the file has.
    [[nodiscard]] OutboxStats stats() const { return box->stats(); }
};

/// The sample for a contact of its own, so that it shares no subject with others.
inline SetOutcome sample_of(const std::string& callid) {
    SetOutcome request = sample(callid);
    request.account_number = callid + "|3|1|0|0|44|1";
    return request;
}

} // namespace lcm::tests

#endif
