// SPDX-License-Identifier: BSL-1.0
// The old place of protocol/impl/text.hpp, for the headers of websocket/ that name it so.
#include <lcm_client/protocol/impl/text.hpp>
