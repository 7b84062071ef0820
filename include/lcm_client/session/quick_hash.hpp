// SPDX-License-Identifier: BSL-1.0
// A quick hash of texts, for where two that are alike by chance do no harm.
#ifndef LCM_CLIENT_SESSION_QUICK_HASH_HPP
#define LCM_CLIENT_SESSION_QUICK_HASH_HPP

#include <lcm_client/impl/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Takes less than a third of what `TextHash` does. Whoever knows the seed can choose texts with one hash, so it is for
/// tables in which that only makes this client more careful. Equal for equal texts and seeds on all machines.
class QuickHash {
public:
    explicit QuickHash(std::uint64_t seed) noexcept : seed_(seed) {}

    [[nodiscard]] std::uint64_t operator()(std::string_view text) const noexcept {
        std::uint64_t hash = mixed(seed_ ^ text.size()); // mixed, so that no first letter makes up for another size
        const char* at = text.data();
        for (std::size_t left = text.size() / 8; left != 0; --left, at += 8) hash = mixed(hash ^ load_word(at));
        const std::size_t left = text.size() % 8;
        if (left == 0) return hash;
        // The last word of a longer text begins within the one before.
        return mixed(hash ^ (text.size() > 8 ? load_word(at + left - 8) : load_tail(at, left)));
    }

private:
    static std::uint64_t mixed(std::uint64_t hash) noexcept {
        hash *= 0x9E3779B97F4A7C15U;
        return hash ^ (hash >> 32U);
    }

    std::uint64_t seed_;
};

} // namespace lcm::detail

#endif
