// SPDX-License-Identifier: BSL-1.0
// Fuzz target: a request with any texts and numbers. It is either refused, with reason, or leaves as JSON that says
// just the same. nlohmann's reader and writer are the judges.
#include <fuzz/input.hpp>
#include <fuzz/require.hpp>
#include <fuzz/targets.hpp>

#include <lcm_client/json.hpp>
#include <lcm_client/operations/outcomes.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/validate.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lcm::tests {

namespace {

constexpr char separator = '~';

std::uint64_t read_bits(Input& input) {
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8U | static_cast<unsigned char>(input.next());
    return bits;
}

Number read_number(Input& input) {
    switch (input.next()) {
    case 'i': return static_cast<std::int64_t>(read_bits(input));
    case 'u': return read_bits(input);
    case 'd': return std::bit_cast<double>(read_bits(input));
    case 'f': return std::bit_cast<float>(static_cast<std::uint32_t>(read_bits(input)));
    case 't': return Number::parse(input.text(separator)).value_or(Number());
    default: return {};
    }
}

OutcomeId read_outcome(Input& input) {
    switch (input.next()) {
    case 'i': return static_cast<std::int64_t>(read_bits(input));
    case 't': return std::string(input.text(separator));
    default: return {};
    }
}

SetBusinessOutcomeWithCallOutcome read_request(Input& input) {
    SetBusinessOutcomeWithCallOutcome request;
    request.callid = input.text(separator);
    request.account_number = input.text(separator);
    request.business_outcome = read_number(input);
    request.call_outcome = read_outcome(input);
    request.lead_score = read_number(input);
    request.user_id = input.text(separator);
    request.agent_comments = input.text(separator);
    request.target_amount = read_number(input);
    return request;
}

bool can_be_written(const std::string& text) {
    try {
        static_cast<void>(Json(text).dump());
        return true;
    } catch (const Json::type_error&) {
        return false; // not UTF-8
    }
}

bool is_fit(const Number& number) { return number.is_set() && std::isfinite(number.to_double()); }
bool is_fit(const std::string& text) { return !text.empty() && can_be_written(text); }
bool is_fit(const OutcomeId& id) { return id.is_text() ? is_fit(id.text()) : id.is_set(); }

bool is_fit(const SetBusinessOutcomeWithCallOutcome& r) {
    return is_fit(r.callid) && is_fit(r.account_number.reveal()) && is_fit(r.business_outcome) &&
           is_fit(r.call_outcome) && is_fit(r.lead_score) && is_fit(r.user_id) &&
           can_be_written(r.agent_comments.reveal()) && is_fit(r.target_amount);
}

void check_number(const Json& json, const Number& number) {
    require(json.is_number(), "a number leaves as a number");
    require(json.get<double>() == number.to_double(), "a number leaves with its value");
    const auto again = Number::parse(number.text());
    require(again && *again == number, "a number's text is that number");
}

void check_outcome(const Json& json, const OutcomeId& id) {
    require(json.is_string() == id.is_text(), "an outcome leaves in the form in which it was given");
    require((json.is_string() ? json.get<std::string>() : json.dump()) == id.text(),
            "an outcome leaves as it was given");
}

void check_message(const std::string& text, const SetBusinessOutcomeWithCallOutcome& request,
                   const std::string& source) {
    const Json message = Json::parse(text);
    require(message.size() == 5 && message.at("source") == source, "the envelope is whole");
    require(message.at("channel") == "LCM" && message.at("topic") == "WebService" &&
                message.at("subtopic") == "SetBusinessOutcomeWithCallOutcome",
            "the envelope is that of the operation");
    const Json& data = message.at("data");
    require(data.size() == 8, "no field is missing and none is added");
    require(data.at("callid") == request.callid && data.at("UserID") == request.user_id &&
                data.at("AccountNumber") == request.account_number.reveal() &&
                data.at("AgentComments") == request.agent_comments.reveal(),
            "texts leave as they are");
    check_number(data.at("BusinessOutcome"), request.business_outcome);
    check_number(data.at("LeadScore"), request.lead_score);
    check_number(data.at("TargetAmount"), request.target_amount);
    check_outcome(data.at("CallOutcome"), request.call_outcome);
    require(data.contains(std::string(detail::largest_field(request))), "the largest field is one of them");
}

} // namespace

void fuzz_encoder(std::string_view bytes) {
    Input input(bytes);
    const auto request = read_request(input);
    std::string source(input.text(separator));
    if (!can_be_written(source)) source = "the client's constructor refuses this";

    const auto problems = validate(request);
    require(problems.empty() == is_fit(request), "just what cannot leave is refused");
    for (const FieldProblem& problem : problems)
        require(!problem.field.empty() && !problem.reason.empty(), "a refusal says what and why");
    if (!problems.empty()) return;
    check_message(encode(request, source), request, source);
}

} // namespace lcm::tests
