// SPDX-License-Identifier: BSL-1.0
// Fuzz target: a message from the wire, through everything that reads it. What is understood is compared with what a
// second, simple reading finds.
#include <fuzz/require.hpp>
#include <fuzz/targets.hpp>
#include <support/json_text.hpp>
#include <support/reference_json.hpp>

#include <lcm_client/events.hpp>
#include <lcm_client/json.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/impl/doubtful.hpp>
#include <lcm_client/protocol/impl/envelope.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/session/match_key.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::tests {

namespace {

constexpr std::size_t max_depth = 12;

// A field of each type.
struct Everything {
    bool flag = false;
    std::string text{};
    Number number{};
    OutcomeId outcome{};
    Sensitive<std::string> secret{};

    static constexpr void fields(auto&& field) {
        field("flag", &Everything::flag, Presence::required, "");
        field("text", &Everything::text, Presence::required, "");
        field("number", &Everything::number, Presence::required, "");
        field("outcome", &Everything::outcome, Presence::required, "");
        field("secret", &Everything::secret, Presence::required, "");
    }
};

// --- the second reading ---------------------------------------------------------------------------------------------

std::string plain_name(const std::string& name) {
    const std::size_t first = name.find_first_not_of(" \t\n\v\f\r");
    if (first == std::string::npos) return {};
    std::string plain = name.substr(first, name.find_last_not_of(" \t\n\v\f\r") + 1 - first);
    for (char& c : plain) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return plain;
}

// The same without any spaces, as keys are compared.
std::string plain_key(const std::string& key) {
    std::string plain = plain_name(key);
    std::erase_if(plain, [](unsigned char c) { return std::isspace(c) != 0; });
    return plain;
}

// The one member with that name, in lower case. What stands twice under one name must be visible in `object`.
const Json* only_member(const Json* object, const std::string& name) {
    if (object == nullptr || !object->is_object()) return nullptr;
    const auto is_it = [&](const auto& item) { return plain_key(item.first) == name; };
    const auto& members = object->get_ref<const Json::object_t&>();
    if (std::count_if(members.begin(), members.end(), is_it) != 1) return nullptr;
    return &std::find_if(members.begin(), members.end(), is_it)->second;
}

struct Size {
    std::size_t depth = 0;
    std::size_t values = 1;
    std::size_t members = 0;
    std::size_t bytes = 0; // of the texts
};

Size measure(const Json& value) {
    Size size;
    if (value.is_string()) size.bytes = value.get_ref<const std::string&>().size();
    if (!value.is_structured()) return size;
    for (const auto& item : value.items()) {
        const Size inner = measure(item.value());
        size.depth = (std::max)(size.depth, inner.depth);
        size.values += inner.values;
        size.members += inner.members + (value.is_object() ? 1 : 0);
        size.bytes += inner.bytes + (value.is_object() ? item.key().size() : 0);
    }
    ++size.depth;
    return size;
}

// How many names of members there are in the text, whether they are equal or not. Nothing if it is not JSON.
std::optional<std::size_t> count_names(std::string_view text) {
    std::size_t names = 0;
    const auto count = [&names](int, Json::parse_event_t event, const Json&) {
        if (event == Json::parse_event_t::key) ++names;
        return true;
    };
    if (Json::parse(TolerableText(text).text, count, false).is_discarded()) return std::nullopt;
    return names;
}

// --- what must hold -------------------------------------------------------------------------------------------------

void check_problem(const std::string& problem, std::size_t text_size) {
    std::string form = problem;
    const std::size_t digit = form.find_first_of("0123456789");
    if (digit != std::string::npos && problem.find("byte") != std::string::npos) {
        require(std::stoull(problem.substr(digit)) <= text_size + 1, "a problem is found within the text");
        form.resize(digit);
    }
    require(form == "no valid JSON near byte " || form == "nested deeper than 12 levels",
            "a problem is said in one of two ways, without a part of the text");
}

void check_document(const Json& document, const Json& with_doubles, std::string_view text) {
    const Size size = measure(with_doubles);
    require(size.depth <= max_depth, "nothing is nested deeper than allowed");
    require(size.values <= text.size(), "there are no more values than bytes");
    require(measure(document).bytes <= text.size(), "texts do not grow");
    const ParsedJson again = parse_json(document.dump(), max_depth);
    require(again && again.value == document, "what was read can be written and read again");
    const auto names = count_names(text);
    require(names.has_value(), "nothing is read that is not JSON");
    require(*names == size.members, "each name is there");
}

// Both parsers accept the text or refuse it, for the same reason, and find the same in it.
void check_parsers(const ParsedJson& document, std::string_view text) {
    const ParsedJson reference = parse_by_reference(text, max_depth);
    require(document.problem == reference.problem, "a text is refused for the reason of the reference");
    if (!document) return;
    require(document.value == reference.value, "a text is read as by the reference");
    require(document.value.dump() == reference.value.dump(), "and each number as exactly");
    require(document.deviations == reference.deviations, "what is tolerated is counted");
}

void check_error(const Json& document, JsonView view, LenientReader& reader, std::size_t text_size) {
    const Json* topic = only_member(&document, "topic");
    require(topic != nullptr && topic->is_string() && plain_name(topic->get<std::string>()) == "error",
            "an error has the topic Error");
    const detail::IncomingError error = detail::read_error(view, reader);
    const ServerTexts& texts = error.texts;
    require(texts.type.size() + texts.actual.size() + texts.message.size() <= text_size,
            "an error's texts do not grow");
    require(!error.is_ws_error() || plain_name(texts.type) == "ws_error", "a WS_Error says so");
    require(error.code() == Errc::invalid_call_id || error.code() == Errc::server_error,
            "an error has one of two codes");
    if (!error.callid) return;
    require(error.code() == Errc::invalid_call_id, "who names a call refuses it");
    require(!error.callid->empty() && error.callid == detail::trim(*error.callid), "a call is named by a text");
    require((texts.actual + '\n' + texts.message).find(*error.callid) != std::string::npos, "the call is in the texts");
}

// What stands under `response`, or in it if it is a list of one.
const Json* only_response(const Json& payload) {
    const Json* response = only_member(&payload, "response");
    const bool is_list_of_one = response != nullptr && response->is_array() && response->size() == 1;
    return is_list_of_one ? &response->front() : response;
}

void check_reply(const Json& payload, JsonView view) {
    LenientReader reader; // which has had no doubt yet
    const Json* success = only_member(only_response(payload), "success");
    const bool is_clear = success != nullptr && success->is_boolean();
    const auto result = read_reply<SetBusinessOutcomeWithCallOutcome::Response>(view, reader);
    require(result.has_value() == (is_clear && success->get<bool>()), "accepted is what says success: true");
    if (result.has_value()) return require(result->success, "accepted is a success");

    const Error& error = result.error();
    require((error.delivery == Delivery::refused) == is_clear, "refused is what says success: false");
    if (is_clear) return require(error.code == Errc::server_error, "the server refused it");
    require(error.code == Errc::bad_reply && error.delivery == Delivery::unknown, "what is not clear is unknown");
    require(error.detail.starts_with("response"), "the reason names the field");
    require(error.server.empty(), "nobody has refused it");
    require(error.reply.reveal() == view.to_json().dump(), "what is not clear is handed on");
}

// The reply of any operation: what is accepted can be written again, and what sets something has said so.
template <class Response> void check_any_reply(const Json& payload, JsonView view) {
    LenientReader reader;
    const auto result = read_reply<Response>(view, reader);
    if (result.has_error())
        return require((result.error().code == Errc::server_error) == (result.error().delivery == Delivery::refused),
                       "an error is a refusal or a doubt");
    if constexpr (requires { result->success; }) {
        const Json* success = only_member(only_response(payload), "success");
        const Json* bare = only_member(&payload, "response");
        require((success != nullptr && *success == true) || (bare != nullptr && *bare == true),
                "what sets something is accepted by a plain true");
    }
    if constexpr (requires { result->records; }) {
        std::string text;
        detail::write_value(text, result->records);
        require(!Json::parse(text, nullptr, false).is_discarded(), "records that were read can be written");
    } else {
        std::string text;
        detail::write_object(text, *result);
        require(!Json::parse(text, nullptr, false).is_discarded(), "a response that was read can be written");
    }
}

// A request of any operation that can be read from the fields leaves as a text from which the same request is read.
template <Request R> void check_request(JsonView fields, LenientReader& reader) {
    R request;
    if (!read_fields(fields, request, reader).empty() || !validate(request).empty()) return;
    const std::string text = encode(request, "fuzz");
    const ParsedJson message = parse_json(text, max_depth + 2);
    require(static_cast<bool>(message), "a request leaves as JSON");
    R again;
    if constexpr (field_count<R>() != 0)
        require(read_fields(JsonText::of(message.value.at("data")), again, reader).empty(),
                "what was sent can be read");
    require(validate(again).empty() && encode(again, "fuzz") == text, "what was sent is what was meant");
}

void check_all_requests(JsonView fields, LenientReader& reader) {
    OperationGroups::for_each(
        [&]<class Group>() { Group::Operations::for_each([&]<class R>() { check_request<R>(fields, reader); }); });
}

void check_all_replies(const Json& payload, JsonView view) {
    OperationGroups::for_each([&]<class Group>() {
        Group::Operations::for_each([&]<class R>() { check_any_reply<typename R::Response>(payload, view); });
    });
}

void check_events(const Json& document, JsonView view, LenientReader& reader) {
    require(ErrorEvent::read(view, reader).has_value() == detail::is_error(view, reader), "an error is an event");
    if (const auto set = OutcomeSetForCall::read(view, reader)) {
        const Json* const key = only_member(&document, "message");
        require(key != nullptr && key->is_string(), "an outcome's event carries a text");
        require(key->get<std::string>().find(set->account_number.reveal()) != std::string::npos, "as it is");
    }
    if (const auto change = OutBoundCallStateChange::read(view, reader))
        require(plain_name(document.dump()).find("outboundcallstatechange") != std::string::npos, "by its name");
}

void check_message(const Json& document, bool has_doubles, JsonView view, LenientReader& reader) {
    const detail::Incoming message = detail::read_incoming(view, reader);
    const Json* const under_message = only_member(&document, "message");
    const Json* const payload = under_message != nullptr ? under_message : only_member(&document, "data");
    require(static_cast<bool>(message.payload) == (payload != nullptr), "there is a payload if one can be found");
    require(payload == nullptr || has_doubles || message.payload.to_json() == *payload,
            "the payload is the one message, or else the data");
    require(!message.is_under_data || under_message == nullptr, "a message goes before data");
    const std::optional<std::string> callid(message.callid);
    const detail::MatchKey key(message.subtopic, callid);
    require(key == detail::MatchKey(std::string(message.subtopic) + ' ', callid), "outer space is no difference");
    if (callid) require(only_member(payload, "callid") != nullptr, "a call id is where it should be");
    if (payload == nullptr) return;
    check_reply(*payload, message.payload);
    check_all_replies(*payload, message.payload);
}

// Whose answer a message is although something stands twice, is told only if that is beyond doubt.
void check_doubtful(JsonView view, const LenientReader& reader) {
    const detail::Doubtful doubtful = detail::read_doubtful(view);
    if (doubtful.reply && !reader.is_in_doubt()) {
        LenientReader other;
        const detail::Incoming plain = detail::read_incoming(view, other);
        require(plain.callid == doubtful.reply->callid, "where nothing stands twice, the call is the same");
        require(plain.payload.is_same_as(doubtful.reply->payload), "and the payload");
    }
    if (reader.is_in_doubt() || !doubtful.call) return;
    LenientReader other;
    require(detail::is_error(view, other), "what refuses a call is an error");
    const auto callid = detail::read_error(view, other).callid;
    require(!callid || callid == doubtful.call, "where nothing stands twice, it refuses the same call");
}

void check_fields(const Json& document, JsonView view, LenientReader& reader) {
    Everything all;
    const std::string problem = read_fields(view, all, reader);
    if (!problem.empty()) return;
    require(only_member(&document, "flag")->get<bool>() == all.flag, "a truth value is read as it is");
    require(only_member(&document, "text")->get<std::string>() == all.text, "a text is read as it is");
    require(only_member(&document, "secret")->get<std::string>() == all.secret.reveal(), "a secret is read as it is");
    require(all.outcome.is_set(), "an outcome that was read is set");
    require(all.number.is_finite(), "a number that was read is finite");
    const Json number = Json::parse(all.number.text());
    require(number.is_number(), "a number that was read can be written");
    require(number.get<double>() == all.number.to_double(), "a number is written as it was read");
}

} // namespace

void fuzz_decoder(std::string_view bytes) {
    static JsonDocument reused; // what one text leaves behind shall not show in the next
    const bool is_read = reused.parse(bytes, max_depth);
    const ParsedJson document = parse_json(bytes, max_depth);
    require(is_read == static_cast<bool>(document) && reused.problem() == document.problem, "a document can be reused");
    check_parsers(document, bytes);
    if (!document) return check_problem(document.problem, bytes.size());
    const Json visible = parse_by_reference(bytes, max_depth, Doubles::stay).value;
    check_document(document.value, visible, bytes);

    const JsonView view = reused.root();
    require(view.to_json() == document.value, "and has nothing of the text before");
    LenientReader reader;
    if (detail::is_error(view, reader)) check_error(visible, view, reader, bytes.size());
    else check_message(visible, visible != document.value, view, reader);
    check_doubtful(view, reader);
    check_events(visible, view, reader);
    require(measure(detail::unwrap(view, reader).to_json()).bytes <= bytes.size(),
            "a packet holds no more than was sent");
    check_fields(visible, view, reader);
    check_all_requests(view, reader);
}

} // namespace lcm::tests
