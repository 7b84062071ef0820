// SPDX-License-Identifier: BSL-1.0
// What an outbox's engine says to its client and to the application, and what it hears from them: the bodies.
#ifndef LCM_CLIENT_OUTBOX_IMPL_OUTBOX_TALK_IPP
#define LCM_CLIENT_OUTBOX_IMPL_OUTBOX_TALK_IPP

#include <lcm_client/errc.hpp>
#include <lcm_client/outbox/impl/describe_entry.hpp>
#include <lcm_client/outbox/impl/outbox_engine.hpp>
#include <lcm_client/outbox/impl/read_entry.hpp>

#include <new>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

// --- posts -----------------------------------------------------------------------------------------------------------

// Needs no memory, since it is also for those that cannot be kept for want of it.
LCM_CLIENT_DECL void OutboxEngine::fail(OutboxPost& post, Error error) noexcept {
    error.operation = std::move(post.contents.operation);
    error.callid = std::move(post.contents.callid);
    error.tag = post.contents.tag;
    post.done(std::move(error));
}

// Who is told of it finds it counted.
LCM_CLIENT_DECL void OutboxEngine::refuse(OutboxPost& post, std::uint64_t& counter, Error error) {
    ++counter;
    publish();
    fail(post, std::move(error));
}

[[nodiscard]] inline Error outbox_closed() noexcept {
    Error error{.code = Errc::client_closed};
    try {
        error.detail = "the outbox is closed";
    } catch (const std::bad_alloc&) {} // the code says it as well
    return error;
}

LCM_CLIENT_DECL void OutboxEngine::post(OutboxPost post) {
    SubjectKeys subjects = vault_->hash(std::exchange(post.subjects, {}));
    auto shared = std::make_shared<OutboxPost>(std::move(post));
    command([this, shared, subjects = std::move(subjects)](bool is_open) mutable {
        if (!is_open) return fail(*shared, outbox_closed());
        try {
            take(*shared, std::move(subjects));
        } catch (const std::bad_alloc&) { // then the outbox ends, and what is not written yet never is
            fail(*shared, {.code = Errc::not_stored});
            throw;
        }
    });
}

LCM_CLIENT_DECL void OutboxEngine::take(OutboxPost& post, SubjectKeys subjects) {
    const EntryId id = book_->next_id();
    look_at_clock();
    post.contents.posted = wall_->now();
    NewEntry entry{.id = id, .expires = wall_->now() + post.expires_in, .subjects = std::move(subjects)};
    try {
        entry.contents = vault_->seal(id, write_contents(post.contents));
    } catch (...) { // the application's, whose words may be anything
        return refuse(post, stats_.not_stored,
                      {.code = Errc::not_stored, .detail = "OutboxSeal::seal threw an exception"});
    }
    if (auto refusal = find_refusal(entry.contents.size())) return refuse(post, stats_.full, *std::move(refusal));
    post.contents.data.clear(); // the sealed entry has them
    static_cast<void>(book_->post(entry.contents.size(), entry.expires, entry.subjects));
    new_entries_.push_back(std::move(entry));
    posts_[id] = std::move(post);
}

LCM_CLIENT_DECL std::optional<Error> OutboxEngine::find_refusal(std::size_t bytes) {
    const auto full = [](const char* name, std::size_t limit) {
        return Error{.code = Errc::queue_full,
                     .detail = "the outbox's limits." + std::string(name) + " is " + std::to_string(limit)};
    };
    const OutboxLimits& limits = config_.limits;
    if (book_->size() >= limits.entries) return full("entries", limits.entries);
    if (bytes > limits.bytes - (std::min)(limits.bytes, book_->bytes())) return full("bytes", limits.bytes);
    return std::nullopt;
}

// --- what the book says ----------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void OutboxEngine::on_durable(const Durable& done) {
    stats_.posted += done.posted.size();
    count(done.ended);
    for (const EntryId id : done.posted)
        if (const auto post = posts_.extract(id)) post.mapped().done(id);
    for (const EntryId id : done.leaving) send(id);
    for (const StatusChange& ended : done.ended) tell(ended);
}

LCM_CLIENT_DECL void OutboxEngine::on_failure(const NotDurable& told, const WriteProblem& problem) {
    ++stats_.failed_writes;
    stats_.not_stored += told.posts.size();
    count(told.ended);
    retry_at_ = now_ + write_retry;
    if (std::exchange(failing_, problem.code) != problem.code) tell(problem.code, problem.detail);
    auto stayed = std::erase_if(handed_over_, [](const auto& entry) { return entry.second.request != nullptr; });
    for (; stayed != 0; --stayed) departures_.arrive();
    for (const EntryId id : told.posts)
        if (const auto post = posts_.extract(id))
            fail(post.mapped(), {.code = Errc::not_stored,
                                 .delivery = told.delivery,
                                 .detail = problem.detail,
                                 .cause = make_error_code(problem.code)});
    for (const StatusChange& ended : told.ended) tell(ended);
}

LCM_CLIENT_DECL void OutboxEngine::send(EntryId id) {
    const auto request = std::move(handed_over_.at(id).request);
    const std::uint64_t attempt = ++last_attempt_;
    attempts_[attempt] = id;
    try {
        request->send(client_, {.tag = attempt}, [weak = weak_from_this(), id, attempt, request] {
            const auto self = weak.lock();
            if (!self) return;
            self->report([engine = self.get(), id, attempt, request] {
                engine->on_result(id, attempt, request->ending(), request->has_reply());
            });
        });
    } catch (const std::bad_alloc&) { // then nothing was submitted
        on_result(id, attempt, Error{.code = Errc::queue_full, .delivery = Delivery::not_sent}, false);
    } catch (...) { // nor here
        on_result(id, attempt,
                  Error{.code = Errc::invalid_argument,
                        .delivery = Delivery::not_sent,
                        .detail = "DoNotCallGuard::also_marks threw an exception"},
                  false);
    }
}

// Whether what kept a request from leaving will keep it from leaving whenever it is tried.
[[nodiscard]] inline bool is_hopeless(const Error& error) noexcept {
    return error.code == Errc::invalid_argument || error.code == Errc::message_too_large;
}

LCM_CLIENT_DECL void OutboxEngine::on_result(EntryId id, std::uint64_t attempt, std::optional<Error> error,
                                             bool has_reply) {
    const Delivery delivery = error ? error->delivery : Delivery::accepted;
    const bool is_answered = has_reply && (delivery == Delivery::accepted || delivery == Delivery::refused);
    if (delivery != Delivery::unknown) attempts_.erase(attempt);
    if (is_answered) settling_.on_answer(attempt, now_);
    if (delivery == Delivery::not_sent) departures_.come_back(now_);
    else departures_.arrive();
    const bool is_final = delivery == Delivery::not_sent && is_hopeless(*error);
    if (is_final) book_->on_refusal(id);
    else book_->on_result(id, delivery);
    note_error(id, std::move(error));
    if (book_->state(id) == EntryState::waiting) returned_.add(id, now_);
    else returned_.remove(id);
    if (delivery == Delivery::unknown && book_->state(id) == EntryState::unknown) begin_doubt(id);
}

// The error is for whoever is told of the ending or asked about the doubt; what waits again has none.
LCM_CLIENT_DECL void OutboxEngine::note_error(EntryId id, std::optional<Error> error) {
    errors_.erase(id);
    if (error && book_->state(id) != EntryState::waiting) errors_[id] = *std::move(error);
}

LCM_CLIENT_DECL void OutboxEngine::begin_doubt(EntryId id) {
    doubts_.erase(id); // what was asked before was another doubt
    evidence_.erase(id);
    unasked_.add(id, now_);
    settling_.add(id, is_link_ready_, last_attempt_, now_);
    if (errors_.at(id).code == Errc::bad_reply) settling_.on_arrival(id, now_); // an answer that nobody can read
}

LCM_CLIENT_DECL void OutboxEngine::on_truth(std::uint64_t attempt, Delivery delivery) {
    const auto at = attempts_.find(attempt);
    if (at == attempts_.end()) return;
    const EntryId id = at->second;
    attempts_.erase(at);
    static_cast<void>(book_->on_truth(id, delivery));
}

// --- what the application is told and asked --------------------------------------------------------------------------

// Before anybody is asked about an entry, the server is, if the client may. Only the client that made the attempt knows
// what else it has sent for the call, so nothing can be concluded where an earlier process has made one: what the server
// shows may be that one.
LCM_CLIENT_DECL void OutboxEngine::inquire(EntryId id) {
    if (!hooks_->decides_doubts() || book_->state(id) != EntryState::unknown) return;
    const std::uint64_t number = ++last_doubt_;
    doubts_[id] = number;
    if (!EngineAccess::of(client_)->config().inquiry) return ask(id, number);
    const auto error = errors_.find(id);
    const bool is_remembered = error != errors_.end() && !of_others_.contains(id);
    evidence_[id] = {.doubt = is_remembered ? Doubt::unanswered : Doubt::not_remembered};
    if (!is_remembered) return ask(id, number);
    const auto answer = std::make_shared<std::optional<Result<Evidence>>>(); // made here, as for an ending
    client_.async_inquire(error->second, [weak = weak_from_this(), id, number, answer](Result<Evidence> found) {
        const auto self = weak.lock();
        if (!self) return;
        answer->emplace(std::move(found));
        self->report([engine = self.get(), id, number, answer] { engine->on_evidence(id, number, **answer); });
    });
}

LCM_CLIENT_DECL void OutboxEngine::on_evidence(EntryId id, std::uint64_t doubt, const Result<Evidence>& found) {
    const auto at = doubts_.find(id);
    if (at == doubts_.end() || at->second != doubt) return;
    if (found) evidence_[id] = *found;
    if (found && found->finding == Finding::reached) settling_.on_arrival(id, now_);
    ask(id, doubt);
}

LCM_CLIENT_DECL void OutboxEngine::ask(EntryId id, std::uint64_t doubt) {
    if (book_->state(id) != EntryState::unknown) return;
    OutboxDoubt told{.entry = describe(id)};
    if (const auto error = errors_.find(id); error != errors_.end()) {
        told.error = error->second;
        told.error->tag = told.entry.tag;
    }
    if (const auto evidence = evidence_.find(id); evidence != evidence_.end()) told.evidence = evidence->second;
    hooks_->ask(std::move(told), [weak = weak_from_this(), id, doubt](DoubtDecision decision) {
        const auto self = weak.lock();
        if (!self) return;
        self->report([engine = self.get(), id, doubt, decision] { engine->on_decision(id, doubt, decision); });
    });
}

// What was decided about an earlier doubt is not decided about a later one.
LCM_CLIENT_DECL void OutboxEngine::on_decision(EntryId id, std::uint64_t doubt, DoubtDecision decision) {
    const auto at = doubts_.find(id);
    if (at == doubts_.end() || at->second != doubt) return;
    doubts_.erase(at);
    if (decision != DoubtDecision::ask) settling_.decide(id, decision);
}

LCM_CLIENT_DECL void OutboxEngine::decide_due() {
    for (const auto& [id, decision] : settling_.take_due(now_)) {
        if (decision == DoubtDecision::drop) static_cast<void>(book_->drop(id));
        else static_cast<void>(send_again(id));
    }
}

LCM_CLIENT_DECL bool OutboxEngine::send_again(EntryId id) {
    if (!book_->resend(id)) return false;
    settling_.remove(id);
    ++stats_.resent;
    return true;
}

LCM_CLIENT_DECL void OutboxEngine::tell(const StatusChange& ended) {
    const EntryId id = ended.id;
    const EntryStatus& status = ended.status;
    EntryEnding ending = describe_ending(ended, take_contents(id));
    if (auto error = errors_.extract(id); error && status.delivery != Delivery::accepted) {
        ending.error = std::move(error.mapped());
        ending.error->tag = ending.tag;
    }
    if (auto evidence = evidence_.extract(id); evidence && status.delivery == Delivery::unknown)
        ending.evidence = std::move(evidence.mapped());
    doubts_.erase(id);
    settling_.remove(id);
    of_others_.erase(id);
    returned_.remove(id);
    forget_attempts(ended);
    hooks_->tell(std::move(ending), [weak = weak_from_this(), id] {
        const auto self = weak.lock();
        if (!self) return;
        self->report([engine = self.get(), id] { engine->book_->on_told(id); });
    });
}

// The one attempt of an entry that its reply has ended is forgotten already. All others are looked for.
LCM_CLIENT_DECL void OutboxEngine::forget_attempts(const StatusChange& ended) {
    if (ended.status.by == EntryEndedBy::reply && !ended.status.was_resent) return;
    std::erase_if(attempts_, [&](const auto& attempt) { return attempt.second == ended.id; });
}

// Before anybody is told of them: who is told of an ending finds it counted.
LCM_CLIENT_DECL void OutboxEngine::count(const std::vector<StatusChange>& all) {
    for (const StatusChange& ended : all) count(ended.status);
    publish();
}

LCM_CLIENT_DECL void OutboxEngine::count(const EntryStatus& status) {
    if (status.by == EntryEndedBy::expiry) ++stats_.expired;
    switch (status.delivery) {
    case Delivery::accepted: ++stats_.accepted; return;
    case Delivery::refused: ++stats_.refused; return;
    case Delivery::not_sent: ++stats_.not_sent; return;
    case Delivery::unknown: ++stats_.ended_as_unknown; return;
    }
}

LCM_CLIENT_DECL void OutboxEngine::tell(OutboxErrc code, std::string detail, EntryId id) {
    hooks_->tell(OutboxProblem{code, std::move(detail), id});
}

LCM_CLIENT_DECL std::optional<Contents> OutboxEngine::read(EntryId id) const {
    return read_entry(*store_, *vault_, id);
}

// What an entry holds that has ended.
LCM_CLIENT_DECL std::optional<Contents> OutboxEngine::take_contents(EntryId id) {
    if (auto known = handed_over_.extract(id)) return std::move(known.mapped().contents);
    return read(id);
}

LCM_CLIENT_DECL OutboxEntry OutboxEngine::describe(EntryId id) const { return describe_entry(id, *book_, read(id)); }

// --- what the client tells -------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void OutboxEngine::on_link(LinkState state) noexcept {
    const bool is_ready = state == LinkState::ready;
    report([this, is_ready] { take_link(is_ready); });
}

LCM_CLIENT_DECL void OutboxEngine::take_link(bool is_ready) {
    look_at_clock();
    book_->expire(wall_->now());
    if (std::exchange(is_link_ready_, is_ready) && !is_ready) {
        unasked_.on_link_lost(now_);
        settling_.on_link_lost(now_);
    }
    if (is_ready) returned_.clear();
    departures_.set_ready(is_ready, now_, book_->free_count());
}

LCM_CLIENT_DECL void OutboxEngine::on_settled(const Settled& truth) noexcept {
    report([this, attempt = truth.reported.tag, delivery = truth.delivery] { on_truth(attempt, delivery); });
}

} // namespace lcm::detail

#endif
