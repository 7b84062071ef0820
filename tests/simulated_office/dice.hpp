// SPDX-License-Identifier: BSL-1.0
// Chance without a state: what a throw shows depends on the seed and on what it is thrown for, and not on the throws before
// it. So what is left of a game after an action was taken out of it goes on as it did.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_DICE_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_DICE_HPP

#include <simulated_office/agenda.hpp>

#include <lcm_client/impl/seed.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace lcm::tests::simulated {

/// What a throw is for.
enum class Throw : std::uint64_t {
    latency,
    slow_packet,
    lost_packets,
    late_packet,
    notice,
    turn,
    rule,
    person,
    person_waits,
    asleep,
    client,
    disk,
};

class Dice {
public:
    explicit Dice(std::uint64_t seed) noexcept : seed_(seed) {}

    [[nodiscard]] std::uint64_t number(Throw what, std::initializer_list<std::uint64_t> which) const noexcept {
        std::uint64_t hash = lcm::detail::split_mix(seed_ + static_cast<std::uint64_t>(what));
        for (const std::uint64_t each : which) hash = lcm::detail::split_mix(hash ^ each);
        return hash;
    }
    [[nodiscard]] std::size_t below(std::size_t bound, Throw what,
                                    std::initializer_list<std::uint64_t> which) const noexcept {
        return static_cast<std::size_t>(number(what, which) % bound);
    }
    [[nodiscard]] bool one_in(std::size_t count, Throw what,
                              std::initializer_list<std::uint64_t> which) const noexcept {
        return below(count, what, which) == 0;
    }
    /// From `least` to `most`.
    [[nodiscard]] Time time(Time least, Time most, Throw what,
                            std::initializer_list<std::uint64_t> which) const noexcept {
        const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
        return least + Time(static_cast<Time::rep>(number(what, which) % span));
    }

private:
    std::uint64_t seed_;
};

} // namespace lcm::tests::simulated

#endif
