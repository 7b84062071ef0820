// SPDX-License-Identifier: BSL-1.0
// The bodies of the simulator for separate compilation: include this in exactly one source of what uses it, when
// LCM_CLIENT_SEPARATE_COMPILATION is defined, or link the CMake target lcm_client::testing, which does it.
#ifndef LCM_CLIENT_TESTING_SRC_HPP
#define LCM_CLIENT_TESTING_SRC_HPP

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#error "define LCM_CLIENT_SEPARATE_COMPILATION in all sources to use lcm_client/testing/src.hpp, or do not include it"
#endif

#include <lcm_client/testing/certificates.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <lcm_client/testing/impl/certificates.ipp>
#include <lcm_client/testing/impl/simulator.ipp>

#endif
