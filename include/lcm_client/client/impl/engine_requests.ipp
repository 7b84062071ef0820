// SPDX-License-Identifier: BSL-1.0
// The engine's requests: how each comes in, is questioned, and is given its one ending. Bodies of engine.hpp.
#ifndef LCM_CLIENT_CLIENT_IMPL_ENGINE_REQUESTS_IPP
#define LCM_CLIENT_CLIENT_IMPL_ENGINE_REQUESTS_IPP

#include <lcm_client/client/engine.hpp>
#include <lcm_client/client/question_request.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// --- what the server is asked about ----------------------------------------------------------------------------------

// The questions are requests like any other, and leave at the pace of a backlog. What there is no memory for is not
// asked.
LCM_CLIENT_DECL void Engine::ask_by_itself() {
    const std::vector<Error> unknown = session_.take_questions(now_);
    if (unknown.empty()) return;
    for (const Error& error : unknown) ask_about(error);
    take_arrivals();
    session_.pace_questions(now_);
}

LCM_CLIENT_DECL void Engine::ask_about(const Error& unknown) {
    const RequestId about = unknown.request_id;
    Call call = make_question(unknown, config_, *pool_, next_id(), now_,
                              [weak = weak_from_this(), about](Result<Evidence> result) {
                                  const auto self = weak.lock();
                                  if (!self || self->is_over()) return;
                                  if (result.has_value()) self->tell_evidence(about, *std::move(result));
                                  else if (result.error().code != Errc::client_closed)
                                      self->tell_evidence(about, {.doubt = Doubt::unanswered});
                              });
    if (calls_.add(call)) tell_evidence(about, {.doubt = Doubt::unanswered});
}

LCM_CLIENT_DECL void Engine::tell_evidence(RequestId about, Evidence evidence) noexcept {
    try {
        if (auto news = session_.to_tell(about, std::move(evidence), now_))
            hooks_->tell(*std::move(news), loop_->strand());
    } catch (const std::bad_alloc&) {} // then it is not told
}

LCM_CLIENT_DECL Evidence Engine::weigh(const Question& question, const StoredRequest& shown, TimePoint asked) {
    return session_.weigh(question, shown, asked, now_);
}

// --- requests --------------------------------------------------------------------------------------------------------

// Any thread.
LCM_CLIENT_DECL void Engine::submit(Call& call, GuardedRequest* guarded) {
    if (turn_thread_.load() != std::this_thread::get_id() && is_elsewhere())
        return fail(call, {.code = Errc::client_closed,
                           .detail = "the client belongs to the process that made it, and this is a fork of that"});
    if (guarded != nullptr) return submit_guarded(call, *guarded);
    enter(call);
}

// From the guard's yes on a Do Not Call is open, so that nothing of another thread gets in between.
LCM_CLIENT_DECL void Engine::submit_guarded(Call& call, GuardedRequest& guarded) {
    const RequestId id = call->id;
    if (auto refusal = guard_->admit(id, call->operation->subtopic, std::move(guarded)))
        return fail(call, *std::move(refusal));
    try {
        enter(call);
    } catch (...) { // its caller still owns it
        end_guarded(id, Delivery::not_sent);
        throw;
    }
}

LCM_CLIENT_DECL void Engine::enter(Call& call) {
    if (const auto problem = calls_.add(call)) {
        end_guarded(call->id, Delivery::not_sent);
        return fail(call, {.code = *problem});
    }
    if (turn_thread_.load() == std::thread::id()) static_cast<void>(send_turn());
}

// Any thread.
LCM_CLIENT_DECL void Engine::fail(Call& call, Error reason) {
    reason.delivery = Delivery::not_sent;
    counters_.count(Delivery::not_sent);
    call->settle(std::move(reason), now());
    completions_.deliver_later(*call);
    call.reset();
}

// Any thread but those of a fork, before anybody hears of the ending.
LCM_CLIENT_DECL void Engine::end_guarded(RequestId id, Delivery ending) noexcept {
    if (guard_) guard_->end(id, ending);
}

// Any thread; a lock of the parent's may be held for ever in a fork.
LCM_CLIENT_DECL std::size_t Engine::resolve_do_not_call(const Subjects& subjects) noexcept {
    return guard_ && !is_elsewhere() ? guard_->resolve(subjects) : 0;
}

// Any thread.
LCM_CLIENT_DECL void Engine::cancel(RequestId id) noexcept {
    if (calls_.cancel(id)) static_cast<void>(send_turn());
}

// Requests that the server does not reply to. They count as accepted when they have arrived, as far as the transport can
// tell: what the system still holds may be dropped with the link. So it is asked about the next ones.
LCM_CLIENT_DECL void Engine::accept(RequestList ended) {
    LenientReader reader;
    while (RequestEntry* const request = ended.pop_front())
        finish(*request, [&](PendingCall& call) { call.settle(JsonView(), reader, now_); });
    if (link_ && !link_->is_confirming() && session_.begin_confirming()) link_->confirm();
}

LCM_CLIENT_DECL void Engine::end(Endings ended) noexcept {
    for (const EndedBy cause : Endings::causes)
        while (RequestEntry* const request = ended.by(cause).pop_front()) end(*request, cause);
}

LCM_CLIENT_DECL void Engine::end(RequestEntry& request, EndedBy by) noexcept {
    const BareError bare{request.code(), request.delivery(), session_.cause_of(by)};
    finish(request,
           [&](PendingCall& call) { settle(call, bare, [&](Error& error) { session_.explain(error, call, by); }); });
}

// Takes a request out, gives it its result, and passes that on. `fill` must not throw. Returns false if the request has
// ended elsewhere; then it stays where it is.
template <class Fill> bool Engine::finish(RequestEntry& request, Fill fill) noexcept {
    if (!stops_.empty()) stops_.erase(request.id);
    const RequestId id = request.id;
    Call call = calls_.take(static_cast<PendingCall&>(request));
    if (!call) {
        note(static_cast<PendingCall&>(request));
        return false;
    }
    fill(*call);
    if (call->asks()) call->weigh(*this);
    const Delivery ending = call->ending();
    counters_.count(ending);
    end_guarded(id, ending);
    session_.note_ending(*call, ending, call->error(), call->verdict(), now_);
    notices_before_ = hooks_->told();
    completions_.deliver(std::move(call));
    return true;
}

// Runs the handlers that are due, after what the hooks were told before.
LCM_CLIENT_DECL bool Engine::flush() {
    if (!completions_.has_due()) return false;
    try {
        hooks_->catch_up(notices_before_);
    } catch (...) { // a hook's
        completions_.pass_on();
        throw;
    }
    return completions_.flush();
}

// With what `explain` adds to the error, if there is memory for it.
template <class Explain> void Engine::settle(PendingCall& call, const BareError& bare, Explain explain) noexcept {
    try {
        Error error{.code = bare.code, .delivery = bare.delivery, .cause = bare.cause};
        explain(error);
        call.settle(std::move(error), now());
    } catch (const std::bad_alloc&) {
        call.settle(bare);
    }
}

// Any thread.
LCM_CLIENT_DECL void Engine::settle_at_end(PendingCall& call, Errc code, const char* detail) noexcept {
    const BareError bare{code, call.has_left() ? Delivery::unknown : Delivery::not_sent, {}};
    counters_.count(bare.delivery);
    end_guarded(call.id, bare.delivery);
    settle(call, bare, [detail](Error& error) { error.detail = detail; });
}

// --- futures that the loop leaves overdue, any thread ----------------------------------------------------------------

// A lock of the parent's may be held for ever in a fork.
LCM_CLIENT_DECL bool Engine::prepare_watch() {
    if (is_elsewhere()) return false;
    const std::lock_guard lock(watchdog_mutex_);
    if (!watchdog_) watchdog_ = std::make_unique<Watchdog>([this] { return end_overdue_futures(); });
    return true;
}

// A client that was closed meanwhile has ended all.
LCM_CLIENT_DECL void Engine::watch(TimePoint deadline) noexcept {
    const std::lock_guard lock(watchdog_mutex_);
    if (watchdog_) watchdog_->watch(deadline + overdue_grace);
}

LCM_CLIENT_DECL void Engine::stop_watching() noexcept {
    std::unique_ptr<Watchdog> gone;
    const std::lock_guard lock(watchdog_mutex_);
    gone.swap(watchdog_);
}

// Returns when to look again, if there are others. The loop may have stopped for good; if it goes on, it lets go of
// them.
LCM_CLIENT_DECL std::optional<TimePoint> Engine::end_overdue_futures() {
    const TimePoint latest = now() - overdue_grace;
    bool has_ended_some = false;
    while (Call call = calls_.take_elsewhere(
               [latest](const PendingCall& one) { return !one.has_handler() && one.deadline <= latest; })) {
        settle_at_end(*call, Errc::timed_out,
                      "the client's loop did not run, or was kept busy, as by waiting for a future on its own thread");
        call->run();
        has_ended_some = true;
    }
    if (has_ended_some) static_cast<void>(send_turn());
    const auto next = calls_.next_deadline_of_futures();
    return next ? std::optional(*next + overdue_grace) : std::nullopt;
}

} // namespace lcm::detail

#endif
