// SPDX-License-Identifier: BSL-1.0
// The decisions of a client about its link and its requests: the bodies.
#ifndef LCM_CLIENT_SESSION_IMPL_SESSION_IPP
#define LCM_CLIENT_SESSION_IMPL_SESSION_IPP

#include <lcm_client/protocol/impl/message_head.hpp>
#include <lcm_client/session/reply_pattern.hpp>
#include <lcm_client/session/session.hpp>
#include <lcm_client/session/weigh_evidence.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline constexpr const char* words_of_sleep = "the computer has slept, or its clock was set forward";

LCM_CLIENT_DECL LinkFailure link_failure(Errc code, std::string_view detail) noexcept {
    LinkFailure failure{{.code = code}};
    try {
        failure.error.detail = detail;
    } catch (const std::bad_alloc&) {
        failure.error.detail.clear();
    }
    return failure;
}

// It takes some memory, which those do without that do not ask for evidence.
[[nodiscard]] inline std::unique_ptr<CallHistory> make_history(const ClientConfig& config, std::uint64_t seed) {
    if (!config.inquiry) return nullptr;
    return std::make_unique<CallHistory>(config.limits.remembered, seed);
}

// Each hash has a seed of its own, made from the one that is given.
LCM_CLIENT_DECL Session::Session(const ClientConfig& config, Counters& counters, LinkAbilities abilities,
                                 std::uint64_t seed)
    : config_(config), abilities_(abilities), multiplexer_(config.limits, config.duplicates, seed),
      unknown_(config, counters, seed ^ 0x5bd1e995a3c59ac3ULL),
      history_(make_history(config, seed ^ 0xc2b2ae3d27d4eb4fULL)),
      inbound_(config, counters, multiplexer_, unknown_, strays_), reconnector_(seed ^ 0x9e3779b97f4a7c15ULL),
      pacer_(config.limits.backlog_per_second) {}

// --- requests --------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL bool Session::submit(RequestEntry& request, bool is_cancelled, TimePoint now) {
    if (is_cancelled) return end_on_arrival(request, Errc::cancelled, EndedBy::itself);
    if (request.deadline <= now) return end_on_arrival(request, Errc::timed_out, EndedBy::itself);
    if (link_error_ && fails_offline()) return end_on_arrival(request, link_error_->code, EndedBy::link);
    if (multiplexer_.submit(request, reply_pattern(*request.operation, request.callid))) return true;
    ended_.by(EndedBy::itself).push_back(request);
    return false;
}

LCM_CLIENT_DECL bool Session::end_on_arrival(RequestEntry& request, Errc code, EndedBy by) noexcept {
    request.end_unsent(code);
    ended_.by(by).push_back(request);
    return false;
}

LCM_CLIENT_DECL void Session::cancel(RequestEntry& request) noexcept {
    if (!multiplexer_.cancel(request)) request.end_unsent(Errc::cancelled); // it never came so far
}

LCM_CLIENT_DECL void Session::forget(RequestEntry& request) noexcept {
    static_cast<void>(multiplexer_.cancel(request));
}

LCM_CLIENT_DECL void Session::sent(std::size_t count) noexcept {
    is_writing_ = count != 0;
    pacer_.leave(count);
    if (!multiplexer_.has_backlog()) pacer_.stop();
}

LCM_CLIENT_DECL void Session::note_ending(const RequestEntry& request, Delivery ending, const Error* error,
                                          ReplyVerdict verdict, TimePoint now) noexcept {
    if (!strays_.is_empty()) strays_.forget(request.id); // they have been told
    if (ending != Delivery::not_sent) unknown_.add_ending(request, ending, error, verdict, now);
    if (!history_ || ending == Delivery::not_sent) return;
    if (ending == Delivery::unknown) look_for_questions(now);
    else if (!request.is_read_only && !request.callid.empty()) history_->answer(request.id, now);
}

// --- what an ending says ---------------------------------------------------------------------------------------------

LCM_CLIENT_DECL error_code Session::cause_of(EndedBy by) const noexcept {
    return by == EndedBy::link && link_error_ ? link_error_->cause : error_code();
}

LCM_CLIENT_DECL void Session::explain(Error& error, const RequestEntry& request, EndedBy by) const {
    if (by == EndedBy::link && link_error_) {
        error.detail = link_error_->detail;
        if (error.delivery == Delivery::not_sent) error.block = link_block_;
    }
    if (by == EndedBy::sleep) error.detail = std::string(words_of_sleep) + ", while the request was under way";
    if (by == EndedBy::too_large_a_reply) error.detail = "the reply is " + larger_than_limit();
    const bool has_waited = error.code == Errc::timed_out || error.code == Errc::cancelled;
    if (has_waited && !is_open()) explain_absence(error);
    else if (error.code == Errc::timed_out && error.delivery == Delivery::not_sent)
        error.detail = trust_.is_doubted()
                           ? "it was still waiting to be sent, since the server had given no sign of life"
                           : "it was still waiting to be sent";
    // An answer may have come that could not be read.
    if (error.delivery != Delivery::unknown || strays_.is_empty()) return;
    if (request.operation->reply_subtopic.empty()) return; // no answer comes
    const std::string text = strays_.about(request.id);
    if (text.empty()) return;
    if (!error.detail.empty()) error.detail += "; ";
    error.detail += text;
}

// The request has run out of time, or patience, while there was no link.
LCM_CLIENT_DECL void Session::explain_absence(Error& error) const {
    if (!link_error_) {
        error.detail = "the connection was not open yet";
        return;
    }
    error.link = link_error_->code;
    error.block = link_block_;
    error.cause = link_error_->cause;
    error.detail = link_error_->detail;
}

LCM_CLIENT_DECL std::string Session::larger_than_limit() const {
    return "larger than the limit of " + std::to_string(config_.limits.inbound_message) +
           " bytes (limits.inbound_message)";
}

// --- the link --------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void Session::connecting() noexcept {
    reconnector_.begin();
    trust_.begin();
    tombstone_probe_.stop();
    phase_ = LinkPhase::opening;
    wait_ = {};
    has_news_of_link_ = true;
}

LCM_CLIENT_DECL void Session::opened(std::string_view server, TimePoint now) noexcept {
    phase_ = LinkPhase::open;
    if (history_) history_->open_link(server, now);
    look_for_questions(now);
    reconnector_.succeed(now);
    if (abilities_.tells_signs_of_life) trust_.open(now);
    if (was_open_ || link_error_) pacer_.start(now, multiplexer_.queued());
    was_open_ = true;
    link_error_.reset();
    wait_ = {};
    has_news_of_link_ = true;
}

// The reason must stand before any request ends, which tells it; and the next attempt, since who hears of an ending may
// ask for it at once.
LCM_CLIENT_DECL Decision Session::lost(LinkFailure failure, TimePoint now) noexcept {
    phase_ = LinkPhase::none;
    is_writing_ = false;
    if (history_) history_->lose_link(now);
    wait_ = reconnector_.fail(now, failure.fault);
    link_error_ = std::move(failure.error);
    link_block_ = reconnector_.block();
    has_server_left_ = !was_open_ && failure.fault.moves_on;
    if (failure.message_too_large) end_oversized(failure.message_head.reveal());
    RequestList& ended = ended_.by(EndedBy::link);
    ended.append(multiplexer_.link_lost(link_error_->code));
    if (fails_offline()) ended.append(multiplexer_.end_unsent(link_error_->code));
    has_news_of_link_ = true;
    return {.ended = take_endings()};
}

LCM_CLIENT_DECL Decision Session::give_up(LinkFailure failure, TimePoint now) noexcept {
    Decision decision = lost(std::move(failure), now);
    decision.aborts_link = true;
    return decision;
}

// What has just cost the link may have been a reply, and whoever waits for it would get the same again. Without the
// memory to find out, it is asked for once more, as after any loss.
LCM_CLIENT_DECL void Session::end_oversized(std::string_view message_head) noexcept {
    try {
        const MessageHead head = read_message_head(message_head);
        if (RequestEntry* const request = multiplexer_.end_oversized(head.subtopic, head.callid))
            ended_.by(EndedBy::too_large_a_reply).push_back(*request);
    } catch (const std::bad_alloc&) {}
}

LCM_CLIENT_DECL RequestList Session::written() {
    is_writing_ = false;
    return multiplexer_.written(!abilities_.confirms_delivery);
}

LCM_CLIENT_DECL bool Session::begin_confirming() noexcept {
    return abilities_.confirms_delivery && is_open() && multiplexer_.begin_confirming();
}

LCM_CLIENT_DECL RequestList Session::confirmed() noexcept { return multiplexer_.confirmed(); }

LCM_CLIENT_DECL void Session::see_peer(bool is_alive) noexcept {
    if (!is_alive) return trust_.doubt();
    trust_.see_sign_of_life();
    tombstone_probe_.stop();
}

// Until the sign of life is seen, nothing more leaves into this link.
LCM_CLIENT_DECL bool Session::probe() noexcept {
    if (!abilities_.probes || !is_open()) return false;
    if (abilities_.tells_signs_of_life) trust_.doubt();
    return true;
}

LCM_CLIENT_DECL Decision Session::retry_now(TimePoint now, bool has_better_server) noexcept {
    if (has_better_server && may_leave()) return leave(now);
    reconnector_.retry_now(now, true);
    return {.probes = probe()};
}

// Whether nobody would notice but by the state: no request ends with the link, and one that comes before the next link
// waits for it.
LCM_CLIENT_DECL bool Session::may_leave() const noexcept {
    const bool is_idle = !is_writing_ && !is_unanswered() && !has_requests_without_reply() &&
                         !multiplexer_.has_backlog() && multiplexer_.queued() == 0;
    return is_open() && is_idle && config_.while_offline == WhileOffline::wait;
}

LCM_CLIENT_DECL Decision Session::leave(TimePoint now) noexcept {
    LinkFailure why = link_failure(Errc::connection_lost, "left for a better server");
    why.fault.moves_on = true;
    Decision decision = lost(std::move(why), now);
    decision.leaves_link = true;
    reconnector_.retry_now(now, true);
    wait_ = {};
    return decision;
}

LCM_CLIENT_DECL Outstanding Session::outstanding(Milliseconds usual, TimePoint now) const {
    Outstanding outstanding{.is_unanswered = was_unanswered_ || is_unanswered(), .answers = answers_};
    multiplexer_.for_each_in_flight([&](const RequestEntry& request) {
        if (request.time() <= usual) return;
        const std::chrono::nanoseconds left = request.deadline - now;
        outstanding.patience = (std::max)(outstanding.patience, left);
    });
    return outstanding;
}

LCM_CLIENT_DECL void Session::close() noexcept {
    was_unanswered_ = was_unanswered_ || is_unanswered(); // the transport still asks for it
    static_cast<void>(multiplexer_.link_lost(Errc::client_closed));
    static_cast<void>(multiplexer_.end_unsent(Errc::client_closed));
}

LCM_CLIENT_DECL void Session::closed() noexcept {
    phase_ = LinkPhase::none;
    reconnector_.close();
    link_error_.reset();
    wait_ = {};
    has_news_of_link_ = true;
}

// --- what the server is asked about ----------------------------------------------------------------------------------

LCM_CLIENT_DECL std::vector<Error> Session::take_questions(TimePoint now) {
    next_question_ = (TimePoint::max)();
    std::vector<Error> questions;
    unknown_.ask(now, [&](const Error& error) {
        const TimePoint time = time_to_ask(error.request_id, now);
        if (time <= now) questions.push_back(error);
        else next_question_ = (std::min)(next_question_, time);
        return time <= now;
    });
    return questions;
}

// Not as long as the link lives over which it left: its end is looked for when the next one opens. One that is not
// remembered is asked about at once, so that the doubt is told.
LCM_CLIENT_DECL TimePoint Session::time_to_ask(RequestId about, TimePoint now) const noexcept {
    const auto link = history_->link_of(about);
    if (link == nullptr) return now;
    if (!link->given_up) return (TimePoint::max)();
    const auto& store = config_.inquiry->store;
    return *link->given_up + (store ? store->settle_time : Milliseconds());
}

LCM_CLIENT_DECL Evidence Session::weigh(const Question& question, const StoredRequest& shown, TimePoint asked,
                                        TimePoint now) {
    if (!history_) return {};
    CallRecord record = history_->find(question.about, question.callid);
    const bool is_its_id = record.ours != nullptr && record.ours->is_of(question.operation);
    if (!is_its_id) record.ours = nullptr; // another client's error, or one of the application's own making
    AnswerCircumstances answer{.link = history_->link(), .asked = asked, .can_abort = abilities_.aborts};
    if (config_.inquiry->store) answer.settle_time = config_.inquiry->store->settle_time;
    Evidence evidence = weigh_evidence(record, shown, answer);
    history_->show(question.callid, shown, now);
    return evidence;
}

LCM_CLIENT_DECL std::optional<Settled> Session::to_tell(RequestId about, Evidence evidence, TimePoint now) {
    const Error* const reported = unknown_.find(about, now);
    if (reported == nullptr) return std::nullopt;
    return Settled{*reported, Delivery::unknown, SettledBy::inquiry, std::move(evidence)};
}

// --- messages --------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL LinkFailure Session::too_large_message(std::string_view text) const noexcept {
    LinkFailure failure{.error = {.code = Errc::connection_lost}, .message_too_large = true};
    try {
        failure.error.detail = "the server sent a message " + larger_than_limit();
        failure.message_head = text.substr(0, max_message_head);
    } catch (const std::bad_alloc&) { // then nobody is told that it was theirs
    }
    return failure;
}

LCM_CLIENT_DECL MessageDecision Session::on_message(std::string_view text, TimePoint now) {
    multiplexer_.hear();
    MessageDecision decision = inbound_.read(text, now);
    if (!decision.is_answer) return decision;
    ++answers_;
    see_peer(true);
    return decision;
}

// --- time ------------------------------------------------------------------------------------------------------------

// The server has most likely ended the link long ago, and what was written before may have been answered to nobody.
// Requests that wait have not slept.
LCM_CLIENT_DECL Decision Session::wake(TimePoint now) noexcept {
    reconnector_.retry_now(now, false);
    if (!is_open()) return {};
    ended_.by(EndedBy::sleep).append(multiplexer_.expire_written(Errc::connection_lost));
    if (!probe()) return give_up(link_failure(Errc::connection_lost, words_of_sleep), now);
    return {.ended = take_endings(), .probes = true};
}

LCM_CLIENT_DECL Decision Session::expire(TimePoint now) {
    ended_.by(EndedBy::itself).append(multiplexer_.expire(now));
    return {.ended = take_endings()};
}

LCM_CLIENT_DECL Decision Session::next(TimePoint now) {
    const bool is_silent = multiplexer_.take_silence() && probe_in_silence();
    const bool probes = probe_for_late_reply(now) || is_silent;
    if (is_open() && multiplexer_.has_too_many_tombstones()) return give_up(too_many_unanswered(), now);
    if (is_open() && multiplexer_.is_stuck())
        return give_up(link_failure(Errc::connection_lost,
                                    "given up: the server left a request unanswered, and others had to wait for its "
                                    "reply"),
                       now);
    if (is_open() && tombstone_probe_.is_overdue(now))
        return give_up(link_failure(Errc::idle_timeout,
                                    "given up: the server gave no sign of life, and a request waited for the reply to "
                                    "one that was given up"),
                       now);
    if (reconnector_.is_due(now)) return {.connects = true};
    if (!is_open() || is_writing_) return {.probes = probes};
    return {.probes = probes, .batch = take_batch(now)};
}

// A request has run out of time, and nothing was heard since it left. Where a sign of life could not be seen, only the
// deadlines tell.
LCM_CLIENT_DECL bool Session::probe_in_silence() noexcept {
    return abilities_.tells_signs_of_life && !trust_.is_doubted() && probe();
}

// Somebody has submitted the same once more.
LCM_CLIENT_DECL bool Session::probe_for_late_reply(TimePoint now) noexcept {
    const bool can_tell = abilities_.tells_signs_of_life && abilities_.probes && is_open();
    return tombstone_probe_.asks(can_tell && multiplexer_.waits_for_late_reply(), now) && probe();
}

LCM_CLIENT_DECL RequestRange Session::take_batch(TimePoint now) {
    const RequestRange batch = multiplexer_.take_batch(now, pacer_.allowance(now), trust_.allowance(now));
    if (batch.empty() && !multiplexer_.has_backlog()) pacer_.stop();
    else if (!strays_.is_empty()) separate_strays(batch);
    return batch;
}

// What came before these requests leave is no answer to them.
LCM_CLIENT_DECL void Session::separate_strays(const RequestRange& batch) noexcept {
    if (multiplexer_.in_flight() == batch.size()) return strays_.start_anew();
    batch.for_each([this](const RequestEntry& request) { strays_.hand_over(request.id); });
}

LCM_CLIENT_DECL TimePoint Session::next_time(TimePoint now) const noexcept {
    TimePoint next = now + SleepWatch::interval;
    if (const auto deadline = multiplexer_.next_deadline()) next = (std::min)(next, *deadline);
    if (const auto attempt = reconnector_.next_attempt()) next = (std::min)(next, *attempt);
    if (const auto overdue = tombstone_probe_.next()) next = (std::min)(next, *overdue);
    if (is_open()) next = (std::min)(next, next_question_);
    if (const auto trial = trust_.next(now)) next = (std::min)(next, *trial);
    if (!is_open() || is_writing_) return next;
    if (const auto slice = pacer_.next()) next = (std::min)(next, *slice);
    if (const auto turn = multiplexer_.next_turn_of_others(now)) next = (std::min)(next, *turn);
    return next;
}

LCM_CLIENT_DECL Endings Session::take_endings() noexcept { return std::exchange(ended_, {}); }

LCM_CLIENT_DECL LinkFailure Session::too_many_unanswered() const noexcept {
    try {
        return link_failure(Errc::connection_lost, "given up: the server left more than " +
                                                       std::to_string(config_.limits.tombstones) +
                                                       " requests unanswered (limits.tombstones)");
    } catch (const std::bad_alloc&) {
        return link_failure(Errc::connection_lost, {});
    }
}

} // namespace lcm::detail

#endif
