// SPDX-License-Identifier: BSL-1.0
// Puts a request into the command's outbox, if this command was built with one.
#ifndef LCM_COMMAND_KEEP_HPP
#define LCM_COMMAND_KEEP_HPP

#include "operation.hpp"
#include "status.hpp"

#include <lcm_client/protocol/field.hpp>

#if defined(LCM_COMMAND_HAS_OUTBOX)
#include "command_outbox.hpp"
#endif

#include <cstdint>
#include <future>

namespace lcm_command {

/// See `AnyRequest::keep`.
template <lcm::Request R>
std::future<std::uint64_t> keep([[maybe_unused]] CommandOutbox& outbox, [[maybe_unused]] const R& request) {
#if defined(LCM_COMMAND_HAS_OUTBOX)
    if constexpr (!R::operation.is_read_only) return outbox.outbox.post(request);
#endif
    throw UsageError("--outbox: keeps requests that change something, and this one only reads");
}

} // namespace lcm_command

#endif
