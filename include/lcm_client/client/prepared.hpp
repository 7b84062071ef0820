// SPDX-License-Identifier: BSL-1.0
// What becomes of a request in its caller's thread: it is checked and encoded, or there is a reason why it will not leave.
#ifndef LCM_CLIENT_CLIENT_PREPARED_HPP
#define LCM_CLIENT_CLIENT_PREPARED_HPP

#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/json.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/packet.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/protocol/text.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/raw_request.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::detail {

[[nodiscard]] inline std::unique_ptr<Error> invalid_argument(std::string detail) {
    return std::make_unique<Error>(Error{.code = Errc::invalid_argument, .detail = std::move(detail)});
}

[[nodiscard]] inline std::unique_ptr<Error> too_large(std::string_view largest, std::size_t size, std::size_t limit) {
    return std::make_unique<Error>(Error{.code = Errc::message_too_large,
                                         .detail = std::string(largest) + ": the message has " + std::to_string(size) +
                                                   " bytes, the limit is " + std::to_string(limit) +
                                                   ", and this field takes most of it"});
}

/// Puts the message into its packet, if there is one. If that is too large to leave, `largest()` names the field that
/// takes most of it.
template <class Largest> void finish_message(Prepared& prepared, const ClientConfig& config, Largest largest) {
    if (config.packet) prepared.text = wrap(prepared.text, prepared.operation->channel, *config.packet);
    const std::size_t size = prepared.text.size();
    const std::size_t limit = config.limits.outbound_message;
    if (size > limit) prepared.problem = too_large(largest(), size, limit);
}

// The LCM key of what `request` changes: an event about it carries that and nothing else.
template <class R> [[nodiscard]] Sensitive<std::string> changed_key(const R& request) {
    if constexpr (!R::operation.is_read_only && requires { std::string(request.account_number.reveal()); })
        return request.account_number;
    else return {};
}

[[nodiscard]] inline Sensitive<std::string> changed_key(const RawRequest& request, JsonView data,
                                                        LenientReader& reader) {
    if (request.is_read_only) return {};
    std::string_view key = reader.find_text(data, "AccountNumber");
    if (key.empty()) key = reader.find_text(data, "LCMKey");
    return std::string(key);
}

/// Writes the message into `memory`, an empty string that may have room from an earlier one.
template <Request R> [[nodiscard]] Prepared prepare(const R& request, const ClientConfig& config, std::string memory) {
    static_assert(R::operation.reply_subtopic.empty() == std::same_as<typename R::Response, AcceptedForSending>,
                  "an operation without a reply has the Response AcceptedForSending, and no other one has");
    // The operation is a constant: nothing has to keep it alive.
    Prepared prepared{
        {std::shared_ptr<void>(), &R::operation}, callid_of(request), std::move(memory), changed_key(request)};
    if (const auto problem = validate(request)) {
        prepared.problem = invalid_argument(problem->field + ": " + problem->reason);
        return prepared;
    }
    encode_to(prepared.text, request, config.source);
    finish_message(prepared, config, [&] { return largest_field(request); });
    return prepared;
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

[[nodiscard]] inline Prepared prepare(const RawRequest& request, const ClientConfig& config, std::string memory) {
    Prepared prepared{operation_of(request), {}, std::move(memory)};
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
    return prepared;
}

} // namespace lcm::detail

#endif
