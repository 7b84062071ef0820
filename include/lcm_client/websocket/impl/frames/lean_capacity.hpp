// SPDX-License-Identifier: BSL-1.0
// Internal: when a buffer gives back memory, so that bursts are quick and an idle connection is small.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_LEAN_CAPACITY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_FRAMES_LEAN_CAPACITY_HPP

#include <lcm_client/impl/abi.hpp>

#include <algorithm>
#include <cstddef>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Watches how a buffer is used. What is larger than needed is given back after a while, and not at once: a busy
/// connection shall not ask for memory again and again.
class LeanCapacity {
public:
    static constexpr std::size_t least = 2 * 1024; ///< what an idle connection keeps

    /// The buffer was used for that many bytes.
    void note(std::size_t used) noexcept { small_uses_ = used > least ? 0 : (std::min)(small_uses_ + 1, patience); }

    /// Whether the buffer, being empty and of this capacity, should give memory back.
    [[nodiscard]] bool is_excessive(std::size_t capacity) const noexcept {
        return capacity > least && small_uses_ == patience;
    }

private:
    static constexpr int patience = 16;
    int small_uses_ = 0;
};

} // namespace lcm::detail

#endif
