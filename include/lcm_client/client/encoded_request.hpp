// SPDX-License-Identifier: BSL-1.0
// What becomes of a request in its caller's thread: it is checked and encoded, or there is a reason why it will not leave.
#ifndef LCM_CLIENT_CLIENT_ENCODED_REQUEST_HPP
#define LCM_CLIENT_CLIENT_ENCODED_REQUEST_HPP

#include <lcm_client/client/message_text.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/request_pool.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/do_not_call.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/sensitive.hpp>
#include <lcm_client/session/call_record.hpp>
#include <lcm_client/session/open_do_not_calls.hpp>
#include <lcm_client/session/trace_of.hpp>
#include <lcm_client/subjects.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

struct RawRequest;

namespace detail {

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
template <class Largest> void finish_message(EncodedRequest& prepared, const ClientConfig& config, Largest largest) {
    MessageText& text = prepared.text;
    if (config.packet) {
        const std::string whole = wrap(text.view(), prepared.operation->channel, *config.packet);
        text.clear();
        text.append(whole);
    }
    const std::size_t size = text.size();
    const std::size_t limit = config.limits.outbound_message;
    if (size > limit) prepared.problem = too_large(largest(), size, limit);
}

// The LCM key of what `request` changes: an event about it carries that and nothing else.
template <class R> [[nodiscard]] Sensitive<std::string> changed_key(const R& request) {
    if constexpr (!R::operation.is_read_only && requires { std::string(request.account_number.reveal()); })
        return request.account_number;
    else return {};
}

/// Writes the message into a text from `pool`.
template <Request R>
[[nodiscard]] EncodedRequest prepare(const R& request, const ClientConfig& config, RequestPool& pool) {
    static_assert(R::operation.reply_subtopic.empty() == std::same_as<typename R::Response, AcceptedForSending>,
                  "an operation without a reply has the Response AcceptedForSending, and no other one has");
    // The operation is a constant: nothing has to keep it alive.
    EncodedRequest prepared{
        {std::shared_ptr<void>(), &R::operation}, callid_of(request), pool.take_text(), changed_key(request)};
    if (const auto problems = validate(request); !problems.empty()) {
        prepared.problem = invalid_argument(in_one_line(problems));
        return prepared;
    }
    encode_to(prepared.text, request, config.source);
    finish_message(prepared, config, [&] { return largest_field(request); });
    if constexpr (leaves_trace<R>()) {
        if (config.inquiry && !prepared.callid.empty())
            prepared.trace =
                std::make_unique<Remembered>(Remembered{.callid = prepared.callid, .what = trace_of(request)});
    }
    return prepared;
}

/// What the guard has to know of a valid request that may change something: nothing if that names no contact.
template <class R> [[nodiscard]] std::unique_ptr<GuardedRequest>
guarded_change(const R& request, const DoNotCallGuard& guard, bool despite_it) {
    Subjects subjects = subjects_of(request);
    if (subjects.empty()) return nullptr;
    const bool marks = marks_do_not_call(request, guard.also_marks);
    return std::make_unique<GuardedRequest>(GuardedRequest{std::move(subjects), marks, despite_it});
}

template <Request R>
[[nodiscard]] std::unique_ptr<GuardedRequest> guarded(const R& request, const DoNotCallGuard& guard, bool despite_it) {
    return R::operation.is_read_only ? nullptr : guarded_change(request, guard, despite_it);
}
[[nodiscard]] LCM_CLIENT_DECL std::unique_ptr<GuardedRequest> guarded(const RawRequest& request,
                                                                      const DoNotCallGuard& guard, bool despite_it);

/// Writes the message of a request that was described at run time into a text from `pool`.
[[nodiscard]] LCM_CLIENT_DECL EncodedRequest prepare(const RawRequest& request, const ClientConfig& config,
                                                     RequestPool& pool);

} // namespace detail

} // namespace lcm

#endif
