// SPDX-License-Identifier: BSL-1.0
// The request as a text of its own, written by hand.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_HAND_REQUEST_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_HAND_REQUEST_HPP

#include "hand_writer.hpp"

#include <array>
#include <string>
#include <string_view>

namespace lcm::bench {

inline std::string hand_request(std::string_view callid) {
    std::array<char, 1024> buffer;
    Sample sample;
    sample.callid = callid;
    return {buffer.data(), write_request(buffer.data(), sample)};
}

} // namespace lcm::bench

#endif
