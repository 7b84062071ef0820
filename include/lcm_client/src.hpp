// SPDX-License-Identifier: BSL-1.0
// The bodies for separate compilation: include this in exactly one source when LCM_CLIENT_SEPARATE_COMPILATION is
// defined, or link the CMake target lcm_client::compiled, which does it. Those of the simulator are in
// lcm_client/testing/src.hpp.
#ifndef LCM_CLIENT_SRC_HPP
#define LCM_CLIENT_SRC_HPP

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#error "define LCM_CLIENT_SEPARATE_COMPILATION in all sources to use lcm_client/src.hpp, or do not include it"
#endif

#include <lcm_client.hpp>

#include <lcm_client/client/impl/completions.ipp>
#include <lcm_client/client/impl/engine.ipp>
#include <lcm_client/client/impl/engine_end.ipp>
#include <lcm_client/client/impl/engine_owner.ipp>
#include <lcm_client/client/impl/engine_requests.ipp>
#include <lcm_client/client/impl/link.ipp>
#include <lcm_client/client/impl/raw_request.ipp>
#include <lcm_client/impl/client.ipp>
#include <lcm_client/impl/clock.ipp>
#include <lcm_client/impl/events.ipp>
#include <lcm_client/impl/json.ipp>
#include <lcm_client/impl/json_document.ipp>
#include <lcm_client/impl/json_value.ipp>
#include <lcm_client/impl/loop_executor.ipp>
#include <lcm_client/impl/subjects.ipp>
#include <lcm_client/impl/ui_loop.ipp>
#include <lcm_client/protocol/impl/fields/json.ipp>
#include <lcm_client/protocol/impl/json_field.ipp>
#include <lcm_client/session/impl/inbound.ipp>
#include <lcm_client/session/impl/session.ipp>
#include <lcm_client/session/impl/unknown_outcomes.ipp>
#include <lcm_client/session/impl/weigh_evidence.ipp>
#include <lcm_client/websocket/impl/transport.ipp>

#endif
