// SPDX-License-Identifier: BSL-1.0
// What becomes of a raw request in its caller's thread.
#ifndef LCM_CLIENT_CLIENT_IMPL_RAW_REQUEST_IPP
#define LCM_CLIENT_CLIENT_IMPL_RAW_REQUEST_IPP

#include <lcm_client/client/encoded_request.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/impl/utf8.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/json_field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/raw_request.hpp>
#include <lcm_client/sensitive.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

[[nodiscard]] inline Sensitive<std::string> changed_key(const RawRequest& request, JsonView data,
                                                        LenientReader& reader) {
    if (request.is_read_only) return {};
    std::string_view key = reader.find_text(data, "AccountNumber");
    if (key.empty()) key = reader.find_text(data, "LCMKey");
    return std::string(key);
}

/// What is wrong with a raw request, or an empty text.
[[nodiscard]] inline std::string find_problem(const RawRequest& request) {
    if (trim(request.subtopic).empty()) return "subtopic: must not be empty";
    if (!request.reply.subtopic.empty() && trim(request.reply.subtopic).empty())
        return "reply.subtopic: must be a name, or empty if there is no reply";
    if (!request.data.is_object() && !request.data.is_null()) return "data: must be a JSON object, or null";
    if (!can_be_dumped(request.data)) return "data: must be text in UTF-8, and finite numbers";
    const auto& reply = request.reply.subtopic;
    for (const std::string& text : {request.subtopic, request.channel, request.topic, reply})
        if (!is_utf8(text)) return "subtopic, channel, topic and reply.subtopic: must be text in UTF-8";
    return {};
}

/// The operation that `request` describes, with the texts that it points to.
[[nodiscard]] inline std::shared_ptr<const Operation> operation_of(const RawRequest& request) {
    struct Owner {
        std::string subtopic, reply, channel, topic;
        Operation operation{};
    };
    auto owner = std::make_shared<Owner>(Owner{request.subtopic, request.reply.subtopic, request.channel,
                                               request.topic}); // clang 14 wants the aggregate
    owner->operation = {.subtopic = owner->subtopic,
                        .reply_subtopic = owner->reply,
                        .reply_callid = request.reply.callid,
                        .is_read_only = request.is_read_only,
                        .channel = owner->channel,
                        .topic = owner->topic};
    return {owner, &owner->operation};
}

LCM_CLIENT_DECL std::unique_ptr<GuardedRequest> guarded(const RawRequest& request, const DoNotCallGuard& guard,
                                                        bool despite_it) {
    if (request.is_read_only) return nullptr;
    return guarded_change(request, guard, despite_it);
}

/// What is to be remembered of a request with these data.
[[nodiscard]] inline std::unique_ptr<Remembered> make_trace(const RawRequest& request, const std::string& callid,
                                                            JsonView data) {
    RequestTrace trace{request.subtopic};
    for (const auto [name, value] : data.members())
        if (is_plain_value(value) && !same_key(name, "callid"))
            trace.fields.push_back({std::string(name), trace_value(value)});
        else if (!is_plain_value(value)) trace.fields.push_back({std::string(name), ValueTrace{}});
    return std::make_unique<Remembered>(Remembered{.callid = callid, .what = std::move(trace)});
}

LCM_CLIENT_DECL EncodedRequest prepare(const RawRequest& request, const ClientConfig& config, RequestPool& pool) {
    EncodedRequest prepared{operation_of(request), {}, pool.take_text()};
    if (auto problem = find_problem(request); !problem.empty()) {
        prepared.problem = invalid_argument(std::move(problem));
        return prepared;
    }
    const std::string data = request.data.is_null() ? std::string() : request.data.dump();
    JsonDocument document; // the call and the key are read as from any message
    static_cast<void>(document.parse(data, data.size()));
    LenientReader reader;
    prepared.callid = read_callid(document.root(), reader).value_or("");
    prepared.lcm_key = changed_key(request, document.root(), reader);
    write_message(prepared.text, *prepared.operation, config.source, data);
    finish_message(prepared, config, [] { return "data"; });
    if (config.inquiry && !request.is_read_only && !prepared.callid.empty())
        prepared.trace = make_trace(request, prepared.callid, document.root());
    return prepared;
}

} // namespace lcm::detail

#endif
