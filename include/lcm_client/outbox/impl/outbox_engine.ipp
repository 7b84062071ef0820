// SPDX-License-Identifier: BSL-1.0
// Carries out what an outbox's book decides: the turns. What they say to the application and the client is in
// outbox_talk.ipp.
#ifndef LCM_CLIENT_OUTBOX_IMPL_OUTBOX_ENGINE_IPP
#define LCM_CLIENT_OUTBOX_IMPL_OUTBOX_ENGINE_IPP

#include <lcm_client/outbox/impl/outbox_engine.hpp>
#include <lcm_client/outbox/impl/outbox_file.hpp>
#include <lcm_client/outbox/impl/outbox_talk.ipp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline constexpr std::chrono::seconds log_life{1};      // until a log that nothing is added to is emptied
inline constexpr int longest_log = 1000;                // pages
inline constexpr std::chrono::minutes longest_look{10}; // between two looks at the clock, while something may expire

[[nodiscard]] inline std::uint64_t random_number() {
    std::uint64_t number = 0;
    std::memcpy(&number, random_bytes(sizeof number).data(), sizeof number);
    return number;
}

LCM_CLIENT_DECL OutboxEngine::OutboxEngine(AnyClient& client, OutboxConfig config,
                                           std::unique_ptr<const AnyClock> clock,
                                           const boost::asio::any_io_executor& executor, const char* vfs)
    : client_(client), config_(std::move(config)), clock_(std::move(clock)), executor_(executor), vfs_(vfs),
      hooks_(std::make_shared<OutboxHooks>(config_, client.get_executor())), commands_(executor),
      departures_(config_.limits.under_way, config_.limits.backlog_per_second), last_attempt_(random_number()) {
    open();
}

// --- the start -------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void OutboxEngine::open() {
    try {
        return try_to_open();
    } catch (const boost::system::system_error& problem) {
        if (problem.code() != OutboxErrc::damaged) throw;
    }
    store_.reset();
    aside_ = set_aside(config_.file);
    try_to_open();
}

LCM_CLIENT_DECL void OutboxEngine::try_to_open() {
    is_file_new_ = false;
    const auto begin_file = [this] {
        is_file_new_ = true;
        return make_head();
    };
    store_.emplace(config_.file, begin_file, vfs_);
    found_ = store_->entries();
    vault_.emplace(config_.seal, store_->head().name);
    if (!vault_->open_key(store_->head().key)) throw_outbox(OutboxErrc::wrong_key, config_.file.string());
}

LCM_CLIENT_DECL FileHead OutboxEngine::make_head() const {
    FileHead head{.name = random_bytes(16)};
    head.key = Vault(config_.seal, head.name).make_key();
    return head;
}

LCM_CLIENT_DECL void OutboxEngine::start() {
    const auto weak = weak_from_this();
    commands_.set_turn([weak] {
        if (const auto self = weak.lock()) self->on_turn();
    });
    timer_ = clock_->make_timer(executor_);
    now_ = written_ = clock_->now();
    wall_.emplace(store_->head().last_seen, now_);
    book_.emplace(store_->head().next_id);
    for (const StoredEntry& entry : found_) {
        book_->restore(entry);
        if (entry.status.state != EntryState::waiting || entry.status.was_resent) of_others_.insert(entry.id);
    }
    publish();
    command([this](bool is_open) {
        if (!is_open) return;
        if (aside_) tell(OutboxErrc::damaged, "it is called " + aside_->string() + " now");
        std::vector<StatusChange> ended;
        for (const StoredEntry& entry : found_)
            if (entry.status.state == EntryState::ended) ended.push_back({entry.id, entry.status});
        found_ = {};
        count(ended);
        for (const StatusChange& each : ended) tell(each);
        for (const EntryId id : book_->all(EntryState::unknown)) {
            unasked_.add(id, now_);
            settling_.add(id, false, last_attempt_, now_);
        }
    });
    const auto client = EngineAccess::of(client_);
    if (!is_file_new_ || aside_) client->follow_another_process();
    client->observe(shared_from_this());
}

// --- turns -----------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void OutboxEngine::command(Command what) {
    if (!commands_.add(what)) what(false);
}

// What the client or a hook has to tell, on whose threads nothing may be thrown; for a closed outbox it comes too late. That
// something is lost for want of memory is seen in the next turn: without it, what the book says is not certain.
template <class What> void OutboxEngine::report(What what) noexcept {
    try {
        command([what = std::move(what)](bool is_open) mutable {
            if (is_open) what();
        });
    } catch (...) {
        has_lost_report_ = true;
    }
}

LCM_CLIENT_DECL void OutboxEngine::on_timer() {
    timer_at_.reset();
    on_turn();
}

LCM_CLIENT_DECL void OutboxEngine::on_turn() {
    if (has_lost_report_) return give_up();
    try {
        run(commands_.take());
        if (store_) work();
    } catch (const std::bad_alloc&) {
        give_up();
    }
}

// Each is called, also behind one for which there is no memory.
LCM_CLIENT_DECL void OutboxEngine::run(std::vector<Command> commands) {
    std::size_t next = 0;
    try {
        while (next != commands.size()) commands[next++](store_.has_value());
    } catch (const std::bad_alloc&) {
        while (next != commands.size()) commands[next++](false);
        throw;
    }
}

// Without memory, what the book says is not certain. What the file says is, and the next start begins with that.
LCM_CLIENT_DECL void OutboxEngine::give_up() noexcept {
    auto rest = commands_.close();
    hooks_->silence();
    store_.reset();
    timer_.reset();
    for (auto& [id, post] : std::exchange(posts_, {}))
        fail(post, {.code = Errc::not_stored, .delivery = Delivery::unknown});
    for (Command& each : rest) each(false);
    if (on_drained_) on_drained_();
}

LCM_CLIENT_DECL void OutboxEngine::work() {
    look_at_clock();
    decide_due();
    book_->expire(wall_->now());
    hand_over_due();
    write();
    for (const EntryId id : unasked_.take_due(now_)) inquire(id);
    if (on_drained_ && departures_.under_way() == 0) on_drained_();
    keep_log_short();
    publish();
    keep_timer();
}

LCM_CLIENT_DECL void OutboxEngine::look_at_clock() {
    now_ = clock_->now();
    switch (wall_->look(clock_->sleep_clocks(now_).system, now_)) {
    case ClockJump::none: return;
    case ClockJump::back: return tell(OutboxErrc::clock_set_back, {});
    case ClockJump::forward: return tell(OutboxErrc::clock_set_forward, {});
    }
}

LCM_CLIENT_DECL void OutboxEngine::hand_over_due() {
    if (is_draining_ || failing_) return;
    const auto may_leave = [this](EntryId id) { return returned_.may_leave(id, now_); };
    for (const EntryId id : book_->due(wall_->now(), departures_.allowance(now_), may_leave)) {
        if (!prepare(id)) continue;
        book_->hand_over(id);
        departures_.leave(1);
    }
}

// A new one leaves as it was posted, one that has waited as it is in the file.
LCM_CLIENT_DECL bool OutboxEngine::prepare(EntryId id) {
    if (!book_->is_stored(id)) {
        OutboxPost& post = posts_.at(id);
        handed_over_[id] = {std::move(post.request), post.contents};
        return true;
    }
    std::optional<Contents> contents = read(id);
    auto request = contents ? prepare_request(*contents) : nullptr;
    if (!request) { // then it is not marked, since it has not left
        book_->set_unreadable(id);
        ++stats_.unreadable;
        tell(OutboxErrc::entry_unreadable, {}, id);
        return false;
    }
    contents->data = {};
    handed_over_[id] = {std::move(request), *std::move(contents)};
    return true;
}

LCM_CLIENT_DECL void OutboxEngine::write() {
    // While writes fail, one is tried now and then, if only to see whether they still do.
    const bool is_due = failing_ ? now_ >= retry_at_ || !new_entries_.empty() : book_->has_writes();
    if (!is_due) return;
    const WriteSet writes = book_->begin_write();
    const auto problem = store_->write(writes, std::exchange(new_entries_, {}), wall_->now());
    written_ = now_;
    if (problem) return on_failure(book_->fail_write(problem->failure), *problem);
    failing_.reset();
    on_durable(book_->end_write());
    if (book_->has_writes() || book_->free_count() != 0) commands_.wake(); // what was written may be due now
}

LCM_CLIENT_DECL void OutboxEngine::keep_log_short() {
    const bool is_idle = now_ >= written_ + log_life;
    if (store_->log_pages() >= longest_log || (is_idle && store_->log_pages() > 0)) store_->checkpoint();
    if (store_->log_pages() > 0 && is_idle) written_ = now_; // it could not be: later again
}

LCM_CLIENT_DECL void OutboxEngine::keep_timer() {
    TimePoint next = now_ + longest_look;
    const auto add = [&](TimePoint at) { next = (std::min)(next, at); };
    if (const auto at = departures_.next(now_)) add(*at);
    if (const auto at = returned_.next(now_)) add(*at);
    if (const auto at = book_->next_expiry()) {
        const auto left = std::clamp<std::chrono::nanoseconds>(*at - wall_->now(), {}, longest_look);
        add(now_ + left);
    }
    if (const auto at = unasked_.next()) add(*at);
    if (const auto at = settling_.next()) add(*at);
    if (failing_) add(retry_at_);
    if (store_->log_pages() > 0) add(written_ + log_life);
    const bool rings_in_time = timer_at_ && *timer_at_ > now_ && *timer_at_ <= next;
    if (rings_in_time) return; // and then it is set anew: to set it costs more than a turn
    timer_->call_at(next, weak_from_this());
    timer_at_ = next;
}

LCM_CLIENT_DECL void OutboxEngine::publish() {
    stats_.waiting = book_->count(EntryState::waiting);
    stats_.handed_over = book_->count(EntryState::handed_over);
    stats_.unknown = book_->count(EntryState::unknown);
    stats_.bytes = book_->bytes();
    const std::lock_guard lock(stats_mutex_);
    published_ = stats_;
}

// --- any thread ------------------------------------------------------------------------------------------------------

// A command whose `done` is told what `find` returns in a turn. If the outbox is closed, or there is no memory, it is told
// an empty answer.
template <class Answer, class Find>
[[nodiscard]] CommandQueue::Command make_question(Handler<void(Answer)> done, Find find) {
    auto shared = std::make_shared<Handler<void(Answer)>>(std::move(done));
    return [shared, find = std::move(find)](bool is_open) {
        Answer answer{};
        try {
            if (is_open) answer = find();
        } catch (const std::bad_alloc&) {
            (*shared)(Answer{});
            throw;
        }
        (*shared)(std::move(answer));
    };
}

LCM_CLIENT_DECL void OutboxEngine::resend(EntryId id, Handler<void(bool)> done) {
    command(make_question<bool>(std::move(done), [this, id] { return send_again(id); }));
}

LCM_CLIENT_DECL void OutboxEngine::drop(EntryId id, Handler<void(bool)> done) {
    command(make_question<bool>(std::move(done), [this, id] { return book_->drop(id); }));
}

LCM_CLIENT_DECL void OutboxEngine::list(Handler<void(std::vector<OutboxEntry>)> done) {
    command(make_question<std::vector<OutboxEntry>>(std::move(done), [this] {
        std::vector<OutboxEntry> all;
        for (const EntryId id : book_->all()) all.push_back(describe(id));
        return all;
    }));
}

LCM_CLIENT_DECL OutboxStats OutboxEngine::stats() const {
    const std::lock_guard lock(stats_mutex_);
    return published_;
}

LCM_CLIENT_DECL void OutboxEngine::drain(Handler<void()> done) {
    auto shared = std::make_shared<Handler<void()>>(std::move(done));
    command([this, shared](bool is_open) {
        if (!is_open) return (*shared)();
        is_draining_ = true;
        on_drained_ = [shared] { (*shared)(); };
    });
}

LCM_CLIENT_DECL void OutboxEngine::finish(Handler<void()> done) {
    auto shared = std::make_shared<Handler<void()>>(std::move(done));
    command([this, shared](bool is_open) {
        if (is_open) close_file();
        (*shared)();
    });
}

// What was posted before is written, and what was posted after is refused.
LCM_CLIENT_DECL void OutboxEngine::close_file() {
    if (std::exchange(is_closing_, true)) return;
    is_draining_ = true;
    try {
        run(commands_.close());
        look_at_clock();
        write();
        publish();
    } catch (const std::bad_alloc&) {
        return give_up();
    }
    hooks_->silence();
    on_drained_ = nullptr;
    timer_.reset();
    store_.reset();
}

} // namespace lcm::detail

#endif
