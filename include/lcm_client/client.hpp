// SPDX-License-Identifier: BSL-1.0
// The client: typed requests over a link that it restores by itself, each with exactly one ending, as a future, callback
// or coroutine.
#ifndef LCM_CLIENT_CLIENT_HPP
#define LCM_CLIENT_CLIENT_HPP

#include <lcm_client/client/core.hpp>
#include <lcm_client/client/io_thread.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/stats.hpp>
#include <lcm_client/clock.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/protocol/encode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace lcm {

/// What one call can choose for itself.
struct CallOptions {
    std::optional<std::chrono::milliseconds> deadline{}; ///< instead of the configured one; positive
    std::stop_token stop{};                              ///< cancels the request when stop is requested; any thread
};

/// A client of the LCM message interface over connections of type `T` (`WebSocketTransport`, or
/// `testing::ScriptedTransport` in tests).
///
/// Endings. Each request ends exactly once: *accepted* gives the response; the other three give an `Error` whose
/// `delivery` says `refused` (the server said no), `not_sent` (no byte left) or `unknown` (bytes may have left, and no
/// answer that can be understood came). Nothing is ever sent twice, but for requests that change nothing
/// (`Operation::is_read_only`).
///
/// Link. The client connects at construction, and again whenever the link is lost or cannot be made: after a random wait
/// of up to 0.5 s, which doubles with each failure up to 20 s, and begins anew after a link that stayed good for 30 s. A
/// fault that waiting does not cure (a refused certificate, 401 or 403, a wrong path) makes it `LinkState::blocked`: it
/// tries again after 30 to 60 s, or at `reconnect_now()`. A server's `Retry-After` is obeyed. `ClientConfig::on_state`
/// tells of each change.
///
/// Requests through a break. What was handed to the lost link ends as unknown at once, with the link's error. What was
/// not stays queued, within its deadline, and leaves after the reconnect, at most `limits.backlog_per_second`; by
/// `WhileOffline::fail` it ends at once, as not sent. A request whose deadline passes while there is no link is told why
/// there was none: `Error::link`.
///
/// Sleep. When the computer has slept, what was handed to the link before ends as unknown, and the link is tested.
///
/// Thread safety. Distinct clients: safe. One client: every member function may be called from any thread and from any
/// handler, destruction included, except that nothing may be called during or after destruction.
///
/// Handlers run on their associated executor; those without one run on the client's strand, one at a time: on the
/// client's own I/O thread, or on the executor that was given. They never run inside the call that started them, nor
/// under a lock. An exception that leaves a handler on the client's own thread ends the program; on an application's
/// loop it leaves that loop's `run()`, and the client stays usable.
template <Transport T, Clock ClockType = SteadyClock> class LcmClient {
public:
    /// Makes a client with an I/O thread of its own, and begins to connect.
    /// Throws `LcmError` with `Errc::invalid_argument` if the configuration is not acceptable.
    LcmClient(ClientConfig config, TransportFactory<T> factory, ClockType clock = {}) {
        check(config, factory);
        io_thread_ = std::make_unique<detail::IoThread>();
        make_core(std::move(config), std::move(factory), io_thread_->get_executor(), std::move(clock));
    }

    /// Makes a client that runs on the application's `executor`, and begins to connect when that runs. The client
    /// neither stops nor owns it, and may be destroyed before or after its loop; the loop has work until the client is
    /// closed. Throws as above.
    LcmClient(ClientConfig config, TransportFactory<T> factory, const boost::asio::any_io_executor& executor,
              ClockType clock = {}) {
        check(config, factory);
        make_core(std::move(config), std::move(factory), executor, std::move(clock));
    }

    /// The client that was moved from can only be destroyed or assigned to.
    LcmClient(LcmClient&&) noexcept = default;
    LcmClient& operator=(LcmClient&& other) noexcept {
        if (this != &other) LcmClient(std::move(other)).swap(*this);
        return *this;
    }

    /// Ends all requests with `Errc::client_closed` and closes the connection, without waiting for the network. When it
    /// returns, every future is ready, every other result is on its way to its executor, and no hook of the
    /// configuration will be called, but for one that is running in another thread of the application. With an
    /// I/O thread of the client's own, it waits for the handlers that belong to that thread, unless it is called from
    /// one of them.
    ~LcmClient() {
        if (!core_) return;
        core_->hooks().silence();
        core_->end_all({.code = Errc::client_closed});
        core_->close_link(io_thread_ ? io_thread_->stopper() : [] {});
    }

    /// Sends `request`; the future gives the response if the server accepted it, else it throws `LcmError`.
    ///
    /// The future becomes ready at the latest at the deadline, or when the client goes; never by a broken promise.
    /// Dropping it does not cancel the request. Do not wait for it in a handler on the client's own thread or strand:
    /// the answer could not be delivered (`call_and_wait` notices this). All codes of `Errc` but `would_deadlock` are
    /// possible. A request that may not be sent (`invalid_argument`, `message_too_large`) has a future that is ready
    /// at once.
    template <Request R>
    [[nodiscard]] std::future<typename R::Response> call(const R& request, CallOptions options = {}) {
        using Sink = detail::FutureSink<typename R::Response>;
        Sink sink;
        auto future = sink.get_future();
        start<R>(prepare(request, options), std::move(sink));
        return future;
    }

    /// Sends `request` and waits for its ending. `Errc::would_deadlock`, not sent, in a thread that runs the client's
    /// loop: waiting would keep the answer from being delivered. Of an application's executors, this is seen for
    /// `boost::asio::io_context`; with others, do not call it from their threads.
    template <Request R>
    [[nodiscard]] Result<typename R::Response> call_and_wait(const R& request, CallOptions options = {}) {
        if (core_->is_in_loop()) return refuse<R>(request, Errc::would_deadlock);
        try {
            return call(request, std::move(options)).get();
        } catch (const LcmError& problem) {
            return problem.error();
        }
    }

    /// Sends `request`; completes with `Result<Response>`, whose error says how the request ended. `token` is a
    /// callback `void(Result<Response>)`, `boost::asio::use_awaitable`, or any other completion token.
    ///
    /// Encoding and checks happen in this call; a request that may not be sent completes with `invalid_argument` or
    /// `message_too_large`, never inside this call. All codes of `Errc` but `would_deadlock` are possible.
    ///
    /// Cancellation: through the token's cancellation slot (every type) or `options.stop`. The request ends as
    /// `cancelled`: not sent if it had not been handed to the connection, unknown otherwise. Slots are not thread-safe:
    /// emit on the executor of the handler; `options.stop` may be used from anywhere.
    template <Request R, class Token> auto async_call(const R& request, CallOptions options, Token&& token) {
        using Response = typename R::Response;
        return boost::asio::async_initiate<Token, void(Result<Response>)>(
            []<class Handler>(Handler handler, std::shared_ptr<Core> core, Prepared prepared) {
                const auto slot = boost::asio::get_associated_cancellation_slot(handler);
                detail::HandlerSink<Response, Handler> sink(std::move(handler), core->get_executor());
                LcmClient::start<R>(*core, std::move(prepared), std::move(sink), slot);
            },
            token, core_, prepare(request, std::move(options)));
    }

    /// The same with the configured deadline.
    template <Request R, class Token> auto async_call(const R& request, Token&& token) {
        return async_call(request, CallOptions{}, std::forward<Token>(token));
    }

    /// The next attempt to connect begins now, instead of after its wait: the network is back, or the credentials are new.
    /// While there is a link, its peer is asked for a sign of life, if the transport can do that (`ProbesPeer`). Returns
    /// at once; `on_state` tells what follows. Any thread.
    void reconnect_now() { core_->reconnect_now(); }

    /// Takes no more requests, waits at most `drain` until those under way have ended, ends the others with
    /// `Errc::client_closed`, and closes the connection. Afterwards no handler or hook runs that belongs to the client's
    /// own thread; one that was handed to another executor runs when that executor does.
    ///
    /// Called from a thread of the client's loop, as in a handler, it cannot wait: all requests end at once. Called on
    /// the client's strand, as in a handler without an executor of its own, the handlers that belong to the strand run
    /// before it returns; elsewhere in the loop, those that still wait behind a step of the client run after that step.
    /// With an application's loop in another thread, it waits for handlers at most `drain` once more, since the loop
    /// may have stopped.
    void close(std::chrono::milliseconds drain = std::chrono::seconds(2)) {
        const auto core = core_; // a handler that runs in here may destroy this client
        core->calls().close();
        if (core->is_in_loop()) return core->close_now();

        drain = std::clamp(drain, std::chrono::milliseconds::zero(), longest_time);
        core->calls().wait_until_empty(drain);
        core->end_all({.code = Errc::client_closed});
        const auto closed = std::make_shared<std::promise<void>>();
        const auto done = closed->get_future();
        core->close_link([closed] { closed->set_value(); });
        if (io_thread_) done.wait();
        else done.wait_for(drain);
        core->hooks().silence_on_strand();
    }

    /// The counters. Any thread.
    [[nodiscard]] Stats stats() const { return core_->stats(); }

    /// Where handlers run that have no executor of their own.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return core_->get_executor(); }

private:
    using Core = detail::Core<T, ClockType>;

    // A request that has been checked and encoded in the caller's thread, or the reason why it will not leave.
    struct Prepared {
        std::string callid;
        std::string text;
        SettlingEvent event;
        std::optional<Error> problem;
        std::chrono::milliseconds deadline;
        std::stop_token stop;
    };

    // A year is as good as no bound, and cannot overflow the clock.
    static constexpr std::chrono::milliseconds longest_time = std::chrono::hours(24 * 365);

    static void check(const ClientConfig& config, const TransportFactory<T>& factory) {
        detail::check(config);
        if (!factory) detail::throw_invalid("factory: must not be empty; it makes the transport");
    }

    void make_core(ClientConfig config, TransportFactory<T> factory, const boost::asio::any_io_executor& executor,
                   ClockType clock) {
        core_ = std::make_shared<Core>(std::move(config), std::move(factory), executor, std::move(clock));
        core_->start();
    }

    void swap(LcmClient& other) noexcept {
        io_thread_.swap(other.io_thread_);
        core_.swap(other.core_);
    }

    template <class R> Prepared prepare(const R& request, CallOptions options) const {
        const ClientConfig& config = core_->config();
        const auto deadline = (std::min)(options.deadline.value_or(config.deadline), longest_time);
        Prepared prepared{std::string(request.callid), {}, event_of(request), {}, deadline, std::move(options.stop)};
        prepared.problem = find_problem(request, deadline);
        if (prepared.problem) return prepared;
        prepared.text = encode(request, config.source);
        if (prepared.text.size() > config.limits.outbound_message)
            prepared.problem = too_large(request, prepared.text.size());
        return prepared;
    }

    template <class R> static std::optional<Error> find_problem(const R& request, std::chrono::milliseconds deadline) {
        if (deadline <= std::chrono::milliseconds::zero())
            return Error{.code = Errc::invalid_argument, .detail = "deadline: must be positive"};
        const auto problem = validate(request);
        if (!problem) return std::nullopt;
        return Error{.code = Errc::invalid_argument,
                     .detail = std::string(problem->field) + ": " + std::string(problem->reason)};
    }

    template <class R> Error too_large(const R& request, std::size_t size) const {
        return {.code = Errc::message_too_large,
                .detail = std::string(largest_field(request)) + ": the message has " + std::to_string(size) +
                          " bytes, the limit is " + std::to_string(core_->config().limits.outbound_message) +
                          ", and this field takes most of it"};
    }

    template <class R> Error refuse(const R& request, Errc code) {
        core_->counters().count(Delivery::not_sent);
        return {.code = code, .operation = std::string(R::operation.subtopic), .callid = std::string(request.callid)};
    }

    template <class R, class Sink> void start(Prepared prepared, Sink sink) {
        start<R>(*core_, std::move(prepared), std::move(sink), boost::asio::cancellation_slot());
    }

    template <class R, class Sink, class Slot> static void start(Core& core, Prepared prepared, Sink sink, Slot slot) {
        using Call = detail::TypedCall<typename R::Response, Sink>;
        const RequestId id = core.next_id();
        const TimePoint now = core.now();
        const TimePoint deadline = now + (std::max)(prepared.deadline, std::chrono::milliseconds::zero());
        detail::Departure departure{
            {id, key_of<R>(prepared.callid), prepared.callid, deadline, R::operation.is_read_only},
            &judge<R>,
            std::move(prepared.event),
            std::move(prepared.stop)};
        detail::CallTable::Call call = std::make_unique<Call>(std::move(sink), R::operation, std::move(prepared.callid),
                                                              std::move(prepared.text), now);
        if (prepared.problem) return core.fail(std::move(call), std::move(*prepared.problem));
        if (slot.is_connected()) slot.assign(cancel_by_slot(core, id));
        core.submit(std::move(departure), std::move(call));
    }

    static auto cancel_by_slot(Core& core, RequestId id) {
        return [weak = core.weak_from_this(), id](boost::asio::cancellation_type) {
            if (const auto self = weak.lock()) self->cancel(id);
        };
    }

    template <class R> static MatchKey key_of(const std::string& callid) {
        return {R::operation.reply_subtopic,
                R::operation.reply_carries_callid ? std::optional<std::string>(callid) : std::nullopt};
    }

    // Only the LCM key makes the event tell of this request.
    template <class R> static SettlingEvent event_of(const R& request) {
        if constexpr (requires { request.account_number.reveal(); })
            return {R::operation.settled_by, request.account_number};
        else return {};
    }

    template <class R> static Delivery judge(const Json& payload, LenientReader& reader) {
        const auto result = read_reply<typename R::Response>(payload, reader);
        return result.has_value() ? Delivery::accepted : result.error().delivery;
    }

    std::unique_ptr<detail::IoThread> io_thread_; // goes last: handlers that are under way may need the thread
    std::shared_ptr<Core> core_;
};

} // namespace lcm

#endif
