// SPDX-License-Identifier: BSL-1.0
// The engine: its turns, what it hears, and what it does of what the session decides. How requests end is in
// engine_requests.ipp, and the end of the client in engine_end.ipp.
#ifndef LCM_CLIENT_CLIENT_IMPL_ENGINE_IPP
#define LCM_CLIENT_CLIENT_IMPL_ENGINE_IPP

#include <lcm_client/client/engine.hpp>
#include <lcm_client/client/impl/engine_end.ipp>
#include <lcm_client/client/impl/engine_requests.ipp>
#include <lcm_client/client/shutdown_observer.hpp>
#include <lcm_client/impl/seed.hpp>
#include <lcm_client/json.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <cstdint>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

inline constexpr std::size_t longest_burst = 32;              // messages
inline constexpr std::chrono::milliseconds memory_retry{100}; // until what there was no memory for is tried again
inline constexpr std::chrono::seconds timer_grace{1};         // in which a timer goes off that can
inline constexpr const char* no_memory = "there was no memory";

// Hooks for the executor of the client itself run on its strand, where they are in order with what else runs there.
[[nodiscard]] inline ClientConfig with_own_hooks(ClientConfig config, const LoopExecutor& executor) {
    if (config.hooks_executor == executor.executor()) config.hooks_executor = {};
    return config;
}

[[nodiscard]] inline std::uint64_t seed_of(const void* client, const AnyClock& clock) {
    const std::optional<std::uint64_t> of_simulation = clock.seed();
    return of_simulation ? *of_simulation : seed_of(client);
}

LCM_CLIENT_DECL Engine::Engine(ClientConfig config, AnyTransportFactory factory, const LoopExecutor& executor,
                               Threads threads, std::unique_ptr<const AnyClock> clock)
    : config_(with_own_hooks(std::move(config), executor)), factory_(std::move(factory)), clock_(std::move(clock)),
      loop_(std::make_shared<LoopBinding>(executor, threads, *clock_)), hooks_(std::make_shared<Hooks>(config_)),
      last_id_(seed_of(this, *clock_) >> 1U), calls_(config_.limits, *pool_),
      guard_(config_.do_not_call_guard ? std::make_unique<ContactGuard>(config_.limits.do_not_calls) : nullptr),
      session_(config_, counters_, factory_.abilities, seed_of(this, *clock_)),
      completions_(loop_, pool_, threads, counters_) {
    static_cast<void>(plain_error(Errc::client_closed)); // while there is memory
}

LCM_CLIENT_DECL Engine::~Engine() {
    end_all(Errc::client_closed);
    completions_.deliver_all_at_end();
    link_.reset();
    loop_->let_go();
}

LCM_CLIENT_DECL void Engine::start() {
    auto& context = boost::asio::query(loop_->get_executor(), boost::asio::execution::context);
    boost::asio::use_service<ShutdownObserver>(context).watch(
        loop_, [weak = weak_from_this(), loop = std::weak_ptr<LoopBinding>(loop_)] {
            if (const auto engine = weak.lock()) engine->on_loop_gone();
            // The engine may just be going in another thread.
            if (const auto self = loop.lock()) self->let_go();
        });
    if (!send_turn()) throw std::bad_alloc(); // the executor's
}

// --- turns -----------------------------------------------------------------------------------------------------------

// While one is under way, nobody has to send another one for a request that is submitted meanwhile. A turn that is not
// complete, also because a handler has thrown, is followed by another one.
class Engine::Turn {
public:
    explicit Turn(Engine& engine) : engine_(engine) { engine.turn_thread_ = std::this_thread::get_id(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        if (end_ == End::burst_goes_on) return;   // its next message takes the next turn at once
        engine_.turn_thread_ = std::thread::id(); // before the look at what was submitted
        if (engine_.is_closed_) return;
        if (end_ == End::incomplete) engine_.burst_ = 0;
        if (end_ == End::incomplete || engine_.calls_.has_news()) static_cast<void>(engine_.send_turn());
    }

    void complete() noexcept { end_ = End::complete; }
    void stay_under_way() noexcept { end_ = End::burst_goes_on; }

private:
    enum class End { incomplete, complete, burst_goes_on };

    Engine& engine_;
    End end_ = End::incomplete;
};

template <class Event> void Engine::turn(Event event, Then then) {
    if (is_over()) return;
    Turn turn(*this);
    const bool reads_clock = burst_ <= 1 || then != Then::nothing; // in the middle of a burst it is not needed
    if (reads_clock) now_ = clock_->now();
    guard(event);
    const bool has_run_handlers = flush();
    if (!link_ || !link_->is_open()) then = Then::everything;
    if (then == Then::nothing) return turn.stay_under_way();
    if (then == Then::what_waits && !has_run_handlers && !has_work()) return turn.complete();
    burst_ = 0;
    if (is_over()) return;
    if (has_run_handlers || !reads_clock) now_ = clock_->now(); // handlers may have taken their time
    guard([this] { run_session(); });
    flush();
    turn.complete();
}

template <class Action> void Engine::guard(Action action) noexcept {
    try {
        action();
    } catch (const std::bad_alloc&) {
        give_up_link(no_memory);
    } catch (...) {
        give_up_link("the transport threw an exception");
    }
}

// After an exception the link can no longer be relied on; another one can be.
LCM_CLIENT_DECL void Engine::give_up_link(const char* why) noexcept {
    if (is_closed_) return;
    carry_out(session_.give_up(link_failure(Errc::connection_lost, why), now_));
    if (!is_closed_) keep_timer();
}

// Any thread. One is on its way at a time, with memory of its own. If the executor does not take it, the next turn does
// what is to be done, at the latest that of the timer.
LCM_CLIENT_DECL bool Engine::send_turn() noexcept {
    if (is_turn_coming_.load() || is_turn_coming_.exchange(true)) return true;
    const bool comes = loop_->post_reserved([engine = shared_from_this()] {
        engine->is_turn_coming_ = false; // before it looks at anything
        engine->on_turn();
    });
    if (!comes) is_turn_coming_ = false;
    return comes;
}

LCM_CLIENT_DECL void Engine::on_turn() {
    if (is_closing_) return on_closing();
    turn([] {});
}

LCM_CLIENT_DECL void Engine::on_timer() {
    if (loop_->is_gone()) return;
    armed_.reset();
    turn([] {});
}

// The timer may go off early, which is cheaper than setting it anew for each request that ends.
LCM_CLIENT_DECL void Engine::keep_timer() noexcept {
    TimePoint next = session_.next_time(now_);
    if (is_short_of_memory_) next = (std::min)(next, now_ + memory_retry);
    // One that is long overdue has been lost with an exception of the loop's.
    if (armed_ && *armed_ <= next && *armed_ + timer_grace > now_) return;
    armed_.reset();
    try {
        loop_->timer().call_at(next, weak_from_this());
        armed_ = next;
    } catch (...) { // of the clock or of Asio, for lack of memory
        static_cast<void>(send_turn());
    }
}

// --- events ----------------------------------------------------------------------------------------------------------

LCM_CLIENT_DECL void Engine::on_link_open() {
    turn([this] {
        ++counters_.connections;
        session_.opened(link_->server(), now_);
        tell_state();
        link_->receive();
    });
}

// Messages that have come together are answered together, unless they are many.
LCM_CLIENT_DECL void Engine::on_link_message(std::string_view text, bool more) {
    const bool goes_on = more && burst_ + 1 < longest_burst;
    burst_ = goes_on ? burst_ + 1 : 0;
    turn([this, text] { read(text); }, goes_on ? Then::nothing : Then::what_waits);
}

LCM_CLIENT_DECL void Engine::read(std::string_view text) {
    if (auto failure = session_.check_size(text)) return carry_out(session_.give_up(std::move(*failure), now_));
    if (calls_.has_orphans()) take_arrivals();
    MessageDecision decision = session_.on_message(text, now_);
    carry_out(decision, text);
    if (link_) link_->receive();
}

LCM_CLIENT_DECL void Engine::on_link_written() {
    // Most often nothing follows from it, and it needs neither the time nor a turn.
    if (!is_over() && !session_.has_requests_without_reply() && !has_work())
        return static_cast<void>(session_.written());
    turn([this] { accept(session_.written()); }, Then::what_waits);
}

LCM_CLIENT_DECL void Engine::on_link_confirmed() {
    turn([this] { accept(session_.confirmed()); }, Then::what_waits);
}

// The transport has ended in its own way, and still is asked to close.
LCM_CLIENT_DECL void Engine::on_link_lost(LinkFailure failure) {
    turn([&] {
        if (const auto link = std::exchange(link_, nullptr)) link->close();
        if (!is_closed_) carry_out(session_.lost(std::move(failure), now_));
    });
}

LCM_CLIENT_DECL void Engine::on_peer(bool is_alive) {
    turn([this, is_alive] { session_.see_peer(is_alive); });
}

LCM_CLIENT_DECL Outstanding Engine::outstanding(Milliseconds usual) const {
    return session_.outstanding(usual, clock_->now());
}

LCM_CLIENT_DECL void Engine::on_lost_operation() noexcept {
    has_lost_operation_ = true;
    static_cast<void>(send_turn());
}

LCM_CLIENT_DECL void Engine::on_lost_operation(const Link* link) noexcept {
    broken_link_ = link;
    static_cast<void>(send_turn());
}

LCM_CLIENT_DECL void Engine::follow_another_process() noexcept {
    follows_another_ = true;
    static_cast<void>(send_turn());
}

LCM_CLIENT_DECL void Engine::reconnect_now() noexcept {
    shall_reconnect_ = true;
    static_cast<void>(send_turn());
}

// --- what the session decides ----------------------------------------------------------------------------------------

LCM_CLIENT_DECL void Engine::run_session() {
    if (is_closed_) return;
    is_short_of_memory_ = false;
    if (has_lost_operation_ || broken_link_.load() != nullptr) {
        const bool is_broken = has_lost_operation_.exchange(false);
        const Link* const broken = broken_link_.exchange(nullptr);
        if (link_ && (is_broken || broken == link_.get()))
            carry_out(session_.give_up(link_failure(Errc::connection_lost, no_memory), now_));
    }
    if (follows_another_ && follows_another_.exchange(false)) session_.follow_another_process(now_);
    if (shall_reconnect_ && shall_reconnect_.exchange(false)) retry_now();
    const AnyClock::SleepClocks clocks = clock_->sleep_clocks(now_);
    if (session_.has_slept(clocks.awake, clocks.system)) carry_out(session_.wake(now_));
    if (session_.has_questions(now_)) ask_by_itself();
    if (calls_.has_news() || calls_.has_arrivals_left()) take_arrivals();
    if (session_.has_expired(now_)) carry_out(session_.expire(now_));
    carry_out(session_.next(now_));
    if (is_closed_) return;
    if (session_.has_news_of_link()) tell_state();
    hooks_->attend(loop_->strand());
    keep_timer();
}

LCM_CLIENT_DECL void Engine::take_arrivals() {
    bool are_others = false;
    try {
        are_others = calls_.take_arrivals([this](PendingCall& call) { take_over(call); });
    } catch (const std::bad_alloc&) { // the rest stays where it is
        is_short_of_memory_ = true;
    }
    if (session_.has_endings()) end(session_.take_endings());
    if (!are_others) return;
    while (PendingCall* const call = calls_.next_cancelled()) {
        session_.cancel(*call);
        end(*call, EndedBy::itself);
    }
    while (PendingCall* const call = calls_.next_orphan()) let_go_of(*call);
}

LCM_CLIENT_DECL void Engine::let_go_of(PendingCall& orphan) noexcept {
    session_.forget(orphan);
    stops_.erase(orphan.id);
    note(orphan);
    calls_.forget(orphan);
}

// The watchdog has ended it, as unknown if it had left: then its truth may still come, and what comes may be its truth.
LCM_CLIENT_DECL void Engine::note(PendingCall& orphan) noexcept {
    session_.note_ending_elsewhere(orphan.id);
    if (!calls_.take_note(orphan)) return;
    Error reported{.code = Errc::timed_out, .delivery = Delivery::unknown};
    const Error* known = nullptr;
    try {
        orphan.describe(reported, now_);
        known = &reported;
    } catch (const std::bad_alloc&) {}
    session_.note_ending(orphan, Delivery::unknown, known, orphan.verdict(), now_);
}

// When this throws, nothing has happened.
LCM_CLIENT_DECL void Engine::take_over(PendingCall& call) {
    const bool is_cancelled = call.may_be_stopped() && (call.stop().stop_requested() || calls_.was_cancelled(call));
    const bool has_token = !is_cancelled && call.stop().stop_possible();
    if (has_token) stops_.try_emplace(call.id, call.stop(), CancelByToken{weak_from_this(), call.id});
    try {
        static_cast<void>(session_.submit(call, is_cancelled, now_));
    } catch (...) {
        stops_.erase(call.id);
        throw;
    }
}

LCM_CLIENT_DECL void Engine::carry_out(Decision decision) {
    if (decision.leaves_link) leave_link();
    if (decision.aborts_link) abort_link();
    if (!decision.ended.empty()) end(decision.ended);
    if (session_.has_news_of_link()) tell_state();
    if (decision.probes && link_) link_->probe();
    if (decision.connects) connect();
    if (!decision.batch.empty()) send(decision.batch);
}

LCM_CLIENT_DECL void Engine::abort_link() noexcept {
    if (const auto link = std::exchange(link_, nullptr)) link->give_up();
}

// In order: the server may still have to say something, and it learns that the client has gone.
LCM_CLIENT_DECL void Engine::leave_link() {
    if (const auto link = std::exchange(link_, nullptr)) link->close();
}

// What was submitted before the wish for a new link is under way when that is judged.
LCM_CLIENT_DECL void Engine::retry_now() {
    const bool has_arrivals = calls_.has_news() || calls_.has_arrivals_left();
    carry_out(session_.retry_now(now_, !has_arrivals && link_ && link_->has_better_server()));
}

LCM_CLIENT_DECL void Engine::connect() {
    const bool is_on_demand = session_.connects_on_demand();
    session_.connecting();
    tell_state();
    const auto link = link_ = std::make_shared<Link>(weak_from_this(), loop_->strand());
    auto failure = link->open(factory_, config_.limits.inbound_message, is_on_demand);
    if (failure && !is_closed_) carry_out(session_.give_up(std::move(*failure), now_));
}

LCM_CLIENT_DECL void Engine::send(const RequestRange& batch) {
    Batch texts;
    RequestList withdrawn;
    try {
        calls_.hand_over(
            batch, [&](std::size_t bytes) { texts.reserve(batch.size(), bytes); },
            [&](PendingCall& call) { hand_over(call, texts); },
            [&](PendingCall& call) {
                session_.withdraw(call);
                withdrawn.push_back(call);
            });
    } catch (const std::bad_alloc&) {
        is_short_of_memory_ = true;
        return session_.take_back(batch);
    }
    session_.sent(texts.size());
    while (RequestEntry* const request = withdrawn.pop_front()) end(*request, EndedBy::itself);
    if (!texts.empty()) link_->send(std::move(texts));
}

// In the table's lock.
LCM_CLIENT_DECL void Engine::hand_over(PendingCall& call, Batch& batch) noexcept {
    MessageText& text = call.text();
    batch.add(text.view());
    if (!call.is_read_only) pool_->give_text(text);
    session_.hand_over(call);
    if (auto trace = call.take_trace()) session_.remember(std::move(trace), now_);
}

// Without memory for it, this is told in a later turn.
LCM_CLIENT_DECL void Engine::tell_state() noexcept {
    try {
        LinkStatus status = session_.status();
        if (status.state == LinkState::ready && link_) status.server = link_->server();
        observers_.tell(status.state);
        hooks_->tell(std::move(status), loop_->strand());
        session_.told();
    } catch (const std::bad_alloc&) {
        is_short_of_memory_ = true;
    }
}

LCM_CLIENT_DECL void Engine::carry_out(MessageDecision& decision, std::string_view text) noexcept {
    while (RequestEntry* const request = decision.ended.pop_front()) {
        const bool is_ended_here = finish(*request, [&](PendingCall& call) {
            if (decision.refusal)
                settle(call, {decision.refusal->code, Delivery::refused, {}},
                       [&](Error& error) { error.server = decision.refusal->texts; });
            else if (decision.unclear)
                settle(call, {Errc::bad_reply, Delivery::unknown, {}},
                       [&](Error& error) { error.detail = *decision.unclear; });
            else call.settle(decision.payload, decision.reader, now_);
        });
        if (!is_ended_here) session_.see_late_answer(request->id, decision, now_);
    }
    for (Truth& truth : decision.truths) {
        end_guarded(truth.id, truth.told.delivery);
        observers_.tell(truth.told);
        hooks_->tell(std::move(truth.told), loop_->strand());
    }
    if (decision.is_event) hooks_->tell_event(text, loop_->strand());
    session_.finish_message(decision);
}

// --- what is told of it ----------------------------------------------------------------------------------------------

LCM_CLIENT_DECL EventSubscription Engine::subscribe(std::function<bool(JsonView)> handler) {
    return hooks_->subscribers().add(std::move(handler), false);
}

LCM_CLIENT_DECL EventSubscription Engine::subscribe_to_rest(std::function<void(const Json&)> handler) {
    return hooks_->subscribers().add(
        [handler = std::move(handler)](JsonView message) {
            handler(message.to_json());
            return true;
        },
        true);
}

LCM_CLIENT_DECL Stats Engine::stats() const {
    Stats stats = counters_.snapshot();
    stats.pending = calls_.size();
    stats.queued = calls_.unsent();
    stats.events_dropped = hooks_->dropped_events();
    return stats;
}

} // namespace lcm::detail

#endif
