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

namespace detail {

/// The response as JSON. One that is the whole payload names its call itself.
template <Request R> std::string write_response_for(std::string_view callid, const typename R::Response& response) {
    constexpr bool is_payload = form_of<R>().response_key.empty();
    if constexpr (is_payload && R::operation.reply_callid == ReplyCallid::present) {
        auto named = response;
        named.callid = std::string(callid);
        return write_response<R>(named);
    } else return write_response<R>(response);
}

} // namespace detail

template <Request R> std::string reply_with(std::string_view callid, const typename R::Response& response) {
    return detail::write_reply(R::operation, detail::form_of<R>(), callid,
                               detail::write_response_for<R>(callid, response));
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
