// SPDX-License-Identifier: BSL-1.0
// The old place of impl/utf8.hpp, for the headers of websocket/ that name it so.
#include <lcm_client/impl/utf8.hpp>
