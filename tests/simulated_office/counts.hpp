// SPDX-License-Identifier: BSL-1.0
// How much has happened in a game. Pure.
#ifndef LCM_CLIENT_TESTS_SIMULATED_OFFICE_COUNTS_HPP
#define LCM_CLIENT_TESTS_SIMULATED_OFFICE_COUNTS_HPP

#include <cstddef>

namespace lcm::tests::simulated {

struct Counts {
    std::size_t requests = 0, departures = 0, processes = 0, doubts = 0;
    std::size_t accepted = 0, refused = 0, not_sent = 0, unknown = 0, resent = 0, not_stored = 0;
    std::size_t reached = 0, not_reached = 0, undecided = 0, settled = 0;

    Counts& operator+=(const Counts& more) {
        for (const auto member :
             {&Counts::requests, &Counts::departures, &Counts::processes, &Counts::doubts, &Counts::accepted,
              &Counts::refused, &Counts::not_sent, &Counts::unknown, &Counts::resent, &Counts::not_stored,
              &Counts::reached, &Counts::not_reached, &Counts::undecided, &Counts::settled})
            this->*member += more.*member;
        return *this;
    }
};

} // namespace lcm::tests::simulated

#endif
