// SPDX-License-Identifier: BSL-1.0
// Arguments, names of files, the environment and the output, all in UTF-8.
#ifndef LCM_COMMAND_SYSTEM_TEXT_HPP
#define LCM_COMMAND_SYSTEM_TEXT_HPP

#if defined(_WIN32)
#include "system_text_windows.hpp"
#else
#include "system_text_posix.hpp"
#endif

#endif
