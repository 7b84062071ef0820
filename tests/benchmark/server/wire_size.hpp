// SPDX-License-Identifier: BSL-1.0
// The sizes of one request and one reply on the wire, with their WebSocket headers.
#ifndef LCM_CLIENT_BENCHMARK_SERVER_WIRE_SIZE_HPP
#define LCM_CLIENT_BENCHMARK_SERVER_WIRE_SIZE_HPP

#include <cstddef>

namespace lcm::bench {

inline constexpr std::size_t request_frame_size = 294; // 286 bytes of JSON, masked
inline constexpr std::size_t reply_frame_size = 159;   // 155 bytes of JSON

} // namespace lcm::bench

#endif
