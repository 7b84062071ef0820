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

void read_ours(benchmark::State& state, Replies replies) {
    LibraryCodec codec;
    for (auto step : state) {
        const ReplyText& reply = replies.next();
        if (!codec.decode(reply.text, reply.callid)) return state.SkipWithError("not the expected reply");
    }
}

void read_by_hand(benchmark::State& state, Replies replies) {
    for (auto step : state) {
        const ReplyText& expected = replies.next();
        const auto reply = PullParser(expected.text).read();
        if (!reply || !reply->success || reply->callid != expected.callid)
            return state.SkipWithError("not the expected reply");
    }
}

void decode_ours(benchmark::State& state) { read_ours(state, Replies(true)); }
void decode_hand(benchmark::State& state) { read_by_hand(state, Replies(true)); }
void decode_unlike_ours(benchmark::State& state) { read_ours(state, Replies(false)); }
void decode_unlike_hand(benchmark::State& state) { read_by_hand(state, Replies(false)); }

BENCHMARK(encode_ours);
BENCHMARK(encode_hand);
BENCHMARK(decode_ours);
BENCHMARK(decode_hand);
BENCHMARK(decode_unlike_ours);
BENCHMARK(decode_unlike_hand);

} // namespace
