// SPDX-License-Identifier: BSL-1.0
// The bodies for separate compilation: include this in exactly one source when LCM_CLIENT_SEPARATE_COMPILATION is
// defined, or link the CMake target lcm_client::compiled, which does it.
#ifndef LCM_CLIENT_SRC_HPP
#define LCM_CLIENT_SRC_HPP

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#error "define LCM_CLIENT_SEPARATE_COMPILATION in all sources to use lcm_client/src.hpp, or do not include it"
#endif

#include <lcm_client.hpp>
#include <lcm_client/client.hpp>

#include <lcm_client/client/impl/loop_executor.ipp>
#include <lcm_client/client/impl/raw_request.ipp>
#include <lcm_client/impl/clock.ipp>
#include <lcm_client/impl/events.ipp>
#include <lcm_client/impl/json.ipp>
#include <lcm_client/impl/json_document.ipp>
#include <lcm_client/impl/json_value.ipp>
#include <lcm_client/protocol/fields/impl/json.ipp>
#include <lcm_client/protocol/impl/json_field.ipp>
#include <lcm_client/websocket/impl/transport.ipp>

#include <lcm_client/testing/impl/certificates.ipp>
#include <lcm_client/testing/impl/simulator.ipp>

namespace lcm {

template class LcmClient<WebSocketTransport>;

} // namespace lcm

#endif
