// SPDX-License-Identifier: BSL-1.0
// Messages as values, for tests: a reply's text from its response, and a request from the text that was sent.
#ifndef LCM_CLIENT_TESTING_TYPED_MESSAGES_HPP
#define LCM_CLIENT_TESTING_TYPED_MESSAGES_HPP

#include <lcm_client/protocol/field.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::testing {

/// The server's reply to an `R` for the call, with this response, in the form of the interface's samples. A response
/// that says no, such as one with a `request_failure_reason`, refuses the request with its own text. Any thread.
template <Request R>
[[nodiscard]] std::string reply_with(std::string_view callid, const typename R::Response& response);

/// What a client sent, read back as the request that it was; nothing if it is no `R`, or was put into a packet. Any
/// thread.
template <Request R> [[nodiscard]] std::optional<R> read_request(std::string_view sent);

} // namespace lcm::testing

#include <lcm_client/testing/impl/typed_messages.ipp> // templates

#endif
