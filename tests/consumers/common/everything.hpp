// SPDX-License-Identifier: BSL-1.0
// Every public header, for both sources of the consumers: what is not inline in them is defined twice, and does not link.
#ifndef LCM_CLIENT_TESTS_EVERYTHING_HPP
#define LCM_CLIENT_TESTS_EVERYTHING_HPP

#include <lcm_client.hpp>
#include <lcm_client/client.hpp>
#include <lcm_client/push_transport.hpp>
#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/testing/faults.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>
#include <lcm_client/testing/simulated_server.hpp>
#include <lcm_client/testing/simulator.hpp>
#include <lcm_client/ui_loop.hpp>

#endif
