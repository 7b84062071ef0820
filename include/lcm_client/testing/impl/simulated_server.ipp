// SPDX-License-Identifier: BSL-1.0
// The pure part of the simulator: reading a request, judging it, asking the world, answering.
#ifndef LCM_CLIENT_TESTING_IMPL_SIMULATED_SERVER_IPP
#define LCM_CLIENT_TESTING_IMPL_SIMULATED_SERVER_IPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/impl/text.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>
#include <lcm_client/protocol/validate.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/testing/impl/reply_text.hpp>
#include <lcm_client/testing/impl/world/callbacks.hpp>
#include <lcm_client/testing/impl/world/campaigns.hpp>
#include <lcm_client/testing/impl/world/compliance.hpp>
#include <lcm_client/testing/impl/world/contacts.hpp>
#include <lcm_client/testing/impl/world/manual_dial.hpp>
#include <lcm_client/testing/impl/world/outcomes.hpp>
#include <lcm_client/testing/impl/world/state.hpp>
#include <lcm_client/testing/impl/world/world.hpp>
#include <lcm_client/testing/simulated_server.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing {

namespace detail {

/// What came of a request to an operation.
struct Answer {
    std::string problem{};  ///< what is wrong with a field; the rest is empty then
    bool is_yes = false;    ///< whether it was carried out
    std::string response{}; ///< as JSON; empty if it was to be refused
    std::string refusal{};  ///< the response that says no; empty if responses of this operation cannot
    bool has_success = false;
    std::string key{}; ///< the LCM key in the request, if it has one
};

// --- One operation --------------------------------------------------------------------------------------------------

/// Fills `request` from its fields; what is wrong with them, or an empty text.
template <class R> std::string read_request(JsonView data, R& request) {
    LenientReader reader;
    std::string problem = read_fields(data, request, reader);
    if (!problem.empty()) return problem;
    return lcm::detail::in_one_line(validate(request));
}

/// What the world says; a plain success where it has nothing to say.
template <class R> typename R::Response ask(World& world, const R& request) {
    if constexpr (requires { answer(world, request); }) return answer(world, request);
    else {
        typename R::Response response{};
        if constexpr (requires { response.success; }) response.success = true;
        return response;
    }
}

/// Makes a response, fresh from its constructor, say no; false if it cannot.
template <class Response> bool say_no(Response& response) {
    if constexpr (requires { response.request_failure_reason; }) {
        response.request_failure_reason = "refused";
        return true;
    } else {
        constexpr bool has_success = requires { response.success; }; // false from the start
        constexpr bool has_result = requires { response.request_result; };
        return has_success || has_result;
    }
}

template <class Response> bool says_yes(const Response& response) {
    if constexpr (requires { response.success; }) return response.success;
    else if constexpr (requires { response.verdict(); }) return response.verdict().ending == Delivery::accepted;
    else return true;
}

/// Carries the operation `R` out, unless it is to be refused.
template <class R> Answer carry_out(World& world, JsonView data, bool refuse) {
    R request{};
    Answer answer{.problem = read_request(data, request)};
    if (!answer.problem.empty()) return answer;

    typename R::Response response{};
    answer.has_success = requires { response.success; };
    if (say_no(response)) answer.refusal = write_response<R>(response);
    if constexpr (requires { request.account_number.reveal(); }) answer.key = request.account_number.reveal();
    if (refuse) return answer;

    response = ask(world, request);
    answer.is_yes = says_yes(response);
    answer.response = write_response<R>(response);
    return answer;
}

template <class R> consteval bool needs_callid() {
    bool needed = false;
    for_each_field<R>([&](const auto& field) {
        if (field.name == "callid" && field.presence == Presence::required) needed = true;
    });
    return needed;
}

// --- All operations -------------------------------------------------------------------------------------------------

struct KnownOperation {
    const Operation& names;
    ReplyForm form;
    bool needs_callid;
    Answer (*carry_out)(World& world, JsonView data, bool refuse);
};

/// By the subtopic of the request, in the form in which equal names are equal.
using KnownOperations = std::map<std::string, KnownOperation, std::less<>>;

LCM_CLIENT_DECL KnownOperations make_known_operations() {
    KnownOperations known;
    OperationGroups::for_each([&]<class Group>() {
        Group::Operations::for_each([&]<class R>() {
            known.emplace(lcm::detail::fold(R::operation.subtopic),
                          KnownOperation{R::operation, form_of<R>(), needs_callid<R>(), &carry_out<R>});
        });
    });
    return known;
}

// --- Replies --------------------------------------------------------------------------------------------------------

inline void refuse(Handled& handled, std::string_view error, std::string_view message) {
    handled.verdict = message;
    handled.replies = {write_error(error, message)};
}

/// The refusal of a call by the name that clients know; one without a call cannot say more.
inline std::string write_refusal(std::string_view callid) {
    if (callid.empty()) return write_error("Request refused", "Request refused");
    return write_error("Invalid Call ID:" + std::string(callid), "Invalid Call ID.");
}

LCM_CLIENT_DECL std::string refuse_by_reply(const KnownOperation& operation, const Answer& answer,
                                            const std::string& callid) {
    if (answer.refusal.empty()) return write_refusal(callid);
    return write_reply(operation.names, operation.form, callid, answer.refusal);
}

/// What another subscriber of the same bus is told, which can be seen not to be meant for this one.
inline std::string refuse_another(const KnownOperation& operation, const Answer& answer, const std::string& callid) {
    const std::string another = "another-" + callid;
    const bool names_call = operation.names.reply_callid == ReplyCallid::present;
    return names_call ? refuse_by_reply(operation, answer, another) : write_refusal(another);
}

/// A response without anything in it. One that is the whole payload still names its call.
inline std::string write_empty(const KnownOperation& operation, const std::string& callid) {
    const bool names_call = operation.names.reply_callid == ReplyCallid::present;
    if (!operation.form.response_key.empty() || !names_call) return "{}";
    return R"({"callid":)" + to_json_text(callid) + '}';
}

/// The first flag of a response that says yes is its success.
inline std::string quote_success(std::string response) {
    if (const auto at = response.find("true"); at != std::string::npos) response.replace(at, 4, R"("true")");
    return response;
}

LCM_CLIENT_DECL std::vector<std::string> write_replies(const KnownOperation& operation, const Answer& answer,
                                                       const std::string& callid, Fault fault) {
    if (operation.names.reply_subtopic.empty()) return {};
    const auto reply = [&](std::string_view response) {
        return write_reply(operation.names, operation.form, callid, response);
    };
    switch (fault) {
    case Fault::success_false: return {refuse_by_reply(operation, answer, callid)};
    case Fault::missing_success: return {reply(write_empty(operation, callid))};
    case Fault::success_string: return {reply(answer.has_success ? quote_success(answer.response) : answer.response)};
    case Fault::wrong_case: return {swap_case_of_names(reply(answer.response))};
    case Fault::other_subscriber: return {refuse_another(operation, answer, callid), reply(answer.response)};
    default: return {reply(answer.response)};
    }
}

// Faults that do not care what the answer says.
LCM_CLIENT_DECL void deform(std::vector<std::string>& replies, Fault fault) {
    static constexpr std::size_t huge = 10'000'000;
    if (replies.empty()) return;
    std::string& reply = replies.front();
    switch (fault) {
    case Fault::answer_twice: replies = {reply, reply}; break;
    case Fault::garbage: reply = "this is no JSON"; break;
    case Fault::truncated_json: reply.resize(reply.size() / 2); break;
    case Fault::huge_message: reply.assign(huge, 'x'); break;
    case Fault::oversized_answer: reply.insert(reply.size() - 1, huge, ' '); break;
    default: break;
    }
}

/// The packet in which `message` came, if it is not `document` itself.
LCM_CLIENT_DECL std::optional<Packet> read_packet(JsonView document, JsonView message, LenientReader& reader) {
    if (message.is_same_as(document)) return std::nullopt;
    return Packet{.response_url = std::string(reader.find_text(document, "ResponseUrl")),
                  .subscriber_id = std::string(reader.find_text(document, "subscriberID"))};
}

inline std::string_view callid_in(JsonView message, LenientReader& reader) {
    return lcm::detail::read_callid(reader.find(message, "data"), reader).value_or("");
}

} // namespace detail

class SimulatedServer::Impl {
public:
    Impl(std::set<std::string> known_calls, StoreOptions store) : known_calls_(std::move(known_calls)), store_(store) {}

    /// `choose_fault` is called with the subtopic and the call of what is a message with a subtopic.
    template <class ChooseFault>
    [[nodiscard]] Handled handle(std::string_view text, std::size_t node, ChooseFault choose_fault) {
        static constexpr std::size_t max_depth = 64;
        world_.node = node;
        JsonDocument document;
        if (!document.parse(text, max_depth)) return {.verdict = document.problem()};
        LenientReader reader;
        const JsonView message = lcm::detail::unwrap(document.root(), reader);
        Handled handled{.subtopic = std::string(reader.find_text(message, "subtopic")),
                        .packet = detail::read_packet(document.root(), message, reader)};
        if (!handled.subtopic.empty())
            handled.fault = choose_fault(handled.subtopic, detail::callid_in(message, reader));
        if (handled.fault == Fault::drop_while_receiving || handled.fault == Fault::late_action) {
            handled.verdict = handled.fault == Fault::late_action ? "held back" : "not received";
            return handled;
        }
        handle_message(message, text.size(), handled.fault, reader, handled);
        if (handled.packet) {
            const std::string_view channel = reader.find_text(document.root(), "channel");
            for (std::string& reply : handled.replies) reply = lcm::detail::wrap(reply, channel, *handled.packet);
        }
        detail::deform(handled.replies, handled.fault);
        return handled;
    }

private:
    // What is kept of one request, so that the world is bounded in bytes.
    static constexpr std::size_t max_change = 16 * 1024;

    void handle_message(JsonView message, std::size_t size, Fault fault, LenientReader& reader, Handled& handled) {
        const auto found = operations_.find(lcm::detail::fold(handled.subtopic));
        if (found == operations_.end()) {
            handled.verdict = "unknown subtopic";
            return;
        }
        const detail::KnownOperation& operation = found->second;
        const auto is = [&](std::string_view name, std::string_view value) {
            return lcm::detail::same_name(reader.find_text(message, name), value);
        };
        if (!is("channel", operation.names.channel) || !is("topic", operation.names.topic)) {
            handled.verdict = "not for channel " + std::string(operation.names.channel) + ", topic " +
                              std::string(operation.names.topic);
            return;
        }
        carry_out(operation, reader.find(message, "data"), size, fault, reader, handled);
    }

    void carry_out(const detail::KnownOperation& operation, JsonView data, std::size_t size, Fault fault,
                   LenientReader& reader, Handled& handled) {
        const std::string& callid = handled.callid = lcm::detail::read_callid(data, reader).value_or("");
        if (operation.needs_callid) {
            if (callid.empty()) return detail::refuse(handled, "Callid is empty", "Invalid Call ID.");
            if (!knows(callid)) return detail::refuse(handled, "Invalid Call ID:" + callid, "Invalid Call ID.");
        }
        if (!operation.names.is_read_only && size > max_change)
            return detail::refuse(handled, "Request too large",
                                  "More than 16 KiB: too large for the simulator's world");
        const bool refuse = fault == Fault::success_false;
        const detail::Answer answer = operation.carry_out(world_, data, refuse);
        if (!answer.problem.empty()) return detail::refuse(handled, answer.problem, "Invalid field " + answer.problem);

        handled.verdict = answer.is_yes ? "accepted" : "refused";
        handled.acted_on = answer.is_yes && !operation.names.is_read_only;
        handled.replies = detail::write_replies(operation, answer, callid, fault);
        const bool is_kept = handled.acted_on || (store_.keeps_refused && !operation.names.is_read_only);
        if (is_kept && !callid.empty()) detail::remember(world_, callid, operation.names.subtopic, data, store_.shows);
        if (!handled.acted_on) return;
        if (!operation.names.settled_by.empty())
            handled.events = {detail::write_outcome_event(operation.names.settled_by, answer.key)};
    }

    [[nodiscard]] bool knows(const std::string& callid) const {
        if (known_calls_.empty()) return !callid.starts_with("unknown");
        return known_calls_.contains(callid);
    }

    const std::set<std::string> known_calls_;
    const StoreOptions store_;
    const detail::KnownOperations operations_ = detail::make_known_operations();
    detail::World world_{known_calls_};
};

LCM_CLIENT_DECL SimulatedServer::SimulatedServer(std::set<std::string> known_calls, StoreOptions store)
    : impl_(std::make_unique<Impl>(std::move(known_calls), store)) {}

LCM_CLIENT_DECL SimulatedServer::~SimulatedServer() = default;

LCM_CLIENT_DECL Handled SimulatedServer::handle(std::string_view text, Fault fault, std::size_t node) {
    return impl_->handle(text, node, [fault](auto&&...) { return fault; });
}

LCM_CLIENT_DECL Handled SimulatedServer::handle(std::string_view text, FaultPlan& plan, std::size_t node) {
    return impl_->handle(text, node, [&plan](std::string_view operation, std::string_view callid) {
        return plan.next(operation, callid);
    });
}

} // namespace lcm::testing

#endif
