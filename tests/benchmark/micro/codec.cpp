// SPDX-License-Identifier: BSL-1.0
// The codec beside one that is written by hand for this one message.
#include "../client/hand_writer.hpp"
#include "../client/pull_parser.hpp"
#include "library_codec.hpp"
#include "texts.hpp"

#include <benchmark/benchmark.h>

#include <array>

namespace {

using namespace lcm::bench;

void encode_ours(benchmark::State& state) {
    LibraryCodec codec;
    const Request request = make_request(sample_callid);
    for (auto step : state) benchmark::DoNotOptimize(codec.encode(request));
}

void encode_hand(benchmark::State& state) {
    std::array<char, 1024> buffer;
    Sample sample;
    sample.callid = sample_callid;
    for (auto step : state) {
        benchmark::DoNotOptimize(sample);
        benchmark::DoNotOptimize(write_request(buffer.data(), sample));
        benchmark::ClobberMemory();
    }
}

void decode_ours(benchmark::State& state) {
    LibraryCodec codec;
    for (auto step : state) {
        auto text = sample_reply;
        benchmark::DoNotOptimize(text);
        if (!codec.decode(text, sample_callid)) return state.SkipWithError("not the expected reply");
    }
}

void decode_hand(benchmark::State& state) {
    for (auto step : state) {
        auto text = sample_reply;
        benchmark::DoNotOptimize(text);
        const auto reply = PullParser(text).read();
        if (!reply || !reply->success || reply->callid != sample_callid)
            return state.SkipWithError("not the expected reply");
    }
}

BENCHMARK(encode_ours);
BENCHMARK(encode_hand);
BENCHMARK(decode_ours);
BENCHMARK(decode_hand);

} // namespace
