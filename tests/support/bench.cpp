// SPDX-License-Identifier: BSL-1.0
// The client of the tests, compiled once for all of them.
#include <support/bench.hpp>

template class lcm::detail::Core<lcm::testing::ScriptedTransport, lcm::testing::ManualClock>;
template class lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock>;
