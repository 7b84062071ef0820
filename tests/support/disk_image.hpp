// SPDX-License-Identifier: BSL-1.0
// What a file of a disk holds for certain, and what a loss of power leaves of the rest.
#ifndef LCM_CLIENT_TESTS_SUPPORT_DISK_IMAGE_HPP
#define LCM_CLIENT_TESTS_SUPPORT_DISK_IMAGE_HPP

#include <session/random.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace lcm::tests {

/// Of what is written together, a disk keeps whole sectors.
inline constexpr std::size_t disk_sector = 512;

/// A write, or the cutting off of a file's end.
struct DiskChange {
    std::size_t at = 0;
    std::string bytes{};
    bool truncates = false; // to `at`

    void apply_to(std::string& content) const {
        if (truncates) return content.resize(at);
        if (bytes.empty()) return;
        content.resize((std::max)(content.size(), at + bytes.size()));
        content.replace(at, bytes.size(), bytes);
    }
};

struct DiskImage {
    std::string durable{};             ///< as it was at its last sync
    std::vector<DiskChange> pending{}; ///< since then
    bool is_removed = false;
    bool is_removal_durable = false; ///< its folder was synced

    void sync() {
        for (const DiskChange& change : pending) change.apply_to(durable);
        pending.clear();
    }

    /// Of what was not synced, some is there when the power is back, and some in part.
    void lose_power(Random& random) {
        for (DiskChange& change : pending) {
            if (random.one_in(3)) continue;
            if (random.one_in(3))
                change.bytes.resize(random.below(change.bytes.size() / disk_sector + 1) * disk_sector);
            change.apply_to(durable);
        }
        pending.clear();
    }
};

} // namespace lcm::tests

#endif
