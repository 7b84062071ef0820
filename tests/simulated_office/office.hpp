// SPDX-License-Identifier: BSL-1.0
// Plays a game, and says what it has shown.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_OFFICE_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_OFFICE_HPP

#include <simulated_office/counts.hpp>
#include <simulated_office/game.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

namespace lcm::tests::simulated {

struct Verdict {
    std::optional<std::string> problem{}; ///< the first one, with its time
    Counts counts{};
    std::uint64_t fingerprint = 0; ///< the same for two games in which the same has happened
};

/// One game at a time. What happens to messages is written to `log`, unless that is null.
[[nodiscard]] Verdict play(const Game& game, std::ostream* log = nullptr);

} // namespace lcm::tests::simulated

#endif
