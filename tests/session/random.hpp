// SPDX-License-Identifier: BSL-1.0
// Random tests that can be repeated: the seed and the number of steps can be given by the environment.
#ifndef LCM_CLIENT_TESTS_SESSION_RANDOM_HPP
#define LCM_CLIENT_TESTS_SESSION_RANDOM_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

namespace lcm::tests {

/// The same numbers for the same seed, with every standard library.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    [[nodiscard]] std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
    [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 0; }
    template <class Container> [[nodiscard]] auto& one_of(Container& some) { return some[below(some.size())]; }

private:
    std::mt19937_64 engine_;
};

/// The whole number in an environment variable, if it is set.
[[nodiscard]] inline std::optional<std::uint64_t> number_from_environment(const char* name) {
    const char* const text = std::getenv(name);
    if (text == nullptr) return std::nullopt;
    return std::stoull(text);
}

/// LCM_TEST_SEED, or another one each time.
[[nodiscard]] inline std::uint64_t test_seed() {
    if (const auto seed = number_from_environment("LCM_TEST_SEED")) return *seed;
    return std::random_device{}();
}

/// LCM_TEST_STEPS, or `usual`.
[[nodiscard]] inline std::uint64_t test_steps(std::uint64_t usual) {
    return number_from_environment("LCM_TEST_STEPS").value_or(usual);
}

} // namespace lcm::tests

#endif
