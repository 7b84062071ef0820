// SPDX-License-Identifier: BSL-1.0
// What the client asks the server by operations of its own: the bodies.
#ifndef LCM_CLIENT_IMPL_CLIENT_IPP
#define LCM_CLIENT_IMPL_CLIENT_IPP

#include <lcm_client/client.hpp>
#include <lcm_client/client/call_sinks.hpp>
#include <lcm_client/client/encoded_request.hpp>
#include <lcm_client/client/question_request.hpp>
#include <lcm_client/client/typed_call.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/operations/state.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/text.hpp>

#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL EncodedRequest prepare(const UnknownRequest& ended, const ClientConfig& config, RequestPool& pool) {
    EncodedRequest prepared = prepare(GetStoredData{.callid = ended.callid()}, config, pool);
    const char* problem = nullptr;
    if (!ended.is_unknown()) problem = "ended: must have ended as unknown, without a truth that has come to light";
    else if (!ended.leaves_trace()) problem = "ended: leaves no trace"; // which is evidence, and told as that
    else if (!config.inquiry) problem = "ClientConfig::inquiry: must be set to ask for evidence";
    if (problem != nullptr) prepared.problem = invalid_argument(problem);
    return prepared;
}

/// The other name that requests have for a field of the reply; empty if there is none.
[[nodiscard]] inline std::string_view also_called(std::string_view name) {
    std::string_view also;
    for_each_field<StoredData>([&](const auto& field) {
        if (same_key(field.name, name)) also = field.options.also;
        else if (!field.options.also.empty() && same_key(field.options.also, name)) also = field.name;
    });
    return also;
}

// What is no plain value is not compared.
LCM_CLIENT_DECL ReadProblem read_response(const ReplyParts& parts, StoredRequest& shown, LenientReader& reader) {
    if (!parts.object) return {.field = "message", .reason = ": not an object"};
    shown.api = reader.find_only(parts.object, "api").string();
    for (const auto [name, value] : parts.object.members()) {
        if (!is_plain_value(value) || same_key(name, "api") || same_key(name, "callid")) continue;
        shown.fields.push_back({std::string(name), std::string(also_called(name)), trace_value(value)});
    }
    return {};
}

LCM_CLIENT_DECL Call make_question(const UnknownRequest& ended, const ClientConfig& config, RequestPool& pool,
                                   RequestId id, TimePoint now, std::function<void(Result<Evidence>)> told) {
    using Sink = HandlerSink<Evidence, std::function<void(Result<Evidence>)>>;
    return TypedCall<StoredRequest, EvidenceSink<Sink>>::make(pool, EvidenceSink<Sink>(Sink(std::move(told)), ended),
                                                              id, prepare(ended, config, pool),
                                                              CallTiming{now, now + config.deadline});
}

} // namespace lcm::detail

namespace lcm::inline LCM_CLIENT_ABI {

LCM_CLIENT_DECL std::future<Evidence> AnyClient::inquire(const UnknownRequest& ended, CallOptions options) {
    return start_future<detail::StoredRequest, Evidence>(ended, std::move(options), detail::ToEvidence{ended});
}

} // namespace lcm

#endif
