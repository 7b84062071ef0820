// SPDX-License-Identifier: BSL-1.0
// What a wrap-up decides.
#include "wrap_up.hpp"

#include <boost/asio/bind_executor.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

WrapUp::WrapUp(lcm::AnyClient& client, boost::asio::any_io_executor executor, CallInfo call,
               std::function<void()> on_change)
    : client_(client), executor_(std::move(executor)), call_(std::move(call)), on_change_(std::move(on_change)) {}

template <class Request, class Then> void WrapUp::ask(const Request& request, Then then) {
    client_.async_call(request, {.tag = submissions_}, boost::asio::bind_executor(executor_, std::move(then)));
}

// --- the lists -------------------------------------------------------------------------------------------------------

namespace {

Choices choices_of(std::vector<Choice> all) {
    Choices choices{std::move(all), {}};
    if (choices.all.size() == 1) choices.chosen = 0;
    return choices;
}

Choices choices_of(const lcm::List<lcm::CallOutcome>& list) {
    std::vector<Choice> all;
    for (const lcm::CallOutcome& outcome : list.records) all.push_back({outcome.outcome_id, outcome.description});
    return choices_of(std::move(all));
}

// Only a child can be set: a parent groups those under it.
Choices choices_of(const lcm::List<lcm::BusinessOutcome>& list) {
    std::vector<Choice> all;
    for (const lcm::BusinessOutcome& outcome : list.records)
        if (outcome.parent_id.is_set()) all.push_back({outcome.outcome_id, outcome.description});
    return choices_of(std::move(all));
}

// With the server's own words, where it has some.
std::string refusal_of(const lcm::Error& error) {
    const std::string& said = error.server.message.empty() ? error.server.actual : error.server.message;
    return said.empty() ? "The server refused it." : "The server refused it: " + said;
}

} // namespace

void WrapUp::load() {
    lists_missing_ = 2;
    show(State::loading, "The outcomes are loaded.", "");
    const auto take = [this, number = ++loads_](Choices& to) {
        return [this, number, &to](const auto& result) {
            if (number != loads_ || state_ != State::loading) return;
            if (result.has_error()) return show_no_lists(result.error());
            to = choices_of(*result);
            if (--lists_missing_ != 0) return;
            show(State::editing, "", "Choose a telephony outcome, a business outcome, or both.");
        };
    };
    ask(lcm::GetCallOutCome{.callid = call_.callid}, take(telephony_));
    ask(lcm::GetBusinessOutCome{.callid = call_.callid, .account_number = call_.account_number}, take(business_));
}

void WrapUp::show_no_lists(const lcm::Error& error) {
    const bool is_refused = error.delivery == lcm::Delivery::refused;
    show(State::not_loaded, "The outcomes could not be loaded.",
         is_refused ? refusal_of(error) : "They are loaded when there is a link again.");
}

void WrapUp::choose_telephony(std::optional<std::size_t> index) {
    telephony_.chosen = index;
    on_change_();
}

void WrapUp::choose_business(std::optional<std::size_t> index) {
    business_.chosen = index;
    on_change_();
}

// --- the submission --------------------------------------------------------------------------------------------------

bool WrapUp::can_submit() const noexcept {
    const bool has_lists = state_ != State::loading && state_ != State::not_loaded;
    const bool is_idle = state_ != State::saving && state_ != State::saved;
    return has_lists && is_idle && (telephony_.chosen || business_.chosen);
}

void WrapUp::submit(const std::string& comment, int target) {
    if (!can_submit()) return;
    ++submissions_;
    show(State::saving, "Saving ...", "");
    const auto then = [this](const lcm::Result<lcm::OutcomeResponse>& result) { show_ending(result); };
    if (!business_.chosen)
        return ask(lcm::SetCallOutcomeWithComments{.callid = call_.callid,
                                                   .account_number = call_.account_number,
                                                   .outcome_id = telephony_.all[*telephony_.chosen].id,
                                                   .user_id = call_.agent,
                                                   .agent_comments = comment,
                                                   .target_amount = target},
                   then);
    const lcm::Number business = business_.all[*business_.chosen].id;
    if (!telephony_.chosen)
        return ask(lcm::SetBusinessOutcomeWithComments{.callid = call_.callid,
                                                       .account_number = call_.account_number,
                                                       .outcome_id = business,
                                                       .user_id = call_.agent,
                                                       .agent_comments = comment,
                                                       .target_amount = target},
                   then);
    ask(lcm::SetBusinessOutcomeWithCallOutcome{.callid = call_.callid,
                                               .account_number = call_.account_number,
                                               .business_outcome = business,
                                               .call_outcome = telephony_.all[*telephony_.chosen].id,
                                               .user_id = call_.agent,
                                               .agent_comments = comment,
                                               .target_amount = target},
        then);
}

void WrapUp::show_ending(const lcm::Result<lcm::OutcomeResponse>& result) {
    if (result.has_error()) return show_error(result.error());
    show(State::saved, "Saved.", "");
}

void WrapUp::show_error(const lcm::Error& error) {
    const std::string advice = describe(lcm::advice(error));
    switch (error.delivery) {
    case lcm::Delivery::refused: return show(State::refused, refusal_of(error), advice);
    case lcm::Delivery::unknown: return show(State::unknown, "No answer came that can be understood.", advice);
    default: return show_unsent(error);
    }
}

void WrapUp::show_unsent(const lcm::Error& error) {
    const std::string advice = describe(lcm::advice(error));
    if (error.code == lcm::Errc::do_not_call_open)
        return show(State::waits_for_do_not_call,
                    "It was not sent: whether this contact is marked Do Not Call is not known yet.", advice);
    const bool is_invalid = error.code == lcm::Errc::invalid_argument;
    show(State::not_sent, is_invalid ? "It was not sent: " + error.detail + "." : "It was not sent.", advice);
}

void WrapUp::resolve_do_not_call() {
    client_.resolve_do_not_call(
        {{lcm::SubjectKind::call, call_.callid}, {lcm::SubjectKind::lcm_key, call_.account_number}});
    show(State::editing, "", "Submit it again, if it is right.");
}

// --- what comes by itself --------------------------------------------------------------------------------------------

namespace {

std::string text_of(const lcm::LinkStatus& status) {
    const std::optional<lcm::Advice> advice = lcm::advice(status);
    if (!advice) return status.state == lcm::LinkState::ready ? "connected" : "closed";
    if (advice == lcm::Advice::sign_in) return "no link: sign in again";
    if (advice == lcm::Advice::call_support) return "no link: call support";
    return status.state == lcm::LinkState::connecting ? "connecting" : "no link, trying again";
}

} // namespace

void WrapUp::on_link(const lcm::LinkStatus& status) {
    link_ = text_of(status);
    if (state_ == State::not_loaded && status.state == lcm::LinkState::ready) return load();
    on_change_();
}

void WrapUp::on_settled(const lcm::Settled& truth) {
    if (truth.reported.callid != call_.callid || truth.reported.tag != submissions_) return;
    if (state_ != State::unknown) return;
    if (truth.delivery == lcm::Delivery::accepted) return show(State::saved, "It was saved after all.", "");
    show(State::refused, "The server has refused it after all.", describe(lcm::Advice::correct_form));
}

void WrapUp::show(State state, std::string message, std::string advice) {
    state_ = state;
    message_ = std::move(message);
    advice_ = std::move(advice);
    on_change_();
}
