// SPDX-License-Identifier: BSL-1.0
// The bodies of the outbox for separate compilation: include this in exactly one source when
// LCM_CLIENT_SEPARATE_COMPILATION is defined, or link the CMake target lcm_client::outbox, which does it.
#ifndef LCM_CLIENT_OUTBOX_SRC_HPP
#define LCM_CLIENT_OUTBOX_SRC_HPP

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#error "define LCM_CLIENT_SEPARATE_COMPILATION in all sources to use lcm_client/outbox/src.hpp, or do not include it"
#endif

#include <lcm_client/outbox.hpp>
#include <lcm_client/outbox/file.hpp>

#include <lcm_client/outbox/impl/file.ipp>
#include <lcm_client/outbox/impl/outbox.ipp>
#include <lcm_client/outbox/impl/outbox_engine.ipp>
#include <lcm_client/outbox/impl/outbox_file.ipp>
#include <lcm_client/outbox/impl/outbox_talk.ipp>
#include <lcm_client/outbox/impl/prepared_request.ipp>
#include <lcm_client/outbox/impl/store.ipp>
#include <lcm_client/outbox/impl/vault.ipp>

#endif
