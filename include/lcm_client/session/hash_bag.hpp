// SPDX-License-Identifier: BSL-1.0
// How often each hash is there.
#ifndef LCM_CLIENT_SESSION_HASH_BAG_HPP
#define LCM_CLIENT_SESSION_HASH_BAG_HPP

#include <lcm_client/impl/abi.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A table of numbers that are hashes already, of a hash with a key. Taking one out needs no memory.
class HashBag {
public:
    [[nodiscard]] bool contains(std::uint64_t hash) const noexcept {
        return !slots_.empty() && slots_[place_of(hash)].count != 0;
    }

    void add(std::uint64_t hash) {
        if (4 * (used_ + 1) > 3 * slots_.size()) grow();
        Slot& slot = slots_[place_of(hash)];
        slot.hash = hash;
        if (slot.count++ == 0) ++used_;
    }

    /// One that is there.
    void remove(std::uint64_t hash) noexcept {
        std::size_t hole = place_of(hash);
        if (--slots_[hole].count != 0) return;
        --used_;
        // What stands behind it moves up, unless that would be before the place where a search for it begins.
        for (std::size_t at = after(hole); slots_[at].count != 0; at = after(at)) {
            if (distance(slots_[at].hash, at) < distance(hole, at)) continue;
            slots_[hole] = std::exchange(slots_[at], Slot());
            hole = at;
        }
    }

private:
    struct Slot {
        std::uint64_t hash = 0;
        std::size_t count = 0;
    };

    // Where it would be in a table of any size.
    [[nodiscard]] static std::size_t place_in_all(std::uint64_t hash) noexcept {
        constexpr std::size_t all_bits = (std::numeric_limits<std::size_t>::max)();
        return hash & all_bits;
    }
    [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
    [[nodiscard]] std::size_t after(std::size_t place) const noexcept { return (place + 1) & mask(); }
    [[nodiscard]] std::size_t distance(std::uint64_t from, std::size_t to) const noexcept {
        return (to - place_in_all(from)) & mask();
    }

    // Where it is, or else where it has to be put.
    [[nodiscard]] std::size_t place_of(std::uint64_t hash) const noexcept {
        std::size_t place = place_in_all(hash) & mask();
        while (slots_[place].count != 0 && slots_[place].hash != hash) place = after(place);
        return place;
    }

    void grow() {
        std::vector<Slot> old(slots_.empty() ? 16 : 2 * slots_.size());
        slots_.swap(old);
        for (const Slot& slot : old)
            if (slot.count != 0) slots_[place_of(slot.hash)] = slot;
    }

    std::vector<Slot> slots_; // as many as a power of two
    std::size_t used_ = 0;
};

} // namespace lcm::detail

#endif
