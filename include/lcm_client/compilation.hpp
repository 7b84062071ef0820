// SPDX-License-Identifier: BSL-1.0
// The old place of impl/compilation.hpp, for the headers of websocket/ that name it so.
#include <lcm_client/impl/compilation.hpp>
