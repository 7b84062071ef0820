// SPDX-License-Identifier: BSL-1.0
// Call ids of 12 digits, distinct for all requests in flight: each has a slot, and the number of its use of that slot.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_SLOTS_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_SLOTS_HPP

#include "callid.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lcm::bench {

class Slots {
public:
    explicit Slots(std::size_t count) : uses_(count, 0) {}

    /// The call id of the slot's next request; valid until the next call.
    std::string_view next(std::size_t slot) {
        ++uses_[slot];
        last_ = CallId(uses_[slot] * span + slot);
        return last_.text();
    }

    /// The slot whose request in flight has this call id.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view callid) const {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(callid.data(), callid.data() + callid.size(), number);
        const std::size_t slot = number % span;
        if (error != std::errc() || slot >= uses_.size() || number / span != uses_[slot]) return std::nullopt;
        return slot;
    }

private:
    static constexpr std::uint64_t span = 1'000'000;

    std::vector<std::uint64_t> uses_;
    CallId last_{0};
};

} // namespace lcm::bench

#endif
