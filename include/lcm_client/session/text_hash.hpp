// SPDX-License-Identifier: BSL-1.0
// A keyed hash of texts that others may have chosen, for tables in memory.
#ifndef LCM_CLIENT_SESSION_TEXT_HASH_HPP
#define LCM_CLIENT_SESSION_TEXT_HASH_HPP

#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/protocol/impl/text.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// SipHash-1-3: without its key nobody can choose texts that have one hash, or fall into one bucket, more often than
/// chance has it. Each client has a key of its own. Equal for equal texts and keys on all machines.
class TextHash {
public:
    explicit TextHash(std::uint64_t seed) noexcept : key_{seed, std::rotl(seed, 32) * 0x9E3779B97F4A7C15U} {}
    TextHash(std::uint64_t first, std::uint64_t second) noexcept : key_{first, second} {}

    /// Different for texts that differ in letter case or space.
    [[gnu::always_inline, nodiscard]] std::uint64_t operator()(std::string_view text) const noexcept {
        return hash(text, [](std::uint64_t word) { return word; });
    }

    /// Equal for names that are `same_name`.
    [[nodiscard]] std::uint64_t of_name(std::string_view name) const noexcept { return hash(trim(name), lower); }

private:
    struct Key {
        std::uint64_t first;
        std::uint64_t second;
    };

    class State {
    public:
        explicit State(const Key& key) noexcept
            : v0_(key.first ^ 0x736F6D6570736575U), v1_(key.second ^ 0x646F72616E646F6DU),
              v2_(key.first ^ 0x6C7967656E657261U), v3_(key.second ^ 0x7465646279746573U) {}

        void add(std::uint64_t word) noexcept {
            v3_ ^= word;
            mix();
            v0_ ^= word;
        }

        [[nodiscard]] std::uint64_t finish(std::uint64_t last_bytes, std::size_t size) noexcept {
            add(last_bytes | (std::uint64_t{size} << 56U));
            v2_ ^= 0xFFU;
            mix();
            mix();
            mix();
            return v0_ ^ v1_ ^ v2_ ^ v3_;
        }

    private:
        void mix() noexcept {
            v0_ += v1_;
            v2_ += v3_;
            v1_ = std::rotl(v1_, 13) ^ v0_;
            v3_ = std::rotl(v3_, 16) ^ v2_;
            v0_ = std::rotl(v0_, 32);
            v2_ += v1_;
            v0_ += v3_;
            v1_ = std::rotl(v1_, 17) ^ v2_;
            v3_ = std::rotl(v3_, 21) ^ v0_;
            v2_ = std::rotl(v2_, 32);
        }

        std::uint64_t v0_, v1_, v2_, v3_;
    };

    // Eight letters at a time.
    template <class Change>
    [[gnu::always_inline]] std::uint64_t hash(std::string_view text, Change change) const noexcept {
        State state(key_);
        const char* at = text.data();
        for (std::size_t left = text.size() / 8; left != 0; --left, at += 8) state.add(change(load_word(at)));
        return state.finish(change(load_last(at, text.size())), text.size());
    }

    // What is behind the last whole word, at `at`; nothing above it. In a longer text, it is the upper part of a word.
    [[gnu::always_inline]] static std::uint64_t load_last(const char* at, std::size_t size) noexcept {
        const std::size_t left = size % 8;
        if (left == 0) return 0;
        if (size > 8) return load_word(at + left - 8) >> (8 * (8 - left));
        return load_tail(at, left) & ((std::uint64_t{1} << (8 * left)) - 1);
    }

    // The capital letters A to Z made small: the high bit of each is marked, which leads to that of its case.
    static std::uint64_t lower(std::uint64_t word) noexcept {
        const std::uint64_t letters = word & ~high_bits;
        const std::uint64_t from_a = letters + each_byte * (0x80U - 'A');
        const std::uint64_t after_z = letters + each_byte * (0x7FU - 'Z');
        return word | ((from_a & ~after_z & ~word & high_bits) >> 2U);
    }

    Key key_;
};

} // namespace lcm::detail

#endif
