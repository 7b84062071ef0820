// SPDX-License-Identifier: BSL-1.0
// Carries out on one strand what the multiplexer decides: opens the transport, writes batches, reads messages, keeps
// the timer, completes requests. Knows no operation by name.
#ifndef LCM_CLIENT_CLIENT_CORE_HPP
#define LCM_CLIENT_CLIENT_CORE_HPP

#include <lcm_client/client/call_table.hpp>
#include <lcm_client/client/loop_watch.hpp>
#include <lcm_client/client/stats.hpp>
#include <lcm_client/clock.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/protocol/envelope.hpp>
#include <lcm_client/session/multiplexer.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lcm::detail {

/// A request on its way to the strand.
struct Departure {
    Submission submission;
    /// What a late reply to it means; it knows the type of the reply, which is gone with the call by then.
    Delivery (*judge)(const Json& payload, LenientReader& reader);
    const Operation* operation;
    std::stop_token stop;
};

/// Lives as long as the client or an operation of it. Members marked "any thread" may be called from anywhere, all
/// others belong to the strand. Each step ends with `flush()`, in which handlers run: nothing may follow it.
template <Transport T, Clock ClockType> class Core : public std::enable_shared_from_this<Core<T, ClockType>> {
public:
    Core(ClientConfig config, TransportFactory<T> factory, const boost::asio::any_io_executor& executor,
         ClockType clock)
        : config_(std::move(config)), factory_(std::move(factory)), clock_(std::move(clock)),
          loop_(std::in_place, executor, clock_), calls_(config_.limits),
          multiplexer_(config_.limits, config_.duplicates) {}

    ~Core() {
        end_all({.code = Errc::client_closed});
        if (transport_) transport_->close();
    }

    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    /// Any thread, once: begins to connect.
    void start() {
        auto& context = boost::asio::query(loop_->strand, boost::asio::execution::context);
        auto& watch = boost::asio::use_service<LoopWatch>(context);
        watch.watch(this->weak_from_this(), [core = this] { core->on_loop_gone(); });
        post([](Core& core) { core.open(); });
    }

    /// Any thread: a name for a new request.
    [[nodiscard]] RequestId next_id() noexcept { return ++last_id_; }

    /// Any thread: ends a request that was never under way. Its handler does not run inside this call.
    void fail(CallTable::Call call, Error reason) {
        settle(*call, std::move(reason), Delivery::not_sent);
        call->deliver(Resume::later);
    }

    /// Any thread: brings a request under way.
    void submit(Departure departure, CallTable::Call call) {
        if (const auto problem = calls_.add(departure.submission.id, call))
            return fail(std::move(call), {.code = *problem});
        post([departure = std::move(departure)](Core& core) mutable { core.on_submit(std::move(departure)); });
    }

    /// Any thread: ends a request as cancelled, if it has not ended yet.
    void cancel(RequestId id) {
        post([id](Core& core) { core.on_cancel(id); });
    }

    /// Any thread: takes no more requests and ends all that there are, now, with this error. Their handlers run later,
    /// through their executors.
    void end_all(const Error& reason) {
        for (auto& call : calls_.close_and_take_all()) {
            settle(*call, reason, call->was_handed_over() ? Delivery::unknown : Delivery::not_sent);
            call->deliver(Resume::later);
        }
    }

    /// Any thread: calls none of the application's hooks from now on.
    void silence() noexcept { is_silent_ = true; }

    /// Any thread: closes the link, after the steps that are already under way, and then calls `closed`.
    void close_link(std::function<void()> closed) {
        post([closed = std::move(closed)](Core& core) {
            core.on_close_link();
            closed();
        });
    }

    /// A thread of the loop: ends everything now. The handlers that belong to the strand run in this call, unless the
    /// strand has something to do first: then they run when the loop gets there.
    void close_now() {
        boost::asio::dispatch(loop_->strand, [core = this->shared_from_this()] { core->close_here(); });
        silence();
        end_all({.code = Errc::client_closed});
    }

    /// Any thread: whether this thread is running the loop, as far as can be seen, so that waiting here could keep the
    /// strand from going on.
    [[nodiscard]] bool is_in_loop() const {
        if (!loop_) return false;
        if (loop_->strand.running_in_this_thread()) return true;
        const boost::asio::any_io_executor executor = loop_->strand.get_inner_executor();
        const auto* loop = executor.template target<boost::asio::io_context::executor_type>();
        return loop != nullptr && loop->running_in_this_thread();
    }

    [[nodiscard]] const ClientConfig& config() const noexcept { return config_; }
    [[nodiscard]] TimePoint now() const { return clock_.now(); }      // any thread
    [[nodiscard]] CallTable& calls() noexcept { return calls_; }      // any thread
    [[nodiscard]] Counters& counters() noexcept { return counters_; } // any thread

    /// Any thread: where handlers run that have no executor of their own. Once the loop is gone, only Asio's own
    /// threads are left.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const {
        if (!loop_) return boost::asio::system_executor();
        return loop_->strand;
    }

private:
    enum class Link { opening, open, lost, closed };

    // Everything that must not outlive the application's loop.
    struct Loop {
        Loop(const boost::asio::any_io_executor& executor, const ClockType& clock)
            : strand(boost::asio::make_strand(executor)), work(executor), timer(clock, strand) {}

        boost::asio::strand<boost::asio::any_io_executor> strand;
        boost::asio::executor_work_guard<boost::asio::any_io_executor> work; // until closed
        typename ClockType::Timer timer;
    };

    // Something to do for the application when a step is complete: a call to deliver, or a hook to call.
    struct Due {
        CallTable::Call call;
        std::function<void()> hook;
    };

    // What is needed to understand a late reply to a request.
    struct Sent {
        Delivery (*judge)(const Json& payload, LenientReader& reader);
        const Operation* operation;
        std::string callid;
    };

    template <class Step> void post(Step step) {
        if (!loop_) return;
        boost::asio::post(loop_->strand,
                          [core = this->shared_from_this(), step = std::move(step)]() mutable { step(*core); });
    }

    // --- the link ---------------------------------------------------------------------------------------------------

    void open() {
        if (link_ == Link::closed || is_silent_) return;
        try {
            transport_ = factory_(loop_->strand, config_.limits.inbound_message);
        } catch (...) { // and not its text, which can hold a secret
        }
        if (transport_) return transport_->async_open(on_strand([](Core& core, error_code ec) { core.on_opened(ec); }));
        lose_link({.code = Errc::connect_failed, .detail = "the factory made no transport, or threw an exception"});
        flush();
    }

    // A handler for the transport that runs on the strand and does nothing once the link is lost or the client gone.
    template <class Step> auto on_strand(Step step) {
        return [weak = this->weak_from_this(), step](error_code ec) {
            const auto core = weak.lock();
            if (!core || !core->loop_) return;
            boost::asio::dispatch(core->loop_->strand, [core, step, ec] {
                if (core->link_ == Link::opening || core->link_ == Link::open) step(*core, ec);
            });
        };
    }

    void on_opened(error_code ec) {
        if (ec) {
            lose_link(describe_failure(ec, Errc::resolve_failed, Errc::unauthorized, Errc::connect_failed));
        } else {
            link_ = Link::open;
            receive();
            pump();
        }
        flush();
    }

    void receive() {
        transport_->async_receive([weak = this->weak_from_this()](error_code ec, std::string_view text) {
            const auto core = weak.lock();
            if (!core || !core->loop_) return;
            if (core->loop_->strand.running_in_this_thread()) return core->on_received(ec, text);
            // The text is valid during this handler only.
            boost::asio::post(core->loop_->strand,
                              [core, ec, copy = std::string(text)] { core->on_received(ec, copy); });
        });
    }

    void on_received(error_code ec, std::string_view text) {
        if (link_ != Link::open) return;
        if (ec) {
            lose_link(describe_loss(ec));
        } else if (text.size() > config_.limits.inbound_message) {
            lose_link(too_large_message());
        } else {
            understand(text);
            receive();
            pump();
        }
        flush();
    }

    void on_sent(error_code ec) {
        sending_ = false;
        if (ec) {
            lose_link(describe_loss(ec));
        } else {
            multiplexer_.written();
            pump();
        }
        flush();
    }

    void lose_link(Error reason) {
        link_ = Link::lost;
        sending_ = false;
        end(multiplexer_.link_lost(reason.code), reason);
        end(multiplexer_.end_unsent(reason.code), reason);
        sent_.clear();
        link_error_ = std::move(reason);
        drop_transport();
    }

    Error describe_loss(error_code ec) const {
        return describe_failure(ec, Errc::connection_lost, Errc::idle_timeout, Errc::connection_lost);
    }

    // A transport may use the codes from `first` to `last`. Any other is a cause: a lost link must not be reported as a
    // time-out or a cancellation, whatever the transport calls it.
    Error describe_failure(error_code ec, Errc first, Errc last, Errc otherwise) const {
        const auto code = static_cast<Errc>(ec.value());
        const bool known = ec.category() == lcm_category() && code >= first && code <= last;
        Error reason{.code = known ? code : otherwise};
        if (!known) reason.cause = ec;
        if constexpr (ExplainsFailure<T>) {
            TransportFailure failure = transport_->last_failure();
            reason.detail = std::move(failure.detail);
            if (failure.cause) reason.cause = failure.cause;
        }
        return reason;
    }

    void drop_transport() {
        if (!transport_) return;
        transport_->close();
        // Not destroyed here: this may be a step that the transport itself has called.
        boost::asio::post(loop_->strand, [transport = std::shared_ptr<T>(std::move(transport_))] {});
    }

    // A future becomes ready now. A handler runs at the end of the step, when the client's state is consistent.
    void deliver(CallTable::Call call) {
        if (call->has_handler()) due_.push_back({std::move(call), {}});
        else call->deliver(Resume::here);
    }

    void close_here() {
        for (auto& call : calls_.close_and_take_all()) {
            settle(*call, {.code = Errc::client_closed},
                   call->was_handed_over() ? Delivery::unknown : Delivery::not_sent);
            deliver(std::move(call));
        }
        on_close_link();
        try {
            flush();
        } catch (...) { // a handler's, and not that of who closes
            boost::asio::post(loop_->strand, [problem = std::current_exception()] { std::rethrow_exception(problem); });
        }
    }

    void on_close_link() {
        link_ = Link::closed;
        static_cast<void>(multiplexer_.link_lost(Errc::client_closed)); // the calls themselves have been ended
        static_cast<void>(multiplexer_.end_unsent(Errc::client_closed));
        sent_.clear();
        stops_.clear();
        drop_transport();
        loop_->timer.cancel();
        loop_->work.reset();
    }

    // The thread that destroys the loop; nothing else runs.
    void on_loop_gone() {
        end_all({.code = Errc::client_closed, .detail = "the event loop was destroyed"});
        link_ = Link::closed;
        if (transport_) transport_->close();
        transport_.reset();
        stops_.clear();
        loop_.reset();
    }

    // --- requests ---------------------------------------------------------------------------------------------------

    void on_submit(Departure departure) {
        if (link_ == Link::closed) return; // ended by whoever closed
        const RequestId id = departure.submission.id;
        if (departure.stop.stop_requested()) end({{id, Errc::cancelled, Delivery::not_sent}});
        else if (link_ == Link::lost) end({{id, link_error_->code, Delivery::not_sent}}, *link_error_);
        else take_over(std::move(departure));
        pump();
        flush();
    }

    void take_over(Departure departure) {
        const RequestId id = departure.submission.id;
        sent_.emplace(id, Sent{departure.judge, departure.operation, departure.submission.callid});
        if (const auto ending = multiplexer_.submit(std::move(departure.submission))) return end({*ending});
        if (!departure.stop.stop_possible()) return;
        stops_.try_emplace(id, std::move(departure.stop), [weak = this->weak_from_this(), id] {
            if (const auto core = weak.lock()) core->cancel(id);
        });
    }

    void on_cancel(RequestId id) {
        if (const auto ending = multiplexer_.cancel(id)) end({*ending});
        pump();
        flush();
    }

    // Writes what may be written now, and ends what has run out of time.
    void pump() {
        const TimePoint now = clock_.now();
        end(multiplexer_.expire(now));
        if (multiplexer_.has_too_many_tombstones()) lose_link(too_many_unanswered());
        if (link_ == Link::open && !sending_) send(multiplexer_.take_batch(now));
        keep_timer();
    }

    void send(const std::vector<RequestId>& ids) {
        Batch batch;
        for (const RequestId id : ids) {
            if (const auto text = calls_.hand_over(id)) batch.add(*text);
            else forget(id);
        }
        if (batch.empty()) return;
        sending_ = true;
        transport_->async_send(std::move(batch), on_strand([](Core& core, error_code ec) { core.on_sent(ec); }));
    }

    // Ended while it was queued, by the client's destruction.
    void forget(RequestId id) {
        multiplexer_.drop(id);
        sent_.erase(id);
        stops_.erase(id);
    }

    Error too_large_message() const {
        return {.code = Errc::connection_lost,
                .detail = "the server sent a message larger than the limit of " +
                          std::to_string(config_.limits.inbound_message) + " bytes (limits.inbound_message)"};
    }

    Error too_many_unanswered() const {
        return {.code = Errc::connection_lost,
                .detail = "given up: the server left more than " + std::to_string(config_.limits.tombstones) +
                          " requests unanswered"};
    }

    // The timer may go off early, which is cheaper than setting it anew for each request that ends.
    void keep_timer() {
        const auto next = multiplexer_.next_deadline();
        if (!next || (armed_ && *armed_ <= *next)) return;
        armed_ = next;
        loop_->timer.call_at(*next, [weak = this->weak_from_this()] {
            if (const auto core = weak.lock(); core && core->loop_) core->on_timer();
        });
    }

    void on_timer() {
        armed_.reset();
        pump();
        flush();
    }

    // --- messages ---------------------------------------------------------------------------------------------------

    void understand(std::string_view text) {
        const ParsedJson document = parse_json(text, config_.limits.json_depth);
        if (!document || !document.value.is_object()) {
            ++counters_.bad_messages;
            return;
        }
        LenientReader reader;
        const bool wanted = is_error(document.value, reader)
                                ? on_error(read_error(document.value, reader))
                                : on_message(read_incoming(document.value, reader), reader);
        counters_.tolerated_deviations += reader.deviations();
        if (!wanted) on_unmatched(text);
    }

    bool on_message(const Incoming& message, LenientReader& reader) {
        if (message.payload == nullptr) return false;
        const auto match = multiplexer_.reply(MatchKey(message.subtopic, message.callid));
        if (!match) return false;
        if (match->late) {
            on_late(match->id, sent_.at(match->id).judge(*message.payload, reader));
            return true;
        }
        if (auto call = retire(match->id)) {
            counters_.count(call->settle(*message.payload, reader, clock_.now()));
            deliver(std::move(call));
        }
        return true;
    }

    bool on_error(const IncomingError& error) {
        if (error.callid) {
            const auto matches = multiplexer_.error_for_call(*error.callid);
            for (const Match& match : matches) refuse(match, error);
            return !matches.empty();
        }
        const auto match = error.is_ws_error() ? multiplexer_.error_without_call() : std::nullopt;
        if (match) refuse(*match, error);
        return match.has_value();
    }

    void refuse(const Match& match, const IncomingError& error) {
        if (match.late) return on_late(match.id, Delivery::refused);
        if (auto call = retire(match.id)) {
            settle(*call, {.code = error.code(), .server = error.texts}, Delivery::refused);
            deliver(std::move(call));
        }
    }

    void on_late(RequestId id, Delivery truth) {
        ++counters_.late_replies;
        const auto node = sent_.extract(id);
        if (!config_.on_late_reply) return;
        LateReply late{std::string(node.mapped().operation->subtopic), node.mapped().callid, truth};
        due_.push_back({nullptr, [this, late = std::move(late)] {
                            if (!is_silent_) config_.on_late_reply(late);
                        }});
    }

    void on_unmatched(std::string_view text) {
        ++counters_.unmatched_messages;
        if (!config_.on_event) return;
        due_.push_back({nullptr, [this, copy = std::string(text)] {
                            if (!is_silent_) config_.on_event(copy);
                        }});
    }

    // --- endings ----------------------------------------------------------------------------------------------------

    void end(const std::vector<Ending>& endings, const Error& reason = {}) {
        for (const Ending& ending : endings) {
            stops_.erase(ending.id);
            if (multiplexer_.state(ending.id) != Multiplexer::State::tombstone) sent_.erase(ending.id);
            auto call = calls_.take(ending.id);
            if (!call) continue;
            Error error = reason;
            error.code = ending.code;
            if (ending.code == Errc::timed_out && link_ == Link::opening)
                error.detail = "the connection was not open yet";
            settle(*call, std::move(error), ending.delivery);
            deliver(std::move(call));
        }
    }

    // Takes out a request that the server has answered.
    CallTable::Call retire(RequestId id) {
        stops_.erase(id);
        sent_.erase(id);
        return calls_.take(id);
    }

    void settle(PendingCall& call, Error error, Delivery delivery) {
        error.delivery = delivery;
        counters_.count(delivery);
        call.settle(std::move(error), clock_.now());
    }

    // Runs what is due. A handler may do anything, close the client included, which runs what is left from inside.
    void flush() {
        const auto self = this->shared_from_this();
        struct Remainder {
            Core& core;
            ~Remainder() { core.pass_on(); }
        } const remainder{*this};
        while (!due_.empty()) {
            const Due due = std::move(due_.front());
            due_.pop_front();
            if (due.call) due.call->deliver(Resume::here);
            else due.hook();
        }
    }

    // A handler has thrown. What is due after it goes to its executors now: if the application ends, nothing may be
    // left to which nobody comes again.
    void pass_on() {
        if (due_.empty()) return;
        for (Due& due : std::exchange(due_, {})) {
            if (due.call) due.call->deliver(Resume::later);
            else post([hook = std::move(due.hook)](Core&) { hook(); });
        }
    }

    const ClientConfig config_;
    const TransportFactory<T> factory_;
    const ClockType clock_;
    std::atomic<RequestId> last_id_{0};
    std::atomic<bool> is_silent_{false};
    std::optional<Loop> loop_; // until the application's loop is destroyed
    CallTable calls_;
    Counters counters_;

    Multiplexer multiplexer_;
    Link link_ = Link::opening;
    std::unique_ptr<T> transport_;
    bool sending_ = false;
    std::optional<Error> link_error_;          // why the link was lost
    std::optional<TimePoint> armed_;           // what the timer waits for
    std::unordered_map<RequestId, Sent> sent_; // of all that the multiplexer knows
    std::unordered_map<RequestId, std::stop_callback<std::function<void()>>> stops_;
    std::deque<Due> due_;
};

} // namespace lcm::detail

#endif
