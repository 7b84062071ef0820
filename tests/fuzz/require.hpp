// SPDX-License-Identifier: BSL-1.0
// How a fuzz target says that a promise is broken: by the end of the program, which is what fuzzers look for.
#ifndef LCM_CLIENT_TESTS_FUZZ_REQUIRE_HPP
#define LCM_CLIENT_TESTS_FUZZ_REQUIRE_HPP

#include <cstdio>
#include <cstdlib>

namespace lcm::tests {

inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "This does not hold: %s\n", what);
    std::abort();
}

} // namespace lcm::tests

#endif
