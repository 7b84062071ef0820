// SPDX-License-Identifier: BSL-1.0
// How a late reply is judged when the request that it answers, and with it the type of its response, is gone.
#ifndef LCM_CLIENT_SESSION_REPLY_VERDICT_HPP
#define LCM_CLIENT_SESSION_REPLY_VERDICT_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/result.hpp>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Says what the payload of a late reply means for the request that it answers.
using ReplyVerdict = Delivery (*)(JsonView payload, LenientReader& reader);

} // namespace lcm::detail

#endif
