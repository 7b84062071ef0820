// SPDX-License-Identifier: BSL-1.0
// What it costs to match a reply, with few and with many requests pending, and to end them all.
#include "../client/callid.hpp"

#include <lcm_client/config.hpp>
#include <lcm_client/session/multiplexer.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;
using lcm::bench::CallId;

constexpr std::string_view subtopic = "SetBusinessOutcomeWithCallOutcomeResult";

lcm::Limits limits_for(std::size_t count) {
    lcm::Limits limits;
    limits.in_flight = limits.queued = count + 1;
    return limits;
}

// The calls are answered in the order in which they were made.
class Pending {
public:
    explicit Pending(std::size_t count) : multiplexer_(limits_for(count), lcm::Duplicates::hold_back) {
        for (std::size_t i = 0; i < count; ++i) submit(CallId(i));
        hand_over();
    }

    bool submit(const CallId& id) {
        const std::string callid(id.text());
        now_ += 1us;
        ++last_;
        return !multiplexer_.submit(
            {.id = last_, .key = lcm::MatchKey(subtopic, callid), .callid = callid, .deadline = now_ + 10s});
    }

    std::size_t hand_over() {
        const auto batch = multiplexer_.take_batch(now_, static_cast<std::size_t>(-1));
        return batch.size() + multiplexer_.written().size();
    }

    bool reply(const CallId& id) {
        return multiplexer_.reply(lcm::MatchKey(subtopic, std::string(id.text()))).has_value();
    }

    std::size_t lose_link() { return multiplexer_.link_lost(lcm::Errc::connection_lost).size(); }

private:
    lcm::TimePoint now_{};
    lcm::RequestId last_ = 0;
    lcm::Multiplexer multiplexer_;
};

void match(benchmark::State& state) {
    const auto count = static_cast<std::uint64_t>(state.range(0));
    Pending pending(count);
    std::uint64_t next = count;
    for (auto step : state) {
        const bool good =
            pending.submit(CallId(next)) && pending.hand_over() == 1 && pending.reply(CallId(next - count));
        if (!good) return state.SkipWithError("no match");
        ++next;
    }
}

void lose_link(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    std::optional<Pending> pending;
    for (auto step : state) {
        state.PauseTiming();
        pending.emplace(count);
        state.ResumeTiming();
        if (pending->lose_link() != count) return state.SkipWithError("not all have ended");
    }
}

BENCHMARK(match)->Arg(100)->Arg(100'000);
BENCHMARK(lose_link)->Arg(100'000)->Unit(benchmark::kMillisecond)->Iterations(3);

} // namespace
