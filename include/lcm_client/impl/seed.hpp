// SPDX-License-Identifier: BSL-1.0
// From which numbers follows what shall differ from one client or connection to the other, and need not be secret.
#ifndef LCM_CLIENT_IMPL_SEED_HPP
#define LCM_CLIENT_IMPL_SEED_HPP

#include <lcm_client/impl/home_process.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <random>

namespace lcm::inline LCM_CLIENT_ABI::detail {

[[nodiscard]] inline std::uint64_t random_number_of_system() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

/// Another one for each object, of this process and of every other one, forks among them: by the process, by the time at
/// which it is made, and by its address, since two can be made at once. Any thread. The system is asked once in a
/// process, since on a virtual machine that can take about as long as all else until a client is ready; when it throws,
/// the next object asks again.
[[nodiscard]] inline std::uint64_t seed_of(const void* object) {
    static const std::uint64_t of_process = random_number_of_system(); // a fork has this one as well
    const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    const std::uint64_t at = std::hash<const void*>()(object);
    return of_process + (static_cast<std::uint64_t>(process_id()) << 32U) + now + (at << 16U);
}

/// One step of SplitMix64 (Steele, Lea and Flood): of numbers that follow each other it makes ones that seem to have
/// nothing in common, another one of each.
[[nodiscard]] constexpr std::uint64_t split_mix(std::uint64_t number) noexcept {
    number += 0x9e3779b97f4a7c15U;
    number = (number ^ number >> 30U) * 0xbf58476d1ce4e5b9U;
    number = (number ^ number >> 27U) * 0x94d049bb133111ebU;
    return number ^ number >> 31U;
}

} // namespace lcm::detail

#endif
