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
#include <lcm_client/client/loop_watch.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/recycler.hpp>
#include <lcm_client/client/stats.hpp>
#include <lcm_client/client/stray_messages.hpp>
#include <lcm_client/clock.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/doubtful.hpp>
#include <lcm_client/protocol/envelope.hpp>
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
#include <deque>
#include <exception>
#include <functional>
#include <memory>
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
    Core(ClientConfig config, TransportFactory<T> factory, const boost::asio::any_io_executor& executor,
         Threads threads, ClockType clock)
        : config_(std::move(config)), factory_(std::move(factory)), clock_(std::move(clock)),
          loop_(std::make_shared<Loop<ClockType>>(executor, threads, clock_)), calls_(config_.limits, recycler_),
          hooks_(std::make_shared<Hooks>(config_)), multiplexer_(config_.limits, config_.duplicates),
          reconnector_(random_seed()), pacer_(config_.limits.backlog_per_second),
          unsettled_(config_.limits.unsettled, config_.settle_within) {}

    ~Core() override {
        end_all({.code = Errc::client_closed});
        pass_on();
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
        send_step();
    }

    [[nodiscard]] RequestId next_id() noexcept override { return ++last_id_; }

    void fail(Call call, Error reason) override {
        settle(*call, std::move(reason), Delivery::not_sent);
        call->deliver(Resume::later, get_executor());
    }

    /// Those that come from a handler in a step leave together at its end, and those that come together from elsewhere in
    /// one step.
    void submit(Call call) override {
        const auto added = calls_.add(call);
        if (added.problem) return fail(std::move(call), {.code = *added.problem});
        if (!added.is_first) return;
        if (is_stepping_here()) has_own_arrivals_ = true;
        else try_to_send_step();
    }

    void cancel(RequestId id) override {
        post([id](Core& core) { core.on_cancel(id); });
    }

    /// Any thread: the next attempt to connect shall not wait; a link that seems to be good is tested.
    void reconnect_now() {
        post([](Core& core) { core.on_hurry(); });
    }

    /// Any thread: takes no more requests and ends all that there are, now, with this error. Their handlers run later,
    /// through their executors.
    void end_all(const Error& reason) {
        for (const auto& call : settle_all(reason)) call->deliver(Resume::later, get_executor());
    }

    [[nodiscard]] Hooks& hooks() noexcept { return *hooks_; } // any thread

    /// Any thread: closes the link, after the steps that are already under way, and then calls `closed`, after the
    /// handlers that are already on their way: what a step posts can get behind what another thread posts meanwhile.
    void close_link(std::function<void()> closed) {
        post([closed = std::move(closed)](Core& core) mutable {
            core.on_close_link();
            core.loop_->post(std::move(closed));
        });
    }

    /// A thread of the loop: ends everything now. The handlers that belong to the strand run in this call, unless the
    /// strand has something to do first: then they run when the loop gets there.
    void close_now() {
        boost::asio::dispatch(loop_->get_executor(), [core = this->shared_from_this()] { core->close_here(); });
        hooks_->silence_on_strand();
        end_all({.code = Errc::client_closed});
    }

    /// Any thread: whether this thread is running the loop, as far as can be seen, so that waiting here could keep the
    /// strand from going on.
    [[nodiscard]] bool is_in_loop() const { return loop_->is_running_here(); }

    [[nodiscard]] const ClientConfig& config() const noexcept override { return config_; }
    [[nodiscard]] CallTable& calls() noexcept { return calls_; }      // any thread
    [[nodiscard]] Counters& counters() noexcept { return counters_; } // any thread
    [[nodiscard]] Recycler& recycler() noexcept override { return recycler_; }
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
        void operator()() const {
            if (const auto core = client.lock()) core->cancel(id);
        }
    };

    // A request that can be cancelled, with what its stop token does.
    struct Stoppable {
        explicit Stoppable(PendingCall& own) : call(own) {}
        PendingCall& call;
        std::optional<std::stop_callback<Cancel>> callback;
    };

    static std::uint64_t random_seed() {
        std::random_device device;
        return (std::uint64_t{device()} << 32U) | device();
    }

    template <class Step> void post(Step step) {
        loop_->post([core = this->shared_from_this(), step = std::move(step)]() mutable { step(*core); });
    }

    void send_step() {
        post([](Core& core) { core.step([] {}); });
    }

    // Without memory for it, the next step does what is to be done, at the latest that of the timer.
    void try_to_send_step() noexcept {
        try {
            send_step();
        } catch (...) {}
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
            core_.try_to_send_step();
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
        return multiplexer_.has_backlog() || multiplexer_.is_stuck() || calls_.has_arrivals();
    }

    template <class Action> void guard(Action action) {
        try {
            action();
        } catch (...) { // a transport's, or there is no memory
            recover();
        }
    }

    // The link can no longer be relied on; another one can be.
    void recover() {
        if (is_closed_) return;
        lose_link({{.code = Errc::connection_lost, .detail = "the transport threw an exception"}});
        if (!is_closed_) keep_timer();
    }

    // --- the link ---------------------------------------------------------------------------------------------------

    void connect() {
        reconnector_.begin();
        tell_state({});
        const auto link = link_ = std::make_shared<Link<T, Core>>(this->weak_from_this(), loop_->strand());
        auto failure = link->open(factory_, config_.limits.inbound_message);
        if (failure && !is_closed_) lose_link(std::move(*failure));
    }

    void on_link_open() {
        step([this] {
            reconnector_.succeed(now_);
            if (counters_.connections++ != 0 || link_error_) pacer_.start(now_, multiplexer_.queued());
            link_error_.reset();
            tell_state({});
            link_->receive();
        });
    }

    // Messages that have come together are answered together, unless they are many. `more` says that another one follows.
    void on_link_message(std::string_view text, bool more) {
        const Row row{.has_begun = in_row_ > 0, .goes_on = more && in_row_ + 1 < longest_row, .is_quiet = true};
        in_row_ = row.goes_on ? in_row_ + 1 : 0;
        step(
            [this, text] {
                if (text.size() > config_.limits.inbound_message) return lose_link(too_large_message());
                understand(text);
                if (link_) link_->receive();
            },
            row);
    }

    void on_link_written() {
        step(
            [this] {
                LenientReader reader;
                for (Waiter* const waiter : multiplexer_.written())
                    finish(*waiter, [&](PendingCall& call) { call.settle(JsonView(), reader, now_); });
            },
            {.is_quiet = true});
    }

    void on_link_lost(LinkFailure failure) {
        step([&] { lose_link(std::move(failure)); });
    }

    // The link must be gone and the next attempt planned before any request ends: what ends may be told why.
    void lose_link(LinkFailure failure) {
        drop_link();
        if (is_closed_) return; // by the transport's own code
        const Milliseconds wait = reconnector_.fail(now_, failure.fault);
        link_error_ = std::move(failure.error);
        end(multiplexer_.link_lost(link_error_->code), *link_error_);
        if (config_.while_offline == WhileOffline::fail) end(multiplexer_.end_unsent(link_error_->code), *link_error_);
        tell_state(wait);
    }

    void drop_link() {
        if (const auto link = std::exchange(link_, nullptr)) link->close();
    }

    [[nodiscard]] bool is_open() const noexcept { return link_ && link_->is_open(); }

    void on_hurry() {
        step([this] {
            reconnector_.hurry(now_);
            if (is_open()) static_cast<void>(link_->probe());
        });
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
        end(multiplexer_.doubt_written(reason.code), reason);
        if (!link_->probe())
            lose_link({{.code = reason.code, .detail = "the computer has slept, or its clock was set forward"}});
    }

    // A future becomes ready now. A handler runs later in the step, when the client's state is consistent.
    void deliver(Call call) {
        if (call->has_handler()) due_.push_back(std::move(call));
        else call->deliver(Resume::here, loop_->strand().executor());
    }

    void close_here() {
        for (auto& call : settle_all({.code = Errc::client_closed})) deliver(std::move(call));
        try {
            on_close_link();
            flush();
        } catch (...) { // a hook's or a handler's, and not that of who closes
            pass_on();
            loop_->post([problem = std::current_exception()] { std::rethrow_exception(problem); });
        }
    }

    void on_close_link() {
        if (std::exchange(is_closed_, true)) return;
        static_cast<void>(multiplexer_.link_lost(Errc::client_closed)); // the calls themselves have been ended
        static_cast<void>(multiplexer_.end_unsent(Errc::client_closed));
        stoppable_.clear();
        drop_link();
        loop_->timer().cancel();
        loop_->release_work();
        reconnector_.close();
        link_error_.reset();
        tell_state({});
        hooks_->finish_on_strand();
    }

    // The thread that destroys the loop; nothing else runs.
    void on_loop_gone() {
        end_all({.code = Errc::client_closed, .detail = "the event loop was destroyed"});
        is_closed_ = true;
        if (link_) link_->close_at_once();
        link_.reset();
        stoppable_.clear();
        loop_->let_go();
    }

    // --- requests ---------------------------------------------------------------------------------------------------

    void take_arrivals() {
        has_own_arrivals_ = false;
        calls_.take_arrivals([this](PendingCall& call) { take_over(call); });
        if (!stillborn_.empty()) end(std::exchange(stillborn_, {}));
        if (!offline_.empty()) end(std::exchange(offline_, {}), *link_error_);
    }

    void take_over(PendingCall& call) {
        std::stop_token stop = call.take_stop();
        if (stop.stop_requested()) return stillborn_.push_back({&call, Errc::cancelled, Delivery::not_sent});
        if (link_error_ && config_.while_offline == WhileOffline::fail)
            return offline_.push_back({&call, link_error_->code, Delivery::not_sent});
        if (const auto ending = multiplexer_.submit(call, reply_pattern(call.operation(), call.callid)))
            return stillborn_.push_back(*ending);
        if (call.may_be_stopped()) watch_stop(call, std::move(stop));
    }

    // From now on it can be found by its id. The token's function may run at once, and in any thread.
    void watch_stop(PendingCall& call, std::stop_token stop) {
        auto& stoppable = stoppable_.try_emplace(call.id, call).first->second;
        if (stop.stop_possible()) stoppable.callback.emplace(std::move(stop), Cancel{this->weak_from_this(), call.id});
    }

    void on_cancel(RequestId id) {
        step([this, id] {
            take_arrivals(); // it may be among them
            const auto at = stoppable_.find(id);
            if (at == stoppable_.end()) return;
            if (const auto ending = multiplexer_.cancel(at->second.call)) end({*ending});
        });
    }

    // Does what the time demands, and writes what may be written.
    void pump() {
        if (is_closed_) return;
        if (sleep_watch_.look(now_, clock_.system_now())) on_woken();
        take_arrivals();
        end(multiplexer_.expire(now_));
        if (multiplexer_.has_too_many_tombstones()) lose_link(too_many_unanswered());
        if (multiplexer_.is_stuck()) lose_link(stuck());
        if (reconnector_.is_due(now_)) connect();
        if (link_ && link_->is_idle()) send(multiplexer_.take_batch(now_, pacer_.allowance(now_)));
        if (!is_closed_) keep_timer(); // else the transport's own code has closed the client
    }

    void send(const std::vector<Waiter*>& requests) {
        if (requests.empty()) return pace(0);
        if (!strays_.is_empty()) separate_strays(requests);
        Batch batch;
        const auto prepare = [&](std::size_t bytes) { batch.reserve(requests.size(), bytes); };
        calls_.hand_over(requests, prepare, [&](PendingCall& call) {
            batch.add(call.text());
            if (!call.is_read_only) recycler_.give_text(std::exchange(call.text(), {}));
            // One that is read-only may wait to leave again when its first answer comes, which settles no other one.
            if (!unsettled_.empty()) unsettled_.contest(call.key(), call.event());
        });
        if (batch.size() != requests.size()) drop_taken(requests);
        pace(requests.size());
        if (!batch.empty()) link_->send(std::move(batch));
    }

    // What came before these requests leave is no answer to them.
    void separate_strays(const std::vector<Waiter*>& requests) noexcept {
        if (multiplexer_.in_flight() == requests.size()) return strays_.start_anew();
        for (const Waiter* const waiter : requests) strays_.hand_over(waiter->id);
    }

    void pace(std::size_t count) {
        pacer_.leave(count);
        if (!multiplexer_.has_backlog()) pacer_.stop();
    }

    // What ended while it was queued, by whoever closed the client.
    void drop_taken(const std::vector<Waiter*>& requests) {
        for (Waiter* const waiter : requests)
            if (auto& call = static_cast<PendingCall&>(*waiter); calls_.was_taken(call)) {
                multiplexer_.drop(call);
                stoppable_.erase(call.id);
            }
    }

    LinkFailure too_large_message() const {
        return {{.code = Errc::connection_lost,
                 .detail = "the server sent a message larger than the limit of " +
                           std::to_string(config_.limits.inbound_message) + " bytes (limits.inbound_message)"}};
    }

    LinkFailure too_many_unanswered() const {
        return {{.code = Errc::connection_lost,
                 .detail = "given up: the server left more than " + std::to_string(config_.limits.tombstones) +
                           " requests unanswered (limits.tombstones)"}};
    }

    LinkFailure stuck() const {
        return {{.code = Errc::connection_lost,
                 .detail = "given up: the server left a request unanswered, and others had to wait for its reply"}};
    }

    // The timer may go off early, which is cheaper than setting it anew for each request that ends.
    void keep_timer() {
        TimePoint next = now_ + SleepWatch::interval;
        if (const auto deadline = multiplexer_.next_deadline()) next = (std::min)(next, *deadline);
        if (const auto attempt = reconnector_.next_attempt()) next = (std::min)(next, *attempt);
        if (const auto slice = pacer_.next(); slice && link_ && link_->is_idle()) next = (std::min)(next, *slice);
        if (armed_ && *armed_ <= next) return;
        armed_ = next;
        loop_->timer().call_at(next, [weak = this->weak_from_this()] {
            if (const auto core = weak.lock(); core && !core->loop_->is_gone()) core->on_timer();
        });
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
        const bool wanted = is_error(envelope, reader) ? on_error(read_error(message, reader), reader)
                                                       : on_message(read_incoming(envelope, reader), reader);
        if (!wanted && reader.is_in_doubt()) return on_doubtful(message, text, reader);
        counters_.tolerated_deviations += reader.deviations() + (reader.is_in_doubt() ? 0 : document_.deviations());
        if (!wanted) on_unmatched(text);
    }

    // A name that decides stands twice. Whose answer it is may be plain all the same; what it means is not.
    void on_doubtful(JsonView message, std::string_view text, LenientReader& reader) {
        const Doubtful doubtful = read_doubtful(message);
        if (doubtful.reply && complete(*doubtful.reply, reader)) return;
        if (doubtful.call && doubt_call(*doubtful.call, doubt_in_words(reader))) return;
        if (doubtful.reply) note_stray(*doubtful.reply);
        if (doubtful.reply || doubtful.call) return on_unmatched(text);
        on_unreadable(StrayReason::twice(reader.doubt()));
    }

    bool doubt_call(std::string_view callid, const std::string& detail) {
        const auto matches = multiplexer_.error_for_call(callid);
        for (const Match& match : matches) {
            if (match.late()) ++counters_.late_replies;
            else
                finish(*match.waiter, [&](PendingCall& call) {
                    call.settle({.code = Errc::bad_reply, .delivery = Delivery::unknown, .detail = detail}, now_);
                });
        }
        return !matches.empty();
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
        if (message.is_under_data) reader.tolerate();
        if (match->late()) {
            ++counters_.late_replies;
            reveal_late(unsettled_.find(match->id, now_), message.payload, reader);
        } else {
            finish(*match->waiter, [&](PendingCall& call) { call.settle(message.payload, reader, now_); });
        }
        return true;
    }

    bool on_error(const IncomingError& error, const LenientReader& reader) {
        if (reader.is_in_doubt()) return false;
        if (error.callid) {
            const auto matches = multiplexer_.error_for_call(*error.callid);
            for (const Match& match : matches) refuse(match, error);
            return !matches.empty();
        }
        if (!error.is_ws_error()) return false;
        const auto match = multiplexer_.error_without_call();
        if (match) refuse(*match, error);
        else add_stray("an error that names no call");
        return match.has_value();
    }

    void refuse(const Match& match, const IncomingError& error) {
        if (match.late()) {
            ++counters_.late_replies;
            if (const auto* doubt = unsettled_.find(match.id, now_))
                reveal(*doubt, Delivery::refused, SettledBy::late_reply);
            return;
        }
        finish(*match.waiter, [&](PendingCall& call) {
            call.settle({.code = error.code(), .delivery = Delivery::refused, .server = error.texts}, now_);
        });
    }

    void on_unmatched(std::string_view text) {
        ++counters_.unmatched_messages;
        hooks_->tell_event(text, loop_->strand().executor());
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

    void reveal(const typename Doubts::Entry& doubt, Delivery truth, SettledBy by) {
        ++counters_.settled;
        Settled settled{doubt.details.reported, truth, by};
        const SettlingEvent event = doubt.event;
        unsettled_.forget(doubt.id);
        // The event that belongs to a late reply may be on its way.
        if (truth == Delivery::accepted && by == SettledBy::late_reply) unsettled_.expect_event(event, now_);
        hooks_->tell(std::move(settled), loop_->strand().executor());
    }

    // What ends after others may be what a message means that seems to be about them.
    void note_ending(const PendingCall& call) {
        const Error* const error = call.error();
        const Delivery ending = error == nullptr ? Delivery::accepted : error->delivery;
        counters_.count(ending);
        if (ending == Delivery::not_sent) return;
        if (ending != Delivery::unknown && !unsettled_.empty()) unsettled_.contest(call.key(), call.event());
        if (ending == Delivery::accepted) unsettled_.expect_event(call.lcm_key(), now_);
        if (ending != Delivery::unknown) return;
        if (!unsettled_.has_room(now_)) return unsettled_.contest(call.key(), call.event());
        Error reported = *error;
        reported.reply = {}; // of any size, and the application has it
        unsettled_.remember({call.id, call.key(), call.event(), now_, {std::move(reported), call.judge()}});
    }

    // --- endings ----------------------------------------------------------------------------------------------------

    void end(const std::vector<Ending>& endings, const Error& reason = {}) {
        for (const Ending& ending : endings) {
            Error error = reason;
            error.code = ending.code;
            error.delivery = ending.delivery;
            const bool has_waited = error.code == Errc::timed_out || error.code == Errc::cancelled;
            if (has_waited && !is_open()) explain_absence(error);
            else if (error.code == Errc::timed_out && error.delivery == Delivery::not_sent)
                error.detail = "it was still waiting to be sent";
            if (error.delivery == Delivery::unknown && !strays_.is_empty()) tell_strays(error, *ending.waiter);
            finish(*ending.waiter, [&](PendingCall& call) { call.settle(std::move(error), now_); });
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

    // Takes a request out, gives it its result, and passes that on.
    template <class Fill> void finish(Waiter& waiter, Fill fill) {
        if (!stoppable_.empty()) stoppable_.erase(waiter.id);
        if (!strays_.is_empty()) strays_.forget(waiter.id);
        auto call = calls_.take(static_cast<PendingCall&>(waiter));
        if (!call) return;
        fill(*call);
        note_ending(*call);
        deliver(std::move(call));
    }

    // Any thread: takes out all that have not ended, and gives each the error.
    std::vector<Call> settle_all(const Error& reason) {
        auto calls = calls_.close_and_take_all();
        for (const auto& call : calls) settle(*call, reason, call->was_sent() ? Delivery::unknown : Delivery::not_sent);
        return calls;
    }

    void settle(PendingCall& call, Error error, Delivery delivery) {
        error.delivery = delivery;
        counters_.count(delivery);
        call.settle(std::move(error), now()); // any thread
    }

    void tell_state(Milliseconds wait) {
        hooks_->tell(LinkStatus{reconnector_.state(), reconnector_.attempt(), wait, link_error_},
                     loop_->strand().executor());
    }

    // Runs what is due, if anything is. A handler may do anything, close the client included, which runs what is left from
    // inside.
    bool flush() {
        if (due_.empty()) return false;
        struct Remainder {
            Core& core;
            ~Remainder() { core.pass_on(); }
        } const remainder{*this};
        while (!due_.empty()) {
            const auto call = std::move(due_.front());
            due_.pop_front();
            call->deliver(Resume::here, loop_->strand().executor());
        }
        return true;
    }

    // A handler has thrown. What is due after it goes to its executors now: if the application ends, nothing may be
    // left to which nobody comes again.
    void pass_on() {
        if (due_.empty()) return;
        for (const auto& call : std::exchange(due_, {})) {
            try {
                call->deliver(Resume::later, get_executor());
            } catch (...) { // an executor's; the others have theirs
            }
        }
    }

    static constexpr std::size_t longest_row = 32; // messages

    const ClientConfig config_;
    const TransportFactory<T> factory_;
    const ClockType clock_;
    std::atomic<RequestId> last_id_{0};
    const std::shared_ptr<Loop<ClockType>> loop_;
    Recycler recycler_;
    CallTable calls_;
    Counters counters_;

    const std::shared_ptr<Hooks> hooks_;

    Multiplexer multiplexer_;
    Reconnector reconnector_;
    Pacer pacer_;
    SleepWatch sleep_watch_;
    Doubts unsettled_;
    StrayMessages strays_;
    JsonDocument document_; // of the message that is being understood
    bool is_closed_ = false;
    std::shared_ptr<Link<T, Core>> link_;                // from the beginning of an attempt until the link is lost
    std::optional<Error> link_error_;                    // why there is none, if there was one or an attempt
    std::optional<TimePoint> armed_;                     // what the timer waits for
    std::unordered_map<RequestId, Stoppable> stoppable_; // requests that may be cancelled
    std::atomic<std::thread::id> stepping_{};            // where a step is under way
    TimePoint now_{};                                    // when it began, or the first one of its row of messages
    std::size_t in_row_ = 0;                             // so many messages have been read, and their row goes on
    bool has_own_arrivals_ = false;                      // something was submitted in this step
    std::vector<Ending> stillborn_;                      // of the arrivals
    std::vector<Ending> offline_; // of the arrivals: there is no link, and they must not wait for one
    std::deque<Call> due_;        // results with handlers, for `flush()`
};

} // namespace lcm::detail

#endif
