// SPDX-License-Identifier: BSL-1.0
// What it costs to match a reply, with few and with many requests pending, held back or with ids that somebody has
// chosen to be slow, and to end them all.
#include "../client/callid.hpp"

#include <lcm_client/config.hpp>
#include <lcm_client/session/multiplexer.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

// For call number n, an id of which the second half takes back what the first one has done to a hash without a key,
// here h = (rotl(h, 23) ^ word) * odd, which begins with the size: in a table with that hash all of them are in one
// bucket.
class HostileId {
public:
    explicit HostileId(std::uint64_t number) {
        const std::uint64_t second = std::rotl((std::rotl(std::uint64_t{16}, 23) ^ number) * 0x9E3779B97F4A7C15U, 23);
        std::memcpy(text_.data(), &number, sizeof number);
        std::memcpy(text_.data() + sizeof number, &second, sizeof second);
    }
    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

private:
    std::array<char, 16> text_{};
};

// One call for all.
struct SameId {
    explicit SameId(std::uint64_t) {}
    [[nodiscard]] static std::string_view text() noexcept { return "call-0000001"; }
};

// The calls are answered in the order in which they were made, so their places are used one after the other.
template <class Id> class Pending {
public:
    explicit Pending(std::size_t count)
        : multiplexer_(limits_for(count), lcm::Duplicates::hold_back, 1), requests_(count + 1) {
        for (std::size_t i = 0; i < count; ++i) submit();
        hand_over();
    }

    bool submit() {
        Request& request = requests_[last_ % requests_.size()];
        now_ += 1us;
        request.callid = Id(last_);
        request.request.id = ++last_;
        request.request.callid = request.callid.text();
        request.request.deadline = now_ + 10s;
        return multiplexer_.submit(request.request, {.subtopic = subtopic});
    }

    std::size_t hand_over() {
        const std::size_t size = multiplexer_.take_batch(now_, static_cast<std::size_t>(-1)).size();
        return size + count(multiplexer_.written());
    }

    bool reply() {
        const Id id(answered_++);
        return multiplexer_.reply(subtopic, id.text(), false).has_value();
    }

    std::size_t lose_link() { return count(multiplexer_.link_lost(lcm::Errc::connection_lost)); }

private:
    static std::size_t count(lcm::detail::RequestList ended) {
        std::size_t size = 0;
        while (ended.pop_front() != nullptr) ++size;
        return size;
    }

    struct Request {
        Id callid{0};
        lcm::detail::RequestEntry request;
    };

    lcm::detail::TimePoint now_{};
    lcm::detail::RequestId last_ = 0;
    std::uint64_t answered_ = 0;
    lcm::detail::Multiplexer multiplexer_;
    std::vector<Request> requests_;
};

template <class Id> void complete_one(benchmark::State& state) {
    Pending<Id> pending(static_cast<std::size_t>(state.range(0)));
    for (auto step : state)
        if (!pending.submit() || pending.hand_over() != 1 || !pending.reply()) return state.SkipWithError("no match");
}

void match(benchmark::State& state) { complete_one<CallId>(state); }
void match_hostile_ids(benchmark::State& state) { complete_one<HostileId>(state); }

// All but one wait for it.
void held_back(benchmark::State& state) {
    Pending<SameId> pending(static_cast<std::size_t>(state.range(0)));
    for (auto step : state)
        if (!pending.submit() || !pending.reply() || pending.hand_over() != 1) return state.SkipWithError("no match");
}

void lose_link(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    std::optional<Pending<CallId>> pending;
    for (auto step : state) {
        state.PauseTiming();
        pending.emplace(count);
        state.ResumeTiming();
        if (pending->lose_link() != count) return state.SkipWithError("not all have ended");
    }
}

BENCHMARK(match)->Arg(100)->Arg(100'000);
BENCHMARK(match_hostile_ids)->Arg(1'000)->Arg(100'000);
BENCHMARK(held_back)->Arg(1'000)->Arg(100'000);
BENCHMARK(lose_link)->Arg(100'000)->Unit(benchmark::kMillisecond)->Iterations(3);

} // namespace
