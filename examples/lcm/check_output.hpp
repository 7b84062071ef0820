// SPDX-License-Identifier: BSL-1.0
// Whether what was printed has gone anywhere.
#ifndef LCM_COMMAND_CHECK_OUTPUT_HPP
#define LCM_COMMAND_CHECK_OUTPUT_HPP

#include <iostream>
#include <stdexcept>

namespace lcm_command {

/// Throws `std::runtime_error` if something that was printed is lost: it must not look like success.
inline void check_output() {
    if (!std::cout.flush()) throw std::runtime_error("cannot write to standard output; is the disk full?");
}

} // namespace lcm_command

#endif
