// SPDX-License-Identifier: BSL-1.0
// Carries out on one strand what the pure parts of the session decide: connects, writes batches, reads messages, keeps
// the timer, completes requests, tells the hooks. Knows no operation by name.
#ifndef LCM_CLIENT_CLIENT_CORE_HPP
#define LCM_CLIENT_CLIENT_CORE_HPP

#include <lcm_client/client/call_table.hpp>
#include <lcm_client/client/hooks.hpp>
#include <lcm_client/client/intake.hpp>
#include <lcm_client/client/link.hpp>
#include <lcm_client/client/loop.hpp>
#include <lcm_client/client/loop_executor.hpp>
#include <lcm_client/client/loop_watch.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/recycler.hpp>
#include <lcm_client/client/stats.hpp>
#include <lcm_client/client/stray_messages.hpp>
#include <lcm_client/client/watchdog.hpp>
#include <lcm_client/clock.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/doubtful.hpp>
#include <lcm_client/protocol/envelope.hpp>
#include <lcm_client/protocol/message_head.hpp>
#include <lcm_client/session/link_trust.hpp>
#include <lcm_client/session/multiplexer.hpp>
#include <lcm_client/session/pacer.hpp>
#include <lcm_client/session/reconnector.hpp>
#include <lcm_client/session/sleep_watch.hpp>
#include <lcm_client/session/unsettled.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lcm::detail {

/// Lives as long as the client or an operation of it. Those of `Intake`, and members marked "any thread", may be
/// called from anywhere, all others belong to the strand. Handlers run in `flush()` only, and may do anything: what
/// follows it looks at the state anew.
template <Transport T, Clock ClockType> class Core final : public Intake,
                                                           public std::enable_shared_from_this<Core<T, ClockType>> {
public:
    Core(ClientConfig config, TransportFactory<T> factory, const LoopExecutor& executor, Threads threads,
         ClockType clock)
        : config_(std::move(config)), factory_(std::move(factory)), clock_(std::move(clock)),
          loop_(std::make_shared<Loop<ClockType>>(executor, threads, clock_)), is_own_thread_(threads == Threads::one),
          calls_(config_.limits, *recycler_), hooks_(std::make_shared<Hooks>(config_)),
          multiplexer_(config_.limits, config_.duplicates, random_seed()), reconnector_(random_seed()),
          pacer_(config_.limits.backlog_per_second),
          unsettled_(config_.limits.unsettled, config_.settle_within, random_seed()) {
        closers_.reserve(1);
        static_cast<void>(plain_error(Errc::client_closed)); // while there is memory
    }

    ~Core() override {
        end_all(Errc::client_closed);
        while (Waiter* const waiter = due_.pop_front()) deliver_at_end(own(*waiter));
        link_.reset();
        loop_->let_go();
    }

    /// Any thread, once: begins to connect.
    void start() {
        auto& context = boost::asio::query(loop_->get_executor(), boost::asio::execution::context);
        boost::asio::use_service<LoopWatch>(context).watch(
            loop_, [core = this->weak_from_this(), loop = std::weak_ptr<Loop<ClockType>>(loop_)] {
                if (const auto self = core.lock()) self->on_loop_gone();
                // The core may just be going in another thread.
                if (const auto self = loop.lock()) self->let_go();
            });
        if (!send_step()) throw std::bad_alloc(); // the executor's
    }

    [[nodiscard]] RequestId next_id() noexcept override { return ++last_id_; }

    void fail(Call& call, Error reason) override {
        settle(*call, std::move(reason), Delivery::not_sent);
        deliver_later(*call);
        call.reset();
    }

    /// Those that come from a handler in a step leave together at its end, and those that come together from elsewhere
    /// in one step.
    void submit(Call& call) override {
        if (!is_stepping_here() && is_elsewhere())
            return fail(call, {.code = Errc::client_closed,
                               .detail = "the client belongs to the process that made it, and this is a fork of that"});
        const auto problem = calls_.add(call);
        if (problem) return fail(call, {.code = *problem});
        if (is_stepping_here()) has_own_arrivals_ = true;
        else static_cast<void>(send_step());
    }

    void cancel(RequestId id) noexcept override {
        if (calls_.cancel(id)) static_cast<void>(send_step());
    }

    /// Any thread: the next attempt to connect shall not wait; a link that seems to be good is tested.
    void reconnect_now() noexcept {
        is_hurried_ = true;
        static_cast<void>(send_step());
    }

    /// Any thread: takes no more requests and ends all that there are, now. Their handlers run later, through their
    /// executors.
    void end_all(Errc code, const char* detail = "") noexcept {
        calls_.close();
        while (Call call = calls_.close_and_take()) {
            settle_at_end(*call, code, detail);
            deliver_at_end(std::move(call));
        }
    }

    /// Any thread: ends the requests with futures that the loop has left overdue, which it may have done for good.
    /// Returns when to look again, if there are others.
    std::optional<TimePoint> end_overdue() {
        const TimePoint latest = clock_.now() - grace;
        bool has_ended_some = false;
        while (Call call = calls_.take_elsewhere(
                   [latest](const PendingCall& one) { return !one.has_handler() && one.deadline <= latest; })) {
            settle_at_end(*call, Errc::timed_out, "the client's loop did not run, or was busy with something else");
            call->run();
            has_ended_some = true;
        }
        if (has_ended_some) static_cast<void>(send_step()); // if it goes on, it lets go of them
        const auto next = calls_.next_deadline_of_futures();
        return next ? std::optional(*next + grace) : std::nullopt;
    }

    /// Any thread: ends a request with such a future at this deadline, whatever the loop does. Throws
    /// `std::system_error` if the system gives no thread.
    void watch(TimePoint deadline) {
        const std::lock_guard lock(closers_mutex_);
        if (!watchdog_) watchdog_ = std::make_unique<Watchdog>([this] { return end_overdue(); });
        watchdog_->watch(deadline + grace);
    }

    /// Not the watchdog's thread, and before the client lets go of this.
    void stop_watching() noexcept {
        std::unique_ptr<Watchdog> gone;
        const std::lock_guard lock(closers_mutex_);
        gone.swap(watchdog_);
    }

    /// For so long the loop has the first word about a request whose deadline has passed.
    static constexpr std::chrono::milliseconds grace{100};

    /// Any thread: whether this is a fork of the process in which the client was made.
    [[nodiscard]] bool is_elsewhere() const noexcept { return loop_->is_elsewhere(); }

    /// In a fork, where nothing can be taken down: keeps all as it is until the process ends.
    void stay() noexcept { itself_ = this->shared_from_this(); }

    [[nodiscard]] Hooks& hooks() noexcept { return *hooks_; } // any thread

    /// Any thread: an operation of the link has been lost for want of memory.
    void give_up_link() noexcept {
        has_lost_operation_ = true;
        static_cast<void>(send_step());
    }

    /// Any thread: closes the link, after the steps that are already under way, and then calls `closed`, after the
    /// handlers that are already on their way: what a step posts can get behind what another thread posts meanwhile.
    /// The destructor's needs no memory.
    void close_link(std::function<void()> closed) {
        {
            const std::lock_guard lock(closers_mutex_);
            closers_.push_back(std::move(closed));
        }
        is_closing_ = true;
        static_cast<void>(send_step());
    }

    /// Any thread: makes room for one more function in `close_link`. When this throws, nothing has happened.
    void prepare_to_close() {
        const std::lock_guard lock(closers_mutex_);
        closers_.reserve(closers_.size() + 2);
    }

    /// A thread of the loop: ends everything now. The handlers that belong to the strand run in this call, unless the
    /// strand has something to do first: then they run when the loop gets there.
    void close_now() {
        try {
            boost::asio::dispatch(loop_->get_executor(), [core = this->shared_from_this()] { core->close_here(); });
        } catch (const std::bad_alloc&) { // the executor's
            is_closing_ = true;
            static_cast<void>(send_step());
        }
        hooks_->silence_on_strand();
        end_all(Errc::client_closed);
    }

    /// Any thread: whether this thread is running the loop, as far as can be seen, so that waiting here could keep the
    /// strand from going on.
    [[nodiscard]] bool is_in_loop() const { return loop_->is_running_here(); }

    [[nodiscard]] const ClientConfig& config() const noexcept override { return config_; }
    [[nodiscard]] CallTable& calls() noexcept { return calls_; }      // any thread
    [[nodiscard]] Counters& counters() noexcept { return counters_; } // any thread
    [[nodiscard]] Recycler& recycler() noexcept override { return *recycler_; }
    [[nodiscard]] TimePoint now() const override { return clock_.now(); }

    [[nodiscard]] Stats stats() const { // any thread
        Stats stats = counters_.snapshot();
        stats.pending = calls_.size();
        stats.queued = calls_.unsent();
        stats.events_dropped = hooks_->dropped_events();
        return stats;
    }

    /// Any thread: where handlers run that have no executor of their own. Once the loop is gone, only Asio's own
    /// threads are left.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return loop_->get_executor(); }

private:
    friend class Link<T, Core>;
    using Milliseconds = std::chrono::milliseconds;

    // What is kept of a request that has ended as unknown.
    struct Doubt {
        Error reported;
        Judge judge;
    };

    // Cancels a request, wherever the client is in its life.
    struct Cancel {
        std::weak_ptr<Core> client;
        RequestId id;
        void operator()() const noexcept {
            if (const auto core = client.lock()) core->cancel(id);
        }
    };

    static std::uint64_t random_seed() {
        std::random_device device;
        return (std::uint64_t{device()} << 32U) | device();
    }

    // Any thread: a step will come, if the executor takes one. If not, the next one does what is to be done, at the
    // latest that of the timer. One is on its way at a time, with memory of its own.
    bool send_step() noexcept {
        if (is_step_coming_.load() || is_step_coming_.exchange(true)) return true;
        const bool comes = loop_->post_reserved([core = this->shared_from_this()] {
            core->is_step_coming_ = false; // before it looks at anything
            core->on_step();
        });
        if (!comes) is_step_coming_ = false;
        return comes;
    }

    void on_step() {
        if (is_closing_) return on_closing();
        step([] {});
    }

    // Twice: those who wait for the end of all are told after the handlers that were on their way.
    void on_closing() {
        struct Second { // also when a hook throws
            Core& core;
            bool is_needed;
            ~Second() {
                if (is_needed && !core.send_step()) core.tell_closers();
            }
        } const second{*this, !std::exchange(is_link_closed_, true)};
        if (second.is_needed) on_close_link();
        else tell_closers();
    }

    void tell_closers() {
        while (const auto closed = next_closer()) closed();
    }

    // Their room stays for the destructor's.
    std::function<void()> next_closer() {
        const std::lock_guard lock(closers_mutex_);
        if (closers_.empty()) return {};
        auto closed = std::move(closers_.back());
        closers_.pop_back();
        return closed;
    }

    // While a step is under way in this thread, a request needs nobody else to come for it.
    [[nodiscard]] bool is_stepping_here() const noexcept {
        return stepping_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

    // One step of the client. If it is not complete, also because a handler has thrown, another one follows it. Whoever
    // takes it owns the core meanwhile: a handler may destroy the client.
    class Step {
    public:
        explicit Step(Core& core) : core_(core), outer_(core.stepping_) {
            core.stepping_.store(std::this_thread::get_id(), std::memory_order_relaxed);
        }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;
        ~Step() {
            core_.stepping_.store(outer_, std::memory_order_relaxed);
            if (is_complete_ || core_.is_closed_) return;
            core_.in_row_ = 0;
            static_cast<void>(core_.send_step());
        }

        void complete() noexcept { is_complete_ = true; }

    private:
        Core& core_;
        std::thread::id outer_;
        bool is_complete_ = false;
    };

    // The place of a step among those that follow each other at once.
    struct Row {
        bool has_begun = false; // not the first one, which has read the clock
        bool goes_on = false;   // what can wait is left to the last one
        bool is_quiet = false;  // nothing follows from it but what handlers do, and what waits for it
    };

    // Does something, runs the handlers that are due, then does all that follows from both, and runs the handlers that
    // are due then. Whoever goes on submitting in these must not keep the loop from everything else.
    template <class Action> void step(Action action, Row row = {}) {
        if (is_closed_ || hooks_->is_silent()) return;
        Step step(*this);
        if (!row.has_begun) now_ = clock_.now();
        guard(action);
        const bool has_run_handlers = flush();
        if (!is_open()) row.goes_on = row.is_quiet = false;
        if (row.goes_on || (row.is_quiet && !has_run_handlers && !has_work())) return step.complete();
        in_row_ = 0;
        if (is_closed_ || hooks_->is_silent()) return;
        if (has_run_handlers || row.has_begun) now_ = clock_.now(); // they may have taken their time
        guard([this] { pump(); });
        flush();
        if (!has_own_arrivals_) step.complete();
    }

    // Whether something waits for a message to have come or gone, or has come from another thread.
    [[nodiscard]] bool has_work() const {
        return multiplexer_.has_backlog() || multiplexer_.is_stuck() || calls_.has_news();
    }

    template <class Action> void guard(Action action) noexcept {
        try {
            action();
        } catch (const std::bad_alloc&) {
            recover(no_memory);
        } catch (...) {
            recover("the transport threw an exception");
        }
    }

    // The link can no longer be relied on; another one can be.
    void recover(const char* why) noexcept {
        if (is_closed_) return;
        lose_link(failure_of(Errc::connection_lost, why));
        if (!is_closed_) keep_timer();
    }

    // Without the words if there is no memory for them.
    static LinkFailure failure_of(Errc code, std::string_view detail) noexcept {
        LinkFailure failure{{.code = code}};
        assign(failure.error.detail, detail);
        return failure;
    }

    static void assign(std::string& text, std::string_view value) noexcept {
        try {
            text = value;
        } catch (const std::bad_alloc&) {
            text.clear();
        }
    }

    // --- the link ---------------------------------------------------------------------------------------------------

    void connect() {
        reconnector_.begin();
        trust_.begin();
        tell_state({});
        const auto link = link_ = std::make_shared<Link<T, Core>>(this->weak_from_this(), loop_->strand());
        auto failure = link->open(factory_, config_.limits.inbound_message);
        if (failure && !is_closed_) lose_link(std::move(*failure));
    }

    void on_link_open() {
        step([this] {
            reconnector_.succeed(now_);
            if (Link<T, Core>::tells_signs_of_life) trust_.open(now_);
            if (counters_.connections++ != 0 || link_error_) pacer_.start(now_, multiplexer_.queued());
            link_error_.reset();
            tell_state({});
            link_->receive();
        });
    }

    // Messages that have come together are answered together, unless they are many. `more` says that another one
    // follows.
    void on_link_message(std::string_view text, bool more) {
        const Row row{.has_begun = in_row_ > 0, .goes_on = more && in_row_ + 1 < longest_row, .is_quiet = true};
        in_row_ = row.goes_on ? in_row_ + 1 : 0;
        step(
            [this, text] {
                multiplexer_.hear();
                if (text.size() > config_.limits.inbound_message) return lose_link(too_large_message(text));
                understand(text);
                if (link_) link_->receive();
            },
            row);
    }

    void on_link_written() {
        step(
            [this] {
                accept(multiplexer_.written(!Link<T, Core>::confirms_delivery));
                confirm();
            },
            {.is_quiet = true});
    }

    void on_link_confirmed() {
        step(
            [this] {
                accept(multiplexer_.confirmed());
                confirm();
            },
            {.is_quiet = true});
    }

    // What has no reply counts as accepted when it has arrived, as far as the transport can tell: what the system still
    // holds may be dropped with the link.
    void confirm() {
        if (!Link<T, Core>::confirms_delivery || !is_open() || link_->is_confirming()) return;
        if (multiplexer_.begin_confirming()) link_->confirm();
    }

    // Requests that the server does not reply to.
    void accept(WaiterList ended) {
        LenientReader reader;
        while (Waiter* const waiter = ended.pop_front())
            finish(*waiter, [&](PendingCall& call) { call.settle(JsonView(), reader, now_); });
    }

    void on_link_lost(LinkFailure failure) {
        step([&] {
            drop_link(); // the transport has ended by itself, in its own way
            note_loss(std::move(failure));
        });
    }

    // The peer has given a sign of life that was awaited, or has failed to.
    void on_peer(bool is_alive) {
        step([this, is_alive] {
            if (is_alive) trust_.see_sign_of_life();
            else trust_.doubt();
        });
    }

    // What the transport is told when it asks. `usual` is the time after which it gives a silent peer up.
    [[nodiscard]] Outstanding outstanding(Milliseconds usual) const {
        Outstanding outstanding{.is_unanswered = was_unanswered_ || is_unanswered(), .answers = answers_};
        const TimePoint now = clock_.now();
        multiplexer_.for_each_in_flight([&](const Waiter& waiter) {
            if (static_cast<const PendingCall&>(waiter).time() <= usual) return;
            outstanding.patience = (std::max)(outstanding.patience, std::chrono::nanoseconds(waiter.deadline - now));
        });
        return outstanding;
    }

    [[nodiscard]] bool is_unanswered() const noexcept {
        return multiplexer_.in_flight() + multiplexer_.tombstones() != 0;
    }

    // The link is given up by this side.
    void lose_link(LinkFailure failure) noexcept {
        if (const auto link = std::exchange(link_, nullptr)) link->give_up();
        note_loss(std::move(failure));
    }

    // The link must be gone and the next attempt planned before any request ends: what ends may be told why.
    void note_loss(LinkFailure failure) noexcept {
        if (is_closed_) return; // by the transport's own code
        const Milliseconds wait = reconnector_.fail(now_, failure.fault);
        link_error_ = std::move(failure.error);
        if (failure.message_too_large) end_too_large(failure.message_head.reveal());
        end(multiplexer_.link_lost(link_error_->code), &*link_error_);
        if (config_.while_offline == WhileOffline::fail) end(multiplexer_.end_unsent(link_error_->code), &*link_error_);
        tell_state(wait);
    }

    void drop_link() {
        if (const auto link = std::exchange(link_, nullptr)) link->close();
    }

    [[nodiscard]] bool is_open() const noexcept { return link_ && link_->is_open(); }

    void on_hurry() {
        reconnector_.hurry(now_);
        if (is_open()) static_cast<void>(probe());
    }

    // The computer has slept: the server has most likely ended the link long ago, and what was written before may have
    // been answered to nobody. Requests that wait have not slept.
    void on_woken() {
        const Error reason{.code = Errc::connection_lost,
                           .detail =
                               "the computer has slept, or its clock was set forward, while the request was under "
                               "way"};
        reconnector_.hurry(now_);
        if (!is_open()) return;
        end(multiplexer_.doubt_written(reason.code), &reason);
        if (!probe())
            lose_link({{.code = reason.code, .detail = "the computer has slept, or its clock was set forward"}});
    }

    void close_here() {
        on_close_session();
        while (Call call = calls_.close_and_take()) {
            settle_at_end(*call, Errc::client_closed, "");
            deliver(std::move(call));
        }
        try {
            on_close_link();
            flush();
        } catch (...) { // a hook's or a handler's, and not that of who closes
            pass_on();
            rethrow_later();
        }
    }

    void rethrow_later() {
        if (is_own_thread_) std::terminate();
        try {
            loop_->post([problem = std::current_exception()] { std::rethrow_exception(problem); });
        } catch (...) { // the executor's: there is no place where it could be seen
        }
    }

    // The session lets go of all requests, whoever ends them.
    void on_close_session() noexcept {
        if (is_closed_) return;
        calls_.close();
        was_unanswered_ = is_unanswered(); // which the transport still asks for
        static_cast<void>(multiplexer_.link_lost(Errc::client_closed));
        static_cast<void>(multiplexer_.end_unsent(Errc::client_closed));
        calls_.forget_arrivals();
        stops_.clear();
    }

    void on_close_link() {
        if (is_closed_) return;
        on_close_session();
        is_closed_ = true;
        drop_link();
        loop_->timer().cancel();
        loop_->release_work();
        reconnector_.close();
        link_error_.reset();
        tell_state({});
        hooks_->finish_on_strand();
    }

    // The thread that destroys the loop; nothing else runs.
    void on_loop_gone() noexcept {
        if (is_elsewhere()) return;
        end_all(Errc::client_closed, "the event loop was destroyed");
        is_closed_ = true;
        if (link_) link_->close_at_once();
        link_.reset();
        stops_.clear();
        loop_->let_go();
    }

    // --- requests ---------------------------------------------------------------------------------------------------

    void take_arrivals() {
        has_own_arrivals_ = false;
        bool are_others = false;
        try {
            are_others = calls_.take_arrivals([this](PendingCall& call) { take_over(call); });
        } catch (const std::bad_alloc&) { // the rest stays where it is
            is_short_of_memory_ = true;
        }
        end(std::exchange(stillborn_, {}));
        if (!offline_.empty()) end(std::exchange(offline_, {}), &*link_error_);
        if (!are_others) return;
        while (PendingCall* const call = calls_.next_cancelled()) end_cancelled(*call);
        while (PendingCall* const call = calls_.next_orphan()) {
            static_cast<void>(multiplexer_.cancel(*call));
            stops_.erase(call->id);
            calls_.forget(*call);
        }
    }

    // When this throws, nothing has happened.
    void take_over(PendingCall& call) {
        if (call.may_be_stopped() && (call.stop().stop_requested() || calls_.was_cancelled(call)))
            return end_on_arrival(call, Errc::cancelled, stillborn_);
        if (call.deadline <= now_) return end_on_arrival(call, Errc::timed_out, stillborn_);
        if (link_error_ && config_.while_offline == WhileOffline::fail)
            return end_on_arrival(call, link_error_->code, offline_);
        auto* const stop = call.stop().stop_possible() ? &stops_[call.id] : nullptr;
        try {
            if (!multiplexer_.submit(call, reply_pattern(call.operation(), call.callid))) stillborn_.push_back(call);
            else if (stop != nullptr) stop->emplace(call.take_stop(), Cancel{this->weak_from_this(), call.id});
        } catch (...) {
            stops_.erase(call.id);
            throw;
        }
    }

    static void end_on_arrival(PendingCall& call, Errc code, WaiterList& ended) noexcept {
        call.end_unsent(code);
        ended.push_back(call);
    }

    void end_cancelled(PendingCall& call) noexcept {
        if (!multiplexer_.cancel(call)) call.end_unsent(Errc::cancelled); // it never came so far
        end_one(call);
    }

    // Does what the time demands, and writes what may be written.
    void pump() {
        if (is_closed_) return;
        is_short_of_memory_ = false;
        if (has_lost_operation_ && has_lost_operation_.exchange(false) && link_)
            lose_link(failure_of(Errc::connection_lost, no_memory));
        if (is_hurried_ && is_hurried_.exchange(false)) on_hurry();
        if (sleep_watch_.look(now_, clock_.system_now())) on_woken();
        take_arrivals();
        end(multiplexer_.expire(now_));
        if (multiplexer_.take_silence()) doubt_peer();
        if (multiplexer_.has_too_many_tombstones()) lose_link(too_many_unanswered());
        if (multiplexer_.is_stuck()) lose_link(stuck());
        if (reconnector_.is_due(now_)) connect();
        if (link_ && link_->is_idle())
            send(multiplexer_.take_batch(now_, pacer_.allowance(now_), trust_.allowance(now_)));
        if (is_closed_) return; // by the transport's own code
        if (untold_wait_) tell_state(*untold_wait_);
        hooks_->attend(loop_->strand());
        keep_timer();
    }

    // A request has run out of time, and nothing has been heard since it left. Where a sign of life could not be seen,
    // only the deadlines tell.
    void doubt_peer() {
        if (Link<T, Core>::tells_signs_of_life && is_open() && !trust_.is_doubted()) static_cast<void>(probe());
    }

    // Asks the peer for a sign of life, if the transport can. Until that is seen nothing more leaves into this link.
    [[nodiscard]] bool probe() {
        if (!link_->probe()) return false;
        if (Link<T, Core>::tells_signs_of_life) trust_.doubt();
        return true;
    }

    void send(const WaiterRun& requests) {
        if (requests.empty()) return pace(0);
        if (!strays_.is_empty()) separate_strays(requests);
        Batch batch;
        WaiterList withdrawn;
        try {
            calls_.hand_over(
                requests, [&](std::size_t bytes) { batch.reserve(requests.size(), bytes); },
                [&](PendingCall& call) { hand_over(call, batch); },
                [&](PendingCall& call, bool was_sent) {
                    multiplexer_.withdraw(call, Errc::cancelled, was_sent);
                    withdrawn.push_back(call);
                });
        } catch (const std::bad_alloc&) {
            is_short_of_memory_ = true;
            return multiplexer_.take_back(requests, [this](const Waiter& waiter) {
                return calls_.was_sent(static_cast<const PendingCall&>(waiter));
            });
        }
        pace(batch.size());
        end(withdrawn); // but for those that have ended elsewhere
        if (!batch.empty()) link_->send(std::move(batch));
    }

    // In the table's lock.
    void hand_over(PendingCall& call, Batch& batch) noexcept {
        batch.add(call.text());
        if (!call.is_read_only) recycler_->give_text(std::exchange(call.text(), {}));
        // One that is read-only may wait to leave again when its first answer comes, which settles no other one.
        if (!unsettled_.empty()) contest_like(call);
    }

    // Without the memory to find out which ones it contests, it contests all of them.
    void contest_like(const PendingCall& call) noexcept {
        try {
            unsettled_.contest(call.key(), call.event());
        } catch (const std::bad_alloc&) {
            unsettled_.contest_all();
        }
    }

    // What came before these requests leave is no answer to them.
    void separate_strays(const WaiterRun& requests) noexcept {
        if (multiplexer_.in_flight() == requests.size()) return strays_.start_anew();
        requests.for_each([this](const Waiter& waiter) { strays_.hand_over(waiter.id); });
    }

    void pace(std::size_t count) {
        pacer_.leave(count);
        if (!multiplexer_.has_backlog()) pacer_.stop();
    }

    // Why a link is ended, with the words if there is memory for them.
    template <class Words> static LinkFailure loss(Words words) noexcept {
        try {
            return failure_of(Errc::connection_lost, words());
        } catch (const std::bad_alloc&) {
            return failure_of(Errc::connection_lost, {});
        }
    }

    LinkFailure too_large_message(std::string_view text) const noexcept {
        LinkFailure failure = loss([this] { return "the server sent a message " + larger_than_limit(); });
        failure.message_too_large = true;
        try {
            failure.message_head = text.substr(0, max_message_head);
        } catch (const std::bad_alloc&) { // then nobody is told that it was theirs
        }
        return failure;
    }

    std::string larger_than_limit() const {
        return "larger than the limit of " + std::to_string(config_.limits.inbound_message) +
               " bytes (limits.inbound_message)";
    }

    // What has just cost the link may have been a reply. Who waits for it would get the same again. Without the memory
    // to find out, it is asked for once more, as after any loss.
    void end_too_large(std::string_view message_head) noexcept {
        try {
            const MessageHead head = read_message_head(message_head);
            const Error reason{.detail = "the reply is " + larger_than_limit()};
            if (Waiter* const waiter = multiplexer_.end_too_large(head.subtopic, head.callid))
                end_one(*waiter, &reason);
        } catch (const std::bad_alloc&) {}
    }

    LinkFailure too_many_unanswered() const noexcept {
        return loss([this] {
            return "given up: the server left more than " + std::to_string(config_.limits.tombstones) +
                   " requests unanswered (limits.tombstones)";
        });
    }

    static LinkFailure stuck() noexcept {
        return failure_of(Errc::connection_lost,
                          "given up: the server left a request unanswered, and others had to wait for its reply");
    }

    // The timer may go off early, which is cheaper than setting it anew for each request that ends.
    void keep_timer() noexcept {
        TimePoint next = now_ + (is_short_of_memory_ ? TimePoint::duration(retry_interval) : SleepWatch::interval);
        if (const auto deadline = multiplexer_.next_deadline()) next = (std::min)(next, *deadline);
        if (const auto attempt = reconnector_.next_attempt()) next = (std::min)(next, *attempt);
        if (const auto trial = trust_.next(now_)) next = (std::min)(next, *trial);
        if (const auto slice = pacer_.next(); slice && link_ && link_->is_idle()) next = (std::min)(next, *slice);
        if (armed_ && *armed_ <= next) return;
        armed_.reset();
        try {
            loop_->timer().call_at(next, [weak = this->weak_from_this()] {
                if (const auto core = weak.lock(); core && !core->loop_->is_gone()) core->on_timer();
            });
            armed_ = next;
        } catch (...) { // of the clock or of Asio, for lack of memory
            static_cast<void>(send_step());
        }
    }

    void on_timer() {
        armed_.reset();
        step([] {});
    }

    // --- messages ---------------------------------------------------------------------------------------------------

    void understand(std::string_view text) {
        struct Forget { // the text is gone then, and the memory that only a large one needs
            JsonDocument& document;
            ~Forget() { document.clear(); }
        } const forget{document_};
        if (!document_.parse(text, config_.limits.json_depth)) return on_unreadable(document_.fault());
        if (!document_.root().is_object()) return on_unreadable("no JSON object");
        LenientReader reader;
        const JsonView message = config_.packet ? unwrap(document_.root(), reader) : document_.root();
        const Envelope envelope = open_envelope(message);
        is_of_other_ =
            !message.is_same_as(document_.root()) && is_of_other_subscriber(document_.root(), *config_.packet, reader);
        const bool wanted = is_error(envelope, reader) ? on_error(read_error(message, reader), reader)
                                                       : on_message(read_incoming(envelope, reader), reader);
        if (!wanted && reader.is_in_doubt()) return on_doubtful(message, text, reader);
        counters_.tolerated_deviations += reader.deviations() + (reader.is_in_doubt() ? 0 : document_.deviations());
        if (!wanted) on_unmatched(text);
    }

    // A name that decides stands twice. Whose answer it is may be plain all the same; what it means is not.
    void on_doubtful(JsonView message, std::string_view text, LenientReader& reader) {
        const Doubtful doubtful = read_doubtful(message);
        if (doubtful.reply && is_refused(*doubtful.reply)) return on_unmatched(text);
        if (doubtful.reply && complete(*doubtful.reply, reader)) return;
        if (doubtful.call && doubt_call(*doubtful.call, doubt_in_words(reader))) return;
        if (doubtful.reply) note_stray(*doubtful.reply);
        if (doubtful.reply || doubtful.call) return on_unmatched(text);
        on_unreadable(StrayReason::twice(reader.doubt()));
    }

    bool doubt_call(std::string_view callid, const std::string& detail) {
        bool is_wanted = false;
        multiplexer_.error_for_call(callid, [&](const Match& match) {
            is_wanted = true;
            if (match.late()) ++counters_.late_replies;
            else doubt(*match.waiter, detail);
        });
        return is_wanted;
    }

    void doubt(Waiter& waiter, const std::string& detail) noexcept {
        finish(waiter, [&](PendingCall& call) {
            settle_with(call, {Errc::bad_reply, Delivery::unknown, {}}, [&](Error& error) { error.detail = detail; });
        });
    }

    // It may have been the reply to any request that is under way.
    void on_unreadable(const StrayReason& reason) {
        ++counters_.bad_messages;
        add_stray(reason);
    }

    void add_stray(const StrayReason& reason) noexcept {
        if (multiplexer_.in_flight() != 0) strays_.add_unreadable(reason);
    }

    // A message that no request waited for: what those say of it that end without an answer.
    void note_stray(const Incoming& message) {
        if (multiplexer_.in_flight() == 0) return;
        LenientReader reader; // what it tolerates was not understood
        const bool is_packet = !config_.packet && !unwrap(document_.root(), reader).is_same_as(document_.root());
        if (is_packet) return add_stray("a packet, and ClientConfig::packet is not set");
        if (message.is_under_data && !reader.find(message.payload, "response")) return; // most likely an echo
        const Awaited awaited = multiplexer_.awaited(message.subtopic);
        if (!message.payload && awaited != Awaited::nothing) return add_stray("a reply without a message");
        if (!message.callid && awaited == Awaited::with_call) return add_stray("a reply that names no call");
        if (message.callid && awaited == Awaited::without_call)
            return add_stray("a reply that names a call, as it should not");
        if (message.callid) note_stray_for_call(message);
    }

    void note_stray_for_call(const Incoming& message) {
        const std::string_view known = multiplexer_.known_name(message.subtopic);
        multiplexer_.for_each_of_call(*message.callid, [&](const Waiter& waiter) {
            const Operation& operation = static_cast<const PendingCall&>(waiter).operation();
            const bool is_of_request = same_name(message.subtopic, operation.subtopic);
            strays_.add_misnamed(waiter.id, is_of_request ? operation.subtopic : known);
        });
    }

    bool on_message(const Incoming& message, LenientReader& reader) {
        if (reader.is_in_doubt()) return false;
        if (message.payload && is_refused(message)) return false;
        if (message.payload && complete(message, reader)) return true;
        note_stray(message);
        if (!message.payload || message.is_under_data) return false; // it may be an echo, which proves nothing
        if (unsettled_.empty()) return false;
        LenientReader own = reader; // a doubt about what it means is none about whose it is
        reveal_by_reply(MatchKey(message.subtopic, std::optional<std::string>(message.callid)), message.payload, own);
        reveal_by_event(SettlingEvent{message.subtopic, read_text(message.payload)});
        return false;
    }

    // Gives the message to the request that waits for it, if one does.
    bool complete(const Incoming& message, LenientReader& reader) {
        const auto match = multiplexer_.reply(message.subtopic, message.callid, message.is_under_data);
        if (!match) return false;
        note_answer();
        if (message.is_under_data) reader.tolerate();
        if (match->late()) {
            ++counters_.late_replies;
            reveal_late(unsettled_.find(match->id, now_), message.payload, reader);
        } else {
            finish(*match->waiter, [&](PendingCall& call) { call.settle(message.payload, reader, now_); });
        }
        return true;
    }

    // Whether it is the reply to one of our requests, or the news of it.
    bool is_awaited(const Incoming& message) {
        if (multiplexer_.expects(message.subtopic, message.callid, message.is_under_data)) return true;
        return message.callid && !message.is_under_data &&
               unsettled_.find(MatchKey(message.subtopic, std::string(*message.callid)), now_) != nullptr;
    }

    // A reply has come in a packet of another subscriber.
    bool is_refused_as_others() {
        ++counters_.replies_to_others;
        return config_.packet->refuse_other_subscribers;
    }

    [[nodiscard]] bool is_refused(const Incoming& message) {
        return is_of_other_ && is_awaited(message) && is_refused_as_others();
    }

    bool on_error(const IncomingError& error, const LenientReader& reader) {
        if (reader.is_in_doubt()) return false;
        const bool may_be_of_other = is_of_other_ && (error.callid || error.is_ws_error());
        if (may_be_of_other && multiplexer_.expects_error(error.callid) && is_refused_as_others()) return false;
        if (error.callid) {
            bool is_wanted = false;
            multiplexer_.error_for_call(*error.callid, [&](const Match& match) {
                is_wanted = true;
                refuse(match, error);
            });
            return is_wanted;
        }
        if (!error.is_ws_error()) return false;
        const auto match = multiplexer_.error_without_call();
        if (match) refuse(*match, error);
        else add_stray("an error that names no call");
        return match.has_value();
    }

    void note_answer() noexcept {
        ++answers_;
        trust_.see_sign_of_life();
    }

    void refuse(const Match& match, const IncomingError& error) noexcept {
        note_answer();
        if (match.late()) {
            ++counters_.late_replies;
            if (const auto* doubt = unsettled_.find(match.id, now_))
                reveal(*doubt, Delivery::refused, SettledBy::late_reply);
            return;
        }
        finish(*match.waiter, [&](PendingCall& call) {
            settle_with(call, {error.code(), Delivery::refused}, [&](Error& refusal) { refusal.server = error.texts; });
        });
    }

    void on_unmatched(std::string_view text) {
        ++counters_.unmatched_messages;
        hooks_->tell_event(text, loop_->strand());
    }

    // --- the truth about unknown endings ----------------------------------------------------------------------------

    using Doubts = Unsettled<Doubt>;

    static std::string read_text(JsonView payload) {
        return payload.is_string() ? std::string(trim(payload.text())) : std::string();
    }

    // A reply that no request of this link waits for. It was written for one of an earlier link, if it is ours at all;
    // without a call, nothing speaks for that.
    void reveal_by_reply(const MatchKey& key, JsonView payload, LenientReader& reader) {
        if (key.callid()) reveal_late(unsettled_.find(key, now_), payload, reader);
    }

    void reveal_late(const typename Doubts::Entry* doubt, JsonView payload, LenientReader& reader) {
        if (doubt == nullptr) return;
        const Delivery truth = doubt->details.judge(payload, reader);
        if (truth != Delivery::unknown) reveal(*doubt, truth, SettledBy::late_reply);
    }

    void reveal_by_event(const SettlingEvent& event) {
        const auto* const doubt = unsettled_.find(event, now_);
        if (doubt == nullptr || is_in_flight(event)) return;
        reveal(*doubt, Delivery::accepted, SettledBy::event);
    }

    // Whether another request is under way that the event may be about.
    [[nodiscard]] bool is_in_flight(const SettlingEvent& event) const {
        return calls_.any_of([&](const PendingCall& call) {
            return call.was_handed_over() && call.lcm_key() == event.lcm_key.reveal();
        });
    }

    // Without memory for it, the truth is not told.
    void reveal(const typename Doubts::Entry& doubt, Delivery truth, SettledBy by) noexcept {
        const RequestId id = doubt.id;
        try {
            Settled settled{doubt.details.reported, truth, by};
            // The event that belongs to a late reply may be on its way.
            const bool may_be_told_again = truth == Delivery::accepted && by == SettledBy::late_reply;
            if (may_be_told_again) unsettled_.expect_event(std::string(doubt.event.lcm_key.reveal()), now_);
            unsettled_.forget(id);
            ++counters_.settled;
            hooks_->tell(std::move(settled), loop_->strand());
        } catch (const std::bad_alloc&) {
            unsettled_.forget(id);
        }
    }

    // What ends after others may be what a message means that seems to be about them.
    void note_ending(const PendingCall& call) noexcept {
        const Delivery ending = call.ending();
        counters_.count(ending);
        if (ending == Delivery::not_sent) return;
        if (ending != Delivery::unknown && !unsettled_.empty()) contest_like(call);
        if (ending == Delivery::accepted) unsettled_.expect_event(call.lcm_key(), now_);
        if (ending != Delivery::unknown) return;
        if (call.error() == nullptr || !unsettled_.has_room(now_)) return contest_like(call);
        try {
            Error reported = *call.error();
            reported.reply = {}; // of any size, and the application has it
            unsettled_.remember({call.id, call.key(), call.event(), now_, {std::move(reported), call.judge()}});
        } catch (const std::bad_alloc&) {
            contest_like(call);
        }
    }

    // --- endings ----------------------------------------------------------------------------------------------------

    void end(WaiterList ended, const Error* reason = nullptr) noexcept {
        while (Waiter* const waiter = ended.pop_front()) end_one(*waiter, reason);
    }

    void end_one(Waiter& waiter, const Error* reason = nullptr) noexcept {
        const BareError bare{waiter.code(), waiter.delivery(), reason == nullptr ? error_code() : reason->cause};
        finish(waiter, [&](PendingCall& call) {
            settle_with(call, bare, [&](Error& error) {
                if (reason != nullptr) error.detail = reason->detail;
                const bool has_waited = bare.code == Errc::timed_out || bare.code == Errc::cancelled;
                if (has_waited && !is_open()) explain_absence(error);
                else if (bare.code == Errc::timed_out && bare.delivery == Delivery::not_sent)
                    error.detail = trust_.is_doubted()
                                       ? "it was still waiting to be sent, since the server had given no sign of life"
                                       : "it was still waiting to be sent";
                if (bare.delivery == Delivery::unknown && !strays_.is_empty()) tell_strays(error, waiter);
            });
        });
    }

    // With what `explain` adds to the error, if there is memory for it.
    template <class Explain> void settle_with(PendingCall& call, const BareError& bare, Explain explain) noexcept {
        try {
            Error error{.code = bare.code, .delivery = bare.delivery, .cause = bare.cause};
            explain(error);
            call.settle(std::move(error), now());
        } catch (const std::bad_alloc&) {
            call.settle(bare);
        }
    }

    // Its answer may be among them.
    void tell_strays(Error& error, const Waiter& waiter) const {
        if (static_cast<const PendingCall&>(waiter).operation().reply_subtopic.empty()) return; // no answer comes
        const std::string text = strays_.about(waiter.id);
        if (text.empty()) return;
        if (!error.detail.empty()) error.detail += "; ";
        error.detail += text;
    }

    // The request has run out of time, or patience, while there was no link.
    void explain_absence(Error& error) const {
        if (!link_error_) {
            error.detail = "the connection was not open yet";
            return;
        }
        error.link = link_error_->code;
        error.cause = link_error_->cause;
        error.detail = link_error_->detail;
    }

    // Takes a request out, gives it its result, and passes that on. `fill` must not throw.
    template <class Fill> void finish(Waiter& waiter, Fill fill) noexcept {
        if (!stops_.empty()) stops_.erase(waiter.id);
        const RequestId id = waiter.id;
        auto call = calls_.take(static_cast<PendingCall&>(waiter));
        if (call) fill(*call);
        if (!strays_.is_empty()) strays_.forget(id); // they have been told
        if (!call) return;
        note_ending(*call);
        deliver(std::move(call));
    }

    void settle(PendingCall& call, Error error, Delivery delivery) noexcept {
        error.delivery = delivery;
        counters_.count(delivery);
        call.settle(std::move(error), now()); // any thread
    }

    // Any thread.
    void settle_at_end(PendingCall& call, Errc code, const char* detail) noexcept {
        const BareError bare{code, call.was_sent() ? Delivery::unknown : Delivery::not_sent};
        counters_.count(bare.delivery);
        settle_with(call, bare, [detail](Error& error) { error.detail = detail; });
    }

    // Without memory for it, this is told in a later step.
    void tell_state(Milliseconds wait) noexcept {
        try {
            untold_wait_ = wait;
            hooks_->tell(LinkStatus{reconnector_.state(), reconnector_.attempt(), wait, link_error_}, loop_->strand());
            untold_wait_.reset();
        } catch (const std::bad_alloc&) {
            is_short_of_memory_ = true;
        }
    }

    // --- results on their way ---------------------------------------------------------------------------------------

    [[nodiscard]] Call own(Waiter& waiter) noexcept {
        return Call(&static_cast<PendingCall&>(waiter), LetGo{recycler_.get()});
    }

    // A future becomes ready now. A handler runs later in the step, when the client's state is consistent.
    void deliver(Call call) noexcept {
        if (call->has_handler()) due_.push_back(*call.release());
        else call->run();
    }

    // Runs what is due, if anything is. A handler may do anything, close the client included, which runs what is left
    // from inside.
    bool flush() {
        if (due_.empty()) return false;
        struct Remainder {
            Core& core;
            ~Remainder() { core.pass_on(); }
        } const remainder{*this};
        while (Waiter* const waiter = due_.pop_front()) deliver_here(own(*waiter));
        return true;
    }

    // A step: a handler whose executor throws runs here.
    void deliver_here(Call call) {
        if (!call->has_executor()) return run(*call);
        try {
            return call->send(Resume::here, Ticket(*call, recycler_), loop_->strand().executor());
        } catch (...) {
            if (call->was_run()) throw; // the handler's own
            ++counters_.executors_failed;
        }
        run(*call);
    }

    // An exception that leaves a handler ends the program on the client's own thread, which outlives its own lack of
    // memory.
    void run(PendingCall& call) {
        if (is_own_thread_) run_to_the_end(call);
        else call.run();
    }
    static void run_to_the_end(PendingCall& call) noexcept { call.run(); }

    // Any thread, not inside a step: through an executor, that of the handler or else the client's. When both throw, so
    // does this, and the handler is still to be run.
    void deliver_later(PendingCall& call) {
        if (!call.has_handler()) return call.run();
        try {
            return call.send(Resume::later, Ticket(call, recycler_), get_executor());
        } catch (...) {
            if (!call.has_executor()) throw;
            ++counters_.executors_failed;
        }
        if (!loop_->post(Ticket(call, recycler_))) throw std::bad_alloc();
    }

    // Any thread, at the client's end: there is no other time at which it could run.
    void deliver_at_end(Call call) noexcept {
        try {
            deliver_later(*call);
        } catch (...) {
            call->run();
        }
    }

    // A handler has thrown. What is due after it goes to its executors now: if the application ends, nothing may be
    // left to which nobody comes again. What they do not take is for the next step.
    void pass_on() noexcept {
        WaiterList left;
        while (Waiter* const waiter = due_.pop_front()) {
            Call call = own(*waiter);
            try {
                deliver_later(*call);
            } catch (...) {
                left.push_back(*call.release());
            }
        }
        due_ = left;
    }

    static constexpr std::size_t longest_row = 32;     // messages
    static constexpr Milliseconds retry_interval{100}; // of what there was no memory for
    static constexpr const char* no_memory = "there was no memory";

    const ClientConfig config_;
    const TransportFactory<T> factory_;
    const ClockType clock_;
    std::atomic<RequestId> last_id_{0};
    const std::shared_ptr<Loop<ClockType>> loop_;
    const bool is_own_thread_;
    const std::shared_ptr<Recycler> recycler_ = std::make_shared<Recycler>();
    CallTable calls_;
    Counters counters_;

    const std::shared_ptr<Hooks> hooks_;
    std::shared_ptr<Core> itself_; // in a fork, so that it stays

    Multiplexer multiplexer_;
    LinkTrust trust_;
    std::uint64_t answers_ = 0;   // that have been matched
    bool was_unanswered_ = false; // something, when the client closed
    Reconnector reconnector_;
    Pacer pacer_;
    SleepWatch sleep_watch_;
    Doubts unsettled_;
    StrayMessages strays_;
    JsonDocument document_;    // of the message that is being understood
    bool is_of_other_ = false; // that message came in a packet of another subscriber
    bool is_closed_ = false;
    std::shared_ptr<Link<T, Core>> link_; // from the beginning of an attempt until the link is lost
    std::optional<Error> link_error_;     // why there is none, if there was one or an attempt
    std::optional<TimePoint> armed_;      // what the timer waits for
    std::unordered_map<RequestId, std::optional<std::stop_callback<Cancel>>> stops_; // of requests with a stop token
    std::atomic<std::thread::id> stepping_{};                                        // where a step is under way
    TimePoint now_{};                         // when it began, or the first one of its row of messages
    std::size_t in_row_ = 0;                  // so many messages have been read, and their row goes on
    bool has_own_arrivals_ = false;           // something was submitted in this step
    bool is_short_of_memory_ = false;         // something is to be tried again soon
    bool is_link_closed_ = false;             // or is being closed
    std::optional<Milliseconds> untold_wait_; // of a state that there was no memory to tell of
    WaiterList stillborn_;                    // of the arrivals
    WaiterList offline_;                      // of the arrivals: there is no link, and they must not wait for one
    WaiterList due_;                          // results with handlers, which this owns, for `flush()`
    std::atomic<bool> is_step_coming_{false};
    std::atomic<bool> is_hurried_{false}; // the next attempt shall not wait
    std::atomic<bool> is_closing_{false};
    std::atomic<bool> has_lost_operation_{false}; // of the link
    std::unique_ptr<Watchdog> watchdog_;          // of plain futures
    std::mutex closers_mutex_;                    // of the former, and of these
    std::vector<std::function<void()>> closers_;  // wait for the end of all
};

} // namespace lcm::detail

#endif
