// SPDX-License-Identifier: BSL-1.0
// A fast hash of short texts, for tables in memory.
#ifndef LCM_CLIENT_SESSION_TEXT_HASH_HPP
#define LCM_CLIENT_SESSION_TEXT_HASH_HPP

#include <lcm_client/utf8.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace lcm::detail {

/// Eight bytes at a time. Only as good as a table needs that mixes the hash once more, as Boost's do.
[[nodiscard]] inline std::size_t hash_text(std::string_view text) noexcept {
    std::uint64_t hash = text.size();
    const auto add = [&hash](std::uint64_t word) { hash = (std::rotl(hash, 23) ^ word) * 0x9E3779B97F4A7C15U; };
    const char* at = text.data();
    const char* const end = at + text.size();
    for (; end - at >= 8; at += 8) add(load_word(at));
    if (at != end) add(load_tail(at, static_cast<std::size_t>(end - at)));
    return hash & (std::numeric_limits<std::size_t>::max)();
}

} // namespace lcm::detail

#endif
