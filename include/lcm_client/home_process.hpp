// SPDX-License-Identifier: BSL-1.0
// The old place of impl/home_process.hpp, for the headers of websocket/ that name it so.
#include <lcm_client/impl/home_process.hpp>
