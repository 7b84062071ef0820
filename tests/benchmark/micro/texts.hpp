// SPDX-License-Identifier: BSL-1.0
// What the codecs write and read in the micro-benchmarks.
#ifndef LCM_CLIENT_BENCHMARK_MICRO_TEXTS_HPP
#define LCM_CLIENT_BENCHMARK_MICRO_TEXTS_HPP

#include <string_view>

namespace lcm::bench {

inline constexpr std::string_view sample_callid = "000000000001";
inline constexpr std::string_view sample_reply =
    R"({"channel":"LCM","topic":"WebService","subtopic":"SetBusinessOutcomeWithCallOutcomeResult",)"
    R"("message":{"callid":"000000000001","response":{"success":true}}})";

} // namespace lcm::bench

#endif
