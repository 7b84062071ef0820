// SPDX-License-Identifier: BSL-1.0
// The lines of standard input, for a command that runs on whether there are any or not.
#ifndef LCM_COMMAND_STANDARD_INPUT_HPP
#define LCM_COMMAND_STANDARD_INPUT_HPP

#if defined(_WIN32)
#include "standard_input_windows.hpp"
#else
#include "standard_input_posix.hpp"
#endif

#endif
