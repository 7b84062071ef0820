// SPDX-License-Identifier: BSL-1.0
// The client of the tests with sockets, compiled once for all of them.
#include <support/socket_client.hpp>

template class lcm::detail::Core<lcm::WebSocketTransport, lcm::testing::ManualClock>;
template class lcm::LcmClient<lcm::WebSocketTransport, lcm::testing::ManualClock>;
