// SPDX-License-Identifier: BSL-1.0
// Messages as values, for tests: the bodies, which are templates.
#ifndef LCM_CLIENT_TESTING_IMPL_TYPED_MESSAGES_IPP
#define LCM_CLIENT_TESTING_IMPL_TYPED_MESSAGES_IPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>
#include <lcm_client/testing/impl/reply_text.hpp>
#include <lcm_client/testing/typed_messages.hpp>

#include <cstddef>

namespace lcm::inline LCM_CLIENT_ABI::testing {

template <Request R> std::string reply_with(std::string_view callid, const typename R::Response& response) {
    return detail::write_reply(R::operation, detail::form_of<R>(), callid, detail::write_response<R>(response));
}

template <Request R> std::optional<R> read_request(std::string_view sent) {
    constexpr std::size_t max_depth = 64;
    JsonDocument document;
    if (!document.parse(sent, max_depth)) return std::nullopt;
    LenientReader reader;
    if (reader.find_text(document.root(), "subtopic") != R::operation.subtopic) return std::nullopt;
    R request{};
    if (!read_fields(reader.find(document.root(), "data"), request, reader).empty()) return std::nullopt;
    return request;
}

} // namespace lcm::testing

#endif
