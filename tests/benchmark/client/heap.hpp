// SPDX-License-Identifier: BSL-1.0
// The heap as heap_count.cpp counts it, if that is preloaded.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_HEAP_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_HEAP_HPP

extern "C" {
/// Allocations since the program's start.
[[gnu::weak]] long long lcm_bench_heap_calls();
/// Bytes that are allocated now.
[[gnu::weak]] long long lcm_bench_heap_bytes();
}

namespace lcm::bench {

inline long long heap_calls() { return lcm_bench_heap_calls != nullptr ? lcm_bench_heap_calls() : 0; }
inline long long heap_bytes() { return lcm_bench_heap_bytes != nullptr ? lcm_bench_heap_bytes() : 0; }

} // namespace lcm::bench

#endif
