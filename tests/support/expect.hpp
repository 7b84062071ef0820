// SPDX-License-Identifier: BSL-1.0
// A promise that is checked where no assertion may stand: in handlers, in models, many thousand times.
#ifndef LCM_CLIENT_TESTS_SUPPORT_EXPECT_HPP
#define LCM_CLIENT_TESTS_SUPPORT_EXPECT_HPP

#include <stdexcept>

namespace lcm::tests {

/// The promise that is broken.
class BrokenPromise : public std::logic_error {
    using std::logic_error::logic_error;
};

inline void expect(bool holds, const char* promise) {
    if (!holds) throw BrokenPromise(promise);
}

} // namespace lcm::tests

#endif
