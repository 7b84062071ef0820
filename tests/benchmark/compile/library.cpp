// SPDX-License-Identifier: BSL-1.0
// The library's own source, as a build without CMake has it, and a test build with sanitizers compiles it;
// compile_time.py compiles it.
#include <lcm_client/src.hpp>
