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
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using lcm::bench::CallId;

constexpr std::string_view subtopic = "SetBusinessOutcomeWithCallOutcomeResult";

lcm::Limits limits_for(std::size_t count) {
    lcm::Limits limits;
    limits.in_flight = limits.queued = count + 1;
    return limits;
}

// The calls are answered in the order in which they were made, so their places are used one after the other.
class Pending {
public:
    explicit Pending(std::size_t count)
        : multiplexer_(limits_for(count), lcm::Duplicates::hold_back, 1), requests_(count + 1) {
        for (std::size_t i = 0; i < count; ++i) submit();
        hand_over();
    }

    bool submit() {
        Request& request = requests_[last_ % requests_.size()];
        now_ += 1us;
        request.callid = CallId(last_);
        request.waiter.id = ++last_;
        request.waiter.callid = request.callid.text();
        request.waiter.deadline = now_ + 10s;
        return !multiplexer_.submit(request.waiter, {.subtopic = subtopic});
    }

    std::size_t hand_over() {
        const std::size_t size = multiplexer_.take_batch(now_, static_cast<std::size_t>(-1)).size();
        return size + multiplexer_.written().size();
    }

    bool reply() {
        const CallId id(answered_++);
        return multiplexer_.reply(subtopic, id.text(), false).has_value();
    }

    std::size_t lose_link() { return multiplexer_.link_lost(lcm::Errc::connection_lost).size(); }

private:
    struct Request {
        CallId callid{0};
        lcm::Waiter waiter;
    };

    lcm::TimePoint now_{};
    lcm::RequestId last_ = 0;
    std::uint64_t answered_ = 0;
    lcm::Multiplexer multiplexer_;
    std::vector<Request> requests_;
};

void match(benchmark::State& state) {
    Pending pending(static_cast<std::size_t>(state.range(0)));
    for (auto step : state)
        if (!pending.submit() || pending.hand_over() != 1 || !pending.reply()) return state.SkipWithError("no match");
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
