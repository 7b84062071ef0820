// SPDX-License-Identifier: BSL-1.0
// The client: typed requests over a link that it restores by itself, each with exactly one ending, as a future,
// callback or coroutine.
#ifndef LCM_CLIENT_CLIENT_HPP
#define LCM_CLIENT_CLIENT_HPP

#include <lcm_client/impl/requirements.hpp> // first: it says what is missing

#include <lcm_client/client/any_transport.hpp>
#include <lcm_client/client/call_sinks.hpp>
#include <lcm_client/client/encoded_request.hpp>
#include <lcm_client/client/engine_interface.hpp>
#include <lcm_client/client/engine_owner.hpp>
#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/question_request.hpp>
#include <lcm_client/client/typed_call.hpp>
#include <lcm_client/client/wrong_use.hpp>
#include <lcm_client/clock.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/events.hpp>
#include <lcm_client/evidence.hpp>
#include <lcm_client/impl/any_clock.hpp>
#include <lcm_client/inquiry.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/json_value.hpp>
#include <lcm_client/loop_executor.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/open_do_not_calls.hpp>
#include <lcm_client/stats.hpp>
#include <lcm_client/subjects.hpp>
#include <lcm_client/subscription.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution_context.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI {

struct RawRequest; // whoever makes one includes lcm_client/raw_request.hpp

namespace detail {

/// For what stands on a client inside the library.
struct EngineAccess {
    /// Shared, since it may outlive the client.
    template <class Client>
    [[nodiscard]] static const std::shared_ptr<EngineInterface>& of(const Client& client) noexcept {
        return client.owner_.engine();
    }
};

/// The type of the reply to a raw request, for a function template: a source without raw requests knows neither type.
template <class R> struct RawReply {
    static_assert(std::same_as<R, RawRequest>, "call_raw takes an lcm::RawRequest");
    using type = Json;
};

} // namespace detail

/// What one call can choose for itself. `std::stop_token` is in libstdc++ since 10 and in libc++ since 20.
struct CallOptions {
    std::optional<std::chrono::milliseconds> deadline{}; ///< instead of the configured one; positive
    std::stop_token stop{};                              ///< cancels the request when stop is requested; any thread
    /// The application's own, such as the number of a form or the address of an object: it comes back in `Error::tag`,
    /// and so in `Settled::reported`. The server does not get it.
    std::uint64_t tag = 0;
    /// Leaves although a Do Not Call for its contact is pending or unknown; without a `DoNotCallGuard` all do.
    bool despite_do_not_call = false;
};

/// A client of the LCM message interface, over connections and a clock of any type. Every `LcmClient` is one, so that a
/// class of the application, which need not be a template, holds an `AnyClient&`, or an `AnyClient`, over which the
/// real socket (`websocket`), a pushed one (`push`) and a test's script (`testing::scripted`) run alike. It connects at
/// construction, and again whenever the link is lost or cannot be made. lcm_client/README.md tells what a break does to
/// requests, when the client tries again, and what cannot be known.
///
/// Each request ends exactly once: *accepted* gives the response; the other three endings give an `Error` whose
/// `delivery` says `refused` (the server said no), `not_sent` (no byte left) or `unknown` (bytes may have left, and no
/// answer that can be understood came). Nothing is ever sent twice, but for requests that change nothing
/// (`Operation::is_read_only`). Where the interface sends no reply (`AcceptedForSending`), accepted means that the
/// request has arrived, as far as the transport can tell (`ConfirmsDelivery`). Where a reply names no call
/// (`Operation::reply_callid`), another client's reply of the same kind on the same bus cannot be told from ours.
///
/// @par Handlers
/// They run on their associated executor; those without one run on the client's strand, one at a time: on the client's
/// own I/O thread, or on the executor that was given. They never run inside the call that started them, nor under a
/// lock. An exception that leaves a handler on the client's own thread ends the program; on an application's loop it
/// leaves that loop's `run()`, and the client stays usable.
///
/// @par Thread safety
/// Distinct clients: safe. One client: every member function may be called from any thread and from any handler,
/// destruction included, except that nothing may be called during or after destruction.
///
/// @par Fork
/// A client belongs to the process that made it. In a fork of that, without an `exec`, it is only let go of: the
/// destructor and `close()` do nothing and wait for nothing, new calls end at once as not sent (`client_closed`), no
/// handler of an older call runs, no older future becomes ready, and the parent's connection goes on. What it has stays
/// in memory until the fork exits. Do not run there an application's loop that the parent runs. Programs that are
/// started do not inherit the sockets.
class AnyClient {
public:
    /// Makes a client with an I/O thread of its own, and begins to connect. `factory` is what `websocket`, `push` or
    /// `testing::scripted` returns, or another `TransportFactory`.
    ///
    /// @par Exceptions
    /// `LcmError` with `Errc::invalid_argument` if the configuration is not acceptable, `std::system_error` if the
    /// system gives no thread, `std::bad_alloc` without memory.
    template <Transport T, Clock C = SteadyClock>
    AnyClient(ClientConfig config, TransportFactory<T> factory, C clock = {})
        : owner_(std::move(config), detail::any_factory<T>(std::move(factory)), make_clock(std::move(clock))),
          has_real_time_(std::same_as<C, SteadyClock>) {}

    /// Makes a client that runs on the application's `executor`, and begins to connect when that runs. The client
    /// neither stops nor owns it, and may be destroyed before or after its loop; the loop has work until the client is
    /// closed.
    ///
    /// @par Exceptions
    /// `LcmError` with `Errc::invalid_argument` if the configuration is not acceptable, `std::bad_alloc` without
    /// memory.
    template <Transport T, Clock C = SteadyClock>
    AnyClient(ClientConfig config, TransportFactory<T> factory, const LoopExecutor& executor, C clock = {})
        : owner_(std::move(config), detail::any_factory<T>(std::move(factory)), make_clock(std::move(clock)), executor),
          has_real_time_(std::same_as<C, SteadyClock>) {}

    /// A loop is not its executor, which is what a client runs on.
    template <Transport T, std::derived_from<boost::asio::execution_context> Loop, Clock C = SteadyClock>
    AnyClient(ClientConfig config, TransportFactory<T> factory, Loop&, C clock = {})
        : AnyClient(std::move(config), std::move(factory), std::move(clock)) {
        static_assert(sizeof(Loop) == 0, "a client is given the executor of a loop, and not the loop: "
                                         "loop.get_executor()");
    }

    /// The client that was moved from can only be destroyed or assigned to.
    AnyClient(AnyClient&&) noexcept = default;
    /// Destroys the client that was here, and takes the other's place.
    AnyClient& operator=(AnyClient&& other) noexcept = default;

    /// Ends all requests with `Errc::client_closed` and closes the connection, without waiting for the network. When it
    /// returns, every future is ready, every other result is on its way to its executor, and no hook of the
    /// configuration will be called, but for one that is running in another thread of the application. With an
    /// I/O thread of the client's own, it waits for the handlers that belong to that thread, unless it is called from
    /// one of them.
    ~AnyClient() = default;

    /// Sends `request`, as a future.
    ///
    /// @par Completion
    /// The future gives the response if the server accepted the request, else it throws `LcmError`. It is ready at the
    /// latest 100 ms after the deadline, whatever the loop and its handlers do, or when the client goes; never by a
    /// broken promise. (With a clock other than `SteadyClock`, whose time need not pass, not before the loop comes to
    /// it.) Not sent for the caller's mistake, it is ready at once.
    ///
    /// @par Errors
    /// - not sent: `invalid_argument`, `message_too_large`, `queue_full`, `duplicate_in_flight`, `do_not_call_open`;
    /// - refused: `invalid_call_id`, `server_error`;
    /// - unknown: `bad_reply`;
    /// - not sent, or unknown if it had been handed to the link: `cancelled`, `timed_out`, `client_closed`,
    ///   `connection_lost`, `idle_timeout`;
    /// - not sent, by `WhileOffline::fail`: `resolve_failed`, `connect_failed`, `tls_failed`, `upgrade_rejected`,
    ///   `unauthorized`.
    ///
    /// @par Exceptions
    /// `std::bad_alloc` without memory, `std::system_error` if the system gives no thread to watch the futures of a
    /// client on an application's loop, or of a call from a handler. Then nothing was submitted.
    ///
    /// @par Thread safety
    /// Any thread. Do not wait for the future on a thread that runs the client: the answer could not be delivered, and
    /// it would end as `timed_out`.
    ///
    /// @par Cancellation
    /// By `options.stop`, from any thread: `cancelled`, not sent if the request had not been handed to the link, and
    /// then it never leaves; else unknown. Dropping the future cancels nothing.
    template <Request R>
    [[nodiscard("the future tells how the request ended; async_call takes a function instead")]] std::future<
        typename R::Response>
    call(const R& request, CallOptions options = {}) {
        static_assert(detail::is_request<R>());
        return start_future<typename R::Response>(request, std::move(options));
    }

    /// What is no request is refused by the compiler, in one sentence.
    template <class R>
    requires(!Request<R>) auto call(const R&, CallOptions = {}) { static_assert(detail::is_request<R>()); }
    /// What are no options, as a handler or a plain time, is refused by the compiler, in one sentence.
    template <Request R, class Options>
    requires(!std::convertible_to<Options, CallOptions>) auto call(const R&, Options&&) {
        detail::refuse_options<Options>();
    }
    /// A deadline without a unit is refused by the compiler, in one sentence.
    template <Request R>
    auto call(const R&, detail::OptionsWithoutUnit) { // NOLINT(performance-unnecessary-value-param): never called
        detail::refuse_options<R>();
    }

    /// Sends a request that this library has no type for. Needs lcm_client/raw_request.hpp. Threads, exceptions and
    /// cancellation are those of `call`.
    ///
    /// @par Completion
    /// The future gives the payload of the reply. Any reply but one with `success: false`, a bare `false` or a
    /// `RequestFailureReason` counts as accepted: what it means is for the caller to judge. Without an expected reply
    /// the payload is null, and accepted means that the request has arrived, as far as the transport can tell.
    ///
    /// @par Errors
    /// Those of `call`; `invalid_argument` if the data are no JSON object or the subtopic is empty, for instance.
    template <class R = RawRequest>
    [[nodiscard]] auto call_raw(const std::type_identity_t<R>& request, CallOptions options = {})
        -> std::future<typename detail::RawReply<R>::type> {
        return start_future<typename detail::RawReply<R>::type>(request, std::move(options));
    }
    /// A raw request without its header is refused by the compiler, in one sentence.
    template <class R = RawRequest>
    requires(!detail::IsComplete<R>) auto call_raw(detail::RawRequestWithoutHeader, CallOptions = {}) {
        detail::refuse_no_header<R>();
    }

    /// Sends `request`, and waits for its ending.
    ///
    /// @par Completion
    /// Returns at the latest 100 ms after the deadline, whatever the client's loop does: a request that the loop has
    /// not come to ends as `timed_out`, not sent; unknown, if it was handed over. Where a test moves the clock, it is over
    /// when another thread has moved it.
    ///
    /// @par Errors
    /// Those of `call`, and `would_deadlock`, not sent, on a thread that runs the client's loop: waiting would keep the
    /// answer from being delivered. Of an application's executors, this is seen for those of Asio's `io_context` and
    /// `thread_pool`, strands over them, and every type that has `running_in_this_thread()`; with others, the call
    /// returns at its deadline.
    ///
    /// @par Exceptions
    /// `std::bad_alloc` without memory; then nothing was submitted.
    ///
    /// @par Thread safety
    /// Any thread but those that run the client.
    ///
    /// @par Cancellation
    /// By `options.stop`, from any other thread, as with `call`.
    template <Request R> [[nodiscard("the result tells how the request ended")]] Result<typename R::Response>
    call_and_wait(const R& request, CallOptions options = {}) {
        if (engine().is_in_loop()) {
            engine().count_refusal();
            return Error{.code = Errc::would_deadlock,
                         .operation = std::string(R::operation.subtopic),
                         .callid = callid_of(request),
                         .tag = options.tag,
                         .is_read_only = R::operation.is_read_only};
        }
        try {
            const auto time = time_of(options);
            auto future = submit<typename R::Response>(request, std::move(options));
            // From now on and not from before: what takes long in between would make the request's own deadline later
            // than the look whether it is overdue, which ends it. No look is the last one.
            auto look = engine().now() + time + detail::overdue_grace;
            while (has_real_time_ && future.wait_until(look) != std::future_status::ready) {
                engine().end_overdue();
                look = engine().now() + detail::overdue_grace;
            }
            return future.get();
        } catch (const LcmError& problem) {
            return problem.error();
        }
    }

    /// What is no request is refused by the compiler, in one sentence.
    template <class R>
    requires(!Request<R>) auto call_and_wait(const R&, CallOptions = {}) { static_assert(detail::is_request<R>()); }
    /// What are no options is refused by the compiler, in one sentence.
    template <Request R, class Options>
    requires(!std::convertible_to<Options, CallOptions>) auto call_and_wait(const R&, Options&&) {
        detail::refuse_options<Options>();
    }
    /// A deadline without a unit is refused by the compiler, in one sentence.
    template <Request R> auto
    call_and_wait(const R&, detail::OptionsWithoutUnit) { // NOLINT(performance-unnecessary-value-param): never called
        detail::refuse_options<R>();
    }

    /// Sends `request`, with a completion token: a callback `void(Result<Response>)`, `boost::asio::use_awaitable`, or
    /// any other.
    ///
    /// @par Completion
    /// `void(Result<Response>)`, whose error says how the request ended, on the handler's associated executor, or else
    /// on the client's strand; never inside this call. Encoding and checks happen in this call.
    ///
    /// @par Errors
    /// Those of `call`.
    ///
    /// @par Exceptions
    /// `std::bad_alloc` without memory. Then nothing was submitted, and the handler will not be called.
    ///
    /// @par Thread safety
    /// Any thread.
    ///
    /// @par Cancellation
    /// Through the handler's cancellation slot (every type), or by `options.stop`: `cancelled`, not sent if the request
    /// had not been handed to the link, and then it never leaves; else unknown. A slot is not thread-safe: emit on the
    /// handler's executor. A stop may be requested from any thread.
    template <class R, class Token> auto async_call(const R& request, CallOptions options, Token&& token) {
        if constexpr (detail::is_request<R>())
            return start_async<typename R::Response>(request, std::move(options), std::forward<Token>(token));
    }

    /// Sends `request` with the configured deadline; all else is as with `CallOptions`.
    template <class R, class Token> auto async_call(const R& request, Token&& token) {
        return async_call(request, CallOptions{}, std::forward<Token>(token));
    }

    /// A request without a handler is refused by the compiler, in one sentence.
    template <class R> auto async_call(const R&) { detail::refuse_no_handler<R>(); }
    /// Options without a handler are refused by the compiler, in one sentence.
    template <class R> auto async_call(const R&, CallOptions) { detail::refuse_no_handler<R>(); }

    /// Sends a request that this library has no type for, with a completion token. Needs lcm_client/raw_request.hpp.
    /// Threads, exceptions and cancellation are those of `async_call`, and the errors those of `call_raw`.
    ///
    /// @par Completion
    /// `void(Result<Json>)` with the payload of the reply, which counts as accepted as with `call_raw`; never inside
    /// this call.
    template <class Token> auto async_call_raw(const RawRequest& request, CallOptions options, Token&& token) {
        return start_async<Json>(request, std::move(options), std::forward<Token>(token));
    }
    /// Sends a request that this library has no type for with the configured deadline.
    template <class Token> auto async_call_raw(const RawRequest& request, Token&& token) {
        return async_call_raw(request, CallOptions{}, std::forward<Token>(token));
    }
    /// A raw request without its header is refused by the compiler, in one sentence.
    template <class Token, class R = RawRequest>
    requires(!detail::IsComplete<R>) auto async_call_raw(detail::RawRequestWithoutHeader, Token&&) {
        detail::refuse_no_header<R>();
    }

    /// Asks the server which request it has stored as the last one for a call, and what that proves about one that ended
    /// as unknown. `ended` is the `Error` that it ended with, or the `Settled` with evidence of it. Needs
    /// `ClientConfig::inquiry`. The question is a request that changes nothing (`GetStoredData`), with a deadline and an
    /// ending of its own, and is counted as one.
    ///
    /// Evidence is no ending: whatever is found, the request stays unknown. lcm_client/evidence.hpp tells what each
    /// finding assumes.
    ///
    /// @par Completion
    /// The future gives the evidence if the server has answered, or could show nothing of such a request
    /// (`Doubt::no_trace`, at once); else it throws `LcmError` with the ending of the question. It is ready when a
    /// future of `call` is.
    ///
    /// @par Errors
    /// Those of `call`, for the question; `invalid_argument` if `ended` is not unknown, or `ClientConfig::inquiry` is not
    /// set.
    ///
    /// @par Exceptions, thread safety, cancellation
    /// Those of `call`.
    [[nodiscard("the future has the evidence; async_inquire takes a function instead")]] LCM_CLIENT_DECL
        std::future<Evidence>
        inquire(const UnknownRequest& ended, CallOptions options = {});

    /// Asks as `inquire` does, with a completion token: a callback `void(Result<Evidence>)`, `boost::asio::use_awaitable`,
    /// or any other.
    ///
    /// @par Completion
    /// `void(Result<Evidence>)`, whose error says how the question ended, on the handler's associated executor, or else
    /// on the client's strand; never inside this call.
    ///
    /// @par Errors
    /// Those of `inquire`.
    ///
    /// @par Exceptions, thread safety, cancellation
    /// Those of `async_call`.
    template <class Token> auto async_inquire(const UnknownRequest& ended, CallOptions options, Token&& token) {
        return start_async<detail::StoredRequest, Evidence>(ended, std::move(options), std::forward<Token>(token),
                                                            detail::ToEvidence{ended});
    }
    /// Asks with the configured deadline; all else is as with `CallOptions`.
    template <class Token> auto async_inquire(const UnknownRequest& ended, Token&& token) {
        return async_inquire(ended, CallOptions{}, std::forward<Token>(token));
    }

    /// Calls `handler(const E&)` for each event of the type `E` that is told from now on, until the subscription ends:
    /// `OutcomeSetForCall`, `OutBoundCallStateChange`, `ErrorEvent` or a type of your own. The handler must be
    /// copyable.
    ///
    /// @par Completion
    /// Handlers run like the hooks of the configuration: one at a time, on `ClientConfig::hooks_executor` or else on
    /// the client's own executor; none is called when the client is closed or destroyed. Messages that wait for a slow
    /// handler are bounded (`limits.events`), replies to others on the same bus among them: the oldest is dropped, and
    /// counted. When a handler throws, those after it miss that message.
    ///
    /// @par Exceptions
    /// `std::bad_alloc` without memory; then there is no subscription.
    ///
    /// @par Thread safety
    /// Any thread, handlers included.
    ///
    /// @par Cancellation
    /// By the subscription's end, as `EventSubscription` tells.
    template <class E, class Handler>
    [[nodiscard("the subscription ends with what is returned: keep it")]] EventSubscription on(Handler handler) {
        if constexpr (detail::is_event_handler<E, Handler>()) {
            return engine().subscribe([handler = std::move(handler)](JsonView message) mutable {
                LenientReader reader;
                const std::optional<E> event = E::read(message, reader);
                if (event) handler(*event);
                return event.has_value();
            });
        } else return {};
    }

    /// A handler without the type of its event is refused by the compiler, in one sentence.
    template <class Handler>
    requires(!Event<Handler>) auto on(const Handler&) { detail::refuse_no_event<Handler>(); }

    /// Calls `handler(const Json&)` with each message that neither a request nor a subscription of a type takes: other
    /// events, and replies to others on the same bus. It can hold personal data. A handler that looks into the message
    /// needs lcm_client/json.hpp. Completion, exceptions, threads and cancellation are those of `on`.
    template <class Handler>
    [[nodiscard("the subscription ends with what is returned: keep it")]] EventSubscription on_any(Handler handler) {
        if constexpr (detail::is_message_handler<Handler>()) return engine().subscribe_to_rest(std::move(handler));
        else return {};
    }

    /// Says that the application has found out what became of the Do Not Calls that ended as unknown and have one of
    /// `subjects`, as `subjects_of` gives them for the request itself: they keep nothing back any more. One that is
    /// pending is left alone. Returns how many there were; 0 without a `DoNotCallGuard`.
    ///
    /// @par Completion
    /// What is called from now on is judged without them. Throws nothing.
    ///
    /// @par Thread safety
    /// Any thread.
    std::size_t resolve_do_not_call(const Subjects& subjects) noexcept {
        return engine().resolve_do_not_call(subjects);
    }

    /// The next attempt to connect begins now, instead of after its wait: the network is back, or the credentials are
    /// new. It offers credentials that the server has refused once more, also if that may lock the account: so call it
    /// for a person. While there is a link, its peer is asked for a sign of life, if the transport can do that
    /// (`ProbesPeer`). Or the link is closed in order and a better server is connected to, if the transport knows one
    /// (`KnowsBetterServer`), nothing is under way, and requests wait while there is no link (`WhileOffline::wait`).
    ///
    /// @par Completion
    /// Returns at once; `ClientConfig::on_state` tells what follows. Throws nothing.
    ///
    /// @par Thread safety
    /// Any thread.
    void reconnect_now() { engine().reconnect_now(); }

    /// Takes no more requests, waits at most `drain` until those under way have ended, ends the others with
    /// `Errc::client_closed`, and closes the connection.
    ///
    /// @par Completion
    /// When it has returned, no handler or hook runs that belongs to the client's own thread; one that was handed to
    /// another executor runs when that executor does.
    ///
    /// @par Exceptions
    /// `std::bad_alloc` if there is no memory for waiting; then nothing has happened.
    ///
    /// @par Thread safety
    /// Any thread, handlers included. On a thread of the client's loop, as in a handler, it cannot wait: all requests
    /// end at once. (This is seen for the same executors as in `call_and_wait`; with others it waits as below, twice
    /// `drain` at most.) On the client's strand, as in a handler without an executor of its own, the handlers that
    /// belong to the strand run before it returns; elsewhere in the loop, those that still wait behind a turn of the
    /// client run after that turn. With an application's loop in another thread, it waits for handlers at most `drain`
    /// once more, since the loop may have stopped.
    void close(std::chrono::milliseconds drain = std::chrono::seconds(2)) { owner_.close(drain); }

    /// The counters, as they are now.
    ///
    /// @par Thread safety
    /// Any thread.
    [[nodiscard]] Stats stats() const { return engine().stats(); }

    /// Where handlers run that have no executor of their own: the client's own thread, or a strand over the executor
    /// that was given, or that itself if it is single-threaded.
    ///
    /// @par Thread safety
    /// Any thread.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return engine().get_executor(); }

private:
    friend struct detail::EngineAccess;

    template <Clock C> static std::unique_ptr<const detail::AnyClock> make_clock(C clock) {
        return std::make_unique<detail::ClockAdapter<C>>(std::move(clock));
    }
    [[nodiscard]] detail::EngineInterface& engine() const noexcept { return *owner_.engine(); }

    // What a call asks for, before it is under way.
    struct Order {
        detail::EncodedRequest prepared;
        std::chrono::milliseconds deadline;
        std::stop_token stop;
        std::uint64_t tag;
    };

    [[nodiscard]] std::chrono::milliseconds time_of(const CallOptions& options) const {
        return (std::min)(options.deadline.value_or(engine().config().deadline), detail::longest_time);
    }

    template <class R> Order order(const R& request, CallOptions&& options) const {
        const ClientConfig& config = engine().config();
        const auto deadline = time_of(options);
        Order order{detail::prepare(request, config, engine().pool()), deadline, std::move(options.stop), options.tag};
        if (deadline <= std::chrono::milliseconds::zero())
            order.prepared.problem = detail::invalid_argument("deadline: must be positive");
        if (config.do_not_call_guard && !order.prepared.problem)
            order.prepared.guarded = detail::guarded(request, *config.do_not_call_guard, options.despite_do_not_call);
        return order;
    }

    template <class Response, class Sink>
    static detail::Call make_call(detail::EngineInterface& engine, Order& order, Sink&& sink, bool has_slot) {
        const auto now = engine.now();
        const auto deadline = now + (std::max)(order.deadline, std::chrono::milliseconds::zero());
        return detail::TypedCall<Response, std::remove_cvref_t<Sink>>::make(
            engine.pool(), std::forward<Sink>(sink), engine.next_id(), std::move(order.prepared),
            detail::CallTiming{now, deadline, std::move(order.stop), has_slot, order.tag});
    }

    // When this throws, the call still owns what waits for its result.
    static void start(detail::EngineInterface& engine, detail::Call& call, std::unique_ptr<Error> problem,
                      detail::GuardedRequest* guarded) {
        if (problem) engine.fail(call, std::move(*problem));
        else engine.submit(call, guarded);
    }

    // What takes the response as it is. In the functions below, `Told` is what the caller is told, and `Response` what
    // the reply is read into; `wrap` makes of a sink for the one a sink for the other.
    struct AsItIs {
        template <class Sink> Sink&& operator()(Sink&& sink) const noexcept { return std::forward<Sink>(sink); }
    };

    // A handler may wait for a future, or hold the loop up for whoever does. A client's own thread ends futures by itself as
    // long as none does that, so without another thread its calls go on; but not those of its handlers.
    [[nodiscard]] bool prepare_watch() {
        try {
            return engine().prepare_watch();
        } catch (const std::system_error&) {
            if (!owner_.has_thread() || engine().is_in_loop()) throw;
            return false;
        }
    }

    template <class Response, class Told = Response, class R, class Wrap = AsItIs>
    std::future<Told> start_future(const R& request, CallOptions&& options, const Wrap& wrap = {}) {
        const bool is_watched = has_real_time_ && prepare_watch();
        const auto time = time_of(options);
        auto future = submit<Response, Told>(request, std::move(options), wrap);
        // Who looked before the request was there would find nothing to look for again.
        if (is_watched) engine().watch(engine().now() + time);
        return future;
    }

    template <class Response, class Told = Response, class R, class Wrap = AsItIs>
    std::future<Told> submit(const R& request, CallOptions&& options, const Wrap& wrap = {}) {
        Order full = order(request, std::move(options));
        auto problem = std::move(full.prepared.problem);
        const auto guarded = std::move(full.prepared.guarded);
        detail::FutureSink<Told> sink;
        auto promised = sink.get_future();
        auto&& wrapped = wrap(std::move(sink));
        auto future = std::move(promised); // goes before the sinks: to break a promise needs memory
        detail::Call call = make_call<Response>(engine(), full, std::move(wrapped), false);
        try {
            start(engine(), call, std::move(problem), guarded.get());
        } catch (...) {
            future = {}; // before the call goes
            throw;
        }
        return future;
    }

    static auto cancel_by_slot(const std::weak_ptr<detail::EngineInterface>& weak, detail::RequestId id) {
        return [weak, id](boost::asio::cancellation_type) {
            if (const auto self = weak.lock()) self->cancel(id);
        };
    }

    template <class Response, class Told = Response, class R, class Token, class Wrap = AsItIs>
    auto start_async(const R& request, CallOptions&& options, Token&& token, Wrap wrap = {}) {
        if constexpr (detail::is_token<Token, Told>()) {
            return boost::asio::async_initiate<Token, void(Result<Told>)>(
                []<class Handler>(Handler handler, const std::shared_ptr<detail::EngineInterface>& engine,
                                  Order&& order, const Wrap& to_sink) {
                    auto slot = boost::asio::get_associated_cancellation_slot(handler);
                    detail::HandlerSink<Told, Handler> sink(std::move(handler));
                    auto problem = std::move(order.prepared.problem);
                    const auto guarded = std::move(order.prepared.guarded);
                    detail::Call call =
                        make_call<Response>(*engine, order, to_sink(std::move(sink)), slot.is_connected());
                    if (slot.is_connected() && !problem) slot.assign(cancel_by_slot(engine, call->id));
                    AnyClient::start(*engine, call, std::move(problem), guarded.get());
                },
                token, owner_.engine(), order(request, std::move(options)), std::move(wrap));
        }
    }

    detail::EngineOwner owner_;
    bool has_real_time_; // a manual clock's time need not pass
};

/// A client over connections of type `T` (`WebSocketTransport`, or `testing::ScriptedTransport` in tests): an
/// `AnyClient`, where everything about it is told. It adds only constructors that know the types, and so take any
/// function that makes a `T`.
template <class T, class ClockType = SteadyClock> class LcmClient : public AnyClient {
    static_assert(detail::are_client_parts<T, ClockType>());

public:
    /// Makes a client with an I/O thread of its own, and begins to connect. Throws what the constructor of `AnyClient`
    /// throws.
    LcmClient(ClientConfig config, TransportFactory<T> factory, ClockType clock = {})
        : AnyClient(std::move(config), std::move(factory), std::move(clock)) {}

    /// Makes a client that runs on the application's `executor`, and begins to connect when that runs. Whose loop goes
    /// first, and what this throws, is told at the constructor of `AnyClient`.
    LcmClient(ClientConfig config, TransportFactory<T> factory, const LoopExecutor& executor, ClockType clock = {})
        : AnyClient(std::move(config), std::move(factory), executor, std::move(clock)) {}

    /// What makes no client is refused by the compiler, in one sentence: a loop instead of its executor, for instance.
    template <class... Parts>
    requires(!detail::are_parts<T, ClockType, Parts...>) explicit LcmClient(ClientConfig, Parts&&...)
        : LcmClient(Refused{}) {
        detail::refuse_parts<ClockType, TransportFactory<T>, Parts...>();
    }
    /// Something else than a configuration in the first place is refused by the compiler, in one sentence.
    template <class Config, class Factory, class... Rest>
    requires(!std::convertible_to<Config, ClientConfig>) LcmClient(Config&&, Factory&&, Rest&&...)
        : LcmClient(Refused{}) {
        detail::refuse_config<Config>();
    }

private:
    struct Refused {}; // what the compiler refuses is made of nothing, and by no function that there is
    explicit LcmClient(Refused);
};

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/client/impl/raw_request.ipp>
#include <lcm_client/impl/client.ipp>
#endif

#endif
