// SPDX-License-Identifier: BSL-1.0
// From the payload of a reply to the ending that it means for its request.
#ifndef LCM_CLIENT_PROTOCOL_READ_REPLY_HPP
#define LCM_CLIENT_PROTOCOL_READ_REPLY_HPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/field_type.hpp>
#include <lcm_client/protocol/impl/json_field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/result.hpp>

#include <boost/system/result.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI {

namespace detail {

/// The server's texts at `object`, as far as they are there.
[[nodiscard]] inline ServerTexts read_server_texts(JsonView object, LenientReader& reader) {
    return {std::string(reader.find_text(object, "errorType")), std::string(reader.find_text(object, "errorMessage")),
            std::string(reader.find_text(object, "msg"))};
}

/// The texts of an error at `object`, which decide which request the server refuses: none that stands there twice.
[[nodiscard]] inline ServerTexts read_deciding_texts(JsonView object, LenientReader& reader) {
    return {std::string(reader.find_only(object, "errorType").string()),
            std::string(reader.find_only(object, "errorMessage").string()),
            std::string(reader.find_only(object, "msg").string())};
}

/// Whether the call id is what the server refused, by its texts.
[[nodiscard]] inline Errc code_of(const ServerTexts& texts) noexcept {
    const auto is_about_call = [](std::string_view text) {
        static constexpr std::string_view mark = "Invalid Call ID";
        return same_name(trim(text).substr(0, mark.size()), mark);
    };
    const bool call =
        same_name(texts.actual, "Callid is empty") || is_about_call(texts.actual) || is_about_call(texts.message);
    return call ? Errc::invalid_call_id : Errc::server_error;
}

/// The payload of a message, and where the members are that are looked for in it by name. Another message whose text
/// has the same index has them in the same places.
struct Payload {
    Payload() noexcept = default;
    Payload(JsonView payload) noexcept : whole(payload) { // NOLINT(google-explicit-constructor)
        const auto found = look_up<"response", "callid">(payload);
        response = found[0];
        callid = found[1];
    }

    JsonView whole{}; ///< none if there is no payload
    Found response{};
    Found callid{};
};

/// What the payload of a reply consists of.
struct ReplyParts {
    JsonView whole;    ///< the payload itself
    JsonView response; ///< under `response`; none if it has no such member
    JsonView callid;   ///< under `callid`
    JsonView object{}; ///< the body, or the only element of the list that it is, if that is an object

    [[nodiscard]] JsonView body() const noexcept { return response ? response : whole; }
};

[[nodiscard]] inline ReplyParts take_apart(const Payload& payload, LenientReader& reader) {
    // The call was read, and counted, when the reply was matched.
    ReplyParts parts{payload.whole, reader.take_only(payload.response, "response"), payload.callid.value};
    const JsonView body = parts.body();
    const JsonView only = body.is_array() && body.size() == 1 ? body.front() : body;
    if (only.is_object()) parts.object = only;
    return parts;
}

template <class Record>
[[nodiscard]] ReadProblem read_response(const ReplyParts& parts, List<Record>& list, LenientReader& reader) {
    const JsonView body = parts.body();
    if (!parts.response && !body.is_array()) return {.field = "response", .reason = ": missing"};
    if (body.is_null()) {
        reader.tolerate(); // nothing to list
        return {};
    }
    if (!FieldType<std::vector<Record>>::read(body, list.records, {}, reader))
        return {.field = "response", .reason = ": not a list of records"};
    return {};
}

template <Described Response>
[[nodiscard]] ReadProblem read_response(const ReplyParts& parts, Response& response, LenientReader& reader) {
    if constexpr (field_count<Response>() == 0) return {};
    else {
        const JsonView body = parts.body();
        if constexpr (requires { response.success; }) {
            if (!parts.response) return {.field = "response", .reason = ": missing"};
        }
        if constexpr (requires { Response::may_be_bare; }) {
            if (body.is_boolean()) {
                response.success = body.is_true();
                return {};
            }
        }
        if (!parts.object) return {.field = parts.response ? "response" : "message", .reason = ": not an object"};
        if (body.is_array()) reader.tolerate(); // some pages call an object an array of one
        ReadProblem problem = fill_fields(parts.object, response, reader);
        if (parts.response) problem.place = "response.";
        return problem;
    }
}

// A no that any operation may be given, whether its page says so or not.
[[nodiscard]] inline bool says_no(const ReplyParts& parts, LenientReader& reader) {
    const JsonView body = parts.body();
    if (body.is_boolean()) return body.is_false();
    if (!parts.object) return false;
    if (reader.find_only(parts.object, "success").is_false()) return true;
    if (reader.find_only(parts.object, "RequestResult").is_false()) return true;
    return !trim(reader.find_only(parts.object, "RequestFailureReason").string()).empty();
}

[[nodiscard]] inline ReadProblem read_response(const ReplyParts& parts, Json& response, LenientReader&) {
    copy_json(parts.whole, response);
    return {};
}

// What stands beside `response` in the payload is kept as well.
template <class Response> void keep_rest(const ReplyParts& parts, Response& response) {
    if constexpr (requires { response.raw.reveal(); }) copy_json(parts.whole, response.raw);
    if constexpr (requires { response.others.reveal(); }) {
        if (!parts.response) return;
        const std::array taken{parts.response, parts.callid};
        keep_others(parts.whole, taken, response.others);
    }
}

template <class Response> [[nodiscard]] Verdict judge(const Response& response) {
    if constexpr (requires { response.success; })
        return {response.success ? Delivery::accepted : Delivery::refused, {}};
    else if constexpr (requires { response.verdict(); }) return response.verdict();
    else return {Delivery::accepted, {}};
}

[[nodiscard]] inline Error bad_reply(std::string detail, JsonView payload) {
    return {
        .code = Errc::bad_reply, .delivery = Delivery::unknown, .detail = std::move(detail), .reply = dump(payload)};
}

[[nodiscard]] inline std::string doubt_in_words(const LenientReader& reader) {
    return std::string(reader.doubt()) + ": stands twice";
}

[[nodiscard]] inline Error refusal(const ReplyParts& parts, std::string text, const char* detail,
                                   LenientReader& reader) {
    ServerTexts texts = parts.object ? read_server_texts(parts.object, reader) : ServerTexts();
    if (texts.empty()) texts = read_server_texts(parts.whole, reader);
    if (texts.message.empty() && text.empty() && parts.object)
        text = reader.find_text(parts.object, "RequestFailureReason");
    if (texts.message.empty()) texts.message = std::move(text);
    const Errc code = code_of(texts);
    return {.code = code,
            .delivery = Delivery::refused,
            .detail = detail,
            .server = std::move(texts),
            .reply = dump(parts.whole)};
}

/// Reads the response that `payload` is into `response`, a new one. Returns the error that it means instead, if it is
/// no yes.
template <class Response>
[[nodiscard]] std::optional<Error> read_reply_into(Response& response, const Payload& payload, LenientReader& reader) {
    const ReplyParts parts = take_apart(payload, reader);
    constexpr bool has_success = requires { response.success; };
    const bool says_no = !has_success && detail::says_no(parts, reader);
    if (reader.is_in_doubt()) return bad_reply(doubt_in_words(reader), parts.whole);
    if (says_no) return refusal(parts, {}, "the reply says no", reader);
    if (const ReadProblem problem = read_response(parts, response, reader))
        return bad_reply(problem.in_words(), parts.whole);
    if (reader.is_in_doubt()) return bad_reply(doubt_in_words(reader), parts.whole); // about what a verdict reads
    keep_rest(parts, response);

    Verdict verdict = judge(response);
    if (verdict.ending == Delivery::accepted) return std::nullopt;
    if (verdict.ending == Delivery::refused)
        return refusal(parts, std::move(verdict.text), has_success ? "success: false" : "the reply says no", reader);
    Error error = bad_reply("the interface does not say whether this answer means yes", parts.whole);
    error.server.message = std::move(verdict.text);
    return error;
}

} // namespace detail

/// The ending that `payload`, of a reply, means for its request: the response if it says yes; an error with
/// `Delivery::refused` and the server's texts if it says no; else one with `Errc::bad_reply` and `Delivery::unknown`,
/// which names what is wrong and has the payload.
///
/// Nothing is decided by what stands twice: the reply is then one that is not understood, also if `reader` was in doubt
/// about the message before. Where a response has `success`, nothing but `true` means yes. Other replies say yes by
/// being there, unless they hold `success: false`, `RequestResult: false` or a `RequestFailureReason`, or their type has
/// a `verdict()` that says otherwise.
template <class Response> [[nodiscard]] Result<Response> read_reply(JsonView payload, LenientReader& reader) {
    Response response{};
    if (auto error = detail::read_reply_into(response, detail::Payload(payload), reader))
        return {boost::system::in_place_error, *std::move(error)};
    return Result<Response>(boost::system::in_place_value, std::move(response));
}

} // namespace lcm

#endif
